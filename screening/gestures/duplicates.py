"""What the lead says of possible duplicates and of merges: same, or different."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from screening.errors import UnknownThingError
from screening.gestures.deciding import cluster, note_decision
from screening.gestures.lineage import who_leaves
from screening.gestures.linking import (
    follow_merges,
    merge_records,
    part_records,
    tell_decided,
)
from screening.policies import check_is_lead
from screening.ports import Desk
from screening.views import DuplicateView


def judge_pair(
    desk: Desk,
    review_id: str,
    *,
    by: str,
    pair_id: str,
    verdict: Literal["same", "different"],
    gesture_key: str,
    only_open: bool = False,
) -> DuplicateView:
    """Merge a pair or keep it apart, also after voting began; "different" undoes a merge.

    A verdict can be changed by giving the other one. Saying again what holds changes nothing. With
    `only_open` a pair that has its verdict keeps it: a card may be older than what was decided since.
    """
    review = desk.review(review_id)
    check_is_lead(review, by, "judge duplicates")
    with desk.store.writing(review_id) as tx:
        at = desk.clock.now()
        pair = tx.pair(pair_id)
        if pair is None:
            raise UnknownThingError("pair", pair_id, "See the Duplicates tab.")
        if only_open and pair.state != "possible":
            return tx.duplicate_views([pair_id])[0]
        if tx.remember_gesture(gesture_key, at):
            first, second = tx.kept(pair.first), tx.kept(pair.second)
            if verdict == "same":
                if first != second:
                    merge_records(desk, tx, review, first, second, at, by)
                state = "merged"
            else:
                if first == second:
                    leaving = who_leaves(tx, pair.first, pair.second)
                    part_records(desk, tx, review, leaving, at, by)
                state = "undone" if pair.state == "merged" else "different"
            if state != pair.state:
                tx.set_pair(replace(pair, state=state, decided_by=by, decided_at=at))
                note_decision(desk, tx, pair_id, at)
                tell_decided(tx, pair, at)
                tx.audit(
                    at,
                    by,
                    "duplicate_" + state,
                    pair_id,
                    {"first": pair.first, "second": pair.second},
                )
            touched = {pair.first, pair.second}.union(
                *(cluster(tx, tx.kept(end)) for end in (pair.first, pair.second))
            )
            follow_merges(tx, sorted(touched), by, at)
            tx.enqueue_rows("Records", sorted(touched), at)
            tx.enqueue_rows("Duplicates", [pair_id], at)
        return tx.duplicate_views([pair_id])[0]
