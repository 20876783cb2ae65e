"""Writes records as a search export in any format that is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from screening.errors import WinnowError
from screening.reading.escaping import HEADINGS
from screening.records import Record, SourceRecord
from screening.writing import tables, tagged, xml
from screening.writing.bibtex import bibtex
from screening.writing.flat import record_of

_TEXT: Mapping[str, Callable[[Iterable[Record]], str]] = {
    "ris": tagged.ris,
    "nbib": tagged.nbib,
    "endnote_xml": xml.endnote_xml,
    "enw": tagged.enw,
    "ciw": tagged.ciw,
    "bibtex": bibtex,
    "pubmed_xml": xml.pubmed_xml,
}
FORMATS = (*_TEXT, "csv", "tsv", "xlsx")


class UnknownFormatError(WinnowError):
    """A format that records cannot be written in."""

    def __init__(self, format: str) -> None:
        super().__init__(
            f"Records cannot be written as {format!r}. Choose one of: {', '.join(FORMATS)}."
        )
        self.format = format


def write_export(records: Iterable[Record | SourceRecord], format: str) -> bytes:
    """Give the bytes of a file with these records; raises UnknownFormatError."""
    plain = (record_of(item) for item in records)
    if format in _TEXT:
        return _TEXT[format](plain).encode("utf-8", errors="replace")
    if format in ("csv", "tsv"):
        delimiter = "\t" if format == "tsv" else ","
        return tables.delimited(HEADINGS, tables.record_rows(plain), delimiter)
    if format == "xlsx":
        return tables.workbook(HEADINGS, tables.record_rows(plain))
    raise UnknownFormatError(format)
