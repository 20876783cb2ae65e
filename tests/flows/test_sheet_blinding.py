"""Whoever can type in the sheet can read no vote that is still pending, whatever they type and take back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from screening.gestures.reviews import open_review
from screening.sealing import is_sealed
from sheets.rebuild import rebuild_store
from store import open_store
from tests.desks import BEN, CHLOE, bring, make_desk
from tests.flows.sheetdesk import SheetDesk, sheet_desk
from tests.flows.standins import Playground, running_playground
from tests.flows.test_sheet_basics import edit, handed


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with running_playground(tmp_path_factory.mktemp("playground")) as running:
        yield running


@pytest.fixture
def desk(stand_in: Playground) -> Iterator[SheetDesk]:
    with sheet_desk(stand_in) as made:
        made.without_quota()
        yield made


def votes(desk: SheetDesk) -> dict[str, str]:
    """What the Votes tab says, by reviewer."""
    return {
        row["Reviewer"]: "sealed" if is_sealed(row["Vote"]) else row["Vote"]
        for row in desk.rows("Votes")
    }


def test_fault_7b_an_override_typed_and_emptied_opens_no_vote(desk: SheetDesk) -> None:
    bring(desk.desk, 4)
    record = handed(desk, BEN)[0]
    desk.vote(BEN, record, "include", note="mine")
    desk.settle_votes()
    desk.carry()
    assert votes(desk) == {"Ben": "sealed"}
    for text in ("exclude", "", "include", ""):
        edit(desk, "Records", "Override", "ID", record, text)
        desk.carry()
        desk.service.reconcile("peer")
        assert votes(desk) == {"Ben": "sealed"}
    team = {row["Name"]: row for row in desk.rows("Team")}
    assert (team["Ben"]["Done"], team["Ben"]["Include rate"]) in ((1, ""), ("1", ""), (1, None))


def test_fault_7b_a_rebuilt_store_knows_which_votes_were_shown(
    desk: SheetDesk, tmp_path: Path
) -> None:
    bring(desk.desk, 4)
    one, other = handed(desk, BEN)[:2]
    handed(desk, CHLOE)
    desk.vote(BEN, one, "include")
    desk.vote(CHLOE, one, "include")
    desk.vote(BEN, other, "include")
    desk.settle_votes()
    desk.carry()
    edit(desk, "Records", "Override", "ID", other, "exclude")
    desk.carry()
    store = open_store(f"sqlite:///{tmp_path / 'fresh.db'}")
    fresh = make_desk(store, desk.review, desk.clock)
    rebuild_store(desk.service.client, fresh, desk.review, desk.seal)
    with store.reading("peer") as tx:
        shown = {v.vote.record_id: v.revealed for v in tx.vote_views(tx.vote_ids_after("", 9))}
        assert shown == {one: True, other: False}
        assert store.drifted("peer") == []
    store.close()


def test_fault_5_opening_a_running_review_opens_no_vote_cast_before(desk: SheetDesk) -> None:
    open_review(desk.desk, "peer")
    bring(desk.desk, 4)
    one, other = handed(desk, BEN)[:2]
    desk.vote(BEN, one, "include")
    desk.carry()
    desk.review = replace(desk.review, blinding="open")
    desk.desk = replace(desk.desk, reviews={"peer": desk.review})
    open_review(desk.desk, "peer")
    desk.service = desk.new_service()
    handed(desk, CHLOE)
    desk.vote(CHLOE, other, "exclude")
    desk.carry()
    desk.service.reconcile("peer")
    assert votes(desk) == {"Ben": "sealed", "Chloe": "exclude"}
