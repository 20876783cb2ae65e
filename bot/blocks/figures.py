"""Numbers in words: stages, PRISMA counts, the team; every line's parts sum to its whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot import actions
from bot.blocks.kit import Block, Message, context, message, modal, option, section, select
from bot.blocks.kit import actions as row
from bot.blocks.record import short_title
from bot.blocks.text import link, outside, plural, trim
from bot.blocks.words import age_words
from screening.review import Review
from screening.stages import Stage
from screening.views import MemberFigures, RecordView, StageFigures

NAMED = 12
"""Sources or reasons named in a line."""

BEHIND = {
    "database_results": "Records from databases",
    "register_results": "Records from registers",
    "website_results": "Records from websites",
    "organisation_results": "Records from organisations",
    "citations_results": "Records from citation searching",
    "duplicates": "Duplicates removed",
    "records_screened": "Records screened",
    "records_excluded": "Records excluded",
    "dbr_sought_reports": "Reports sought",
    "dbr_notretrieved_reports": "Reports not retrieved",
    "dbr_assessed": "Reports assessed",
    "dbr_excluded": "Reports excluded",
    "other_duplicates": "Other methods: duplicates removed",
    "other_sought_reports": "Other methods: reports sought",
    "other_notretrieved_reports": "Other methods: not retrieved",
    "other_assessed": "Other methods: assessed",
    "other_excluded": "Other methods: excluded",
    "new_studies": "Studies included",
}
"""PRISMA keys behind which records stand, by the words of the flow diagram."""

BEHIND_DIGEST = {
    "votes": "Records voted on",
    "decided": "Records decided",
    "conflicts_opened": "Conflicts opened",
    "conflicts_resolved": "Conflicts resolved",
    "conflicts": "Open conflicts",
    "possible_duplicates": "Possible duplicates",
    "awaiting_title_abstract": "Title/abstract: undecided or in conflict",
    "awaiting_full_text": "Full text: undecided or in conflict",
    "included": "Full text: included",
}
"""Figures of the digest; those of days are asked for as "decided:2026-11-01:Europe/Berlin" or
"decided:2026-10-30..2026-11-01:Europe/Berlin"."""


def behind_name(node: str) -> str | None:
    """Return the words for a figure, None for one that nobody may ask for."""
    name, _, days = node.partition(":")
    found = BEHIND.get(name) or BEHIND_DIGEST.get(name)
    span = days.partition(":")[0].replace("..", " to ")
    return f"{found}, {span}" if found and span else found


def stage_line(figures: StageFigures) -> str:
    """Return where the records of a stage stand: parts that sum to the whole."""
    parts = [f"{figures.included:,} included"]
    if figures.maybes:
        parts[0] += f" ({figures.maybes:,} with a maybe)"
    parts.append(f"{figures.excluded:,} excluded")
    if figures.stage is Stage.FULL_TEXT:
        parts.append(f"{figures.not_retrieved:,} not retrieved")
    parts += [f"{figures.conflict:,} in conflict", f"{figures.pending:,} undecided"]
    noun = "record" if figures.stage is Stage.TITLE_ABSTRACT else "report"
    name = figures.stage.label.capitalize()
    return f"*{name}*: {plural(figures.entered, noun)} = {' + '.join(parts)}"


def stage_lines(stages: Iterable[StageFigures]) -> str:
    """Return a line for each stage that has records."""
    lines = [stage_line(figures) for figures in stages if figures.entered]
    return "\n".join(lines) or "No records have been imported yet."


def bar(done: int, whole: int, cells: int = 20) -> str:
    """Return progress as a bar of text and a percentage, readable without colours."""
    share = done / whole if whole else 0.0
    full = round(share * cells)
    percent = 100 if done == whole and whole else min(99, int(share * 100))
    return f"{'█' * full}{'░' * (cells - full)} {percent} %"


def prisma_lines(
    counts: Mapping[str, int],
    specific: Mapping[str, Sequence[Sequence[object]]],
    reasons: Mapping[str, Sequence[Sequence[object]]],
    *,
    has_previous: bool = False,
    has_other_methods: bool = False,
) -> str:
    """Return the PRISMA 2020 counts as lines in the order of the flow diagram."""

    def n(key: str) -> int:
        return int(counts.get(key, 0))

    databases = _listed(specific.get("database_specific_results", ()))
    lines = []
    if has_previous:
        studies, reports = n("previous_studies"), n("previous_reports")
        lines.append(
            f"*Previous review*: {plural(studies, 'study', 'studies')}, {plural(reports, 'report')}"
        )
    lines.append(
        f"*Identified*: {n('database_results'):,} from databases{databases}, "
        f"{n('register_results'):,} from registers"
    )
    removed = n("duplicates") + n("excluded_automatic") + n("excluded_other")
    lines.append(
        f"*Removed before screening*: {removed:,}, of these {n('duplicates'):,} duplicates"
    )
    lines.append(
        f"*Screened*: {n('records_screened'):,}, of these {n('records_excluded'):,} excluded"
        + _awaiting(n("awaiting_title_abstract"))
    )
    lines.append(
        f"*Sought for retrieval*: {n('dbr_sought_reports'):,}, "
        f"of these {n('dbr_notretrieved_reports'):,} not retrieved"
    )
    lines.append(
        f"*Assessed*: {n('dbr_assessed'):,}, of these {n('dbr_excluded'):,} excluded"
        + _listed(reasons.get("dbr_excluded", ()))
        + _awaiting(n("awaiting_full_text"))
    )
    if has_other_methods:
        other = [n("website_results"), n("organisation_results"), n("citations_results")]
        lines.append(
            f"*Other methods*: {other[0]:,} from websites, {other[1]:,} from organisations, "
            f"{other[2]:,} from citation searching; "
            f"{plural(n('other_duplicates'), 'duplicate')} removed, "
            f"{n('other_sought_reports'):,} sought, "
            f"{n('other_notretrieved_reports'):,} not retrieved, {n('other_assessed'):,} assessed, "
            f"{n('other_excluded'):,} excluded{_listed(reasons.get('other_excluded', ()))}"
            + _awaiting(n("other_awaiting_full_text"))
        )
    new = plural(n("new_studies"), "study", "studies")
    lines.append(f"*Included*: {new}, {plural(n('new_reports'), 'report')}")
    if has_previous:
        lines.append(
            f"*Total*: {plural(n('total_studies'), 'study', 'studies')}, "
            f"{plural(n('total_reports'), 'report')}"
        )
    return trim("\n".join(lines), 2_900)


def checks_block(failed: Sequence[str], warnings: Sequence[str] = ()) -> Block:
    """Return whether the numbers add up; what fails is named with its record IDs."""
    if not failed and not warnings:
        return context("Every identity of the flow diagram holds.")
    lines = [f":warning: Does not add up: {outside(item, 900)}" for item in failed[:5]]
    if len(failed) > 5:
        lines.append(f"and {len(failed) - 5} more")
    lines += [f":warning: {outside(item, 500)}" for item in warnings[:5]]
    return section(trim("\n".join(lines), 2_900))


def behind_row(review_id: str, counts: Mapping[str, int], sheet: str = "") -> list[Block]:
    """Return the way from a number back to its records: the sheet's link and a menu of the counts."""
    named = {key: f"{name}: {counts[key]:,}" for key, name in BEHIND.items() if counts.get(key)}
    blocks = behind_menu(review_id, named)
    if sheet:
        blocks.append(context(f"Every record is in {link(sheet, 'the sheet')}."))
    return blocks


def behind_menu(review_id: str, named: Mapping[str, str]) -> list[Block]:
    """Return the menu that opens the records behind a figure; nothing when there are none."""
    options = [option(name, actions.pack(review_id, node)) for node, name in named.items()]
    if not options:
        return []
    menu = select("Show the records…", actions.RECORDS_BEHIND, options)
    return [row(actions.pack("behind", review_id), menu)]


def behind_view(node: str, views: Sequence[RecordView], count: int, sheet: str = "") -> Block:
    """Return the modal that lists the records a number counts, to the person who asked."""
    blocks: list[Block] = [section(f"*{behind_name(node) or node}*: {plural(count, 'record')}")]
    lines = [f"{view.record_id} {short_title(view.record.title, 90)}" for view in views]
    if lines:
        blocks.append(section(trim("\n".join(lines), 2_900)))
    if count > len(views):
        where = link(sheet, "the Records tab") if sheet else "the Records tab"
        blocks.append(context(f"{count - len(views):,} more are in {where}."))
    return modal("Records", blocks)


def team_message(review: Review, figures: Sequence[MemberFigures], now: datetime) -> Message:
    """Return each member's work; include rates count decided records only."""
    by_member: dict[str, list[MemberFigures]] = {}
    for each in figures:
        by_member.setdefault(each.member_id, []).append(each)
    lines = []
    for member in review.members:
        if not member.active and member.member_id not in by_member:
            continue
        parts = []
        for each in by_member.get(member.member_id, []):
            if not each.assigned and not each.done:
                continue
            rate = ""
            if each.decided_votes:
                rate = f", include rate {each.include_votes / each.decided_votes:.0%}"
            parts.append(f"{each.stage.label} {each.done:,} done, {each.left:,} open{rate}")
        active = [f.last_active for f in by_member.get(member.member_id, []) if f.last_active]
        seen = f" · last active {age_words(max(active), now)} ago" if active else ""
        work = "; ".join(parts) or "no cards yet"
        lines.append(f"*{outside(member.name, 80)}* ({member.role.value}): {work}{seen}")
    blocks = [section(trim("\n".join(lines), 2_900) or "The team is empty.")]
    blocks.append(context("Include rates count records that are decided."))
    return message("The team's work", blocks)


def _listed(items: Sequence[Sequence[object]]) -> str:
    """Name the largest counts, and how many more there are: the PRISMA tab lists them all."""
    shown = ", ".join(f"{outside(str(name), 80)} {int(str(n)):,}" for name, n in items[:NAMED])
    if len(items) > NAMED:
        shown += f" and {len(items) - NAMED:,} more, see the PRISMA tab"
    return f" ({shown})" if shown else ""


def _awaiting(count: int) -> str:
    return f"; {count:,} await a decision" if count else ""
