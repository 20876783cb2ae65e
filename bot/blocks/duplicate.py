"""Possible duplicates: both records side by side, why they may be the same, and two answers."""

from __future__ import annotations

from bot import actions
from bot.blocks.kit import Block, Message, button, context, fields, message, section
from bot.blocks.kit import actions as row
from bot.blocks.record import authors_of, linked_title, published, short_title
from bot.blocks.text import clip, one_line, outside, plural, trim
from screening.records import Record
from screening.review import Review
from screening.views import DuplicateView


def duplicate_message(review: Review, view: DuplicateView, left: int, told: str = "") -> Message:
    """Return the card on which the lead says whether two records are one; `left` counts all open."""
    pair = view.pair
    blocks: list[Block] = [context(trim(told, 1_990))] if told else []
    blocks += [
        section("*Are these two the same study report?*"),
        fields([_side(pair.first, view.first), _side(pair.second, view.second)]),
    ]
    abstracts = [
        f"*{record_id}*: {outside(clip(one_line(record.abstract), 600))}"
        for record_id, record in ((pair.first, view.first), (pair.second, view.second))
        if record.abstract
    ]
    blocks += [section(trim(text, 2_900), expand=False) for text in abstracts]
    why = f"{pair.score:.0f} % alike" + (f": {outside(pair.why, 800)}" if pair.why else "")
    mine = (review.review_id, pair.pair_id)
    blocks += [
        context(f"{why} · {plural(left, 'pair')} to check"),
        row(
            actions.pack("pair", *mine),
            button(
                "Same",
                f"{actions.DUPLICATE_JUDGE}.same",
                actions.pack(*mine, "same"),
                label="Same: merge the two records",
            ),
            button(
                "Different",
                f"{actions.DUPLICATE_JUDGE}.different",
                actions.pack(*mine, "different"),
                label="Different: keep both records",
            ),
        ),
    ]
    title = short_title(view.first.title, 100)
    return message(f"Possible duplicate: {title}", blocks)


def judged_line(view: DuplicateView) -> str:
    """Return what became of a pair, as safe mrkdwn, with what the lead can still do."""
    pair = view.pair
    said = "Merged" if pair.state == "merged" else "Kept apart"
    return (
        f"{said}: {pair.first} and {pair.second}, {short_title(view.first.title, 80)}. "
        "The Duplicates tab takes another verdict at any time."
    )


def decided_line(review: Review, view: DuplicateView) -> str:
    """Return what became of a pair that was decided elsewhere, and by whom, as safe mrkdwn."""
    by = view.pair.decided_by
    known = {member.member_id for member in review.members}
    who = f"{outside(review.name_of(by), 80)} decided" if by in known else "Decided already"
    return f"{who}. {judged_line(view)}"


def all_judged_message(told: str = "") -> Message:
    """Return the end of the list of possible duplicates."""
    blocks = [section("No possible duplicates are left to check. Thank you.")]
    if told:
        blocks.append(context(trim(told, 1_990)))
    return message("No possible duplicates are left to check.", blocks)


def _side(record_id: str, record: Record) -> str:
    lines = [linked_title(record, 500)]
    lines += [part for part in (authors_of(record), published(record)) if part]
    if record.doi:
        lines.append(f"DOI {outside(clip(record.doi, 150))}")
    if record.pmid:
        lines.append(f"PMID {outside(clip(record.pmid, 20))}")
    lines.append(record_id)
    return trim("\n".join(lines), 1_990)
