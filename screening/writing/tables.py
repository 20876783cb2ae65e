"""Writes CSV, TSV and XLSX in which no cell can run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO

from screening.reading.escaping import HEADINGS, guarded
from screening.records import Record
from screening.writing.xml import legal

_CELL_LIMIT = 32_767
_JOINS = {"authors": "; ", "keywords": "; ", "urls": " "}


def record_rows(records: Iterable[Record]) -> Iterator[list[str]]:
    """Give a row a record, in the order of `HEADINGS`."""
    for record in records:
        yield [_cell(record, name) for name in HEADINGS]


def _cell(record: Record, name: str) -> str:
    value = getattr(record, name)
    if name in _JOINS:
        return _JOINS[name].join(value)
    return "" if value is None else str(value)


def delimited(header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str) -> bytes:
    """Write CSV or TSV, with a byte-order mark so that spreadsheet programs read it as UTF-8."""
    out = StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([guarded(cell) for cell in header])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", errors="replace")


def workbook(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write XLSX; every cell is typed as text, whatever it begins with."""
    from openpyxl import Workbook  # Other formats do not pay for it.
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Records")
    for row in (header, *rows):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value="")
            cell.value = legal(text)[:_CELL_LIMIT] or None
            if cell.value is not None:
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
