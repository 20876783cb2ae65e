"""The slow beat reports what somebody changed in the sheet, and nothing that is merely on its way."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.desks import BEN, CHLOE, bring
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
        yield made


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture):
    def found() -> list[str]:
        names = [r for r in caplog.records if r.name == "sheets.reconcile"]
        return [r.getMessage() for r in names if r.levelno >= logging.WARNING]

    return found


def compare(desk: SheetDesk, *, carry: bool) -> str:
    """One pass over all tabs; votes are cast once each tab has been read."""
    writer = desk.service.writer("peer")
    if not writer.state.is_open:
        writer.open()
    writer.compare_all()
    cards = [(who, record) for who in (BEN, CHLOE) for record in handed(desk, who)[:3]]
    for _ in range(200):
        if not writer.reconciler.is_running:
            break
        if writer.reconciler.wants_pages:
            desk.playground.control.put("sheets/quota")
            writer.run_once()
            if cards:
                desk.vote(*cards.pop(), "include")
            if carry:
                writer.run_once()
        writer.compare_step()
    assert not cards and writer.reconciler.last is not None
    return writer.reconciler.last.sentence()


@pytest.mark.parametrize("carry", [True, False], ids=["carried meanwhile", "still waiting"])
def test_votes_cast_while_sheet_and_store_are_compared_are_no_finding(
    desk: SheetDesk, warnings, carry: bool
) -> None:
    bring(desk.desk, 8)
    desk.carry()
    said = compare(desk, carry=carry)
    assert "missing" not in said and "different" not in said, said
    assert warnings() == []
    desk.carry()
    assert len(desk.rows("Votes")) == 6


def test_a_first_fill_under_way_is_no_finding(desk: SheetDesk, warnings) -> None:
    bring(desk.desk, 30)
    writer = desk.service.writer("peer")
    writer.open()
    writer.compare_all()
    for _ in range(200):
        if not writer.reconciler.is_running:
            break
        if writer.reconciler.wants_pages:
            writer._limit = 1
            desk.playground.control.put("sheets/quota")
            writer.run_once()
        writer.compare_step()
    assert len(desk.rows("Records")) < 30
    assert warnings() == []
    desk.carry()
    assert len(desk.rows("Records")) == 30


def test_what_somebody_changed_is_a_finding_also_beside_rows_that_wait(
    desk: SheetDesk, warnings
) -> None:
    bring(desk.desk, 8)
    records = handed(desk, BEN)
    desk.vote(BEN, records[0], "include")
    desk.carry()
    desk.service.reconcile("peer")
    edit(desk, "Records", "Title", "ID", records[5], "Mine")
    desk.lead("rows/delete", tab="Votes", row=2, count=1)
    desk.vote(BEN, records[1], "include")
    found = desk.service.reconcile("peer")
    assert "missing: Votes 1" in found and "different: Records 1" in found
    assert len(warnings()) == 1
    assert desk.row("Records", "ID", records[5])["Title"] != "Mine"
    assert len(desk.rows("Votes")) == 2
