"""What a person does with rows, columns and tabs."""

from __future__ import annotations

from playground.google import dimensions
from playground.google.hands_reach import Reach, band
from playground.google.requests import HANDLERS
from playground.google.tabs import Dimension, Json


class TabHands(Reach):
    """Gestures on rows, columns and tabs."""

    def insert(
        self, spreadsheet_id: str, tab: str, dimension: Dimension, at: int, count: int, who: str
    ) -> None:
        """Insert rows or columns before one, looking like the one before."""
        with self.changing(spreadsheet_id, who) as draft:
            found = self.found_tab(draft, tab)
            dimensions.insert(draft, found.sheet_id, dimension, at, count, inherit=at > 0)

    def remove(
        self, spreadsheet_id: str, tab: str, dimension: Dimension, at: int, count: int, who: str,
        *, confirm: bool = True,
    ) -> None:  # fmt: skip
        """Delete rows or columns."""
        with self.changing(spreadsheet_id, who) as draft:
            found = self.found_tab(draft, tab)
            self.check_open(draft, band(found, dimension, at, at + count), confirm)
            dimensions.delete(draft, found.sheet_id, dimension, at, at + count)

    def move(
        self, spreadsheet_id: str, tab: str, dimension: Dimension, at: int, count: int, before: int,
        who: str, *, confirm: bool = True,
    ) -> None:  # fmt: skip
        """Drag rows or columns to before another one, counted before the move."""
        with self.changing(spreadsheet_id, who) as draft:
            found = self.found_tab(draft, tab)
            self.check_open(draft, band(found, dimension, at, at + count), confirm)
            dimensions.move(draft, found.sheet_id, dimension, at, at + count, before)

    def freeze(self, spreadsheet_id: str, tab: str, rows: int, columns: int, who: str) -> None:
        """Freeze rows and columns."""
        size = {"frozenRowCount": rows, "frozenColumnCount": columns}
        self._properties(
            spreadsheet_id,
            tab,
            {"gridProperties": size},
            "gridProperties(frozenRowCount,frozenColumnCount)",
            who,
        )

    def add_tab(self, spreadsheet_id: str, title: str | None, who: str) -> str:
        """Add a tab at the end; gives its title."""
        with self.changing(spreadsheet_id, who) as draft:
            properties = {"title": title} if title else {}
            reply = HANDLERS["addSheet"](draft, {"properties": properties})
            return str(reply["addSheet"]["properties"]["title"])

    def rename_tab(self, spreadsheet_id: str, tab: str, title: str, who: str) -> None:
        """Rename a tab."""
        self._properties(spreadsheet_id, tab, {"title": title}, "title", who)

    def hide_tab(self, spreadsheet_id: str, tab: str, hidden: bool, who: str) -> None:
        """Hide a tab, or show it again."""
        self._properties(spreadsheet_id, tab, {"hidden": hidden}, "hidden", who)

    def move_tab(self, spreadsheet_id: str, tab: str, index: int, who: str) -> None:
        """Drag a tab to before the one at a position, counted before the move."""
        self._properties(spreadsheet_id, tab, {"index": index}, "index", who)

    def delete_tab(self, spreadsheet_id: str, tab: str, who: str) -> None:
        """Delete a tab."""
        with self.changing(spreadsheet_id, who) as draft:
            HANDLERS["deleteSheet"](draft, {"sheetId": self.found_tab(draft, tab).sheet_id})

    def duplicate_tab(self, spreadsheet_id: str, tab: str, who: str) -> str:
        """Duplicate a tab; gives the title of the copy."""
        with self.changing(spreadsheet_id, who) as draft:
            source = self.found_tab(draft, tab)
            place = draft.tabs.index(source) + 1
            reply = HANDLERS["duplicateSheet"](
                draft, {"sourceSheetId": source.sheet_id, "insertSheetIndex": place}
            )
            return str(reply["duplicateSheet"]["properties"]["title"])

    def _properties(
        self, spreadsheet_id: str, tab: str, wanted: Json, fields: str, who: str
    ) -> None:
        with self.changing(spreadsheet_id, who) as draft:
            found = self.found_tab(draft, tab)
            request = {"properties": {"sheetId": found.sheet_id, **wanted}, "fields": fields}
            HANDLERS["updateSheetProperties"](draft, request)
