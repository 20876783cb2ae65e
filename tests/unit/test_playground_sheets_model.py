"""The stand-in's spreadsheet model: A1 notation, typing, the grid, rows and columns that move."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.google import dimensions
from playground.google.a1 import (
    NotA1,
    Span,
    column_index,
    column_letters,
    parse_a1,
    quoted_title,
    range_name,
)
from playground.google.cells import Fault, Formula, formatted
from playground.google.content import Content, Draft, Editor, Metadata, new_content
from playground.google.dimensions import Change, deleted, inserted, moved
from playground.google.errors import GoogleError
from playground.google.grid import SKIP, Grid
from playground.google.masks import merged, parse_mask, pick
from playground.google.numberformat import general
from playground.google.sorting import sort_area
from playground.google.typing_in import typed


@pytest.mark.parametrize(
    ("text", "title", "span"),
    [
        ("A1", None, Span(0, 1, 0, 1)),
        ("$B$3", None, Span(2, 3, 1, 2)),
        ("A1:B2", None, Span(0, 2, 0, 2)),
        ("B2:A1", None, Span(0, 2, 0, 2)),
        ("Votes!A2:C", "Votes", Span(1, None, 0, 3)),
        ("Votes!A:C", "Votes", Span(None, None, 0, 3)),
        ("Votes!2:5", "Votes", Span(1, 5, None, None)),
        ("'Title/abstract'!A1", "Title/abstract", Span(0, 1, 0, 1)),
        ("'It''s ''here'''!AA10:AB", "It's 'here'", Span(9, None, 26, 28)),
        ("Full text!C3", "Full text", Span(2, 3, 2, 3)),
        ("'Votes'", "Votes", None),
    ],
)
def test_ranges_are_read(text: str, title: str | None, span: Span | None) -> None:
    read = parse_a1(text)
    assert (read.title, read.span) == (title, span)


@pytest.mark.parametrize("text", ["", "!A1", "'open", "Votes!", "Votes!1", "Votes!A0", "'a'b!A1"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(NotA1):
        parse_a1(text)


@given(st.integers(0, 18_277))
def test_column_letters_go_both_ways(index: int) -> None:
    assert column_index(column_letters(index)) == index


@pytest.mark.parametrize(
    ("title", "quoted"),
    [("Votes", "Votes"), ("Full text", "'Full text'"), ("It's", "'It''s'"), ("AB1", "'AB1'")],
)
def test_titles_are_quoted_where_needed(title: str, quoted: str) -> None:
    assert quoted_title(title) == quoted
    assert parse_a1(range_name(title, 0, 2, 0, 2)).title == title


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("", None, ""),
        ("R000001", "R000001", "R000001"),
        ("12", 12, "12"),
        ("-3.5", -3.5, "-3.5"),
        ("1,234", 1234, "1,234"),
        ("50%", 0.5, "50%"),
        ("true", True, "TRUE"),
        ("'12", "12", "12"),
        ("2024-05-01", 45413, "2024-05-01"),
        ("3-4", 46085, "3-4"),
        ("May 2020", 43952, "May 2020"),
        ("2024-05-01 10:30", 45413.4375, "2024-05-01 10:30"),
        ("10.1234/abc", "10.1234/abc", "10.1234/abc"),
        ("2024-13-01", "2024-13-01", "2024-13-01"),
        ("=SUM(A1:A3)", Formula("=SUM(A1:A3)", Fault("NAME", "#NAME?")), "#NAME?"),
        ("+44 20", Formula("=+44 20", Fault("NAME", "#NAME?")), "#NAME?"),
        ('=HYPERLINK("https://a.b","go")', Formula('=HYPERLINK("https://a.b","go")', "go"), "go"),
    ],
)
def test_typing_reads_as_sheets_does(text: str, value: object, shown: str) -> None:
    found, brought = typed(text, 2026)
    assert found == value
    mark = {"userEnteredFormat": {"numberFormat": brought}} if brought else None
    assert formatted(found, mark) == shown


def test_plain_text_cells_keep_what_is_typed() -> None:
    assert typed("=1+1", 2026, {"type": "TEXT"}) == ("=1+1", None)
    assert typed("3-4", 2026, {"type": "TEXT"}) == ("3-4", None)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(2.0, "2"), (1 / 3, "0.3333333333"), (0.1 + 0.2, "0.3"), (1e20, "1.00000E+20")],
)
def test_numbers_in_the_automatic_format(number: float, shown: str) -> None:
    assert general(number) == shown


class Naive:
    """A grid as a plain table, to compare with."""

    def __init__(self, rows: int, columns: int) -> None:
        self.cells: list[list[int | None]] = [[None] * columns for _ in range(rows)]

    def filled(self) -> int:
        return max(
            (i + 1 for i, row in enumerate(self.cells) if any(c is not None for c in row)),
            default=0,
        )


Step = tuple[str, int, int, int]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["put", "ins_r", "del_r", "mov_r", "ins_c", "del_c", "mov_c", "sort"]), st.integers(0, 11), st.integers(0, 11), st.integers(0, 11)), max_size=25))  # fmt: skip
def test_the_grid_does_what_a_plain_table_does(steps: list[Step]) -> None:
    grid, naive = Grid(8, 5), Naive(8, 5)
    for number, (kind, a, b, c) in enumerate(steps):
        rows, columns = len(naive.cells), len(naive.cells[0])
        if kind == "put":
            value = None if c == 0 else number
            grid.put(a % rows, {b % columns: value})
            naive.cells[a % rows][b % columns] = value
        elif kind == "ins_r":
            at = a % (rows + 1)
            grid.insert_rows(at, 1 + b % 2)
            naive.cells[at:at] = [[None] * columns for _ in range(1 + b % 2)]
        elif kind == "del_r" and rows > 2:
            at = a % (rows - 1)
            grid.delete_rows(at, at + 1)
            del naive.cells[at]
        elif kind == "mov_r":
            at, size, target = a % (rows - 1), 1 + b % 2, c % (rows + 1)
            if at + size <= rows and not at < target < at + size:
                grid.move_rows(at, at + size, target)
                naive.cells = moved_list(naive.cells, at, size, target)
        elif kind == "ins_c":
            at = a % (columns + 1)
            grid.insert_columns(at, 1)
            for row in naive.cells:
                row.insert(at, None)
        elif kind == "del_c" and columns > 2:
            at = a % (columns - 1)
            grid.delete_columns(at, at + 1)
            for row in naive.cells:
                del row[at]
        elif kind == "mov_c":
            at, target = a % columns, c % (columns + 1)
            grid.move_columns(at, at + 1, target)
            naive.cells = [moved_list(row, at, 1, target) for row in naive.cells]
        elif kind == "sort":
            order = list(range(rows))
            random.Random(a).shuffle(order)
            grid.reorder(0, 0, columns, order)
            naive.cells = [naive.cells[row] for row in order]
    rows, columns = len(naive.cells), len(naive.cells[0])
    assert (grid.row_count, grid.column_count) == (rows, columns)
    assert [[grid.value(r, c) for c in range(columns)] for r in range(rows)] == naive.cells
    assert grid.filled == naive.filled()


def moved_list(items: list, at: int, size: int, target: int) -> list:
    block = items[at : at + size]
    rest = items[:at] + items[at + size :]
    place = target if target <= at else target - size
    return rest[:place] + block + rest[place:]


def test_skipped_cells_of_a_block_stay() -> None:
    grid = Grid(5, 5)
    grid.put_block(1, 1, [["a", "b"], ["c", "d"]])
    grid.put_block(1, 1, [[SKIP, "B"], [None, SKIP]])
    assert [grid.value(1, 1), grid.value(1, 2), grid.value(2, 1), grid.value(2, 2)] == [
        "a",
        "B",
        None,
        "d",
    ]


def test_rows_with_the_same_marks_share_them() -> None:
    grid = Grid(1_000, 3)
    grid.change_marks(0, 1_000, [1], lambda old: {**old, "note": "n"})
    assert len({id(marks) for marks in grid.marks}) == 1
    grid.set_mark(5, 1, {})
    assert grid.mark(5, 1) is None and grid.mark(6, 1) == {"note": "n"}


@given(st.integers(0, 9), st.integers(1, 4), st.integers(0, 13))
def test_moving_is_the_same_for_single_places_and_for_lists(
    at: int, size: int, target: int
) -> None:
    if at < target < at + size:
        return
    change = moved(at, at + size, target)
    items = list(range(14))
    assert moved_list(items, at, size, target) == sorted(items, key=lambda i: change.place(i) or 0)


@pytest.mark.parametrize(
    ("change", "span", "after"),
    [
        (inserted(2, 3), (2, 5), (5, 8)),
        (inserted(3, 3), (2, 5), (2, 8)),
        (inserted(5, 3), (2, 5), (2, 5)),
        (inserted(1, 1), (2, None), (3, None)),
        (deleted(0, 2), (2, 5), (0, 3)),
        (deleted(3, 9), (2, 5), (2, 3)),
        (deleted(2, 5), (2, 5), None),
        (moved(2, 3, 9), (2, 3), (8, 9)),
        (moved(0, 1, 4), (2, 6), (1, 6)),
        (moved(3, 4, 9), (2, 6), (2, 5)),
        (moved(3, 4, 5), (2, 6), (2, 6)),
    ],
)
def test_spans_follow(change: Change, span: tuple[int, int | None], after: object) -> None:
    assert change.stretch(*span) == after


def draft_of(content: Content) -> Draft:
    return Draft(content, Editor("bot@x", owner=True), random.Random(1), 2026)


def test_column_metadata_follows_its_column_and_goes_with_it() -> None:
    draft = draft_of(new_content("x"))
    draft.metadata[7] = Metadata(7, "column", "title", "DOCUMENT", "COLUMN", 0, 2)
    dimensions.insert(draft, 0, "COLUMNS", 1, 2, inherit=False)
    assert draft.metadata[7].place == 4
    dimensions.move(draft, 0, "COLUMNS", 4, 5, 0)
    assert draft.metadata[7].place == 0
    dimensions.delete(draft, 0, "COLUMNS", 0, 1)
    assert 7 not in draft.metadata


def test_a_sort_moves_cells_with_their_marks_but_not_row_metadata() -> None:
    draft = draft_of(new_content("x"))
    tab = draft.edit(0)
    tab.grid.put_block(0, 0, [["ID", "n"], ["a", 3], ["b", 1], ["c", None], ["d", "text"]])
    tab.grid.set_mark(1, 1, {"note": "three"})
    draft.metadata[7] = Metadata(7, "row", None, "DOCUMENT", "ROW", 0, 1)
    area = draft.area("Sheet1!A2:Z5")
    sort_area(draft, area, [(1, False)])
    grid = draft.tab(0).grid
    assert [grid.value(row, 0) for row in range(1, 5)] == ["b", "a", "d", "c"]
    assert grid.mark(2, 1) == {"note": "three"}
    assert draft.metadata[7].place == 1
    sort_area(draft, draft.area("Sheet1!A2:Z5"), [(1, True)])
    assert [grid.value(row, 0) for row in range(1, 5)] == ["d", "a", "b", "c"]  # empty stays last


def test_a_draft_leaves_the_content_alone() -> None:
    content = new_content("x")
    draft = draft_of(content)
    draft.edit(0).grid.put(0, {0: "new"})
    draft.properties["title"] = "y"
    assert content.tabs[0].grid.value(0, 0) is None
    assert content.title == "x"
    assert draft.freeze().tabs[0].grid.value(0, 0) == "new"


def test_masks() -> None:
    tree = parse_mask(
        "sheets(properties(sheetId,title),data.rowData.values/note),properties.title", "Spreadsheet"
    )
    assert tree == {
        "sheets": {
            "properties": {"sheetId": {}, "title": {}},
            "data": {"rowData": {"values": {"note": {}}}},
        },
        "properties": {"title": {}},
    }
    assert parse_mask("*", "Spreadsheet") == {}
    assert pick({"a": [{"b": 1, "c": 2}], "d": 3}, {"a": {"b": {}}}) == {"a": [{"b": 1}]}
    old = {"x": {"y": 1, "z": 2}, "w": 3}
    assert merged(old, {"x": {"y": 5}}, {"x": {"y": {}, "z": {}}}) == {"x": {"y": 5}, "w": 3}
    assert merged(old, {}, {"x": {}}) == {"w": 3}


@pytest.mark.parametrize(
    "text", ["nope", "sheets.nope", "sheets(", "sheets,,title", "sheets.properties.title.x"]
)
def test_unknown_masks_are_refused(text: str) -> None:
    with pytest.raises(GoogleError) as refused:
        parse_mask(text, "Spreadsheet")
    assert refused.value.code == 400
