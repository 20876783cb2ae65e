"""Whatever is tapped in whatever order, old messages too: one vote a record, and no card that is stuck."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from screening.errors import WinnowError
from screening.gestures.batches import pause, release_expired, request_batch
from screening.gestures.conflicts import override_decision
from screening.gestures.duplicates import judge_pair
from screening.gestures.fulltext import report_not_retrieved, undo_not_retrieved
from screening.gestures.settling import settle_due
from screening.gestures.voting import cast_vote, skip_card, undo_vote
from screening.ports import Desk
from screening.stages import Outcome, Stage, Status
from screening.views import DuplicatePair
from screening.votes import Choice
from store import open_store
from tests.desks import BEN, CHLOE, DEV, LEAD, REASONS, bring, make_desk

RECORDS = [f"R{n:06d}" for n in range(1, 9)]
STEPS = 200


def make(desk: Desk, rng: random.Random, key: str, seen: dict[str, str]) -> None:
    """Make one gesture of a random member; `seen` collects every card ever handed out."""
    who = rng.choice([BEN, CHLOE, DEV])
    common = {"by": who, "gesture_key": key}
    with desk.store.reading("peer") as tx:
        seen |= {a.assignment_id: a.reviewer_id for a in tx.open_assignments()}
        cast = [view.vote for view in tx.last_votes(who, 3)]
    mine = [assignment_id for assignment_id, holder in seen.items() if holder == who]
    kind = rng.choice(
        ["tap"] * 10 + ["batch", "undo"] * 4 + ["skip", "missing", "found", "settle", "judge"] * 2
        + ["expire", "pause", "override", "attend"]
    )  # fmt: skip
    if kind in ("tap", "skip", "missing", "found") and mine:
        card = rng.choice(mine)
        if kind == "tap":
            choice = rng.choice([Choice.INCLUDE, Choice.INCLUDE, Choice.EXCLUDE])
            reason = rng.choice(REASONS)
            cast_vote(desk, "peer", assignment_id=card, choice=choice, reason=reason, **common)
        elif kind == "skip":
            skip_card(desk, "peer", assignment_id=card, **common)
        elif kind == "found":
            undo_not_retrieved(desk, "peer", assignment_id=card, **common)
        else:
            report_not_retrieved(desk, "peer", assignment_id=card, **common)
    elif kind == "batch":
        request_batch(desk, "peer", size=rng.choice([1, 3, 8]), **common)
    elif kind == "undo" and cast:
        undo_vote(desk, "peer", vote_id=cast[0].vote_id, **common)
    elif kind == "settle":
        settle_due(desk, "peer", at=desk.clock.move(minutes=6))
    elif kind == "expire":
        release_expired(desk, "peer", at=desk.clock.move(days=9))
    elif kind in ("pause", "attend"):
        pause(desk, "peer", paused=kind == "pause", **common)
    elif kind == "judge":
        verdict = rng.choice(["same", "different"])
        pair_id = rng.choice(["D0", "D1"])
        judge_pair(desk, "peer", by=LEAD, pair_id=pair_id, verdict=verdict, gesture_key=key)
    elif kind == "override":
        override_decision(
            desk,
            "peer",
            by=LEAD,
            record_id=rng.choice(RECORDS),
            stage=rng.choice(list(Stage)),
            outcome=rng.choice([Outcome.INCLUDE, Outcome.EXCLUDE, None]),
            reason=REASONS[0],
            gesture_key=key,
        )


def check(desk: Desk) -> None:
    """Every open card can be voted on, and nobody's vote stands twice."""
    with desk.store.reading("peer") as tx:
        for card in tx.open_assignments():
            screening = tx.screening(card.record_id, card.stage)
            assert screening is not None, card
            assert screening.status is Status.PENDING, card
            assert tx.current_vote(card.record_id, card.stage, card.reviewer_id) is None, card
        for record_id in RECORDS:
            for stage in Stage:
                log = [tx.vote(each) for each in tx.vote_ids_on(record_id, stage)]
                replaced = {vote.replaces for vote in log if vote}
                standing = Counter(
                    vote.reviewer_id
                    for vote in log
                    if vote and vote.vote_id not in replaced and vote.choice is not Choice.WITHDRAWN
                )
                assert max(standing.values(), default=0) <= 1, (record_id, stage, log)
                current = {v.reviewer_id for v in tx.current_votes([record_id], stage)}
                assert current == set(standing)


@pytest.mark.parametrize("seed", range(6))
def test_one_vote_a_record_and_no_stuck_card(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    store = open_store(f"sqlite:///{tmp_path}/winnow.sqlite3")
    desk = make_desk(store)
    bring(desk, len(RECORDS))
    with store.writing("peer") as tx:
        for n in range(2):
            first, second = RECORDS[2 * n], RECORDS[2 * n + 1]
            pair = DuplicatePair(f"D{n}", "peer", first, second, "possible", 80.0, "", "possible")
            tx.add_pair(pair)
    seen: dict[str, str] = {}
    for step in range(STEPS):
        try:
            make(desk, rng, f"g{step}", seen)
        except WinnowError:
            continue  # a refusal changes nothing
        check(desk)
    assert store.drifted("peer") == []
    store.close()
