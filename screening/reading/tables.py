"""Reads CSV and TSV exports: finds the header row, survives broken quotes, gives rows and lines.

The csv module parses, strictly, one row at a time; a quote that is never closed makes it swallow
the rest of a file, so a row that runs on and does not fit the header is read again from its first
line alone. There, and in Web of Science's tables, which quote nothing, a quotation mark is text
unless it pairs with one before a delimiter.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from screening.reading.headers import fields_of, plain_heading, recognised, repeats
from screening.reading.limits import ReadingLimits
from screening.reading.problems import ProblemLog

DELIMITERS = (",", "\t", ";", "|")
HEADER_ROWS = 40
_ATTEMPTS = 50
# Web of Science's tables: every heading is a tag, and no cell is quoted.
_WOS_TAG = re.compile(r"[A-Z][A-Z0-9]|")
_WOS_TAGS = frozenset({"AU", "TI", "SO"})
_SEP_LINE = re.compile(r'^"?sep=(.)"?$', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TableForm:
    """Where a table's header is and how its cells are divided.

    In an `unquoted` table a quotation mark at the beginning of a cell is text.
    """

    delimiter: str
    header: tuple[str, ...]
    header_line: int
    known: int
    unquoted: bool = False


@dataclass(slots=True)
class _Lines:
    """Physical lines with push-back, counted."""

    source: Iterator[str]
    number: int = 0
    back: deque[str] = field(default_factory=deque)

    def next(self) -> str | None:
        line = self.back.popleft() if self.back else next(self.source, None)
        if line is not None:
            self.number += 1
        return line

    def unread(self, lines: Sequence[str]) -> None:
        self.back.extendleft(reversed(lines))
        self.number -= len(lines)


def table_form(sample: str) -> TableForm | None:
    """Find the header row in the first lines of a file and the delimiter that shows it best."""
    lines = sample.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:HEADER_ROWS]
    best: TableForm | None = None
    for index, line in enumerate(lines):
        if not line.strip() or len(line) > 100_000 or _SEP_LINE.match(line.strip()):
            continue
        for delimiter in DELIMITERS:
            row = _one_row(_logical(lines, index, delimiter), delimiter)
            known = recognised(row)
            if known and (best is None or known > best.known):
                header = tuple(cell.strip() for cell in row)
                unquoted = delimiter == "\t" and '"' not in line and _is_wos(header)
                best = TableForm(delimiter, header, index + 1, known, unquoted)
        if best is not None and best.known > 1:
            break
    return best


def _is_wos(header: Sequence[str]) -> bool:
    return (
        header[0] == "PT"
        and _WOS_TAGS.issubset(header)
        and all(_WOS_TAG.fullmatch(cell) for cell in header)
    )


def _logical(lines: Sequence[str], index: int, delimiter: str) -> str:
    """Join the lines of a header whose quoted heading runs over a line end."""
    text = lines[index]
    for line in lines[index + 1 : index + 4]:
        if text.count('"') % 2 == 0:
            break
        text += "\n" + line
    return text if text.count('"') % 2 == 0 else lines[index]


def _one_row(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)


def read_rows(
    lines: Iterable[str], form: TableForm, log: ProblemLog, limits: ReadingLimits
) -> Iterator[tuple[int, list[str]]]:
    """Give (line, cells) for each row below the header, empty rows left out."""
    # The module's own limit of 131,072 characters a field is below what abstracts may have.
    csv.field_size_limit(max(csv.field_size_limit(), limits.file_bytes))
    width = len(form.header)
    reader = _Lines(iter(lines))
    for _ in range(form.header_line):
        before = reader.next()
        above = (before or "").strip()
        if above and reader.number < form.header_line and not _SEP_LINE.match(above):
            log.add(f"Text above the header row left out: “{above[:60]}”.", reader.number)
    _finish_header(reader, form)
    while True:
        first = reader.next()
        if first is None:
            return
        if not first or first.isspace():
            continue
        line = reader.number
        row = first.split(form.delimiter)
        if form.unquoted and len(row) >= width and not any(row[width:]):
            row = [_as_text(cell) for cell in row]
        elif '"' in first:
            row = _quoted_row(first, reader, form, width, log, limits)
        if not any(cell and not cell.isspace() for cell in row):
            continue
        if len(row) != width:
            row = _fitted(row, width, line, log)
        yield line, row


def _finish_header(reader: _Lines, form: TableForm) -> None:
    """Pass over the further lines of a header that runs over line ends."""
    for _ in range(sum(cell.count("\n") for cell in form.header)):
        reader.next()


def _quoted_row(
    first: str,
    reader: _Lines,
    form: TableForm,
    width: int,
    log: ProblemLog,
    limits: ReadingLimits,
) -> list[str]:
    """Read the row that `first` begins, over as many lines as its quotes ask for."""
    line = reader.number
    held = [first]
    row, is_open = _strict(first, form.delimiter)
    attempts, chars = 0, len(first)
    while is_open and attempts < _ATTEMPTS:
        more = reader.next()
        if more is None:
            break
        held.append(more)
        chars += len(more)
        if len(held) > limits.row_lines or chars > limits.row_chars:
            break
        if '"' in more:
            attempts += 1
            row, is_open = _strict("\n".join(held), form.delimiter)
    if row is not None and (
        len(row) == width or not any(_stands_alone(more, form, width) for more in held[1:])
    ):
        return row
    reader.unread(held[1:])
    row = _lenient(first, form.delimiter, width)
    if len(held) > 1 or len(row) != width:
        log.add("The quotation marks in this row do not pair; it was read to its line end.", line)
    return row


def _strict(text: str, delimiter: str) -> tuple[list[str] | None, bool]:
    """Parse one row; None when its quotes do not fit, and whether one of them is still open."""
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), []), False
    except csv.Error as fault:
        return None, "end of data" in str(fault)


def _stands_alone(line: str, form: TableForm, width: int) -> bool:
    """Tell whether a line is a whole row by itself, so that a row holding it swallowed it."""
    row, _ = _strict(line, form.delimiter) if line.strip() else (None, False)
    return row is not None and len(row) == width


def _lenient(line: str, delimiter: str, width: int) -> list[str]:
    """Parse a line whose quotes do not fit as well as it can be."""
    plain = [_mended(cell) for cell in line.split(delimiter)]
    if len(plain) == width:
        return plain
    quoted = re.compile(rf'\s*"((?:[^"]|"")*+)"\s*(?={re.escape(delimiter)}|$)')
    row: list[str] = []
    place = 0
    while place <= len(line):
        match = quoted.match(line, place)
        if match is not None:
            row.append(match.group(1).replace('""', '"'))
            place = match.end() + 1
        else:
            end = line.find(delimiter, place)
            end = len(line) if end < 0 else end
            row.append(_mended(line[place:end]))
            place = end + 1
    return row


def _mended(cell: str) -> str:
    """Give what a cell says; quotation marks that do not enclose all of it are its own."""
    cell = cell.strip()
    if _encloses(cell):
        return cell[1:-1].replace('""', '"')
    # One that is alone was to open a quotation whose end is missing.
    return cell[1:] if cell.startswith('"') and cell.count('"') == 1 else cell


def _as_text(cell: str) -> str:
    """Give a cell of a table without quoting, unless a program that quotes wrote it again."""
    return cell[1:-1].replace('""', '"') if _encloses(cell) and '""' in cell[1:-1] else cell


def _encloses(cell: str) -> bool:
    inner = cell[1:-1]
    return len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner.replace('""', "")


def _fitted(row: list[str], width: int, line: int, log: ProblemLog) -> list[str]:
    while len(row) > width and not row[-1].strip():
        row.pop()
    if len(row) > width:
        log.add(
            f"The row has {len(row)} cells and the header {width}; the cells past the header are "
            "kept as raw fields only.",
            line,
        )
    elif len(row) < width:
        if len(row) < width - 1 and width > 2:
            log.add(f"The row has {len(row)} cells and the header {width}.", line)
        row = row + [""] * (width - len(row))
    return row


def is_vertical(sample: str) -> bool:
    """Tell Embase's "fields by row" form: each line is a heading and its values."""
    rows = [
        _lenient(line, ",", 0)
        for line in sample.replace("\r\n", "\n").split("\n")[:60]
        if line.strip()
    ][:12]
    headings = [plain_heading(row[0]) for row in rows if row and fields_of(row[0])]
    values = [cell for row in rows for cell in row[1:] if cell.strip()]
    return (
        len(set(headings)) >= 4
        and headings[:1] == ["title"]
        and plain_heading(rows[0][0]) == "title"
        and sum(1 for cell in values if fields_of(cell)) * 2 < len(values)
    )


def read_vertical(lines: Iterable[str]) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Give (line, (heading, value) pairs) of each record of a "fields by row" file."""
    begun = 0
    pairs: list[tuple[str, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = _lenient(line, ",", 0)
        if plain_heading(row[0]) == "title" and pairs:
            yield begun, pairs
            pairs = []
        if not pairs:
            begun = number
        pairs.extend((row[0].strip(), cell) for cell in row[1:] or [""])
    if pairs:
        yield begun, pairs


def count_rows(lines: Iterable[str], form: TableForm) -> int:
    """Count the filled rows below the header as the csv module alone finds them.

    The header itself, met again, is none of them.
    """
    below = islice(lines, form.header_line + sum(cell.count("\n") for cell in form.header), None)
    rows = csv.reader(
        (line + "\n" for line in below),
        delimiter=form.delimiter,
        quoting=csv.QUOTE_NONE if form.unquoted else csv.QUOTE_MINIMAL,
    )
    count = 0
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            continue
        if row is None:
            return count
        filled = any(cell and not cell.isspace() for cell in row)
        count += filled and not repeats(row, form.header)
