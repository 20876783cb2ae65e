"""The lead works in the sheet while the bot writes: nothing moves out of place, everything heals."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sheets.layout import TABS, layout_of
from sheets.rows import record_cells, shown_text
from tests.desks import BEN, CHLOE, bring
from tests.flows.sheetdesk import SheetDesk, sheet_desk
from tests.flows.standins import Playground, running_playground
from tests.flows.test_sheet_basics import disagree, edit, handed, note_on


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


def check_right(desk: SheetDesk, renamed: dict[str, str] | None = None) -> None:
    """Every record and vote stands in exactly one row, which says what the store says."""
    names = renamed or {}
    with desk.store.reading("peer") as tx:
        views = {v.record_id: v for v in tx.records_after("", 1000)}
        votes = tx.vote_ids_after("", 1000)
    rows = [r for r in desk.rows("Records") if r[names.get("ID", "ID")] in views]
    assert sorted(r[names.get("ID", "ID")] for r in rows) == sorted(views)
    for row in rows:
        cells = record_cells(views[row[names.get("ID", "ID")]])
        for column in layout_of("Records").bot_columns:
            shown = row[names.get(column, column)]
            assert shown == shown_text(cells[column]), (row[names.get("ID", "ID")], column)
    assert sorted(r["Vote ID"] for r in desk.rows("Votes") if r["Vote ID"]) == sorted(votes)


def busy(desk: SheetDesk, records: int = 12) -> list[str]:
    """A review with records in the sheet, the lead's text on some, and votes about to be carried."""
    bring(desk.desk, records)
    desk.carry()
    edit(desk, "Records", "Labels", "ID", "R000003", "mine")
    edit(desk, "Records", "Note", "ID", "R000007", "look at this")
    desk.carry()
    mine = handed(desk, BEN)
    handed(desk, CHLOE)
    for record in mine[:4]:
        desk.vote(BEN, record, "include")
        desk.vote(CHLOE, record, "include")
    desk.settle_votes()
    return mine


def lead_text_is_in_place(desk: SheetDesk) -> None:
    by_id = {r["ID"]: r for r in desk.rows("Records")}
    assert [k for k, r in by_id.items() if r["Labels"]] == ["R000003"]
    assert [k for k, r in by_id.items() if r["Note"]] == ["R000007"]


ACTS: dict[str, Callable[[SheetDesk], object]] = {
    "sort": lambda d: d.lead("sort", tab="Records", column="Title", descending=True),
    "insert rows": lambda d: d.lead("rows/insert", tab="Records", row=4, count=2),
    "delete a row": lambda d: d.lead("rows/delete", tab="Records", row=5, count=1),
    "move rows": lambda d: d.lead("rows/move", tab="Records", row=2, count=3, before=9),
}


@pytest.mark.parametrize("act", list(ACTS))
@pytest.mark.parametrize("moment", ["before", "between", "after"])
def test_rows_that_move_at_any_moment_are_found_again(
    desk: SheetDesk, act: str, moment: str
) -> None:
    busy(desk)
    if moment == "before":
        ACTS[act](desk)
    elif moment == "between":
        desk.hook.before_write = lambda: ACTS[act](desk)
    desk.carry()
    if moment == "after":
        ACTS[act](desk)
        bring(desk.desk, 3, start=50, name="ERIC")
    desk.carry()
    desk.service.reconcile("peer")
    check_right(desk)
    lead_text_is_in_place(desk)
    assert len([r for r in desk.rows("Records") if r["ID"]]) == (15 if moment == "after" else 12)
    assert not [r for r in desk.rows("Records") if not r["ID"]], "nothing stands in a blank row"


def test_a_sort_between_reading_and_writing_is_mended_in_the_next_cycle(desk: SheetDesk) -> None:
    busy(desk)
    desk.hook.before_write = lambda: ACTS["sort"](desk)
    first = desk.service.run_once("peer")
    assert first.urgent and first.mended
    second = desk.service.run_once("peer")
    assert not second.urgent
    check_right(desk)
    lead_text_is_in_place(desk)


COLUMN_ACTS: dict[str, Callable[[SheetDesk], object]] = {
    "insert at the front": lambda d: d.lead(
        "columns/insert", tab="Records", column="A", headers=["Mine"]
    ),
    "insert in the middle": lambda d: d.lead(
        "columns/insert", tab="Records", column="F", headers=["Mine"]
    ),
    "insert without a header": lambda d: d.lead("columns/insert", tab="Records", column="C"),
    "move the labels forward": lambda d: d.lead(
        "columns/move", tab="Records", column="Q", before="C"
    ),
    "move the title to the end": lambda d: d.lead(
        "columns/move", tab="Records", column="B", before=None
    ),
}


@pytest.mark.parametrize("act", list(COLUMN_ACTS))
@pytest.mark.parametrize("moment", ["before", "between"])
def test_columns_that_move_at_any_moment_are_found_again(
    desk: SheetDesk, act: str, moment: str
) -> None:
    busy(desk)
    if moment == "before":
        COLUMN_ACTS[act](desk)
    else:
        desk.hook.before_write = lambda: COLUMN_ACTS[act](desk)
    bring(desk.desk, 2, start=50, name="ERIC")
    desk.carry()
    desk.carry()
    desk.service.reconcile("peer")
    check_right(desk)
    lead_text_is_in_place(desk)
    header = desk.cells("Records!1:1")[0]
    for name in ("Mine", ""):
        if name in header:
            column = header.index(name)
            texts = [r[column] for r in desk.cells("Records!A2:Z100") if len(r) > column]
            assert not any(texts), "the lead's new column stays empty"
            break


def test_a_renamed_header_and_a_renamed_tab_are_found_again(desk: SheetDesk) -> None:
    busy(desk)
    desk.lead("columns/rename", tab="Records", column="Status", name="How far")
    desk.lead("columns/rename", tab="Records", column="ID", name="Number")
    desk.lead("tabs/change", tab="Votes", title="All votes")
    desk.carry()
    header = desk.cells("Records!1:1")[0]
    assert "How far" in header and "Status" not in header
    assert len(desk.rows("All votes")) == 8
    rows = {r["Number"]: r for r in desk.rows("Records")}
    assert sum(r["Title/abstract"] == "include" for r in rows.values()) == 4
    assert sum(r["How far"] == "pending" for r in rows.values()) == 12
    # Also by a process that starts afresh.
    desk.service = desk.new_service()
    bring(desk.desk, 2, start=50, name="ERIC")
    desk.carry()
    assert len(desk.rows("Records")) == 14
    assert "Status" not in desk.cells("Records!1:1")[0]


def test_a_deleted_column_and_a_deleted_tab_come_back(desk: SheetDesk) -> None:
    busy(desk)
    desk.carry()
    desk.lead("columns/delete", tab="Records", column="B")
    desk.lead("tabs/delete", tab="Votes")
    desk.lead("tabs/delete", tab="PRISMA")
    bring(desk.desk, 1, start=50, name="ERIC")
    desk.carry()
    desk.service.reconcile("peer")
    desk.carry()
    assert desk.cells("Records!1:1")[0] == [c.name for c in layout_of("Records").columns]
    check_right(desk)
    lead_text_is_in_place(desk)
    assert len(desk.rows("Votes")) == 8
    assert len(desk.rows("PRISMA")) == 35


def test_a_deleted_row_comes_back_with_the_leads_text(desk: SheetDesk) -> None:
    busy(desk)
    desk.carry()
    place = [r["ID"] for r in desk.rows("Records")].index("R000007") + 2
    desk.lead("rows/delete", tab="Records", row=place)
    said = desk.service.reconcile("peer")
    assert "missing: Records 1" in said
    check_right(desk)
    lead_text_is_in_place(desk)


def test_bot_cells_that_somebody_edits_heal_and_foreign_rows_stay(desk: SheetDesk) -> None:
    busy(desk)
    desk.carry()
    edit(desk, "Records", "Title", "ID", "R000002", "spoilt")
    edit(desk, "Records", "Year", "ID", "R000005", "1066")
    desk.lead("cells", tab="Records", cell="A20", values=[["TOTAL", "my own row"]])
    said = desk.service.reconcile("peer")
    assert "different: Records 2" in said and "not ours: Records 1" in said
    assert "'TOTAL'" in said
    check_right(desk)
    assert desk.row("Records", "ID", "TOTAL")["Title"] == "my own row"


def test_a_copied_row_is_marked_and_left_alone(desk: SheetDesk) -> None:
    busy(desk)
    desk.carry()
    row = desk.cells("Records!A4:S4")[0]
    desk.lead("cells", tab="Records", cell="A20", values=[row])
    desk.service.reconcile("peer")
    desk.carry()
    ids = [r["ID"] for r in desk.rows("Records")]
    assert ids.count(row[0]) == 2
    assert "repeats" in note_on(desk, "Records", "ID", 19)
    assert note_on(desk, "Records", "ID", 3) == ""


def test_a_sorted_conflicts_tab_keeps_each_decision_with_its_conflict(desk: SheetDesk) -> None:
    bring(desk.desk, 6)
    first = disagree(desk)
    second = handed(desk, BEN)[0]
    desk.vote(BEN, second, "include")
    desk.vote(CHLOE, second, "exclude")
    desk.settle_votes()
    desk.carry()
    edit(desk, "Conflicts", "Decision", "Record", second, "exclude")
    desk.hook.before_read = lambda: desk.lead(
        "sort", tab="Conflicts", column="Record", descending=True
    )
    desk.carry()
    desk.carry()
    rows = {r["Record"]: r for r in desk.rows("Conflicts")}
    assert rows[second]["Resolved by"] == "Ana: exclude"
    assert rows[first]["Resolved by"] == "" and rows[first]["Decision"] == ""


def test_extra_columns_tabs_and_filters_survive(desk: SheetDesk) -> None:
    busy(desk)
    desk.lead("columns/insert", tab="Records", column="Override", headers=["Mine"])
    edit(desk, "Records", "Mine", "ID", "R000004", "kept")
    desk.lead("tabs", title="Scratch")
    desk.lead("filter", tab="Records", column="Status", hidden_values=["pending"])
    desk.carry()
    desk.service.reconcile("peer")
    assert desk.row("Records", "ID", "R000004")["Mine"] == "kept"
    titles = [t["title"] for t in desk.playground.control.get(f"sheets/{desk.sheet}/tabs")]
    assert "Scratch" in titles and len(titles) == len(TABS) + 2
    check_right(desk)


def test_the_leads_own_header_may_change_at_any_moment(desk: SheetDesk) -> None:
    busy(desk)
    desk.lead("columns/insert", tab="Records", column="Override", headers=["0 done"])
    desk.carry()
    bring(desk.desk, 1, start=50, name="ERIC")
    desk.hook.before_write = lambda: desk.lead("edit", tab="Records", cell="S1", value="1 done")
    report = desk.service.run_once("peer")
    assert report.added and not report.urgent and not report.mended
    assert desk.cells("Records!S1:S1") == [["1 done"]]


def test_a_header_that_was_emptied_comes_back(desk: SheetDesk) -> None:
    busy(desk)
    desk.lead("clear", range="Records!K1:K1")
    desk.carry()
    assert desk.cells("Records!K1:K1") == [["Status"]]
    check_right(desk)


def test_a_store_that_is_busy_at_the_end_of_a_cycle_doubles_nothing(
    desk: SheetDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from screening.errors import StoreBusyError

    busy(desk)
    writing = desk.store.writing

    def refuse(review_id: str):
        monkeypatch.setattr(desk.store, "writing", writing)
        raise StoreBusyError(2)

    desk.hook.before_write = lambda: (
        ACTS["sort"](desk),
        monkeypatch.setattr(desk.store, "writing", refuse),
    )
    with pytest.raises(StoreBusyError):
        desk.service.run_once("peer")
    desk.carry()
    check_right(desk)
    lead_text_is_in_place(desk)
