"""What only exists at full text: the report itself, found or not."""

from __future__ import annotations

from datetime import datetime, timedelta

from screening.assignments import Lease
from screening.errors import InvalidValueError, UnknownThingError
from screening.gestures.cards import next_card, this_card
from screening.gestures.deciding import (
    carry_decision,
    reconsider,
    record_decision,
    settle,
    take_back_decision,
)
from screening.gestures.reported import (
    Report,
    decided_by,
    give_back,
    remember_report,
    report_of,
)
from screening.gestures.standing import own_card, put_away, voted_already, what_became, why_not
from screening.policies import check_can_vote, check_takes_part
from screening.ports import Desk, Transaction
from screening.stages import How, Outcome, Stage
from screening.views import RecordView, Shown

TOO_LATE = (
    "“Not retrieved” can be taken back no longer. Drop the report's PDF in this message's thread, or "
    "put its link into the Records tab, and it is assessed again."
)


def report_not_retrieved(
    desk: Desk, review_id: str, *, by: str, assignment_id: str, gesture_key: str
) -> Shown:
    """Say that a report could not be had; PRISMA counts it apart from exclusions.

    It is a fact about the library, not a judgement, so one reviewer's word is enough. It can be
    taken back for as long as a vote, and settles the votes before it as a vote does; a link attached
    later, or the lead's override, brings the report back at any time.
    """
    review = desk.review(review_id)
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        assignment = own_card(tx, assignment_id, by)
        check_can_vote(review, by, assignment.stage)
        if assignment.stage is not Stage.FULL_TEXT:
            raise InvalidValueError(
                "“Not retrieved”", assignment.stage.label, "It exists at full text only."
            )
        screening = tx.screening(assignment.record_id, Stage.FULL_TEXT)
        refusal = ""
        fresh = tx.remember_gesture(gesture_key, at)
        if fresh and assignment.lease is Lease.VOTED:
            refusal = voted_already(tx, assignment)
        elif fresh:
            refusal = why_not(tx, assignment)
            if refusal:
                put_away(tx, assignment)
        if refusal or not fresh or screening is None:
            return next_card(tx, by, finished=assignment.batch_id, message=refusal, changed=False)
        settle(desk, tx, review, tx.unsettled_votes(reviewer_id=by), at)
        taken = tx.open_assignments(record_id=assignment.record_id, stage=Stage.FULL_TEXT)
        record_decision(
            desk, tx, review, screening, Outcome.NOT_RETRIEVED, How.REPORTED, at, actor=by
        )
        others = tuple(card.assignment_id for card in taken if card.reviewer_id != by)
        report = Report(assignment.assignment_id, assignment.record_id, at.isoformat(), others)
        remember_report(tx, by, report)
        return next_card(tx, by, finished=assignment.batch_id)


def undo_not_retrieved(
    desk: Desk, review_id: str, *, by: str, assignment_id: str, gesture_key: str
) -> Shown:
    """Take back “not retrieved”, and show its card again; everybody else's card comes back too."""
    review = desk.review(review_id)
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        check_can_vote(review, by, Stage.FULL_TEXT)
        if not tx.remember_gesture(gesture_key, at):
            return next_card(tx, by, changed=False)
        report = report_of(tx, by)
        screening = decided_by(tx, report) if report is not None else None
        if report is None or report.assignment_id != assignment_id or screening is None:
            return next_card(tx, by, message=TOO_LATE, changed=False)
        remember_report(tx, by, None)
        take_back_decision(desk, tx, screening, at)
        record_id = screening.record_id
        tx.audit(at, by, "not_retrieved_undone", record_id, {"stage": Stage.FULL_TEXT.value})
        until = at + timedelta(days=review.rules(Stage.FULL_TEXT).lease_days)
        give_back(tx, report, until, at)
        reconsider(desk, tx, review, record_id, Stage.FULL_TEXT, at)
        carry_decision(tx, record_id, Stage.FULL_TEXT, at)
        card = tx.assignment(assignment_id)
        if card is None or card.lease is not Lease.OPEN:
            became = what_became(tx, record_id, Stage.FULL_TEXT)
            told = (
                f"“Not retrieved” was taken back; the votes that were in make the report {became}."
            )
            return next_card(tx, by, message=told)
        return this_card(tx, card, message="“Not retrieved” was taken back.")


def _redraw_cards(tx: Transaction, record_id: str, at: datetime) -> None:
    """Have the cards on which a report is assessed show whether it is attached."""
    for card in tx.open_assignments(record_id=record_id, stage=Stage.FULL_TEXT):
        payload = {"reviewer_id": card.reviewer_id, "assignment_id": card.assignment_id}
        tx.enqueue("slack", "card_changed", card.assignment_id, at, payload)


def attach_full_text(
    desk: Desk, review_id: str, *, by: str, record_id: str, link: str, gesture_key: str
) -> RecordView:
    """Attach the report's link or file; a report counted as not retrieved is assessed again."""
    review = desk.review(review_id)
    check_takes_part(review, by, "attach a report")
    if link and not link.startswith(("https://", "http://")):
        raise InvalidValueError("The full-text link", link, "Give an address with https://.")
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        kept = tx.kept(record_id)
        if tx.remember_gesture(gesture_key, at):
            tx.save_lead_cells("Records", kept, {"Full-text link": link})
            tx.enqueue_rows("Records", [kept], at)
            tx.audit(at, by, "full_text", kept, {"link": link})
            _redraw_cards(tx, kept, at)
            screening = tx.screening(kept, Stage.FULL_TEXT)
            if link and screening is not None and screening.outcome is Outcome.NOT_RETRIEVED:
                take_back_decision(desk, tx, screening, at)
                reconsider(desk, tx, review, kept, Stage.FULL_TEXT, at)
                carry_decision(tx, kept, Stage.FULL_TEXT, at)
        view = tx.record(kept)
        if view is None:
            raise UnknownThingError("record", record_id, "See the Records tab.")
        return view
