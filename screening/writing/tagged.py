"""Writes the tagged plain-text formats: RIS, PubMed, EndNote tagged and Web of Science."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from screening.records import Record
from screening.writing.flat import (
    ENDNOTE_TYPES,
    PLAIN_TYPES,
    RIS_TYPES,
    one_line,
    page_span,
    short_name,
)

Lines = Iterator[tuple[str, str]]


def ris(records: Iterable[Record]) -> str:
    """Write RIS."""
    parts: list[str] = []
    for record in records:
        parts.append(f"TY  - {RIS_TYPES.get(record.entry_type, _fallback(record, 'JOUR', 'GEN'))}")
        parts.extend(f"{tag}  - {text}" for tag, text in _filled(_ris_fields(record)))
        parts.append("ER  - \n")
    return "\n".join(parts) + "\n" if parts else ""


def nbib(records: Iterable[Record]) -> str:
    """Write PubMed's tagged format; a record without a PMID has an empty PMID line."""
    parts: list[str] = []
    for record in records:
        parts.append(f"PMID- {record.pmid}")
        parts.extend(f"{tag:<4}- {text}" for tag, text in _filled(_nbib_fields(record)))
        parts.append("")
    return "\n".join(parts) + "\n" if parts else ""


def enw(records: Iterable[Record]) -> str:
    """Write EndNote's tagged format."""
    parts: list[str] = []
    for record in records:
        kind = ENDNOTE_TYPES.get(record.entry_type)
        name = kind[0] if kind else _fallback(record, "Journal Article", "Generic")
        parts.append(f"%0 {name}")
        parts.extend(f"{tag} {text}" for tag, text in _filled(_enw_fields(record)))
        parts.append("")
    return "\n".join(parts) + "\n" if parts else ""


def ciw(records: Iterable[Record]) -> str:
    """Write Web of Science's tagged format."""
    parts = ["FN Clarivate Analytics Web of Science", "VR 1.0"]
    for record in records:
        parts.append("PT B" if record.entry_type == "book" else "PT J")
        parts.extend(f"{tag} {text}" for tag, text in _filled(_ciw_fields(record)))
        parts.append("ER\n")
    return "\n".join([*parts, "EF", ""])


def _fallback(record: Record, article: str, generic: str) -> str:
    """Name the type for kinds the format lacks: short pieces in journals are articles there."""
    small = ("letter", "editorial", "note", "erratum")
    return article if record.entry_type in small else generic


def _filled(fields: Lines) -> Lines:
    for tag, text in fields:
        plain = "\n   ".join(one_line(line) for line in text.split("\n"))
        if plain.strip():
            yield tag, plain


def _each(tag: str, values: Iterable[str]) -> Lines:
    for value in values:
        yield tag, one_line(value)


def _ris_fields(record: Record) -> Lines:
    first, last = page_span(record.pages)
    yield "TI", one_line(record.title)
    yield from _each("AU", record.authors)
    yield "PY", str(record.year or "")
    yield "JF", one_line(record.journal)
    yield "VL", one_line(record.volume)
    yield "IS", one_line(record.number)
    yield "SP", one_line(first)
    yield "EP", one_line(last)
    yield "SN", record.issn
    yield "PB", one_line(record.publisher)
    yield "LA", one_line(record.language)
    yield "TT", one_line(record.original_title)
    yield "AB", one_line(record.abstract)
    yield from _each("KW", record.keywords)
    yield "DO", record.doi
    yield "AN", one_line(record.accession)
    yield "N1", f"PMID: {record.pmid}" if record.pmid else ""
    yield from _each("UR", record.urls)


def _nbib_fields(record: Record) -> Lines:
    yield "TI", one_line(record.title)
    for name in record.authors:
        yield "FAU", one_line(name)
        yield "AU", one_line(short_name(name))
    yield "DP", str(record.year or "")
    yield "JT", one_line(record.journal)
    yield "VI", one_line(record.volume)
    yield "IP", one_line(record.number)
    yield "PG", one_line(record.pages)
    yield "AID", f"{record.doi} [doi]" if record.doi else ""
    yield "OID", one_line(record.accession)
    yield "AB", one_line(record.abstract)
    yield "PT", PLAIN_TYPES.get(record.entry_type, one_line(record.entry_type))
    yield "LA", one_line(record.language)
    yield "IS", record.issn
    yield "PB", one_line(record.publisher)
    yield "TT", one_line(record.original_title)
    yield from _each("OT", record.keywords)
    yield from _each("URL", record.urls)


def _enw_fields(record: Record) -> Lines:
    yield "%T", one_line(record.title)
    yield from _each("%A", record.authors)
    yield "%D", str(record.year or "")
    yield "%J", one_line(record.journal)
    yield "%V", one_line(record.volume)
    yield "%N", one_line(record.number)
    yield "%P", one_line(record.pages)
    yield "%@", record.issn
    yield "%I", one_line(record.publisher)
    yield "%G", one_line(record.language)
    yield "%Q", one_line(record.original_title)
    yield "%X", one_line(record.abstract)
    yield from _each("%K", record.keywords)
    yield "%R", record.doi
    yield "%M", one_line(record.accession)
    yield "%Z", f"PMID: {record.pmid}" if record.pmid else ""
    yield from _each("%U", record.urls)


def _ciw_fields(record: Record) -> Lines:
    first, last = page_span(record.pages)
    yield "AU", "\n".join(short_name(name) for name in record.authors)
    yield "AF", "\n".join(record.authors)
    yield "TI", one_line(record.title)
    yield "FT", one_line(record.original_title)
    yield "SO", one_line(record.journal)
    yield "LA", one_line(record.language)
    yield "DT", PLAIN_TYPES.get(record.entry_type, one_line(record.entry_type))
    yield "DE", "; ".join(record.keywords)
    yield "AB", one_line(record.abstract)
    yield "PU", one_line(record.publisher)
    yield "SN", record.issn
    yield "PY", str(record.year or "")
    yield "VL", one_line(record.volume)
    yield "IS", one_line(record.number)
    yield "BP", one_line(first)
    yield "EP", one_line(last)
    yield "DI", record.doi
    yield "PM", record.pmid
    yield "UT", one_line(record.accession)
    yield "UR", "\n".join(record.urls)
