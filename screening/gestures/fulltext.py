"""What only exists at full text: the report itself, found or not."""

from __future__ import annotations

from screening.assignments import Lease
from screening.errors import InvalidValueError, UnknownThingError
from screening.gestures.cards import next_card
from screening.gestures.deciding import (
    carry_decision,
    reconsider,
    record_decision,
    take_back_decision,
)
from screening.gestures.standing import own_card, put_away, voted_already, why_not
from screening.policies import check_can_vote, check_takes_part
from screening.ports import Desk
from screening.stages import How, Outcome, Stage
from screening.views import RecordView, Shown


def report_not_retrieved(
    desk: Desk, review_id: str, *, by: str, assignment_id: str, gesture_key: str
) -> Shown:
    """Say that a report could not be had; PRISMA counts it apart from exclusions.

    It is a fact about the library, not a judgement, so one reviewer's word is enough; a link
    attached later, or the lead's override, brings the report back.
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
        record_decision(
            desk, tx, review, screening, Outcome.NOT_RETRIEVED, How.REPORTED, at, actor=by
        )
        return next_card(tx, by, finished=assignment.batch_id, message="Recorded as not retrieved.")


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
            screening = tx.screening(kept, Stage.FULL_TEXT)
            if link and screening is not None and screening.outcome is Outcome.NOT_RETRIEVED:
                take_back_decision(tx, screening)
                reconsider(desk, tx, review, kept, Stage.FULL_TEXT, at)
                carry_decision(tx, kept, Stage.FULL_TEXT, at)
        view = tx.record(kept)
        if view is None:
            raise UnknownThingError("record", record_id, "See the Records tab.")
        return view
