"""Writes BibTeX whose every character comes back, LaTeX's own escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from screening.records import Record
from screening.writing.flat import one_line

_TYPES = {
    "thesis": "phdthesis", "preprint": "unpublished", "webpage": "online",
    "letter": "article", "editorial": "article", "note": "article", "erratum": "article",
}  # fmt: skip
_ESCAPES = {
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "%": "\\%", "&": "\\&",
    "#": "\\#", "_": "\\_", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
}  # fmt: skip
_SPECIAL = re.compile(r"[\\{}$%&#_~^]")
# Ligatures: without the empty group these would come back as one character.
_LIGATURES = re.compile(r"(?<=-)-|(?<=`)`|(?<=')'")
_KIND = re.compile(r"[a-z]+")


def escaped(text: str) -> str:
    """Give `text` as LaTeX that reads as that text."""
    text = _SPECIAL.sub(lambda match: _ESCAPES[match.group()], one_line(text))
    return _LIGATURES.sub(lambda match: "{}" + match.group(), text)


def bibtex(records: Iterable[Record]) -> str:
    """Write one entry a record."""
    entries: list[str] = []
    for number, record in enumerate(records, 1):
        kind = _TYPES.get(record.entry_type, record.entry_type)
        kind = kind if _KIND.fullmatch(kind) else "misc"
        fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(record) if value)
        entries.append(f"@{kind}{{record{number},\n{fields}}}\n")
    return "\n".join(entries)


def _name(name: str) -> str:
    """A name without a comma stays whole in braces; BibTeX would take its last word for a family's."""
    plain = escaped(name)
    if "," in name and not re.search(r"\band\b", name):
        return plain
    if "," in name:
        family, _, given = name.partition(", ")
        return f"{{{escaped(family)}}}, {{{escaped(given)}}}"
    return f"{{{plain}}}"


def _fields(record: Record) -> Iterator[tuple[str, str]]:
    yield "title", escaped(record.title)
    yield "author", " and ".join(_name(name) for name in record.authors)
    yield "year", str(record.year or "")
    yield "journal", escaped(record.journal)
    yield "volume", escaped(record.volume)
    yield "number", escaped(record.number)
    yield "pages", escaped(record.pages)
    yield "doi", re.sub(r"([%&#_$])", r"\\\1", record.doi)
    yield "pmid", record.pmid
    yield "abstract", escaped(record.abstract)
    yield "language", escaped(record.language)
    yield "issn", record.issn
    yield "accession", escaped(record.accession)
    yield "origtitle", escaped(record.original_title)
    yield "publisher", escaped(record.publisher)
    keywords = "; ".join(escaped(keyword) for keyword in record.keywords)
    # With a semicolon the reader does not take a keyword's own comma for a separator.
    yield "keywords", f"{keywords};" if "," in keywords and ";" not in keywords else keywords
    yield "url", " ".join(record.urls)
