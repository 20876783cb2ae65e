"""Makes the tables of docs/formats.md that show which tags and headings fill which field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from screening.reading import slots
from screening.reading.headers import HEADINGS, column_table
from screening.reading.slots import FieldTable

# The reader's slots by the field of a record that they fill.
FIELD_OF_SLOT: Final[Mapping[str, str]] = {
    "title": "title",
    "authors": "authors",
    "authors_short": "authors",
    "group_authors": "authors",
    "year": "year",
    "early_access": "year",
    "journal": "journal",
    "source_journal": "journal",
    "journal_or_citation": "journal",
    "volume": "volume",
    "number": "number",
    "pages": "pages",
    "first_page": "pages",
    "last_page": "pages",
    "article_number": "pages",
    "elocator": "pages",
    "citation": "journal, year, volume, number, pages",
    "doi": "doi",
    "doi_text": "doi",
    "pmid": "pmid",
    "pmid_text": "pmid",
    "medline_id": "pmid",
    "scopus_pmid": "pmid",
    "embase_pmid": "pmid",
    "vhl_id": "pmid",
    "database": "pmid",
    "abstract": "abstract",
    "kind": "entry_type",
    "language": "language",
    "issn": "issn",
    "accession": "accession",
    "original_title": "original_title",
    "publisher": "publisher",
    "keywords": "keywords",
    "urls": "urls",
}
CONDITIONS: Final[Mapping[str, str]] = {
    "authors_short": "authors, where there are more of them",
    "early_access": "year, if a month and a year",
    "source_journal": "journal, if no database's name",
    "journal_or_citation": "journal, or a citation taken apart",
    "first_page": "pages, first",
    "last_page": "pages, last",
    "article_number": "pages, if there are none",
    "elocator": "pages, if `e…[pii]`",
    "citation": "journal, year, volume, number and pages, what other tags leave out",
    "doi_text": "doi, if one is in it",
    "pmid_text": "pmid, if one is named in it",
    "medline_id": "pmid, if the database is MEDLINE",
    "scopus_pmid": "pmid, in Scopus's files",
    "embase_pmid": "pmid, in Embase's files",
    "vhl_id": "pmid, if `mdl-…`",
    "database": "pmid, by telling the database",
    "group_authors": "authors, groups",
}
TABLES: Final[Mapping[str, FieldTable]] = {
    "ris": slots.RIS,
    "nbib": slots.NBIB,
    "enw": slots.ENW,
    "ciw": slots.CIW,
    "bibtex": slots.BIBTEX,
    "endnote_xml": slots.ENDNOTE_XML,
    "ovid": slots.OVID,
    "refworks": slots.REFWORKS,
    "cochrane": slots.COCHRANE,
}


def tag_table() -> str:
    """Give the Markdown table of the tags that each format's reader knows, the preferred first."""
    return "\n".join(["| format | field | tags |", "|---|---|---|", *_tag_rows()])


def heading_table() -> str:
    """Give the Markdown table of the columns' headings known, the preferred first."""
    rows = [f"| {_said(slot)} | {' '.join(names)} |" for slot, names in HEADINGS.items()]
    return "\n".join(["| field | headings, letters and digits only |", "|---|---|", *rows])


def service_table(headers: Mapping[str, Sequence[str]]) -> str:
    """Give the Markdown table of services' own columns: which are read, which kept raw only."""
    rows = ["| service | columns read | kept as raw fields only |", "|---|---|---|"]
    for service, header in headers.items():
        known = {
            int(tag)
            for tags in column_table(header).values()
            for group in tags
            for tag in group.split("+")
        }
        read = [name for place, name in enumerate(header) if place in known]
        raw = [name for place, name in enumerate(header) if place not in known]
        rows.append(f"| {service} | {'; '.join(read)} | {'; '.join(raw) or '—'} |")
    return "\n".join(rows)


def _tag_rows() -> Iterator[str]:
    for name, table in TABLES.items():
        for slot, tags in table.items():
            if slot in FIELD_OF_SLOT and tags:
                told = ", ".join(f"`{tag.replace('+', '` with `')}`" for tag in tags)
                yield f"| `{name}` | {_said(slot)} | {told} |"


def _said(slot: str) -> str:
    return CONDITIONS.get(slot, FIELD_OF_SLOT[slot])
