"""A spreadsheet as a file: CSV and TSV of its first tab, XLSX of all of them."""

from __future__ import annotations

import csv
import io
from typing import Any

from playground.google.cells import Fault, Formula, effective, formatted, number_format
from playground.google.content import Content
from playground.google.numberformat import moment_of
from playground.google.tabs import Tab

CSV = "text/csv"
TSV = "text/tab-separated-values"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def delimited(content: Content, delimiter: str) -> bytes:
    """The first tab as text, each value as a person sees it, every row equally long."""
    tab = content.tabs[0]
    grid = tab.grid
    rows = [
        [formatted(value, grid.mark(row, column)) for column, value in enumerate(grid.row(row))]
        for row in range(grid.filled)
    ]
    width = max(map(len, rows), default=0)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows(line + [""] * (width - len(line)) for line in rows)
    return out.getvalue().removesuffix("\r\n").encode()


def xlsx(content: Content) -> bytes:
    """Every tab, text kept as text even where it begins like a formula."""
    from openpyxl import Workbook

    book: Any = Workbook()
    book.remove(book.active)
    for tab in content.tabs:
        sheet = book.create_sheet(tab.title[:31])
        if tab.hidden:
            sheet.sheet_state = "hidden"
        _fill(sheet, tab)
        if tab.frozen_rows or tab.frozen_columns:
            sheet.freeze_panes = sheet.cell(tab.frozen_rows + 1, tab.frozen_columns + 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Any, tab: Tab) -> None:
    grid = tab.grid
    for row in range(grid.filled):
        for column, value in enumerate(grid.row(row)):
            if value is None:
                continue
            cell = sheet.cell(row + 1, column + 1)
            if isinstance(value, Formula):
                cell.value = value.text
                continue
            plain = effective(value)
            pattern = number_format(grid.mark(row, column))
            if isinstance(plain, str):
                # Set the type after the value: openpyxl takes a leading "=" for a formula.
                cell.value = plain
                cell.data_type = "s"
            elif isinstance(plain, Fault):
                cell.value = plain.text
            elif pattern and pattern.get("type") in ("DATE", "DATE_TIME") and plain is not None:
                cell.value = moment_of(float(plain)).replace(tzinfo=None)
            else:
                cell.value = plain
            note = (grid.mark(row, column) or {}).get("note")
            if note:
                from openpyxl.comments import Comment

                cell.comment = Comment(note, "note")
