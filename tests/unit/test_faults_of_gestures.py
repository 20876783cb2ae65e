"""What a tap does that comes late, twice or on an old copy is said in one sentence, on the real stores."""

from __future__ import annotations

import pytest

from screening.errors import SameVoteError
from screening.gestures.batches import request_batch
from screening.gestures.overview import home
from screening.gestures.settling import settle_due
from screening.gestures.voting import change_vote
from screening.ports import Desk
from screening.stages import Stage
from tests.desks import BEN, CHLOE, bring, make_desk, vote


@pytest.fixture
def desk(store) -> Desk:
    made = make_desk(store)
    bring(made, 6)
    return made


def batch(desk: Desk, who: str, size: int = 3):
    return request_batch(desk, "peer", by=who, size=size, gesture_key=desk.new_id("K"))


def records_of(desk: Desk, who: str) -> list[str]:
    with desk.store.reading("peer") as tx:
        return [a.record_id for a in tx.open_assignments(reviewer_id=who)]


def settle(desk: Desk) -> None:
    settle_due(desk, "peer", at=desk.clock.move(minutes=6))


def test_fault_25_a_vote_changed_to_itself_is_not_changed(desk: Desk) -> None:
    record = batch(desk, BEN).card.assignment.record_id
    cast = vote(desk, BEN, record, "maybe").recorded
    common = {"by": BEN, "vote_id": cast.vote_id, "choice": cast.choice}
    with pytest.raises(SameVoteError, match="“maybe” already, so nothing was changed"):
        change_vote(desk, "peer", **common, gesture_key="c")
    with desk.store.reading("peer") as tx:
        assert tx.vote_ids_on(record, Stage.TITLE_ABSTRACT) == [cast.vote_id]
    change_vote(desk, "peer", **common, note="see table 3", gesture_key="n")
    with desk.store.reading("peer") as tx:
        assert tx.current_vote(record, Stage.TITLE_ABSTRACT, BEN).note == "see table 3"


def test_fault_25_home_knows_which_votes_can_be_changed(desk: Desk) -> None:
    batch(desk, BEN)
    batch(desk, CHLOE)
    agreed, split, alone = records_of(desk, BEN)
    for record, theirs in ((agreed, "exclude"), (split, "include")):
        vote(desk, BEN, record, "exclude")
        vote(desk, CHLOE, record, theirs)
    vote(desk, BEN, alone, "exclude")
    settle(desk)
    can = {v.vote.record_id: v.can_change for v in home(desk, "peer", by=BEN).last_votes}
    assert can == {agreed: False, split: True, alone: True}
