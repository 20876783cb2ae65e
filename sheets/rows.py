"""What each row of the visible tabs says: views in, cells by column name out; nothing is looked up here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from screening.agreement import Estimate, agreement_of
from screening.conflicts import Conflict
from screening.prisma import PrismaReport
from screening.prisma_template import COLUMNS as PRISMA_COLUMNS
from screening.prisma_template import template_rows
from screening.records import Record, problem_count
from screening.review import Review
from screening.sealing import Seal, SealError
from screening.sources import Import
from screening.stages import How, Outcome, Screening, Stage, Status
from screening.views import (
    Agreement,
    ConflictView,
    DayFigures,
    DuplicateView,
    MemberFigures,
    RecordView,
    VoteView,
)
from screening.votes import Vote
from sheets.fitting import cut_mark

Cell = str | int | float | None
Cells = dict[str, Cell]

LONGEST = 50_000
"""Characters a cell of Google Sheets holds."""

AFTER_DISCUSSION = " (after discussion)"
"""Said of a vote that was cast when the colleagues' votes were known."""

ACTORS = {
    "votes": "votes agreed",
    "merge": "a merge",
    "configuration": "the configuration",
    "winnow": "Winnow",
}


def cut(text: str) -> str:
    """Return a text that fits a cell; what is cut off stays whole in the store."""
    if len(text) <= LONGEST:
        return text
    note = cut_mark(text)
    return text[: LONGEST - len(note)] + note


def local(at: datetime | None, review: Review) -> str:
    """Return an instant as text in the review's time zone, "" for none."""
    if at is None:
        return ""
    return at.astimezone(review.timezone).strftime("%Y-%m-%d %H:%M:%S")


def record_cells(view: RecordView) -> Cells:
    """Return the bot's cells of a row of Records."""
    record = view.record
    latest = view.screening(Stage.FULL_TEXT) or view.screening(Stage.TITLE_ABSTRACT)
    full_text = view.screening(Stage.FULL_TEXT)
    cells: Cells = {
        "ID": view.record_id,
        "Title": cut(record.title),
        "Authors": authors(record),
        "Year": record.year,
        "Journal": cut(record.journal),
        "DOI": cut(record.doi),
        "PMID": cut(record.pmid),
        "Sources": cut("; ".join(view.sources)),
        "Abstract": cut(record.abstract),
        "Stage": latest.stage.label if latest else "",
        "Status": latest.status.value if latest else "",
        "Votes in": latest.votes_in if latest else None,
        "Title/abstract": _decided(view.screening(Stage.TITLE_ABSTRACT)),
        "Full text": _decided(full_text),
        "Exclusion reason": cut(full_text.reason) if full_text else "",
    }
    if view.merged_into is not None:
        cells |= {"Stage": "", "Status": f"duplicate of {view.merged_into}", "Votes in": None}
    return cells


def authors(record: Record) -> str:
    """Return the authors in one cell."""
    return cut("; ".join(record.authors))


def _decided(screening: Screening | None) -> str:
    if screening is None or screening.status is Status.PENDING:
        return ""
    if screening.status is Status.CONFLICT or screening.outcome is None:
        return "conflict"
    words = [w for w, said in (("maybe", screening.maybe),) if said]
    if screening.how in (How.LEAD, How.OVERRIDE, How.DISCUSSION):
        words.append(screening.how.value)
    return outcome_text(screening.outcome) + (f" ({', '.join(words)})" if words else "")


def outcome_text(outcome: Outcome) -> str:
    """Return an outcome as the sheet says it."""
    return outcome.value.replace("_", " ")


def vote_cells(view: VoteView, review: Review, seal: Seal | None) -> Cells:
    """Return a row of Votes; a vote that was not revealed is sealed.

    Raises `SealError` when it has to be sealed and there is no key.
    """
    vote = view.vote
    cells: Cells = {
        "When": local(vote.cast_at, review),
        "Record": vote.record_id,
        "Title": cut(view.title),
        "Stage": vote.stage.label,
        "Reviewer": review.name_of(vote.reviewer_id),
        "Replaces": vote.replaces or "",
        "Vote ID": vote.vote_id,
    }
    if not view.revealed:
        if seal is None:
            raise SealError(
                f"The vote {vote.vote_id} is to stand sealed in the sheet, and there is no key",
                "Name the variable that holds the key in the configuration, as seal_key.",
            )
        return cells | {"Vote": seal.seal(vote), "Reason": "", "Note": ""}
    after = "" if vote.independent else AFTER_DISCUSSION
    return cells | {
        "Vote": vote.choice.value + after,
        "Reason": cut(vote.reason),
        "Note": cut(vote.note),
    }


def conflict_cells(view: ConflictView, review: Review) -> Cells:
    """Return the bot's cells of a row of Conflicts."""
    conflict = view.conflict
    return {
        "ID": conflict.conflict_id,
        "Record": conflict.record_id,
        "Title": cut(view.title),
        "Stage": conflict.stage.label,
        "Votes": cut("; ".join(f"{review.name_of(v.reviewer_id)}: {_said(v)}" for v in view.votes)),
        "Notes": cut(
            "; ".join(f"{review.name_of(v.reviewer_id)}: {v.note}" for v in view.votes if v.note)
        ),
        "Opened": local(conflict.opened_at, review),
        "Thread": thread_link(view.thread),
        "Resolved by": cut(_resolved(conflict, review) + _since(view)),
        "Resolved at": local(conflict.resolved_at, review),
    }


def _said(vote: Vote) -> str:
    return f"{vote.choice.value} ({vote.reason})" if vote.reason else vote.choice.value


def _resolved(conflict: Conflict, review: Review) -> str:
    """Say who ended a conflict and how, in the same words whether in Slack or in the sheet."""
    if conflict.is_open:
        return ""
    who = ACTORS.get(conflict.resolved_by) or review.name_of(conflict.resolved_by)
    if conflict.outcome is None:
        return f"{who}: withdrawn"
    reason = f" ({conflict.reason})" if conflict.reason else ""
    return f"{who}: {outcome_text(conflict.outcome)}{reason}"


def _since(view: ConflictView) -> str:
    """Say what the lead decided otherwise after the conflict ended, as the Records tab shows it."""
    if view.overridden is None:
        return ""
    outcome, reason = view.overridden
    return f"; since then {outcome_text(outcome)} (override)" + (f": {reason}" if reason else "")


def thread_link(thread: tuple[str, str] | None) -> str:
    """Return the address that opens a message's thread in Slack."""
    if thread is None:
        return ""
    return f"https://slack.com/app_redirect?channel={thread[0]}&message_ts={thread[1]}"


def duplicate_cells(view: DuplicateView, review: Review) -> Cells:
    """Return the bot's cells of a row of Duplicates."""
    pair = view.pair
    who = ACTORS.get(pair.decided_by) or review.name_of(pair.decided_by)
    cells: Cells = {"ID": pair.pair_id}
    for side, record_id, record in (
        ("First", pair.first, view.first),
        ("Second", pair.second, view.second),
    ):
        cells |= {
            side: record_id,
            f"{side} title": cut(record.title),
            f"{side} authors": authors(record),
            f"{side} year": record.year,
            f"{side} journal": cut(record.journal),
            f"{side} DOI": cut(record.doi),
        }
    state = f"{pair.state} by {who}" if pair.decided_by else pair.state
    return cells | {"Score": round(pair.score, 2), "Why": cut(pair.why), "State": state}


def source_cells(imported: Import) -> Cells:
    """Return the bot's cells of a row of Sources."""
    source = imported.source
    count = f"{problem_count(imported.problems)}: " if imported.problems else ""
    return {
        "ID": imported.import_id,
        "Source": cut(source.name),
        "Kind": source.kind.value,
        "Platform": cut(source.platform),
        "Searched on": source.searched_on.isoformat() if source.searched_on else "",
        "File": cut(imported.file_name),
        "Records": imported.records,
        "Duplicates": imported.duplicates,
        "Problems": cut(count + "; ".join(imported.problems)) if count else "none",
    }


def team_rows(
    review: Review, figures: Iterable[MemberFigures], agreements: Iterable[Agreement]
) -> dict[str, Cells]:
    """Return the rows of Team by member; rates and agreement come from decided records only."""
    by_member: dict[str, list[MemberFigures]] = {}
    for figure in figures:
        by_member.setdefault(figure.member_id, []).append(figure)
    known = {m.member_id for m in review.members}
    partners = _partners(review, agreements)
    rows: dict[str, Cells] = {}
    for member_id in (*(m.member_id for m in review.members), *sorted(set(by_member) - known)):
        own = by_member.get(member_id, [])
        decided = sum(f.decided_votes for f in own)
        active = [f.last_active for f in own if f.last_active]
        role = review.member(member_id).role.value if member_id in known else "left the team"
        if member_id in known and not review.member(member_id).active:
            role += ", left"
        rows[member_id] = {
            "Name": review.name_of(member_id),
            "Role": role,
            "Assigned": sum(f.assigned for f in own),
            "Done": sum(f.done for f in own),
            "Left": sum(f.left for f in own),
            "Include rate": round(sum(f.include_votes for f in own) / decided, 4)
            if decided
            else None,
            "Agreement with each partner": cut("; ".join(partners.get(member_id, ()))),
            "Last active": local(max(active), review) if active else "",
            "Member ID": member_id,
        }
    return rows


def _partners(review: Review, agreements: Iterable[Agreement]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for agreement in agreements:
        found = agreement_of(agreement.table)
        if found.raw is None:
            continue
        said = ", ".join(
            (
                f"{found.raw.value:.0%} of {found.n:,}",
                f"kappa {_estimated(found.kappa)}",
                f"AC1 {_estimated(found.ac1)}",
            )
        )
        for one, other in (
            (agreement.first, agreement.second),
            (agreement.second, agreement.first),
        ):
            texts.setdefault(one, []).append(
                f"{review.name_of(other)}, {agreement.stage.label}: {said}"
            )
    return texts


def _estimated(estimate: Estimate | None) -> str:
    """Say a coefficient with its interval; what is undefined is a dash, never a number."""
    if estimate is None:
        return "–"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f} (–)"
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"


def day_cells(figures: DayFigures, review: Review) -> Cells:
    """Return a row of Progress."""
    people = sorted(figures.by_member.items(), key=lambda item: (-item[1], item[0]))
    return {
        "Day": figures.day.isoformat(),
        "Screened": figures.votes,
        "Decided": figures.decided,
        "Conflicts": figures.conflicts_opened,
        "Resolved": figures.conflicts_resolved,
        "By person": cut("; ".join(f"{review.name_of(m)} {n:,}" for m, n in people)),
    }


def prisma_rows(report: PrismaReport) -> dict[str, Cells]:
    """Return the rows of PRISMA by description, in the template's order."""
    rows = [dict(zip(PRISMA_COLUMNS, row, strict=True)) for row in template_rows(report)]
    return {str(row["description"]): {k: _plain(v) for k, v in row.items()} for row in rows}


def _plain(value: object) -> Cell:
    return value if isinstance(value, int) else str(value)


def shown_text(value: Cell) -> str:
    """Return what a cell with this value is read back as, for comparing."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def same_number(shown: str) -> str:
    """Return a number's text without what a number format adds, so that formats may be changed."""
    plain = shown.replace(",", "").replace("\u00a0", "").replace(" ", "")
    try:
        number = float(plain)
    except ValueError:
        return shown
    return str(int(number)) if number.is_integer() else str(number)


def lead_texts(cells: Mapping[str, str]) -> dict[str, str]:
    """Return the lead's own cells, without what the bot remembers beside them."""
    return {name: text for name, text in cells.items() if not name.startswith("#") and text}
