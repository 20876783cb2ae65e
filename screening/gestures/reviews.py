"""Opening a configured review at start: what changed in its team and its rules takes effect."""

from __future__ import annotations

from screening.gestures.batches import release_all
from screening.gestures.deciding import reconsider
from screening.policies import can_vote
from screening.ports import Desk
from screening.review import Review
from screening.stages import Stage

BLINDING = "blinding"
"""Setting: how pending votes were shown when the review was last opened; none before the first time."""

AT_ONCE = 200
"""Records reconsidered in one transaction, so that a click never waits long for the review's lock."""


def open_review(desk: Desk, review_id: str) -> int:
    """Release the cards of people who left or no longer screen; return how many cards.

    Their votes stay and count. Undecided records follow the review's present rules: the votes that
    are in may now be enough, or no longer. Another blinding holds for the votes cast from now on: it
    is noted in the audit log and told in the channel.
    """
    review = desk.review(review_id)
    _note_blinding(desk, review)
    released = _release_gone(desk, review)
    for stage in Stage:
        _apply_policy(desk, review, stage)
    return released


def _note_blinding(desk: Desk, review: Review) -> None:
    with desk.store.reading(review.review_id) as tx:
        if tx.setting(BLINDING) == review.blinding:
            return
    with desk.store.writing(review.review_id) as tx:
        at = desk.clock.now()
        known = tx.setting(BLINDING)
        tx.set_setting(BLINDING, review.blinding)
        before = known or "sealed"
        if before == review.blinding:
            return
        details = {"from": before, "to": review.blinding}
        tx.audit(at, "configuration", "blinding_changed", review.review_id, details)
        if known or tx.vote_ids_after("", 1):
            key = desk.new_id("B")
            tx.enqueue("slack", "blinding_changed", key, at, {"blinding": review.blinding})


def _release_gone(desk: Desk, review: Review) -> int:
    with desk.store.reading(review.review_id) as tx:
        holders = {(a.reviewer_id, a.stage) for a in tx.open_assignments()}
    gone = {(m, stage) for m, stage in holders if not can_vote(review, m, stage)}
    if not gone:
        return 0
    with desk.store.writing(review.review_id) as tx:
        at = desk.clock.now()
        released = 0
        for member_id, stage in sorted(gone):
            count = release_all(tx, member_id, stage)
            tx.audit(at, "configuration", "member_left", member_id, {"released": count})
            released += count
        return released


def _apply_policy(desk: Desk, review: Review, stage: Stage) -> None:
    """Reconsider the pending records that wait for another number of votes than the rules ask.

    A split that waits for its third vote is among them for as long as the rules ask for one, and
    comes out as it was.
    """
    needed = review.rules(stage).policy.votes_needed
    with desk.store.reading(review.review_id) as tx:
        if not tx.needing_other(stage, needed):
            return
    with desk.store.writing(review.review_id) as tx:
        at = desk.clock.now()
        waiting = tx.set_needed(stage, needed)
        if waiting:
            details = {"stage": stage.value, "votes_needed": needed, "records": waiting}
            tx.audit(at, "configuration", "policy_changed", review.review_id, details)
        voted = tx.needing_other(stage, needed)
    for start in range(0, len(voted), AT_ONCE):
        with desk.store.writing(review.review_id) as tx:
            at = desk.clock.now()
            for record_id in voted[start : start + AT_ONCE]:
                reconsider(desk, tx, review, record_id, stage, at)
