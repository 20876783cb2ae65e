"""What a person does in the sheet by hand: typing, pasting, sorting, filtering, and the rest."""

from __future__ import annotations

from collections.abc import Sequence

from playground.google.a1 import cell_name, column_index
from playground.google.cells import formatted
from playground.google.content import Area, Draft
from playground.google.drive import add_comment
from playground.google.hands_files import FileHands
from playground.google.hands_tabs import TabHands
from playground.google.people import HandsRefused, address
from playground.google.requests import HANDLERS
from playground.google.requests.data import paste_lines
from playground.google.sorting import sort_area
from playground.google.tabs import Json, Tab
from playground.google.validation import Judge, violation
from playground.google.writing import enter


class SheetHands(FileHands, TabHands):
    """The hands of every person. `who` is a member's name or an address; rows count from zero.

    Each method raises HandsRefused when the person may not do it, or when Sheets would refuse the
    entry. With `confirm=False`, a range that only warns is refused with reason "warning";
    otherwise the person is taken to have clicked on through.
    """

    def edit(
        self, spreadsheet_id: str, tab: str, row: int, column: int, text: str, who: str,
        *, confirm: bool = True,
    ) -> str:  # fmt: skip
        """Type into a cell; gives what it then shows."""
        with self.changing(spreadsheet_id, who) as draft:
            found = self.found_tab(draft, tab)
            self._type(draft, found, row, column, text, confirm)
            changed = draft.tab(found.sheet_id).grid
            return formatted(changed.value(row, column), changed.mark(row, column))

    def _type(
        self, draft: Draft, tab: Tab, row: int, column: int, text: str, confirm: bool
    ) -> None:
        area = Area(tab, row, row + 1, column, column + 1)
        self.check_inside(tab, row, column)
        self.check_open(draft, area, confirm)
        edited = draft.edit(tab.sheet_id)
        value = enter(draft, edited, row, column, text)
        mark = edited.grid.mark(row, column)
        rule = (mark or {}).get("dataValidation")
        if rule:
            shown = formatted(value, mark)
            # Choices are compared as texts: a list may hold "1" and "TRUE".
            judge = Judge(draft, draft.year)
            problem = violation(judge, rule, value, shown, cell_name(row, column))
            if problem:
                raise HandsRefused("validation", problem)
        edited.grid.put(row, {column: value})

    def paste(
        self, spreadsheet_id: str, tab: str, row: int, column: int,
        block: Sequence[Sequence[str]], who: str, *, confirm: bool = True,
    ) -> str:  # fmt: skip
        """Paste a block as if typed; the grid grows. Pasting does not ask validation rules.

        Gives the range that was written, in A1 notation.
        """
        with self.changing(spreadsheet_id, who) as draft:
            found = self.found_tab(draft, tab)
            height, width = len(block), max(map(len, block), default=0)
            target = Area(found, row, row + height, column, column + width)
            self.check_open(draft, target, confirm)
            lines = [[str(text) for text in line] for line in block]
            return paste_lines(draft, found.sheet_id, row, column, lines).name()

    def clear(self, spreadsheet_id: str, text: str, who: str, *, confirm: bool = True) -> None:
        """Select a range (A1 notation) and press Delete."""
        with self.changing(spreadsheet_id, who) as draft:
            area = draft.area(text)
            self.check_open(draft, area, confirm)
            edited = draft.edit(area.tab.sheet_id)
            for row in range(area.top, min(area.bottom, edited.grid.filled)):
                edited.grid.put(row, dict.fromkeys(range(area.left, area.right)))

    def note(
        self, spreadsheet_id: str, tab: str, row: int, column: int, text: str, who: str,
        *, confirm: bool = True,
    ) -> None:  # fmt: skip
        """Put a note on a cell; an empty text takes it away."""
        with self.changing(spreadsheet_id, who) as draft:
            found = self.found_tab(draft, tab)
            self.check_inside(found, row, column)
            self.check_open(draft, Area(found, row, row + 1, column, column + 1), confirm)
            grid = draft.edit(found.sheet_id).grid
            kept = {k: v for k, v in (grid.mark(row, column) or {}).items() if k != "note"}
            grid.set_mark(row, column, kept | ({"note": text} if text else {}))

    def comment(
        self, spreadsheet_id: str, tab: str, row: int, column: int, text: str, who: str
    ) -> Json:
        """Comment on a cell. Comments do not change the sheet."""
        book = self.readable(spreadsheet_id, who)
        anchor = f"{self.found_tab(book.content, tab).title}!{cell_name(row, column)}"
        return add_comment(self.library, book, address(who), text, anchor)

    # Rows found by what stands in them

    def header_row(self, spreadsheet_id: str, tab: str) -> int:
        """The row that holds the headers: the last frozen one, else the first."""
        return max(self.found_tab(self.book(spreadsheet_id).content, tab).frozen_rows - 1, 0)

    def column(self, spreadsheet_id: str, tab: str, name: str) -> int:
        """The column of a header, or of letters such as "C" when no header is called so."""
        found = self.found_tab(self.book(spreadsheet_id).content, tab)
        header = found.grid.row(self.header_row(spreadsheet_id, tab))
        for index, value in enumerate(header):
            if formatted(value) == name:
                return index
        if name.isascii() and name.isalpha() and name.isupper() and len(name) <= 3:
            index = column_index(name)
            if index < found.grid.column_count:
                return index
        shown = ", ".join(formatted(value) for value in header if value is not None)
        raise HandsRefused("not_found", f'{tab} has no column "{name}". It has: {shown}.')

    def find_row(self, spreadsheet_id: str, tab: str, column: str, equals: str) -> int:
        """The first row below the header whose cell in a column shows a text."""
        found = self.found_tab(self.book(spreadsheet_id).content, tab)
        place = self.column(spreadsheet_id, tab, column)
        grid = found.grid
        for row in range(self.header_row(spreadsheet_id, tab) + 1, grid.filled):
            if formatted(grid.value(row, place), grid.mark(row, place)) == equals:
                return row
        raise HandsRefused("not_found", f'No row of {tab} has "{equals}" in column "{column}".')

    def rename_header(
        self, spreadsheet_id: str, tab: str, column: str, name: str, who: str
    ) -> None:
        """Type another name into a column's header cell."""
        place = self.column(spreadsheet_id, tab, column)
        self.edit(spreadsheet_id, tab, self.header_row(spreadsheet_id, tab), place, name, who)

    # Order and filter

    def sort(
        self, spreadsheet_id: str, tab: str, column: int, who: str,
        *, descending: bool = False, confirm: bool = True,
    ) -> None:  # fmt: skip
        """Sort the sheet by a column, below the frozen rows (or below the first one)."""
        with self.changing(spreadsheet_id, who) as draft:
            found = self.found_tab(draft, tab)
            top = max(found.frozen_rows, 1)
            if found.grid.filled <= top:
                return
            area = Area(found, top, found.grid.filled, 0, found.grid.column_count)
            self.check_open(draft, area, confirm)
            sort_area(draft, area, [(column, descending)])

    def filter(
        self, spreadsheet_id: str, tab: str, column: int, who: str,
        *, hidden_values: Sequence[str] = (), condition: Json | None = None,
    ) -> None:  # fmt: skip
        """Hide rows by what a column shows; other columns keep their filters."""
        with self.changing(spreadsheet_id, who) as draft:
            found = self.found_tab(draft, tab)
            old = found.basic_filter
            header = max(found.frozen_rows - 1, 0)
            area = Area(
                found, header, max(found.grid.filled, header + 1), 0, found.grid.column_count
            )
            new: Json = dict(old) if old else {"range": area.grid_range()}
            criteria: Json = {}
            if hidden_values:
                criteria["hiddenValues"] = list(hidden_values)
            if condition:
                criteria["condition"] = condition
            specs = [s for s in new.get("filterSpecs", ()) if s.get("columnIndex", 0) != column]
            if criteria:
                specs.append({"columnIndex": column, "filterCriteria": criteria})
            new["filterSpecs"] = specs
            HANDLERS["setBasicFilter"](draft, {"filter": new})

    def clear_filter(self, spreadsheet_id: str, tab: str, who: str) -> None:
        """Show every row again."""
        with self.changing(spreadsheet_id, who) as draft:
            draft.edit(self.found_tab(draft, tab).sheet_id).basic_filter = None
