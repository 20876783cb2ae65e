"""Google fails in every way it can: nothing is lost, nothing is doubled, and quota is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from sheets.errors import (
    CredentialsError,
    SheetNotFoundError,
    SheetNotSharedError,
    UnclearError,
)
from tests.desks import BEN, CHLOE, bring
from tests.flows.sheetdesk import SheetDesk, sheet_desk
from tests.flows.standins import Playground, running_playground, wait_until
from tests.flows.test_sheet_basics import disagree, edit, handed, note_on
from tests.flows.test_sheet_races import check_right


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
    stand_in.control.post("latency", service="google", method="*", ms=0)


def waiting(desk: SheetDesk) -> int:
    with desk.store.reading("peer") as tx:
        return tx.outbox_size("sheet")


def prepared(desk: SheetDesk) -> None:
    """Two votes wait to be carried to a sheet that is open."""
    bring(desk.desk, 6)
    desk.carry()
    record = handed(desk, BEN)[0]
    handed(desk, CHLOE)
    desk.vote(BEN, record, "include")
    desk.vote(CHLOE, record, "include")
    desk.settle_votes()


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "timeout_after_effect"},
        {"kind": "timeout_before_effect"},
        {"status": 500},
        {"status": 503},
    ],
    ids=["after effect", "before effect", "500", "503"],
)
def test_an_unclear_write_is_looked_at_before_it_is_repeated(
    desk: SheetDesk, fault: dict[str, object]
) -> None:
    prepared(desk)
    if "kind" in fault:
        fault = {**fault, "hold_ms": 50}
    desk.playground.control.fault(
        service="google", method="spreadsheets.batchUpdate", times=1, **fault
    )
    with pytest.raises(UnclearError):
        desk.service.run_once("peer")
    assert waiting(desk) > 0
    desk.carry()
    check_right(desk)
    assert len(desk.rows("Votes")) == 2
    keys = [r["Key"] for r in desk.rows("_winnow")]
    assert len(keys) == len(set(keys))
    assert waiting(desk) == 0


def test_a_read_is_repeated_after_429_and_503(desk: SheetDesk) -> None:
    prepared(desk)
    control = desk.playground.control
    control.fault(service="google", method="*batchGetByDataFilter", status=503, times=1)
    control.fault(service="google", method="*batchUpdate", status=429, times=2, retry_after=1)
    desk.service.run_once("peer")
    desk.carry()
    check_right(desk)
    assert len(desk.rows("Votes")) == 2


def test_an_expired_token_is_renewed(desk: SheetDesk) -> None:
    prepared(desk)
    desk.playground.control.post("sheets/tokens/expire")
    desk.carry()
    assert len(desk.rows("Votes")) == 2


def test_faults_that_a_person_must_mend_say_so(desk: SheetDesk) -> None:
    from dataclasses import replace

    from tests.desks import make_desk

    bring(desk.desk, 1)
    account = desk.playground.facts["google_service_account"]
    desk.lead("unshare", **{"with": account})
    with pytest.raises(SheetNotSharedError, match="Share it with that address as an editor"):
        desk.service.run_once("peer")
    desk.lead("share", **{"with": account}, role="reader")
    with pytest.raises(SheetNotSharedError):
        desk.service.check("peer")
    desk.lead("share", **{"with": account}, role="writer")
    assert desk.service.check("peer").account == account
    lost = replace(desk.review, spreadsheet="1nowhere")
    with pytest.raises(SheetNotFoundError, match="1nowhere"):
        desk.new_service(make_desk(desk.store, lost, desk.clock)).check("peer")
    desk.playground.control.fault(
        service="google", method="token", status=401, error="invalid_grant", times=-1
    )
    desk.playground.control.post("sheets/tokens/expire")
    with pytest.raises(CredentialsError):
        desk.new_service().check("peer")


def test_a_row_that_google_refuses_does_not_hold_up_the_others(
    desk: SheetDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sheets.due
    from sheets.errors import RefusedError
    from sheets.rows import record_cells

    def poisoned(view):
        cells = record_cells(view)
        if view.record_id == "R000004":
            cells["Title"] = "x" * 50_001
        return cells

    monkeypatch.setattr(sheets.due, "record_cells", poisoned)
    bring(desk.desk, 12)
    for _ in range(30):
        desk.playground.control.put("sheets/quota")
        try:
            report = desk.service.run_once("peer")
        except RefusedError:
            continue
        if not report.more and not waiting(desk):
            break
    ids = {r["ID"] for r in desk.rows("Records")}
    assert ids == {f"R{n:06d}" for n in range(1, 13)} - {"R000004"}
    monkeypatch.undo()
    desk.service.reconcile("peer")
    check_right(desk)


def test_the_loop_outlives_an_outage_and_catches_up(
    desk: SheetDesk, caplog: pytest.LogCaptureFixture
) -> None:
    bring(desk.desk, 6)
    desk.carry()
    stop, wake = threading.Event(), threading.Event()
    service = desk.new_service()
    thread = threading.Thread(target=service.loop, args=(stop, wake), daemon=True)
    thread.start()
    try:
        wait_until(lambda: service.last_report, 20)
        desk.playground.control.fault(service="google", method="*", status=503, times=-1)
        record = handed(desk, BEN)[0]
        desk.vote(BEN, record, "include")
        wake.set()
        wait_until(lambda: service._health["peer"].failures >= 1, 30)
        desk.playground.control.delete("faults")
        desk.playground.control.put("sheets/quota")
        wait_until(lambda: len(desk.rows("Votes")) == 1, 30)
    finally:
        stop.set()
        wake.set()
        thread.join(10)
    assert not thread.is_alive()
    waits = [r for r in caplog.records if "the sheet waits" in r.getMessage()]
    assert 1 <= len(waits) <= 2
    assert service._health["peer"].failures == 0


@pytest.mark.slow
def test_quota_is_kept_over_a_busy_minute(desk: SheetDesk) -> None:
    """Votes arrive all the time; the stand-in counts what it was asked in a minute."""
    import random

    from sheets.client import read_account
    from sheets.service import service_for

    bring(desk.desk, 60)
    account = read_account(desk.playground.credentials_file, desk.playground.url)
    service = service_for(desk.desk, account, desk.seal, rng=random.Random(1))
    desk.playground.control.put("sheets/quota", reads_per_user=30, writes_per_user=30)
    stop, wake = threading.Event(), threading.Event()
    thread = threading.Thread(target=service.loop, args=(stop, wake), daemon=True)
    thread.start()
    try:
        end = time.monotonic() + 65
        cards = [(BEN, r) for r in _many(desk, BEN)] + [(CHLOE, r) for r in _many(desk, CHLOE)]
        while time.monotonic() < end and cards:
            who, record = cards.pop(0)
            desk.vote(who, record, "include")
            wake.set()
            time.sleep(0.5)
        wait_until(lambda: len(desk.rows("Votes")) >= 100, 20)
    finally:
        stop.set()
        thread.join(10)
    statuses = {
        r["status"] for r in desk.playground.control.requests(service="google", limit=50_000)
    }
    assert 429 not in statuses


def _many(desk: SheetDesk, who: str) -> list[str]:
    desk.batch(who, 60)
    with desk.store.reading("peer") as tx:
        return [a.record_id for a in tx.open_assignments(reviewer_id=who)]


def test_a_note_reaches_the_sheet_though_the_bot_was_killed_before_writing_it(
    desk: SheetDesk,
) -> None:
    bring(desk.desk, 4)
    record = disagree(desk)
    edit(desk, "Conflicts", "Decision", "Record", record, "inclde")
    conflict = desk.row("Conflicts", "Record", record)["ID"]
    for _ in range(20):
        desk.service.run_once("peer")
        with desk.store.reading("peer") as tx:
            if tx.lead_cells("Conflicts", [conflict]):
                break
    assert note_on(desk, "Conflicts", "Decision", 1) == ""
    desk.service = desk.new_service()
    desk.carry()
    desk.carry()
    assert "inclde" in note_on(desk, "Conflicts", "Decision", 1)


def test_a_note_reaches_the_sheet_though_google_refused_the_write(desk: SheetDesk) -> None:
    from sheets.errors import RefusedError

    bring(desk.desk, 4)
    record = disagree(desk)
    edit(desk, "Conflicts", "Decision", "Record", record, "inclde")
    desk.carry()
    desk.playground.control.fault(service="google", method="*batchUpdate", status=400, times=1)
    for _ in range(4):
        try:
            desk.carry()
        except RefusedError:
            continue
    assert "inclde" in note_on(desk, "Conflicts", "Decision", 1)


def test_rows_that_a_slow_write_adds_late_are_taken_out_again(
    desk: SheetDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sheets.client

    desk.service.open("peer")
    writer = desk.service.writer("peer")
    bring(desk.desk, 5)
    monkeypatch.setattr(sheets.client, "WRITE_TIMEOUT", (5.0, 0.5))
    sent: list[tuple[Any, ...]] = []
    write = desk.service.client.write

    def noted(spreadsheet: str, changes: Any, *rest: Any, **more: Any) -> Any:
        sent.append((spreadsheet, list(changes), *rest))
        return write(*sent[-1], **more)

    monkeypatch.setattr(desk.service.client, "write", noted)
    desk.playground.control.fault(
        service="google", method="*batchUpdate", kind="timeout_before_effect", hold_ms=1_000
    )
    with pytest.raises(UnclearError):
        desk.service.run_once("peer")
    monkeypatch.setattr(sheets.client, "WRITE_TIMEOUT", (5.0, 60.0))
    (late,) = sent
    desk.carry()
    assert len(desk.rows("Records")) == 5
    write(*late)  # the first write takes effect only now
    assert len(desk.rows("Records")) == 10
    ids = [cells[0] if cells else "" for cells in desk.cells("Records!A1:A20")]
    desk.lead("edit", tab="Records", cell=f"Q{ids.index('R000002') + 1}", value="mine")
    copy = len(ids) - ids[::-1].index("R000003")
    desk.lead("edit", tab="Records", cell=f"R{copy}", value="on the copy")
    monkeypatch.setattr(writer.late, "_look_at", 0.0)
    desk.carry()
    assert [r["ID"] for r in desk.rows("Records")] == [f"R{n:06d}" for n in range(1, 6)] + [
        "R000003"  # what the lead wrote on is left, and marked as a copy
    ]
    assert desk.row("Records", "Labels", "mine")["ID"] == "R000002"
    for tab, key in (("PRISMA", "description"), ("Sources", "ID"), ("_winnow", "Key")):
        keys = [r[key] for r in desk.rows(tab)]
        assert len(keys) == len(set(keys)) > 0, tab


def test_fault_40_who_wakes_in_the_middle_of_a_cycle_and_leads_no_more_writes_nothing(
    desk: SheetDesk,
) -> None:
    desk.service.open("peer")
    bring(desk.desk, 5)
    leads, stop = threading.Event(), threading.Event()
    leads.set()
    desk.hook.before_write = leads.clear  # suspended here, for longer than its lease
    thread = threading.Thread(
        target=desk.service.loop, args=(stop, threading.Event(), leads.is_set), daemon=True
    )
    thread.start()
    try:
        wait_until(lambda: not leads.is_set(), 10)
        wait_until(lambda: "peer" in desk.service._health, 10)
    finally:
        stop.set()
        thread.join(10)
    assert desk.rows("Records") == []
    assert waiting(desk) >= 5
