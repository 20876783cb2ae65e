"""Disagreements: one in the channel, a burst of them in one message, the modals that end them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot import actions
from bot.blocks.abstract import marked_abstract
from bot.blocks.card import reason_options
from bot.blocks.kit import (
    Block,
    Message,
    button,
    context,
    message,
    modal,
    option,
    section,
    select,
    text_input,
)
from bot.blocks.kit import actions as row
from bot.blocks.kit import input_block as field
from bot.blocks.record import authors_of, fallback_title, linked_title, published, short_title
from bot.blocks.text import link, outside, plural, trim
from bot.blocks.words import CHOICES, ENDINGS, OUTCOMES, age_words, vote_words
from screening.review import Review
from screening.stages import Stage
from screening.views import ConflictView
from screening.votes import Choice, Vote

LISTED = 10
"""Conflicts named in one message; more are told as a number, with the tab where they stand."""


def conflict_message(review: Review, view: ConflictView) -> Message:
    """Return the conflict as it stands in the channel: open with buttons, or how it ended."""
    conflict = view.conflict
    stage = conflict.stage.label
    blocks: list[Block] = [
        section(f"{_state(view)} at {stage} · {linked_title(view.record)}"),
        context(trim(_grey(view), 1_990)),
        section(votes_lines(review, view.votes)),
    ]
    if conflict.is_open:
        blocks += [
            _decision_row(review, view),
            context("Discuss in this message's thread. The lead decides, or voters change a vote."),
        ]
        return message(f"Conflict at {stage}: {fallback_title(view.record)}", blocks)
    blocks.append(section(ending_line(review, view)))
    return message(
        f"Conflict at {stage} resolved: {fallback_title(view.record)}: {ending_line(review, view)}",
        blocks,
    )


def summary_message(
    review: Review, views: Sequence[ConflictView], more: int = 0, sheet: str = ""
) -> Message:
    """Return one message for a burst of conflicts: up to ten listed, each a tap from its decision."""
    still = sum(view.conflict.is_open for view in views) + more
    count = len(views) + more
    title = f"{plural(count, 'new conflict')}"
    if still < count:
        title += f", {count - still} resolved"
    blocks: list[Block] = [section(f"*{title}*")]
    blocks += conflict_lines(review, views[:LISTED])
    hidden = count - min(len(views), LISTED)
    where = link(sheet, "the Conflicts tab") if sheet else "the Conflicts tab"
    tail = f"{hidden} more are in" if hidden else "All are in"
    blocks.append(context(f"{tail} {where}, and in `/winnow conflicts`."))
    return message(title, blocks)


def list_message(
    review: Review, views: Sequence[ConflictView], count: int, now: datetime, sheet: str = ""
) -> Message:
    """Return the answer to `/winnow conflicts`: the oldest open ones, each a tap from its decision."""
    if not views:
        return message("No conflict is open. Nothing to decide.")
    oldest = age_words(views[0].conflict.opened_at, now)
    title = f"{plural(count, 'open conflict')}, the oldest {oldest} old"
    blocks: list[Block] = [section(f"*{title}*"), *conflict_lines(review, views[:LISTED])]
    if count > LISTED:
        where = link(sheet, "the Conflicts tab") if sheet else "the Conflicts tab"
        blocks.append(context(f"{count - LISTED} more are in {where}."))
    return message(title, blocks)


def conflict_lines(review: Review, views: Sequence[ConflictView]) -> list[Block]:
    """Return one line a conflict: title and votes, with a button that opens it."""
    lines = []
    for view in views:
        votes = ", ".join(
            f"{outside(review.name_of(v.reviewer_id), 60)}: {outside(vote_words(v), 90)}"
            for v in view.votes[:6]
        )
        ended = "" if view.conflict.is_open else f"\n{trim(ending_line(review, view), 300)}"
        text = f"{short_title(view.title, 140)} · {view.conflict.stage.label}\n{votes}{ended}"
        lines.append(section(trim(text, 2_900), _open_button(review, view, "Open")))
    return lines


def decide_view(review: Review, view: ConflictView, private_metadata: str) -> Block:
    """Return the modal in which a lead ends a conflict."""
    stage = view.conflict.stage
    options = [option("Include", "include")]
    if stage is Stage.FULL_TEXT:
        options += reason_options(review, stage, "exclude", prefix="Exclude: ")
        options.append(option("Not retrieved", "not_retrieved"))
    else:
        options.append(option("Exclude", "exclude|"))
    menu = select("Choose", "outcome", options)
    return modal(
        "Conflict",
        [
            *_conflict_detail(review, view),
            field("outcome", "Decision", menu),
            field(
                "comment",
                "Comment",
                text_input("comment", multiline=True, longest=1_000),
                hint="Shown in the Conflicts tab.",
                optional=True,
            ),
        ],
        callback_id=actions.CONFLICT_VIEW,
        submit="Decide",
        close="Cancel",
        private_metadata=private_metadata,
    )


def change_view(review: Review, view: ConflictView, vote: Vote, private_metadata: str) -> Block:
    """Return the modal in which a voter changes their vote after discussion."""
    menu = select("Choose", "choice", choice_options(review, vote.stage))
    return modal(
        "Conflict",
        [
            *_conflict_detail(review, view),
            field(
                "choice",
                "Your vote now",
                menu,
                hint=f"You voted {vote_words(vote)}. A vote changed after discussion is marked so.",
            ),
        ],
        callback_id=actions.CHANGE_VIEW,
        submit="Change my vote",
        close="Cancel",
        private_metadata=private_metadata,
    )


def read_view(review: Review, view: ConflictView) -> Block:
    """Return the modal for everybody else: what the conflict is about."""
    return modal("Conflict", _conflict_detail(review, view))


def choice_options(review: Review, stage: Stage, *parts: str) -> list[Block]:
    """Return the votes a stage offers; each value is the given parts, the choice and a reason's key."""
    made = [option("Include", actions.pack(*parts, Choice.INCLUDE.value, ""))]
    if stage is Stage.FULL_TEXT:
        prefix = "Exclude: "
        made += reason_options(review, stage, *parts, Choice.EXCLUDE.value, prefix=prefix)
        return made
    made.append(option("Maybe", actions.pack(*parts, Choice.MAYBE.value, "")))
    made.append(option("Exclude", actions.pack(*parts, Choice.EXCLUDE.value, "")))
    return made


def votes_lines(review: Review, votes: Sequence[Vote]) -> str:
    """Return who voted what, with their notes: only ever shown once a conflict is open."""
    lines = []
    for vote in votes:
        name = outside(review.name_of(vote.reviewer_id), 80)
        changed = " (after discussion)" if not vote.independent else ""
        line = f"*{name}*: {outside(vote_words(vote), 200)}{changed}"
        if vote.note:
            line += f" · _{outside(' '.join(vote.note.split()), 400)}_"
        lines.append(line)
    return trim("\n".join(lines), 2_900) or "No votes are recorded."


def ending_line(review: Review, view: ConflictView) -> str:
    """Return how a conflict ended: "Included by the lead (Ana): comment"."""
    conflict = view.conflict
    outcome = OUTCOMES[conflict.outcome] if conflict.outcome else "Withdrawn"
    if conflict.reason:
        outcome += f" ({outside(conflict.reason, 200)})"
    how = f" {ENDINGS[conflict.how]}" if conflict.how else ""
    known = {member.member_id for member in review.members}
    who = outside(review.name_of(conflict.resolved_by), 80) if conflict.resolved_by in known else ""
    line = f"*{outcome}*{how}" + (f", {who}" if who else "")
    line += f": {outside(conflict.comment, 1_000)}" if conflict.comment else "."
    if view.overridden is None:
        return line
    now, reason = view.overridden
    return f"{line} Since then *{OUTCOMES[now].lower()}* by override" + (
        f" ({outside(reason, 200)})." if reason else "."
    )


def _state(view: ConflictView) -> str:
    return "*Conflict*" if view.conflict.is_open else "Conflict resolved"


def _grey(view: ConflictView) -> str:
    record = view.record
    parts = (authors_of(record), published(record), view.conflict.record_id)
    return " · ".join(part for part in parts if part)


def _conflict_detail(review: Review, view: ConflictView) -> list[Block]:
    criteria = review.criteria
    texts = marked_abstract(
        view.record.abstract, criteria.highlight_include, criteria.highlight_exclude
    )
    blocks = [
        section(f"{_state(view)} at {view.conflict.stage.label}"),
        section(linked_title(view.record)),
        context(trim(_grey(view), 1_990)),
        section(votes_lines(review, view.votes)),
    ]
    if not view.conflict.is_open:
        blocks.append(section(ending_line(review, view)))
    return [*blocks, *(section(text) for text in texts)]


def _decision_row(review: Review, view: ConflictView) -> Block:
    conflict = view.conflict
    mine = (review.review_id, conflict.conflict_id)
    include = button(
        CHOICES[Choice.INCLUDE],
        f"{actions.CONFLICT_DECIDE}.include",
        actions.pack(*mine, "include"),
        label=f"Decide include: {view.title}",
    )
    if conflict.stage is Stage.FULL_TEXT:
        exclude = select(
            "Exclude because…",
            actions.CONFLICT_EXCLUDE,
            reason_options(review, conflict.stage, *mine),
        )
    else:
        exclude = button(
            CHOICES[Choice.EXCLUDE],
            f"{actions.CONFLICT_DECIDE}.exclude",
            actions.pack(*mine, "exclude"),
            label=f"Decide exclude: {view.title}",
        )
    block_id = actions.pack("conflict", review.review_id, conflict.conflict_id)
    return row(block_id, include, exclude, _open_button(review, view, "Abstract and more"))


def _open_button(review: Review, view: ConflictView, text: str) -> Block:
    return button(
        text,
        actions.CONFLICT_OPEN,
        actions.pack(review.review_id, view.conflict.conflict_id),
        label=f"Open the conflict: {view.title}",
    )
