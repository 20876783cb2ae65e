"""A conflict decided by the lead, or ended by a voter who changes their mind after discussion."""

from __future__ import annotations

from bot import actions
from bot.blocks.conflict import change_view, conflict_message, decide_view, read_view
from bot.blocks.words import OUTCOMES
from bot.face import Ack, Face
from bot.gate import one_of
from bot.listeners.home import publish
from bot.payloads import Click, Submission, keep
from screening.errors import UnknownThingError, WinnowError
from screening.gestures.conflicts import resolve_conflict
from screening.gestures.voting import change_vote
from screening.policies import can_lead, check_is_member
from screening.review import Review
from screening.stages import Outcome
from screening.views import ConflictView
from screening.votes import Choice


class EndedMeanwhileError(WinnowError):
    """A lead's form came after the conflict had ended otherwise."""

    def __init__(self, review: Review, view: ConflictView) -> None:
        ended = view.conflict
        how = OUTCOMES[ended.outcome].lower() if ended.outcome else "withdrawn"
        who = f" by {review.name_of(ended.resolved_by)}" if ended.resolved_by else ""
        super().__init__(
            f"This conflict ended meanwhile: {how}{who}. Your decision was not recorded. "
            "To change the outcome, use the Override column of the Records tab."
        )


def decide(face: Face, click: Click, ack: Ack) -> None:
    """End a conflict by the button of its message."""
    review_id, conflict_id, outcome = actions.unpack(click.value, 3)
    view = resolve_conflict(
        face.desk,
        review_id,
        by=click.user_id,
        conflict_id=conflict_id,
        outcome=one_of(Outcome, outcome),
        gesture_key=click.gesture_key,
    )
    ack()
    _show(face, click, review_id, view)


def exclude_because(face: Face, click: Click, ack: Ack) -> None:
    """End a conflict at full text by an exclusion with its reason."""
    review_id, conflict_id, key = actions.unpack(click.value, 3)
    stage = _view(face, review_id, conflict_id).conflict.stage
    view = resolve_conflict(
        face.desk,
        review_id,
        by=click.user_id,
        conflict_id=conflict_id,
        outcome=Outcome.EXCLUDE,
        reason=actions.named_reason(face.desk.review(review_id), stage, key),
        gesture_key=click.gesture_key,
    )
    ack()
    _show(face, click, review_id, view)


def open_one(face: Face, click: Click, ack: Ack) -> None:
    """Open a conflict: the lead decides there, a voter changes their vote, others read."""
    review_id, conflict_id = actions.unpack(click.value, 2)
    review = face.desk.review(review_id)
    check_is_member(review, click.user_id)
    view = _view(face, review_id, conflict_id)
    ack()
    kept = {"review": review_id, "conflict": conflict_id, "home": "yes" if click.on_home else ""}
    own = next((v for v in view.votes if v.reviewer_id == click.user_id), None)
    modal = read_view(review, view)
    if view.conflict.is_open and can_lead(review, click.user_id):
        modal = decide_view(review, view, keep(**kept))
    elif view.conflict.is_open and own is not None:
        modal = change_view(review, view, own, keep(**kept, vote=own.vote_id))
    face.slack.open_view(click.trigger_id, modal)


def decide_in_view(face: Face, submission: Submission, ack: Ack) -> None:
    """End a conflict from its modal, with a comment; its message follows through the outbox."""
    review_id, conflict_id = submission.kept["review"], submission.kept["conflict"]
    outcome, _, key = submission.values.get("outcome", "").partition(actions.SEPARATOR)
    stage = _view(face, review_id, conflict_id).conflict.stage
    review = face.desk.review(review_id)
    wanted = one_of(Outcome, outcome)
    reason = actions.named_reason(review, stage, key) if key else ""
    view = resolve_conflict(
        face.desk,
        review_id,
        by=submission.user_id,
        conflict_id=conflict_id,
        outcome=wanted,
        reason=reason,
        comment=submission.values.get("comment", ""),
        gesture_key=submission.gesture_key,
    )
    ended = view.conflict
    if (ended.resolved_by, ended.outcome, ended.reason) != (submission.user_id, wanted, reason):
        raise EndedMeanwhileError(review, view)
    ack()
    _after(face, submission)


def change_in_view(face: Face, submission: Submission, ack: Ack) -> None:
    """Change one's vote in a conflict under discussion."""
    review_id, vote_id = submission.kept["review"], submission.kept["vote"]
    choice, key = actions.unpack(submission.values.get("choice", ""), 2)
    view = _view(face, review_id, submission.kept["conflict"])
    review = face.desk.review(review_id)
    change_vote(
        face.desk,
        review_id,
        by=submission.user_id,
        vote_id=vote_id,
        choice=one_of(Choice, choice),
        reason=actions.named_reason(review, view.conflict.stage, key) if key else "",
        gesture_key=submission.gesture_key,
    )
    ack()
    _after(face, submission)


def _after(face: Face, submission: Submission) -> None:
    """Have the conflict's message follow, and the Home tab if it was opened from there."""
    face.wake(submission.kept["review"])
    if submission.kept.get("home"):
        publish(face, submission.user_id)


def _view(face: Face, review_id: str, conflict_id: str) -> ConflictView:
    face.desk.review(review_id)
    with face.desk.store.reading(review_id) as tx:
        found = tx.conflict_views([conflict_id])
    if not found:
        raise UnknownThingError("conflict", conflict_id, "See /winnow conflicts.")
    return found[0]


def _show(face: Face, click: Click, review_id: str, view: ConflictView) -> None:
    face.replace(click, conflict_message(face.desk.review(review_id), view))
    face.wake(review_id)
