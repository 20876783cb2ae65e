"""Reads one search export whole or record by record, whatever database or tool wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

from screening.reading import bibtex, endnote_xml, pubmed_xml, slots
from screening.reading.assembling import Assembled, assemble
from screening.reading.decoding import DecodedText
from screening.reading.detection import Detection, detect
from screening.reading.dialects import DIALECTS, TaggedDialect
from screening.reading.divisions import division_of
from screening.reading.escaping import HEADINGS as OWN_HEADINGS
from screening.reading.escaping import unguarded
from screening.reading.headers import column_table, fields_of, recognised, repeats
from screening.reading.limits import ReadingLimits
from screening.reading.problems import ProblemLog
from screening.reading.slots import FieldTable
from screening.reading.source import Source, source_of
from screening.reading.tables import TableForm, count_rows, read_rows, read_vertical
from screening.reading.tagged import read_tagged
from screening.reading.workbook import check_workbook, count_filled_rows, read_workbook
from screening.reading.xml_records import read_xml
from screening.records import Problem, Reading, Record, SourceRecord

FORMATS = (
    "ris", "nbib", "endnote_xml", "enw", "ciw", "bibtex", "csv", "tsv", "xlsx", "pubmed_xml",
    "cochrane", "ovid", "refworks",
)  # fmt: skip
_FIELDS = tuple(field.name for field in fields(Record))
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_MARK_NAMES = {
    "bibtex": "@type{",
    "pubmed_xml": "</PubmedArticle>",
    "endnote_xml": "</record>",
    "csv": "rows",
    "tsv": "rows",
    "xlsx": "rows",
}
# A row that is half filled or more, with nothing but headings and this many, is a header.
_HEADING_CHARS = 60
_HEADINGS = 3
_DEFAULTS = ReadingLimits()


def read_export(data: bytes | Path, name: str, limits: ReadingLimits = _DEFAULTS) -> Reading:
    """Read a search export: its records in order and all that could not be read as meant.

    `data` is the file's bytes or its path (read as a stream); `name` is how people know it. Raises
    UnreadableFileError when nothing of it can be read.
    """
    export = _Export(data, name, limits)
    records: list[SourceRecord] = []
    problems: list[Problem] = []
    counts = dict.fromkeys(_FIELDS, 0)
    for item in export.items():
        if isinstance(item, Problem):
            problems.append(item)
            continue
        records.append(item)
        record = item.record
        for field in _FIELDS:
            if getattr(record, field):
                counts[field] += 1
    problems.sort(key=lambda problem: (problem.line is None, problem.line or 0))
    return Reading(
        format=export.format,
        encoding=export.encoding,
        records=tuple(records),
        problems=tuple(problems),
        marks=export.marks,
        fields=counts,
    )


def iter_export(
    data: bytes | Path, name: str = "", limits: ReadingLimits = _DEFAULTS
) -> Iterator[SourceRecord | Problem]:
    """Give records and problems one by one as they are met, without holding the file."""
    if not name:
        name = data.name if isinstance(data, Path) else "The file"
    return _Export(data, name, limits).items()


class _Export:
    """One export being read; `encoding` and `marks` are final when its items are used up."""

    def __init__(self, data: bytes | Path, name: str, limits: ReadingLimits) -> None:
        self._limits = limits
        self._source: Source = source_of(data, name, limits)
        self._found: Detection = detect(self._source, limits.sample_bytes)
        self._log = ProblemLog(limits.problems)
        self._given = 0
        self._headers_again = 0
        self._told_once: set[tuple[str, str]] = set()
        self.format = self._found.format
        self.encoding = ""
        self.marks = 0

    def items(self) -> Iterator[SourceRecord | Problem]:
        for other, count in self._found.also:
            self._log.add(
                f"The file also has {count:,} record marks of the format {other}; it was read as "
                f"{self.format}. If two exports were joined, import each as its own file."
            )
        for record in self._records():
            self._given += 1
            self._look_over(record)
            yield from self._log.take_new()
            yield record
        if self._given != self.marks:
            self._log.add(
                f"{self._given:,} records were read, but the file has {self.marks:,} record marks "
                f"({_mark_name(self._found)}); the problems listed say where they differ."
            )
        if not self._given:
            self._log.add("No record was found in the file.")
        yield from self._log.take_new()
        yield from self._log.closing()

    def _records(self) -> Iterator[SourceRecord]:
        if self.format in DIALECTS:
            return self._tagged(DIALECTS[self.format])
        if self.format == "bibtex":
            return self._bibtex()
        if self.format == "xlsx":
            return self._workbook()
        if self.format.endswith("_xml"):
            return self._xml()
        return self._vertical() if self._found.vertical else self._table(self._found.table)

    def _look_over(self, item: SourceRecord) -> None:
        """Note what a person should know of a record that was read."""
        record = item.record
        if not record.title:
            about = f" ({record.entry_type})" if record.entry_type else ""
            self._log.add(f"Record {item.position:,}{about} has no title.", item.line)
        limit = self._limits.field_chars
        if len(record.abstract) > limit or any(len(value) > limit for _, value in item.raw):
            self._log.add(
                f"Record {item.position:,} has a field of more than {limit:,} characters; "
                "it was kept whole.",
                item.line,
            )

    def _item(
        self, read: Assembled, position: int, line: int, raw: tuple[tuple[str, str], ...]
    ) -> SourceRecord:
        """Give a record with where it stood, having noted what is doubtful about it."""
        for doubt in read.doubts:
            kind = (doubt.field, doubt.fault)
            if doubt.usual and kind in self._told_once:
                continue
            self._told_once.add(kind)
            further = " So may those of the records below." if doubt.usual else ""
            self._log.add(
                f"The {doubt.field} of record {position:,} {doubt.fault}: “{doubt.text[:60]}”."
                f"{doubt.remedy}{further}",
                line,
            )
        return SourceRecord(read.record, position, line, raw)

    def _finish(self, text: DecodedText) -> None:
        self.encoding = text.encoding
        self.marks = text.marks

    def _tagged(self, dialect: TaggedDialect) -> Iterator[SourceRecord]:
        mark = self._mark_of(dialect)
        with self._source.open() as stream:
            text = DecodedText(stream, self._log, mark=mark)
            for position, raw in enumerate(read_tagged(text.lines(), dialect, self._log), 1):
                pairs = tuple(raw.pairs)
                yield self._item(assemble(pairs, dialect.table), position, raw.line, pairs)
        self._finish(text)

    def _mark_of(self, dialect: TaggedDialect) -> re.Pattern[str]:
        """Choose the mark to count: the first of the dialect's that the file's sample holds."""
        with self._source.open() as stream:
            sample = DecodedText(stream, ProblemLog(0))
            held = next(sample.blocks(), "")
        return next((mark for mark in dialect.marks if mark.search(held)), dialect.marks[0])

    def _bibtex(self) -> Iterator[SourceRecord]:
        with self._source.open() as stream:
            text = DecodedText(stream, self._log, mark=bibtex.MARK)
            entries = bibtex.read_bibtex(text.lines(), self._log)
        self._finish(text)
        plain = bibtex.resolved(entries)
        for position, (raw, pairs) in enumerate(zip(entries, plain, strict=True), 1):
            yield self._item(assemble(pairs, slots.BIBTEX), position, raw.line, tuple(raw.pairs))

    def _xml(self) -> Iterator[SourceRecord]:
        form = endnote_xml.FORM if self.format == "endnote_xml" else pubmed_xml.FORM
        head = self._source.head(400)
        declared = _XML_ENCODING.search(head)
        encoding = declared.group(1).decode("ascii") if declared is not None else None
        if encoding is not None and encoding.lower().replace("-", "") in ("utf8", "utf16"):
            encoding = None
        with self._source.open() as stream:
            text = DecodedText(stream, self._log, mark=form.end, breaks=">", declared=encoding)
            elements = read_xml(text.blocks(), form, self._source.name, self._log)
            for position, (line, element) in enumerate(elements, 1):
                if form is endnote_xml.FORM:
                    raw = endnote_xml.raw_pairs(element)
                    record = assemble(endnote_xml.table_pairs(raw), slots.ENDNOTE_XML)
                else:
                    raw = pubmed_xml.raw_pairs(element)
                    record = assemble(pubmed_xml.table_pairs(element), slots.PUBMED_XML)
                yield self._item(record, position, line, tuple(raw))
        self._finish(text)

    def _table(self, form: TableForm | None) -> Iterator[SourceRecord]:
        if form is None:
            return
        with self._source.open() as stream:
            text = DecodedText(stream, self._log)
            rows = read_rows(text.lines(), form, self._log, self._limits)
            yield from self._from_rows(form.header, rows, guarded=True)
        self._finish(text)
        with self._source.open() as stream:
            counted = DecodedText(stream, ProblemLog(0))
            self.marks = count_rows(counted.lines(), form)

    def _workbook(self) -> Iterator[SourceRecord]:
        with self._source.open() as stream:
            check_workbook(stream, self._source.name, self._limits)
            sheet = read_workbook(stream, self._source.name, self._log)
            yield from self._from_rows(sheet.header, sheet.rows, guarded=False)
            self.marks = count_filled_rows(stream, sheet) - self._headers_again
        self.encoding = "utf-8"

    def _from_rows(
        self, header: tuple[str, ...], rows: Iterable[tuple[int, list[str]]], *, guarded: bool
    ) -> Iterator[SourceRecord]:
        table = column_table(header)
        names = [name or f"column {place + 1}" for place, name in enumerate(header)]
        tags = [str(place) for place in range(len(names))]
        # Winnow's own tables guard cells that a spreadsheet would take for formulas.
        guarded = guarded and header == OWN_HEADINGS
        position = 0
        division, rows = division_of(header, table, rows)
        for line, cells in rows:
            if cells[0].strip("\ufeff \t") == header[0] and repeats(cells, header):
                self._headers_again += 1
                self._log.add("The header row stands here again; it was left out.", line)
                continue
            position += 1
            self._tell_other_header(cells, table, line)
            if guarded:
                cells = [unguarded(cell) for cell in cells]
            extra = [
                (f"column {place}", cell)
                for place, cell in enumerate(cells[len(names) :], 1 + len(names))
            ]
            raw = (*zip(names, cells, strict=False), *extra)
            pairs = zip(tags, cells, strict=False)
            read = assemble(pairs, table, one_cell=True, division=division)
            yield self._item(read, position, line, raw)

    def _tell_other_header(self, cells: list[str], table: FieldTable, line: int) -> None:
        """Note a row that names columns in its turn: what is below may stand in others."""
        title = cells[int(table["title"][0])] if "title" in table else ""
        if not (len(title) < _HEADING_CHARS and fields_of(title)):
            return
        filled = [cell for cell in cells if cell.strip()]
        if (
            recognised(cells) >= _HEADINGS
            and len(filled) * 2 >= len(cells)
            and all(fields_of(cell) for cell in filled)
        ):
            self._log.add(
                "This row looks like the header of another table; it was read as a record. "
                "If two exports were joined, import each as its own file.",
                line,
            )

    def _vertical(self) -> Iterator[SourceRecord]:
        with self._source.open() as stream:
            text = DecodedText(stream, self._log, mark=re.compile(r"(?mi)^\"?title\"?,"))
            for position, (line, pairs) in enumerate(read_vertical(text.lines()), 1):
                headings = list(dict.fromkeys(heading for heading, _ in pairs))
                places = {heading: str(place) for place, heading in enumerate(headings)}
                tagged = [(places[heading], value) for heading, value in pairs]
                read = assemble(tagged, column_table(headings), one_cell=True)
                yield self._item(read, position, line, tuple(pairs))
        self._finish(text)


def _mark_name(found: Detection) -> str:
    if found.format in DIALECTS:
        return DIALECTS[found.format].mark_name
    return _MARK_NAMES[found.format]
