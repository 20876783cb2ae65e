"""A sheet is written by the store that it shows and by no other, however that store came to be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ids import time_ordered_ids
from screening.gestures.batches import request_batch
from screening.gestures.conflicts import resolve_conflict
from screening.gestures.duplicates import judge_pair
from screening.pairing import SHEET_IDENTITY, SHEET_REFUSED, refusal
from screening.ports import Desk
from screening.stages import Outcome
from screening.views import DuplicatePair
from sheets.errors import ForeignSheetError, NotWholeError, SheetNotEmptyError
from sheets.rebuild import rebuild_store
from store import copy_all, open_store
from tests.desks import BEN, CHLOE, LEAD, bring, make_desk
from tests.flows.sheetdesk import SheetDesk, sheet_desk
from tests.flows.standins import Playground, running_playground
from tests.flows.test_sheet_basics import edit, handed

TABS = ("Records", "Votes", "Sources", "_winnow")


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with running_playground(tmp_path_factory.mktemp("playground")) as running:
        yield running


@pytest.fixture
def desk(stand_in: Playground) -> Iterator[SheetDesk]:
    stand_in.control.put("sheets/quota")
    with sheet_desk(stand_in) as made:
        yield made


@pytest.fixture
def another(tmp_path: Path, desk: SheetDesk):
    stores = []

    def make(file: str = "") -> Desk:
        stores.append(open_store(f"sqlite:///{tmp_path / (file or f'other{len(stores)}.db')}"))
        made = make_desk(stores[-1], desk.review, desk.clock)
        return replace(made, new_id=time_ordered_ids(desk.clock))

    yield make
    for store in stores:
        store.close()


def shown(desk: SheetDesk) -> str:
    return json.dumps([desk.rows(tab) for tab in TABS])


def identity(desk: Desk) -> str | None:
    with desk.store.reading("peer") as tx:
        return tx.setting(SHEET_IDENTITY)


def forget_marks(desk: SheetDesk) -> None:
    """Leave the sheet as a Winnow that marked none would have."""
    client = desk.service.client
    lookup = {"developerMetadataLookup": {"metadataKey": "winnow", "locationType": "SPREADSHEET"}}
    client.write(desk.sheet, [{"deleteDeveloperMetadata": {"dataFilter": lookup}}])
    with desk.store.writing("peer") as tx:
        tx.set_setting(SHEET_IDENTITY, "")


def filled(desk: SheetDesk) -> None:
    """Six records and a vote, in the sheet."""
    bring(desk.desk, 6)
    desk.vote(BEN, handed(desk, BEN)[0], "include")
    desk.settle_votes()
    desk.carry()


def test_an_empty_store_is_refused_and_says_so(desk: SheetDesk, another) -> None:
    filled(desk)
    before, lost = shown(desk), another()
    for act in ("check", "look", "run_once"):
        with pytest.raises(SheetNotEmptyError, match="winnow rebuild"):
            getattr(desk.new_service(lost), act)("peer")
    assert shown(desk) == before
    told = request_batch(lost, "peer", by=BEN, size=3, gesture_key="b").message
    assert "winnow rebuild" in told and "imports a search export first" not in told


@pytest.mark.parametrize("marked", [True, False])
def test_an_import_into_the_store_after_the_loss_changes_nothing(
    desk: SheetDesk, another, marked: bool
) -> None:
    filled(desk)
    if not marked:
        forget_marks(desk)
    before, lost = shown(desk), another()
    bring(lost, 9, start=500, name="EMBASE")
    for act in ("check", "run_once", "run_once"):
        with pytest.raises(NotWholeError, match="winnow rebuild"):
            getattr(desk.new_service(lost), act)("peer")
    assert shown(desk) == before
    with lost.store.reading("peer") as tx:
        assert "winnow rebuild" in refusal(tx)


def test_a_store_of_the_same_numbers_is_told_by_the_mark(desk: SheetDesk, another) -> None:
    """The sheet may hold records only: the store was lost while its first import was carried."""
    filled(desk)
    for tab in ("Votes", "Sources", "_winnow"):
        desk.lead("tabs/delete", tab=tab)
    lost = another()
    bring(lost, 9, start=500)
    with pytest.raises(ForeignSheetError):
        desk.new_service(lost).run_once("peer")
    desk.service.reconcile("peer")  # its own store makes the tabs anew
    assert len(desk.rows("Votes")) == 1


def test_an_older_backup_does_not_write_over_what_came_after_it(
    desk: SheetDesk, another, tmp_path: Path
) -> None:
    filled(desk)
    desk.store.copy_to(tmp_path / "backup.db")
    restored = another("backup.db")
    service = desk.new_service(restored)
    service.settle("peer")  # nothing happened since: all is well
    desk.vote(BEN, handed(desk, BEN)[1], "include")
    desk.settle_votes()
    desk.carry()
    before = shown(desk)
    for _ in range(2):
        with pytest.raises(NotWholeError):
            desk.new_service(restored).run_once("peer")
    assert shown(desk) == before
    assert refusal_of(desk.desk) == "" != refusal_of(restored)


def resolve(desk: SheetDesk) -> None:
    with desk.store.reading("peer") as tx:
        (conflict,) = tx.open_conflicts()
    resolve_conflict(
        desk.desk,
        "peer",
        by=LEAD,
        conflict_id=conflict.conflict_id,
        outcome=Outcome.EXCLUDE,
        gesture_key="decide",
    )


def judge(desk: SheetDesk) -> None:
    judge_pair(desk.desk, "peer", by=LEAD, pair_id="D1", verdict="same", gesture_key="judge")


@pytest.mark.parametrize("decide", [resolve, judge])
def test_fault_7f_a_backup_older_than_a_decision_made_in_slack_is_refused(
    desk: SheetDesk, another, tmp_path: Path, decide
) -> None:
    """Nothing was voted or imported since, so only the decision tells the backup from its store."""
    bring(desk.desk, 6)
    record, one, other = handed(desk, BEN)[:3]
    handed(desk, CHLOE)
    desk.vote(BEN, record, "include")
    desk.vote(CHLOE, record, "exclude")
    desk.settle_votes()
    with desk.store.writing("peer") as tx:
        tx.add_pair(DuplicatePair("D1", "peer", one, other, "possible", 0.9, "", "possible"))
        tx.enqueue_rows("Duplicates", ["D1"], desk.clock.now())
    desk.carry()
    desk.store.copy_to(tmp_path / "backup.db")
    restored = another("backup.db")
    desk.new_service(restored).settle("peer")  # nothing was decided since: all is well
    decide(desk)
    desk.carry()
    before = shown(desk)
    for act in ("check", "run_once"):
        with pytest.raises(NotWholeError, match="holds a decision that this store does not know"):
            getattr(desk.new_service(restored), act)("peer")
    assert shown(desk) == before
    rebuilt = another()
    rebuild_store(desk.service.client, rebuilt, desk.review, desk.seal)
    desk.new_service(rebuilt).settle("peer")  # it goes on from the sheet, decision and all
    assert refusal_of(rebuilt) == ""


def refusal_of(desk: Desk) -> str:
    with desk.store.reading("peer") as tx:
        return tx.setting(SHEET_REFUSED) or ""


def test_a_fresh_sheet_is_marked_in_the_write_that_makes_its_tabs(desk: SheetDesk) -> None:
    assert desk.service.check("peer").missing
    assert identity(desk.desk) is None, "looking changes nothing"
    writes = desk.hook.writes
    desk.service.open("peer")
    assert desk.hook.writes == writes + 1
    assert identity(desk.desk)
    desk.new_service().open("peer")
    assert desk.hook.writes == writes + 1


def test_a_sheet_with_tabs_but_no_rows_is_anybodys(desk: SheetDesk, another) -> None:
    desk.service.open("peer")
    other = another()
    desk.new_service(other).settle("peer")
    assert identity(other) == identity(desk.desk)
    bring(other, 3)
    desk.new_service(other).settle("peer")
    assert len(desk.rows("Records")) == 3


def test_a_sheet_from_before_the_marks_is_adopted(desk: SheetDesk) -> None:
    filled(desk)
    forget_marks(desk)
    before = shown(desk)
    service = desk.new_service()
    service.settle("peer")
    assert identity(desk.desk)
    assert shown(desk) == before
    desk.vote(BEN, handed(desk, BEN)[1], "include")
    service.settle("peer")
    assert len(desk.rows("Votes")) == 2


def test_a_store_moved_elsewhere_goes_on(desk: SheetDesk, another) -> None:
    filled(desk)
    moved = another()
    copy_all(desk.store, moved.store)
    assert identity(moved) == identity(desk.desk)
    bring(moved, 2, start=50, name="ERIC")
    desk.new_service(moved).settle("peer")
    assert len(desk.rows("Records")) == 8


def test_a_rebuilt_store_goes_on_and_the_lost_one_found_again_does_not(
    desk: SheetDesk, another
) -> None:
    filled(desk)
    rebuilt = another()
    with pytest.raises(SheetNotEmptyError):
        desk.new_service(rebuilt).run_once("peer")
    rebuild_store(desk.service.client, rebuilt, desk.review, desk.seal)
    assert refusal_of(rebuilt) == ""
    bring(rebuilt, 2, start=50, name="ERIC")
    desk.new_service(rebuilt).settle("peer")
    assert len(desk.rows("Records")) == 8
    before = shown(desk)
    with pytest.raises(NotWholeError):
        desk.new_service().run_once("peer")
    assert shown(desk) == before


def test_what_a_rebuild_left_behind_keeps_nobody_from_the_sheet(desk: SheetDesk, another) -> None:
    filled(desk)
    (vote,) = desk.rows("Votes")
    edit(desk, "Votes", "Vote ID", "Vote ID", vote["Vote ID"], "")
    rebuilt = another()
    found = rebuild_store(desk.service.client, rebuilt, desk.review, desk.seal)
    assert found.problems
    desk.new_service(rebuilt).settle("peer")


def test_an_older_state_of_the_sheet_is_brought_up_to_date(desk: SheetDesk, tmp_path: Path) -> None:
    filled(desk)
    for tab in ("Votes", "Records"):
        desk.lead("rows/delete", tab=tab, row=1, count=1)
    service = desk.new_service()
    service.reconcile("peer")
    assert len(desk.rows("Votes")) == 1
    assert len(desk.rows("Records")) == 6


def test_what_the_team_types_into_a_key_column_stops_nothing(desk: SheetDesk) -> None:
    filled(desk)
    desk.lead("edit", tab="Votes", cell="J9", value="Very good")
    desk.lead("edit", tab="Records", cell="A12", value="R999999")
    service = desk.new_service()
    service.settle("peer")
    forget_marks(desk)
    desk.new_service().settle("peer")
