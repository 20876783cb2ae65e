"""Uniting: one record from several of one publication, the best field of each kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from screening.duplicates.authors import split_authors
from screening.duplicates.identifiers import read_doi
from screening.duplicates.places import read_pages, read_volume
from screening.duplicates.text import fold
from screening.duplicates.titles import read_title
from screening.records import Record


def united(records: Sequence[Record]) -> Record:
    """Give one record with the best of each field; the order of `records` decides nothing.

    Title: the fullest without brackets, capitals throughout or a database's note. Authors: the
    longest list, given names written out. Year, volume: what most records say, else the latest
    year. Journal: the longest name. Pages: a whole span before a single page. DOI, PMID and the
    like: what most say. Abstract: the longest. Keywords and links: all of them, each once.
    Raises ValueError when there is nothing to unite.
    """
    if not records:
        raise ValueError("There is no record to unite; give at least one.")
    ordered = sorted(records, key=_content)
    if len(ordered) == 1:
        return ordered[0]
    title = max((r.title for r in ordered), key=_title_worth)
    return replace(
        ordered[0],
        title=title,
        authors=max((r.authors for r in ordered), key=_authors_worth),
        year=_common_year(ordered),
        journal=max((r.journal for r in ordered), key=_journal_worth),
        volume=_common((r.volume for r in ordered), read_volume),
        number=_common((r.number for r in ordered), str.strip),
        pages=max((r.pages for r in ordered), key=_pages_worth),
        doi=_common((r.doi for r in ordered), read_doi),
        pmid=_common((r.pmid for r in ordered), str.strip),
        abstract=max((r.abstract for r in ordered), key=lambda text: (len(text), text)),
        entry_type=_common((r.entry_type for r in ordered), str.lower),
        language=_common((r.language for r in ordered), str.lower),
        issn=_common((r.issn for r in ordered), str.strip),
        accession=_common((r.accession for r in ordered), str.strip),
        original_title=max((r.original_title for r in ordered), key=lambda text: (len(text), text)),
        publisher=max((r.publisher for r in ordered), key=lambda text: (len(text), text)),
        keywords=_all_of(r.keywords for r in ordered),
        urls=_all_of(r.urls for r in ordered),
    )


def _content(record: Record) -> tuple[str, ...]:
    return tuple(str(getattr(record, name)) for name in Record.__dataclass_fields__)


def _title_worth(title: str) -> tuple[bool, bool, int, int, str]:
    """A title is worth more without brackets and shouting; then the fuller, then the shorter noted."""
    read = read_title(title)
    letters = [c for c in title if c.isalpha()]
    shouted = len(letters) > 10 and not any(c.islower() for c in letters)
    accents = sum(1 for c in title if ord(c) > 127)
    return (not read.bracketed, not shouted, len(read.key), accents - len(title), title)


def _authors_worth(authors: tuple[str, ...]) -> tuple[int, int, tuple[str, ...]]:
    names = split_authors(authors)
    return (len(names), sum(map(len, names)), authors)


def _journal_worth(journal: str) -> tuple[int, str]:
    """The name written out says more than its abbreviation, a parallel title says it twice."""
    return (len(journal.partition(" = ")[0]), journal)


def _pages_worth(pages: str) -> tuple[int, int, str]:
    read = read_pages(pages)
    return ((read.first != "") + (read.last != ""), len(pages), pages)


def _common_year(records: Iterable[Record]) -> int | None:
    """The year most records give; the later of two as common, since print follows online."""
    counted = Counter(r.year for r in records if r.year)
    return max(counted, key=lambda year: (counted[year], year)) if counted else None


def _common(values: Iterable[str], read: Callable[[str], str]) -> str:
    """The value most records give, however written; of as common ones the fullest writing."""
    written = [value for value in values if value]
    if not written:
        return ""
    counted = Counter(read(value) for value in written)
    return max(
        written, key=lambda value: (counted[read(value)], read(value) != "", len(value), value)
    )


def _all_of(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Every entry once, the first writing of it kept."""
    kept: dict[str, str] = {}
    for entries in lists:
        for entry in entries:
            kept.setdefault(fold(entry), entry)
    return tuple(kept.values())
