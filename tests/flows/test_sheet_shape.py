"""Columns and rows change between any two requests of the bot: no decision and no text of the lead's goes wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from screening.errors import StoreFaultError
from sheets.errors import SheetError
from sheets.layout import TABS, layout_of
from sheets.rows import same_number, shown_text
from sheets.shape import letters
from sheets.stored import cells_of, ids_after
from tests.desks import BEN, CHLOE, LEAD, bring, ris
from tests.flows.sheetdesk import SheetDesk, sheet_desk
from tests.flows.standins import Playground, running_playground
from tests.flows.test_sheet_basics import edit, handed

TELLING = ("Records", "Votes", "Conflicts", "Duplicates", "Sources")


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with running_playground(tmp_path_factory.mktemp("playground")) as running:
        yield running


@pytest.fixture
def desk(stand_in: Playground) -> Iterator[SheetDesk]:
    for kind in ("requests", "faults", "interludes"):
        stand_in.control.delete(kind)
    with sheet_desk(stand_in) as made:
        made.without_quota()
        settled(made)
        yield made
    stand_in.control.delete("interludes")


def settled(desk: SheetDesk) -> None:
    """A review with overrides, notes, labels, an open and an ended conflict, verdicts and strategies."""
    from screening.gestures.importing import import_export
    from screening.sources import Source

    bring(desk.desk, 8)
    twins = ris(
        ["Effects of a plain treatment on outcomes", "Effects of plain treatment on the outcomes"]
    )
    import_export(desk.desk, "peer", by=LEAD, file_name="b.ris", data=twins, source=Source("ERIC"))
    desk.carry()
    first, second, third = handed(desk, BEN)[:3]
    handed(desk, CHLOE)
    for record, choice in ((first, "exclude"), (second, "exclude"), (third, "include")):
        desk.vote(BEN, record, "include", note="fits")
        desk.vote(CHLOE, record, choice)
    desk.settle_votes()
    desk.carry()
    edit(desk, "Conflicts", "Decision", "Record", first, "include")
    edit(desk, "Conflicts", "Comment", "Record", second, "to discuss")
    ids = [r["ID"] for r in desk.rows("Records")]
    free = [i for i in ids if i not in (first, second, third)]
    edit(desk, "Records", "Override", "ID", free[0], "include")
    edit(desk, "Records", "Override", "ID", free[1], "exclude")
    edit(desk, "Records", "Note", "ID", free[2], "exclude")
    edit(desk, "Records", "Labels", "ID", free[3], "include")
    edit(desk, "Records", "Full-text link", "ID", free[0], "https://example.org/a.pdf")
    edit(desk, "Sources", "Strategy", "Source", "ERIC", "(mentor*) AND resident*")
    pair = desk.rows("Duplicates")[0]["ID"]
    edit(desk, "Duplicates", "Verdict", "ID", pair, "different")
    desk.lead("columns/insert", tab="Records", column="Override", headers=["Mine"])
    edit(desk, "Records", "Mine", "ID", free[4], "kept")
    desk.carry()
    desk.carry()


def memory(desk: SheetDesk) -> dict[str, Any]:
    """All that the store knows of decisions and of the lead's cells."""
    with desk.store.reading("peer") as tx:
        records = tx.records_after("", 100)
        return {
            "decisions": [
                (v.record_id, s.stage, s.status, s.outcome, s.how, s.reason)
                for v in records
                for s in v.screenings
            ],
            "merged": tx.merges(),
            "lead": {
                tab.name: {
                    key: {n: t for n, t in cells.items() if not n.startswith("#")}
                    for key, cells in tx.lead_cells(
                        tab.name, ids_after(tx, tab.name, "", 500)
                    ).items()
                }
                for tab in TABS
                if tab.lead_columns
            },
        }


def check_sheet(desk: SheetDesk, known: dict[str, Any]) -> None:
    """The sheet says what the store says, each row once, and the team's column what it said."""
    for name in TELLING:
        layout = layout_of(name)
        with desk.store.reading("peer") as tx:
            keys = ids_after(tx, name, "", 500)
            cells = cells_of(tx, name, keys, desk.review, desk.seal)
        header = desk.cells(f"{name}!1:1")[0]
        for column in layout.columns:
            assert header.count(column.name) == 1, (
                name,
                column.name,
                header,
            )
        rows = desk.rows(name)
        assert sorted(r[layout.key] for r in rows) == sorted(keys), name
        for row in rows:
            key = row[layout.key]
            for column in layout.bot_columns:
                shown = row[column]
                wanted = shown_text(cells[key].get(column))
                assert same_number(shown) == same_number(wanted), (name, key, column)
            for column in layout.lead_columns:
                assert row[column] == known["lead"][name].get(key, {}).get(column, ""), (
                    name,
                    key,
                    column,
                )
    # With the row of the headers, the team's own header may be gone.
    assert [r["Mine"] for r in desk.rows("Records") if r.get("Mine")] in (["kept"], [])
    book = [r["Key"] for r in desk.rows("_winnow")]
    assert len(book) == len(set(book)) and all(book)


def team_columns(desk: SheetDesk, tab: str) -> list[int]:
    """The columns of a tab that the team inserted, one that bears a name of ours too."""
    names = {c.name for c in layout_of(tab).columns} | {"Mine"}
    header = desk.cells(f"{tab}!1:1")[0]
    ours = desk.service.writer("peer").state.shape.tabs[tab].columns.values()
    return [
        place
        for place, text in enumerate(header)
        if place not in ours and (text not in names or header.count(text) > 1) and text
    ]


def team_columns_are_clean(desk: SheetDesk) -> None:
    """No column that the team inserted holds anything."""
    for name in TELLING:
        rows = desk.cells(f"{name}!A2:AZ60")
        for place in team_columns(desk, name):
            found = [r[place] for r in rows if len(r) > place and r[place]]
            assert found in ([], ["kept"]), (name, place, found)


def take_away(desk: SheetDesk, tab: str) -> None:
    """Take away what an act left of the team's, so that the next one begins alike."""
    for place in reversed(team_columns(desk, tab)):
        desk.lead("columns/delete", tab=tab, column=letters(place))


def interlude(
    desk: SheetDesk, verb: str, skip: int, method: str = "spreadsheets.*", **body: Any
) -> None:
    desk.playground.control.post(
        "interludes",
        {
            "method": method,
            "skip": skip,
            "verb": f"sheets/{desk.sheet}/{verb}",
            "body": {"as": "ana", **body},
        },
    )


def come_to_rest(desk: SheetDesk) -> None:
    """Let the bot work until nothing waits, failures included."""
    for _ in range(12):
        try:
            desk.carry()
        except (SheetError, StoreFaultError):
            continue
        break


def heal(desk: SheetDesk) -> None:
    """Let the bot come to rest, and compare all of the sheet with the store."""
    come_to_rest(desk)
    for _ in range(3):
        try:
            desk.service.reconcile("peer")
            desk.carry()
            return
        except SheetError:
            continue
    raise AssertionError("it does not come to rest")


def happened(desk: SheetDesk) -> list[dict[str, Any]]:
    return [i for i in desk.playground.control.get("interludes") if i["status"] is not None]


LAST = {
    "Records": "Override",
    "Votes": "Vote ID",
    "Conflicts": "Resolved at",
    "Duplicates": "Verdict",
    "Sources": "Note",
}
"""The last column of each tab."""

LEADS = {
    "Records": "Override",
    "Conflicts": "Comment",
    "Duplicates": "Verdict",
    "Sources": "Strategy",
    "Votes": "Stage",
}


def key_of(tab: str) -> str:
    return layout_of(tab).key


ACTS: dict[str, Any] = {
    "insert at the front": lambda tab: ("columns/insert", {"column": "A", "headers": ["Ours"]}),
    "insert a namesake": lambda tab: (
        "columns/insert",
        {"column": LAST[tab], "headers": [LAST[tab]]},
    ),
    "move a lead's column": lambda tab: ("columns/move", {"column": LEADS[tab], "before": "A"}),
    "move the IDs": lambda tab: ("columns/move", {"column": key_of(tab), "before": None}),
    "delete a lead's column": lambda tab: ("columns/delete", {"column": LEADS[tab]}),
    "delete the IDs": lambda tab: ("columns/delete", {"column": key_of(tab)}),
    "delete two columns": lambda tab: ("columns/delete", {"column": "C", "count": 2}),
    "clear the headers": lambda tab: ("clear", {"range": f"{tab}!1:1"}),
    "delete the headers": lambda tab: ("rows/delete", {"row": 1}),
    "insert rows": lambda tab: ("rows/insert", {"row": 2, "count": 2}),
    "sort": lambda tab: ("sort", {"column": "C", "descending": True}),
}


PARTS = 2
"""The acts are tried in so many parts, each on one review: making that takes as long as half an act."""


def act_on(desk: SheetDesk, tab: str, act: str, skip: int, **more: Any) -> None:
    verb, body = ACTS[act](tab)
    body = {**body, **more}
    if verb != "clear":
        body["tab"] = tab
    interlude(desk, verb, skip, **body)


def everything_holds(desk: SheetDesk, known: dict[str, Any], tab: str, context: Any) -> None:
    heal(desk)
    assert memory(desk) == known, context
    team_columns_are_clean(desk)
    if team_columns(desk, tab):
        take_away(desk, tab)
        come_to_rest(desk)
        assert memory(desk) == known, context
    check_sheet(desk, known)


def try_each_moment(desk: SheetDesk, tab: str, act: str, *, fresh: bool, most: int = 100) -> None:
    """Let an act fall before the first, the second … request of the bot, until none is left."""
    known = memory(desk)
    check_sheet(desk, known)
    for skip in range(most):
        if fresh:
            desk.service = desk.new_service()
        else:
            with desk.store.writing("peer") as tx:
                tx.enqueue_rows("Records", ["R000001", "R000004"], desk.clock.now())
        desk.playground.control.delete("interludes")
        act_on(desk, tab, act, skip)
        with contextlib.suppress(SheetError):
            desk.carry()
        came = happened(desk)
        if not came:
            return
        assert all(i["status"] == 200 for i in came), came
        everything_holds(desk, known, tab, (act, fresh, skip))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("tab", TELLING)
def test_fault_7a_no_act_between_two_requests_corrupts_anything(
    desk: SheetDesk, tab: str, part: int
) -> None:
    for act in list(ACTS)[part::PARTS]:
        try_each_moment(desk, tab, act, fresh=True)
        try_each_moment(desk, tab, act, fresh=False)


def test_fault_7a_a_column_inserted_while_the_columns_are_learned_corrupts_nothing(
    desk: SheetDesk,
) -> None:
    try_each_moment(desk, "Records", "insert at the front", fresh=True, most=4)


def test_fault_7a_edits_are_taken_only_from_columns_that_bear_their_marks(desk: SheetDesk) -> None:
    known = memory(desk)
    # Every header stands where it stood; only the marks tell that the last column is the team's.
    desk.lead("columns/insert", tab="Records", column="Override", headers=["Override"])
    everything_holds(desk, known, "Records", "namesake")


@pytest.mark.parametrize("fresh", [True, False], ids=["new process", "same process"])
def test_fault_7d_a_deleted_column_of_the_leads_is_restored_and_no_edit(
    desk: SheetDesk, fresh: bool
) -> None:
    known = memory(desk)
    for tab, column in LEADS.items():
        desk.lead("columns/delete", tab=tab, column=column)
    if fresh:
        desk.service = desk.new_service()
    everything_holds(desk, known, "Records", fresh)


def test_fault_7d_a_column_cut_and_pasted_elsewhere_is_no_edit(desk: SheetDesk) -> None:
    known = memory(desk)
    header = desk.cells("Records!1:1")[0]
    place = letters(header.index("Override"))
    desk.lead("clear", range=f"Records!{place}1:{place}40")
    everything_holds(desk, known, "Records", "cut")


@pytest.mark.parametrize("tab", TELLING)
def test_fault_7d_a_deleted_column_of_ids_doubles_no_row(desk: SheetDesk, tab: str) -> None:
    known = memory(desk)
    rows = len(desk.rows(tab))
    desk.lead("columns/delete", tab=tab, column=key_of(tab))
    desk.lead("columns/delete", tab="_winnow", column="Key")
    everything_holds(desk, known, tab, "IDs")
    assert len(desk.rows(tab)) == rows


def test_fault_7d_rows_whose_id_was_emptied_get_it_back(desk: SheetDesk) -> None:
    known = memory(desk)
    desk.lead("clear", range="Records!A3:A4")
    desk.lead("clear", range="Votes!J7:J7")
    desk.lead("sort", tab="Records", column="Title", descending=True)
    everything_holds(desk, known, "Records", "emptied")


def test_fault_7e_a_second_column_deleted_during_a_repair_stops_nothing(desk: SheetDesk) -> None:
    known = memory(desk)
    desk.lead("columns/delete", tab="Records", column="Status")
    for skip in range(3):
        interlude(
            desk, "columns/delete", skip, "spreadsheets.batchUpdate", tab="Records", column="C"
        )
    everything_holds(desk, known, "Records", "repair")
    assert happened(desk)


def test_fault_7e_after_an_unexpected_exception_the_shape_is_learned_again(
    desk: SheetDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = desk.service.writer("peer")

    def broken(*args: object, **more: object) -> None:
        raise KeyError("Override")

    monkeypatch.setattr(writer, "_carry", broken)
    with pytest.raises(KeyError):
        desk.service.run_once("peer")
    assert not writer.state.is_open
    monkeypatch.undo()
    everything_holds(desk, memory(desk), "Records", "exception")
