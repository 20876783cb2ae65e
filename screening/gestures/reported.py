"""Reports said not to be had a moment ago: for as long as a vote, that can be taken back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from screening.assignments import Lease
from screening.ports import Transaction
from screening.stages import Outcome, Screening, Stage

SETTING = "not_retrieved"
"""The review's setting that holds each member's newest report, while it can be taken back."""


@dataclass(frozen=True, slots=True)
class Report:
    """One member's word that a report could not be had.

    `released` are the cards that it took from everybody: they come back with the report.
    """

    assignment_id: str
    record_id: str
    at: str
    released: tuple[str, ...] = ()


def report_of(tx: Transaction, member_id: str) -> Report | None:
    """Return what the member can still take back, None when there is nothing."""
    report = _all(tx).get(member_id)
    if report is None or decided_by(tx, report) is None:
        return None
    return report


def decided_by(tx: Transaction, report: Report) -> Screening | None:
    """Return the decision that a report made; None when it was decided otherwise since, or merged."""
    screening = tx.screening(report.record_id, Stage.FULL_TEXT)
    if screening is None or screening.outcome is not Outcome.NOT_RETRIEVED:
        return None
    made = screening.decided_at
    return screening if made == datetime.fromisoformat(report.at) else None


def remember_report(tx: Transaction, member_id: str, report: Report | None) -> None:
    """Remember the member's newest report, or that they did something else since (None)."""
    known = _all(tx)
    if report is None and member_id not in known:
        return
    known.pop(member_id, None)
    _keep(tx, known if report is None else {**known, member_id: report})


def forget_old_reports(tx: Transaction, at: datetime, window: timedelta) -> None:
    """Let reports stand whose time to be taken back is over."""
    if has_old_reports(tx, at, window):
        known = _all(tx)
        _keep(tx, {who: each for who, each in known.items() if not _is_old(each, at, window)})


def has_old_reports(tx: Transaction, at: datetime, window: timedelta) -> bool:
    """Tell whether there is anything to forget."""
    return any(_is_old(report, at, window) for report in _all(tx).values())


def give_back(tx: Transaction, report: Report, own_until: datetime, at: datetime) -> None:
    """Hand out again the cards that a report took, its own until `own_until`."""
    for assignment_id in (report.assignment_id, *report.released):
        card = tx.assignment(assignment_id)
        if card is None or card.lease is not Lease.RELEASED:
            continue
        is_own = assignment_id == report.assignment_id
        if is_own or card.leased_until > at:
            until = own_until if is_own else card.leased_until
            tx.set_assignment(replace(card, lease=Lease.OPEN, leased_until=until))


def _is_old(report: Report, at: datetime, window: timedelta) -> bool:
    # One dated far ahead was made while the clock was wrong.
    return abs(at - datetime.fromisoformat(report.at)) >= window


def _all(tx: Transaction) -> dict[str, Report]:
    stored = json.loads(tx.setting(SETTING) or "{}")
    return {
        who: Report(**{**values, "released": tuple(values["released"])})
        for who, values in stored.items()
    }


def _keep(tx: Transaction, known: dict[str, Report]) -> None:
    tx.set_setting(SETTING, json.dumps({who: asdict(each) for who, each in known.items()}))
