"""The card on which a reviewer judges one record, and what stands in its place when none is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot import actions
from bot.blocks.abstract import marked_abstract
from bot.blocks.kit import (
    Block,
    Message,
    Style,
    button,
    context,
    divider,
    message,
    modal,
    option,
    section,
    select,
    text_input,
)
from bot.blocks.kit import actions as row
from bot.blocks.kit import input_block as field
from bot.blocks.record import (
    address,
    fallback_title,
    grey_line,
    is_web,
    linked_title,
    short_title,
    title_of,
)
from bot.blocks.text import link, outside, plural, trim
from bot.blocks.words import CHOICES, OUTCOMES, due_words, vote_words
from screening.records import Record
from screening.review import Review
from screening.stages import Outcome, Stage
from screening.views import CardView, Shown
from screening.votes import NOTE_LENGTH, Choice

NO_ABSTRACT = "_No abstract came with this record._"
NO_ABSTRACT_BUT_LINK = "_No abstract came with this record; the title's link may have one._"


def shown_message(review: Review, shown: Shown, now: datetime, headline: str = "") -> Message:
    """Return what a reviewer sees after any gesture on a card; `headline` stands above a new one."""
    if shown.card is not None:
        return card_message(review, shown, shown.card, now, headline)
    if shown.batch is not None:
        return finished_message(review, shown)
    return empty_message(review, shown)


def card_message(
    review: Review, shown: Shown, card: CardView, now: datetime, headline: str = ""
) -> Message:
    """Return the card of one record; what the gesture before it did stands beside the buttons."""
    record = card.record.record
    full_text = card.assignment.stage is Stage.FULL_TEXT
    blocks: list[Block] = []
    if headline:
        blocks.append(context(outside(headline, 1_900)))
    blocks += [section(linked_title(record)), context(trim(grey_line(card.record), 1_990))]
    if full_text:
        blocks.append(section(_report_line(card)))
    criteria = review.criteria
    texts = marked_abstract(record.abstract, criteria.highlight_include, criteria.highlight_exclude)
    blocks += [section(text) for text in texts] or [section(_no_abstract(record))]
    note = card.assignment.note
    if note:
        blocks.append(context(f"Your note: {outside(note, 1_800)}"))
    blocks += _full_text_rows(review, card) if full_text else _abstract_rows(review, card)
    if shown.message:
        blocks.append(section(outside(shown.message, 1_900)))
    blocks.append(context(place_line(review, card, now)))
    blocks += recorded_line(review.review_id, shown)
    fallback = f"{place_line(review, card, now)}: {fallback_title(record)}"
    if headline or shown.message:
        fallback = f"{outside(headline or shown.message, 300)} {fallback}"
    return message(fallback, blocks)


def place_line(review: Review, card: CardView, now: datetime) -> str:
    """Return "7 of 25, due Friday"; at full text the stage is named."""
    place = min(card.batch.done + 1, card.batch.size)
    stage = "Full text " if card.assignment.stage is Stage.FULL_TEXT else ""
    due = due_words(card.batch.due, now, review.timezone)
    return f"{stage}{place} of {card.batch.size}, {due}"


def recorded_line(review_id: str, shown: Shown) -> list[Block]:
    """Return the line that says what was recorded last, and beside it the Undo of just that."""
    vote = shown.recorded
    if vote is not None:
        said, short = vote_words(vote), CHOICES[vote.choice]
        undo = (actions.UNDO, actions.pack(review_id, vote.vote_id))
    elif shown.reported:
        said = short = OUTCOMES[Outcome.NOT_RETRIEVED]
        undo = (actions.UNDO_NOT_RETRIEVED, actions.pack(review_id, shown.reported))
    else:
        return []
    title = short_title(shown.recorded_title, 90)
    taking_back = button("Undo", *undo, label=f"Undo: {short} {shown.recorded_title}")
    return [divider(), section(f"Recorded: {outside(said, 200)} {title}", taking_back)]


def finished_message(review: Review, shown: Shown) -> Message:
    """Return the end of a batch: what was done, and one tap to go on."""
    batch = shown.batch
    if batch is None:
        return empty_message(review, shown)
    done = min(batch.done, batch.size)
    gone = batch.size - done
    text = f"*Batch finished.* You voted on {plural(done, 'record')} at {batch.stage.label}"
    text += f"; {gone} no longer needed your vote." if gone else ". Thank you."
    blocks: list[Block] = [section(text)]
    if shown.message:
        blocks.append(context(outside(shown.message, 1_900)))
    blocks.append(_next_row(review.review_id, "Next batch"))
    blocks += recorded_line(review.review_id, shown)
    return message(f"Batch finished: {plural(done, 'record')}.", blocks)


def empty_message(review: Review, shown: Shown) -> Message:
    """Return what is said when there is no card: why, and how to ask again."""
    reason = shown.message or "You have no open cards."
    blocks: list[Block] = [
        section(outside(reason, 2_900)),
        _next_row(review.review_id, "Look again"),
        *recorded_line(review.review_id, shown),
    ]
    return message(outside(reason, 300), blocks)


def moved_message(where: str = "") -> Message:
    """Return what is left of a card's message once its reviewer goes on in another, at `where`."""
    place = link(where, "another message of this conversation") if where else "a newer message"
    return message(f"_Your cards go on in {place}._")


def criteria_view(review: Review, stage: Stage) -> Block:
    """Return the modal that shows the review's eligibility criteria."""
    criteria = review.criteria
    blocks: list[Block] = [section(f"*{outside(review.title, 500)}*")]
    for name, sentences in (("Include when", criteria.include), ("Exclude when", criteria.exclude)):
        if sentences:
            lines = "\n".join(f"• {outside(sentence, 400)}" for sentence in sentences[:40])
            blocks.append(section(f"*{name}*\n{trim(lines, 2_900)}"))
    reasons = review.rules(stage).exclusion_reasons if stage is Stage.FULL_TEXT else ()
    if reasons:
        lines = "\n".join(f"• {outside(reason, 200)}" for reason in reasons[:40])
        blocks.append(section(f"*Reasons to exclude at full text*\n{trim(lines, 2_900)}"))
    if len(blocks) == 1:
        blocks.append(section("No criteria are configured for this review yet."))
    if criteria.highlight_include or criteria.highlight_exclude:
        blocks.append(
            context("In abstracts, *bold* marks terms for inclusion, `code` terms for exclusion.")
        )
    return modal("Criteria", blocks)


def note_view(card: CardView, private_metadata: str) -> Block:
    """Return the modal in which a note is written before the vote."""
    shown = section(short_title(title_of(card.record.record), 300))
    written = text_input("note", initial=card.assignment.note, multiline=True, longest=NOTE_LENGTH)
    return modal(
        "Note",
        [
            shown,
            field(
                "note",
                "Your note on this record",
                written,
                hint="It goes with your vote; colleagues see it once the record is decided.",
                optional=True,
            ),
        ],
        callback_id=actions.NOTE_VIEW,
        submit="Keep the note",
        close="Cancel",
        private_metadata=private_metadata,
    )


def block_id_of(kind: str, review_id: str, card: CardView) -> str:
    """Return the block_id from which a file dropped in the card's thread finds its record."""
    assignment = card.assignment
    return actions.pack(kind, review_id, assignment.assignment_id, assignment.record_id)


def reason_options(review: Review, stage: Stage, *parts: str, prefix: str = "") -> Sequence[Block]:
    """Return a menu's exclusion reasons; each value is the given parts and the reason's key."""
    return [
        option(prefix + reason, actions.pack(*parts, actions.reason_key(reason)))
        for reason in actions.offered_reasons(review, stage)
    ]


def _vote_button(review: Review, card: CardView, choice: Choice, style: Style = "") -> Block:
    text = CHOICES[choice]
    return button(
        text,
        f"{actions.VOTE}.{choice.value}",
        actions.pack(review.review_id, card.assignment.assignment_id, choice.value),
        style=style,
        label=f"{text}: {title_of(card.record.record)}",
    )


def _abstract_rows(review: Review, card: CardView) -> list[Block]:
    return [
        row(
            block_id_of("card", review.review_id, card),
            _vote_button(review, card, Choice.INCLUDE, "primary"),
            _vote_button(review, card, Choice.MAYBE),
            _vote_button(review, card, Choice.EXCLUDE),
        ),
        row(block_id_of("more", review.review_id, card), *_second_row(review, card)),
    ]


def _full_text_rows(review: Review, card: CardView) -> list[Block]:
    mine = (review.review_id, card.assignment.assignment_id)
    not_retrieved = button(
        "Not retrieved",
        actions.NOT_RETRIEVED,
        actions.pack(*mine),
        label=f"Not retrieved: {title_of(card.record.record)}",
    )
    because = select(
        "Exclude because…",
        actions.EXCLUDE_BECAUSE,
        reason_options(review, Stage.FULL_TEXT, *mine),
    )
    return [
        row(
            block_id_of("card", review.review_id, card),
            _vote_button(review, card, Choice.INCLUDE, "primary"),
            because,
        ),
        row(block_id_of("more", review.review_id, card), not_retrieved, *_second_row(review, card)),
    ]


def _second_row(review: Review, card: CardView) -> list[Block]:
    mine = actions.pack(review.review_id, card.assignment.assignment_id)
    stage = card.assignment.stage.value
    return [
        button("Note", actions.NOTE, mine, label="Write a note on this record"),
        button("Skip", actions.SKIP, mine, label="Skip: this card comes back after the others"),
        button(
            "Criteria",
            actions.CRITERIA,
            actions.pack(review.review_id, stage),
            label="Show the eligibility criteria",
        ),
    ]


def _no_abstract(record: Record) -> str:
    return NO_ABSTRACT_BUT_LINK if address(record) else NO_ABSTRACT


def _report_line(card: CardView) -> str:
    attached = card.record.lead_cells.get("Full-text link", "").strip()
    if is_web(attached):
        return f"*Full text:* {link(attached, 'open the report', 2_800)}"
    return "*Full text:* not attached yet. Drop the PDF in this message's thread to attach it."


def _next_row(review_id: str, text: str) -> Block:
    return row(
        actions.pack("next", review_id),
        button(text, actions.NEXT_BATCH, review_id, style="primary"),
    )
