"""Shapes a record's values for formats that hold one line a field."""

from __future__ import annotations

import re

from screening.records import Record, SourceRecord

_PAGES = re.compile(r"^([^\s,;-]+)-([^\s,;-]+)$")

# The kind of publication as each format names it; BibTeX's own names are the vocabulary.
RIS_TYPES = {
    "article": "JOUR", "inproceedings": "CPAPER", "proceedings": "CONF", "book": "BOOK",
    "incollection": "CHAP", "thesis": "THES", "techreport": "RPRT", "preprint": "UNPB",
    "dataset": "DATA", "webpage": "ELEC", "patent": "PAT", "misc": "GEN",
}  # fmt: skip
ENDNOTE_TYPES = {
    "article": ("Journal Article", 17), "inproceedings": ("Conference Paper", 47),
    "proceedings": ("Conference Proceedings", 10), "book": ("Book", 6),
    "incollection": ("Book Section", 5), "thesis": ("Thesis", 32), "techreport": ("Report", 27),
    "preprint": ("Unpublished Work", 34), "dataset": ("Dataset", 59), "webpage": ("Web Page", 12),
    "patent": ("Patent", 25), "misc": ("Generic", 13),
}  # fmt: skip
PLAIN_TYPES = {
    "article": "Journal Article", "inproceedings": "Conference Paper",
    "proceedings": "Conference Proceedings", "book": "Book", "incollection": "Book Chapter",
    "thesis": "Thesis", "techreport": "Technical Report", "preprint": "Preprint",
    "dataset": "Dataset", "webpage": "Web Page", "patent": "Patent", "letter": "Letter",
    "editorial": "Editorial", "note": "Note", "erratum": "Published Erratum", "misc": "Other",
}  # fmt: skip


def record_of(item: Record | SourceRecord) -> Record:
    """Give the record itself."""
    return item.record if isinstance(item, SourceRecord) else item


def one_line(text: str) -> str:
    """Give `text` on one line."""
    return " ".join(text.split())


def page_span(pages: str) -> tuple[str, str]:
    """Part pages into first and last where they are a plain span; else all of it is the first."""
    match = _PAGES.match(pages)
    if match is None or match.group(1) == match.group(2):
        return pages, ""
    return match.group(1), match.group(2)


def short_name(name: str) -> str:
    """Give "Family, Given Names" as "Family GN", the way MEDLINE and Web of Science shorten it."""
    family, comma, given = name.partition(", ")
    if not comma:
        return name
    initials = "".join(part[0].upper() for part in re.split(r"[\s.-]+", given) if part)
    return f"{family} {initials}".strip()
