"""The morning's posts: the digest, the PRISMA counts, a batch that is ready, a reminder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot import actions
from bot.blocks.figures import (
    BEHIND_DIGEST,
    behind_menu,
    behind_row,
    checks_block,
    prisma_lines,
    stage_lines,
)
from bot.blocks.kit import Block, Message, button, context, header, message, section
from bot.blocks.kit import actions as row
from bot.blocks.text import clip, link, one_line, outside, plural, trim
from bot.blocks.words import MONTHS, WEEKDAYS, age_words, due_words
from screening.assignments import Batch
from screening.review import Review
from screening.stages import Stage
from screening.views import StageFigures

_OF_A_DAY = ("votes", "decided", "conflicts_opened", "conflicts_resolved")


def digest_message(
    review: Review, payload: Mapping[str, Any], now: datetime, sheet: str = ""
) -> Message:
    """Return the digest; its text says everything, the chart that follows only shows it."""
    day = date.fromisoformat(str(payload["day"]))
    first, work = _looked_back(payload)
    title = f"{_title(review, 100)}: {_date_words(day)}"
    blocks: list[Block] = [
        header(clip(title, 150)),
        section(_work_line(review, first, work)),
        section(stage_lines(_stages(payload["stages"]))),
        section("\n".join(_open_lines(review, payload, now))),
    ]
    failed = [str(item) for item in payload.get("failed", ())]
    if failed:
        blocks.append(checks_block(failed))
    blocks += behind_menu(review.review_id, _figures_behind(review, payload))
    if sheet:
        blocks.append(context(f"Every number is in {link(sheet, 'the sheet')}, row by row."))
    summary = (
        f"{outside(title)}: {plural(int(work['votes']), 'vote')} and "
        f"{plural(int(work['decided']), 'decision')} {_since_words(first, work)}, "
        f"{plural(int(payload['open_conflicts']), 'open conflict')}."
    )
    return message(summary, blocks)


def prisma_message(review: Review, payload: Mapping[str, Any], sheet: str = "") -> Message:
    """Return the PRISMA counts; the flow diagram follows as an image."""
    counts = {str(key): int(n) for key, n in payload["counts"].items()}
    text = prisma_lines(
        counts,
        payload.get("specific", {}),
        payload.get("reasons", {}),
        has_previous=bool(payload.get("has_previous")),
        has_other_methods=bool(payload.get("has_other_methods")),
    )
    title = f"PRISMA 2020 counts: {_title(review, 100)}"
    blocks: list[Block] = [
        header(clip(title, 150)),
        section(text),
        checks_block(list(payload.get("failed", ())), list(payload.get("warnings", ()))),
        *behind_row(review.review_id, counts, sheet),
    ]
    return message(outside(title, 300), blocks)


def ready_message(review: Review, batch: Batch, now: datetime) -> Message:
    """Return the invitation to a new batch, when its first card is no longer open."""
    due = due_words(batch.due, now, review.timezone)
    text = f"{plural(batch.size, 'record')} at {batch.stage.label} for you, {due}."
    return message(text, [section(text), _continue_row(review)])


def reminder_message(review: Review, open_cards: int, due: datetime, now: datetime) -> Message:
    """Return the nudge about a batch that falls due."""
    text = f"{plural(open_cards, 'open card')}, {due_words(due, now, review.timezone)}."
    note = "What is left then is offered to colleagues first; nothing you voted on is lost."
    return message(text, [section(f"*{text}*"), context(note), _continue_row(review)])


def _continue_row(review: Review) -> Block:
    return row(
        actions.pack("next", review.review_id),
        button("Continue", actions.NEXT_BATCH, review.review_id, style="primary"),
    )


def _looked_back(payload: Mapping[str, Any]) -> tuple[date, Mapping[str, Any]]:
    """Return the first day that a digest tells of and the work since; one composed before an update
    of Winnow tells of one day."""
    work: Mapping[str, Any] = payload.get("work") or payload["yesterday"]
    return date.fromisoformat(str(payload.get("first") or work["day"])), work


def _since_words(first: date, work: Mapping[str, Any]) -> str:
    if first.isoformat() == work["day"]:
        return "yesterday"
    return f"since {WEEKDAYS[first.weekday()]} {first.day} {MONTHS[first.month - 1]}"


def _work_line(review: Review, first: date, work: Mapping[str, Any]) -> str:
    votes, decided = int(work["votes"]), int(work["decided"])
    opened, ended = int(work["conflicts_opened"]), int(work["conflicts_resolved"])
    since = _since_words(first, work)
    line = (
        f"*{since[0].upper()}{since[1:]}*: {plural(votes, 'vote')}, {plural(decided, 'decision')}"
    )
    if opened or ended:
        line += f", {plural(opened, 'conflict')} opened, {ended:,} resolved"
    by_member = dict(work.get("by_member") or {})
    people = sorted(by_member.items(), key=lambda item: (-int(item[1]), item[0]))
    if people:
        named = ", ".join(f"{outside(review.name_of(m), 60)} {int(n):,}" for m, n in people[:20])
        if len(people) > 20:
            named += f" and {len(people) - 20} more, see the sheet"
        line += f"\n{named}"
    return trim(line, 2_900)


def _open_lines(review: Review, payload: Mapping[str, Any], now: datetime) -> list[str]:
    lines = []
    conflicts = int(payload["open_conflicts"])
    if conflicts:
        oldest = payload.get("oldest_conflict")
        age = f", the oldest {age_words(datetime.fromisoformat(oldest), now)} old" if oldest else ""
        lines.append(f"*{plural(conflicts, 'open conflict')}*{age}: `/winnow conflicts`")
    else:
        lines.append("*No open conflicts*")
    waiting: Sequence[Sequence[Any]] = payload.get("waiting_for") or ()
    if waiting:
        named = ", ".join(f"{outside(review.name_of(m), 60)} ({n:,})" for m, n in waiting[:20])
        if len(waiting) > 20:
            named += f" and {len(waiting) - 20} more"
        lines.append(f"*Open cards*: {named}")
    possible = int(payload.get("possible_duplicates") or 0)
    if possible:
        lines.append(f"*{plural(possible, 'possible duplicate')}* to check, on the lead's Home tab")
    return lines


def _figures_behind(review: Review, payload: Mapping[str, Any]) -> dict[str, str]:
    """Return the digest's figures that are not nought, by the name under which each is asked for."""
    first, work = _looked_back(payload)
    waiting = {stage.stage: stage.pending + stage.conflict for stage in _stages(payload["stages"])}
    counts = {
        **{name: work[name] for name in _OF_A_DAY},
        "conflicts": payload["open_conflicts"],
        "possible_duplicates": payload.get("possible_duplicates"),
        "awaiting_title_abstract": waiting.get(Stage.TITLE_ABSTRACT),
        "awaiting_full_text": waiting.get(Stage.FULL_TEXT),
        "included": sum(
            s.included for s in _stages(payload["stages"]) if s.stage is Stage.FULL_TEXT
        ),
    }
    days = work["day"] if first.isoformat() == work["day"] else f"{first}..{work['day']}"
    since = _since_words(first, work)
    return {
        (f"{name}:{days}:{review.timezone.key}" if name in _OF_A_DAY else name): (
            f"{words} {since}" if name in _OF_A_DAY else words
        )
        for name, words in BEHIND_DIGEST.items()
        if counts.get(name)
    }


def _stages(stages: Sequence[Mapping[str, Any]]) -> list[StageFigures]:
    return [StageFigures(**{**each, "stage": Stage(each["stage"])}) for each in stages]


def _title(review: Review, limit: int) -> str:
    return clip(one_line(review.title), limit)


def _date_words(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"
