"""Reads XLSX exports with openpyxl, after checking that unpacking them cannot exhaust the machine."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException

from screening.errors import UnreadableFileError
from screening.reading.headers import recognised
from screening.reading.limits import ReadingLimits
from screening.reading.problems import ProblemLog
from screening.reading.tables import HEADER_ROWS

_MAX_ROW = 1_048_576
_MAX_COLUMN = 1_000
_SPARE_COLUMNS = 20
_MAX_PARTS = 10_000
_MUCH = 50_000_000
_FORMULA_MARK = re.compile(rb"<f[ >/]")
_ROW_START = re.compile(rb"<(?:x:)?row(?=[ >])")
_ROW_NUMBER = re.compile(rb"[^>]{0,200}?\br=\"(\d{1,7})\"")
_CELL_TEXT = re.compile(rb"<(?:x:)?(?:v|t|f)(?: [^>]*)?>[^<]")
_FAULTS = (
    KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError,
    NotImplementedError, RuntimeError, OverflowError, AssertionError, zipfile.BadZipFile,
    zlib.error, struct.error, ParseError, DefusedXmlException,
)  # fmt: skip
Row = tuple[int, list[str]]


def check_workbook(stream: BinaryIO, name: str, limits: ReadingLimits) -> None:
    """Raise UnreadableFileError when the archive is broken or unpacks to too much."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, *_FAULTS) as fault:
        raise _broken(name, fault) from fault
    total = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if (
        total > limits.unpacked_bytes
        or (total > _MUCH and total > packed * limits.unpacking_ratio)
        or len(parts) > _MAX_PARTS
    ):
        raise UnreadableFileError(
            name,
            f"the workbook would unpack to {total / 1e6:,.0f} MB",
            "Save the sheet as CSV, in several parts if need be.",
        )


@dataclass(frozen=True, slots=True)
class RecordSheet:
    """The sheet chosen: its header and the (row number, cells) below it."""

    header: tuple[str, ...]
    header_row: int
    rows: Iterator[Row]
    part: str


def read_workbook(stream: BinaryIO, name: str, log: ProblemLog) -> RecordSheet:
    """Choose the first sheet that has a header row and give its rows as they are read."""
    import openpyxl  # A file in any other format does not pay for it.

    try:
        formulas = _has_formulas(stream)
        written = openpyxl.load_workbook(stream, read_only=True, data_only=False)
        shown = openpyxl.load_workbook(stream, read_only=True, data_only=True) if formulas else None
        sheets = list(written.worksheets)
        chosen: tuple[int, int, tuple[str, ...]] | None = None
        for index, sheet in enumerate(sheets):
            found = _header(sheet)
            if found is not None and chosen is None:
                chosen = (index, *found)
            elif _filled(sheet):
                log.add(
                    f"The sheet “{sheet.title}” was not read: "
                    + (
                        "only the first sheet of records is. Save it as its own file to import it."
                        if found is not None
                        else "no row of it names a title column."
                    )
                )
    except _FAULTS as fault:
        raise _broken(name, fault) from fault
    if chosen is None:
        raise UnreadableFileError(
            name,
            "no sheet has a row that names its columns, with a title among them",
            "Add a header row such as: title, authors, year, abstract.",
        )
    index, header_row, header = chosen
    values = shown.worksheets[index] if shown is not None else None
    rows = _rows(sheets[index], values, header_row, len(header), log)
    return RecordSheet(header, header_row, rows, str(sheets[index]._worksheet_path))


def count_filled_rows(stream: BinaryIO, sheet: RecordSheet) -> int:
    """Count the rows below the header that hold anything, in the sheet's XML itself."""
    count = place = 0
    try:
        with zipfile.ZipFile(stream) as archive, archive.open(sheet.part) as part:
            held = b""
            while chunk := part.read(1 << 20):
                *whole, held = _ROW_START.split(held + chunk)
                for row in whole:
                    place = _place(row, place)
                    count += place > sheet.header_row and _CELL_TEXT.search(row) is not None
            place = _place(held, place)
            count += place > sheet.header_row and _CELL_TEXT.search(held) is not None
    except _FAULTS:
        # What was damaged is among the problems already; the count stands for what could be read.
        return count
    return count


def _place(row: bytes, before: int) -> int:
    """Give the row's number: its own, or the one after the row before; 0 ahead of all rows."""
    number = _ROW_NUMBER.match(row)
    if number is not None:
        return int(number.group(1))
    return before + 1 if row[:1] in (b" ", b">") else before


def _broken(name: str, fault: BaseException) -> UnreadableFileError:
    return UnreadableFileError(
        name,
        f"the workbook is damaged ({type(fault).__name__}: {str(fault)[:120]})",
        "Open it in a spreadsheet program and save it again, or save it as CSV.",
    )


def _has_formulas(stream: BinaryIO) -> bool:
    with zipfile.ZipFile(stream) as archive:
        for part in archive.namelist():
            if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                with archive.open(part) as sheet:
                    tail = b""
                    while chunk := sheet.read(1 << 20):
                        if _FORMULA_MARK.search(tail + chunk):
                            return True
                        tail = chunk[-3:]
    return False


def _bounded(
    sheet: Any, first: int = 1, last: int = _MAX_ROW, columns: int = _MAX_COLUMN
) -> Iterator[tuple[Any, ...]]:
    # A sheet may claim any size; its own claim would cut it short or pad it without end.
    sheet.reset_dimensions()
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(
        min_row=first, max_row=last, max_col=columns, values_only=True
    )
    return rows


def _header(sheet: Any) -> tuple[int, tuple[str, ...]] | None:
    best: tuple[int, tuple[str, ...]] | None = None
    best_known = 0
    for number, cells in enumerate(_bounded(sheet, last=HEADER_ROWS), 1):
        row = [_text(cell) for cell in cells]
        while row and not row[-1]:
            row.pop()
        known = recognised(row)
        if known > best_known:
            best, best_known = (number, tuple(cell.strip() for cell in row)), known
    return best


def _filled(sheet: Any) -> bool:
    return any(
        any(cell not in (None, "") for cell in cells) for cells in _bounded(sheet, last=HEADER_ROWS)
    )


def _rows(sheet: Any, values: Any, header_row: int, width: int, log: ProblemLog) -> Iterator[Row]:
    number = header_row
    try:
        first, columns = header_row + 1, min(_MAX_COLUMN, width + _SPARE_COLUMNS)
        shown = _bounded(values, first, columns=columns) if values is not None else None
        for number, cells in enumerate(_bounded(sheet, first, columns=columns), first):
            results = next(shown, ()) if shown is not None else ()
            # A sheet can claim a million empty rows before its last one.
            if not any(cells):
                continue
            row = [
                _text(results[place])
                if _is_formula(cell) and place < len(results) and results[place] is not None
                else _text(cell)
                for place, cell in enumerate(cells)
            ]
            while len(row) > width and not row[-1].strip():
                row.pop()
            if not any(cell and not cell.isspace() for cell in row):
                continue
            if len(row) > width:
                log.add(f"The row has {len(row)} cells and the header {width}.", number)
            yield number, row + [""] * (width - len(row))
    except _FAULTS as fault:
        log.add(f"The workbook is damaged and was read no further: {str(fault)[:120]}.", number + 1)


def _is_formula(cell: object) -> bool:
    return (isinstance(cell, str) and cell.startswith("=")) or hasattr(cell, "ref")


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.replace("_x000D_\n", "\n").replace("_x000D_", "\n")
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute) else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(getattr(cell, "text", cell))
