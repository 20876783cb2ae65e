"""What is said when the sheet cannot be written or does not fit: the cause, how far behind, and the remedy."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from bot.blocks.commands import status_message
from screening.gestures.overview import home
from screening.pairing import lag
from sheets.errors import MadeUpRowError, OverQuotaError
from tests.desks import BEN, bring, make_desk
from tests.flows.sheetdesk import SheetDesk, sheet_desk
from tests.flows.standins import Playground, running_playground
from tests.flows.test_sheet_basics import disagree, edit


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with running_playground(tmp_path_factory.mktemp("playground")) as running:
        yield running


@pytest.fixture
def desk(stand_in: Playground) -> Iterator[SheetDesk]:
    stand_in.control.delete("requests")
    stand_in.control.delete("faults")
    with sheet_desk(stand_in) as made:
        yield made
    stand_in.control.delete("faults")


def test_fault_7h_status_tells_how_far_the_sheet_is_behind_and_why(desk: SheetDesk) -> None:
    bring(desk.desk, 3)
    desk.carry()
    (review,) = list(desk.desk.each_review())
    desk.playground.control.fault(service="google", method="*", status=503, times=-1)
    bring(desk.desk, 2, start=50, name="ERIC")
    desk.service._cycle(review)
    with desk.store.reading("peer") as tx:
        assert lag(tx, desk.clock.now()) is None  # for a moment, something always waits
    desk.clock.move(minutes=30)
    said = str(status_message(review, home(desk.desk, "peer", by=BEN)).payload())
    assert "The shared sheet is behind: " in said
    assert "have waited since 10:00 on 2026-03-02" in said
    assert "Google did not confirm a request" in said
    desk.playground.control.delete("faults")
    desk.playground.control.put("sheets/quota")
    while desk.service.writer("peer").outbox_waits():
        desk.service._cycle(review)
    assert "behind" not in str(status_message(review, home(desk.desk, "peer", by=BEN)).payload())
    with desk.store.reading("peer") as tx:
        assert tx.setting("sheet_trouble") == ""


def test_fault_7h_a_rebuild_outlasts_a_minute_without_quota(desk: SheetDesk) -> None:
    from store import open_store

    bring(desk.desk, 4)
    desk.carry()
    with desk.store.reading("peer") as tx:
        lines = [v.line for v in tx.records_after("", 10)]
    desk.playground.control.fault(
        service="google", method="*DataFilter", status=429, times=9, retry_after=1
    )
    with pytest.raises(OverQuotaError, match="again in a minute"):
        desk.service.look("peer")
    store = open_store(f"sqlite:///{desk.folder / 'again.db'}")
    service = desk.new_service(make_desk(store, desk.review, desk.clock))
    assert service.rebuild("peer").startswith("4 records")
    with store.reading("peer") as tx:
        assert [v.line for v in tx.records_after("", 10)] == lines
    assert len(set(lines)) == 4, "each record began on a line of its own"


def test_fault_7h_a_made_up_row_of_the_hidden_tab_names_its_remedy(desk: SheetDesk) -> None:
    bring(desk.desk, 3)
    desk.carry()
    batch = {
        "requests": [
            {
                "appendCells": {
                    "sheetId": desk.service.writer("peer").state.shape.tabs["_winnow"].sheet_id,
                    "rows": [{"values": [{"userEnteredValue": {"stringValue": "V-made-up"}}]}],
                    "fields": "userEnteredValue",
                }
            }
        ]
    }
    desk.service.client.write(desk.sheet, batch["requests"])
    with pytest.raises(MadeUpRowError, match=r"'V-made-up'.*delete that row"):
        desk.new_service().open("peer")


def test_fault_7h_a_cell_that_is_refused_is_logged_once(
    desk: SheetDesk, caplog: pytest.LogCaptureFixture
) -> None:
    bring(desk.desk, 4)
    record = disagree(desk)
    edit(desk, "Conflicts", "Decision", "Record", record, "inclde")
    with caplog.at_level(logging.INFO, "sheets.edits"):
        for _ in range(4):
            desk.carry()
            desk.service.writer("peer").watch.look_again()
    assert sum("inclde" in r.getMessage() for r in caplog.records) == 1
