"""Profiles: what of a record is compared, read once for all records and in full only where needed."""

from __future__ import annotations

from dataclasses import dataclass

from screening.duplicates.authors import NOBODY, Name, read_name, split_authors
from screening.duplicates.identifiers import is_preprint, read_doi
from screening.duplicates.journals import Journal, JournalLikeness, compare_journals, read_journal
from screening.duplicates.places import (
    Pages,
    begins_issue,
    pages_spanned,
    read_number,
    read_pages,
    read_volume,
)
from screening.duplicates.text import words
from screening.duplicates.titles import Title, is_generic, is_short, read_title
from screening.duplicates.wording import telling_words
from screening.records import Record

_LACKING = 3  # of journal, volume, pages, DOI, year and authors
_AUTHORS = 15  # compared at most; lists longer than this agree or differ before


@dataclass(frozen=True, slots=True)
class Profile:
    """What every record is looked up by; `sketchy` tells that it lacks much, as if parsed from a PDF."""

    record: Record
    title: Title
    first_author: str
    year: int
    volume: str
    pages: Pages
    doi: str
    sketchy: bool


@dataclass(frozen=True, slots=True)
class Details:
    """What a record is compared by, read only when it has a candidate."""

    words: list[str]
    generic: bool
    short: bool
    journal: Journal
    number: str
    span: int
    front: bool
    kind: str
    original: Title | None


def _kind(profile: Profile, journal: Journal) -> str:
    if journal.preprint or (not journal.names and is_preprint(profile.doi)):
        return "preprint"
    kind = profile.record.entry_type.lower()
    if "thesis" in kind or "dissertation" in kind or lists_theses(journal):
        return "thesis"
    return "published" if profile.doi or journal.names else ""


def lists_theses(journal: Journal) -> bool:
    """Tell whether this is a list of theses rather than a journal ("Dissertation Abstracts")."""
    return any(_THESES.intersection(name) for name in journal.names)


_THESES = frozenset(("dissertation", "dissertations", "thesis", "theses"))


class Reader:
    """Reads profiles and details; names and journals repeat, so each is read once in a run."""

    def __init__(self) -> None:
        self._names: dict[str, Name] = {}
        self._journals: dict[str, Journal] = {}
        self._compared: dict[tuple[str, str], JournalLikeness] = {}

    def profile(self, record: Record) -> Profile:
        """Give what a record is looked up by."""
        authors = split_authors(record.authors)
        given = (record.journal, record.volume, record.pages, record.doi)
        return Profile(
            record,
            read_title(record.title),
            self.name(authors[0]).family if authors else "",
            record.year or 0,
            read_volume(record.volume) if record.volume else "",
            read_pages(record.pages),
            read_doi(record.doi),
            given.count("") + (not record.year) + (not authors) >= _LACKING,
        )

    def details(self, profile: Profile) -> Details:
        """Give what a record is compared by."""
        record = profile.record
        title_words = words(profile.title.folded)
        telling = telling_words(title_words)
        journal = self.journal(record.journal)
        return Details(
            title_words,
            is_generic(telling),
            is_short(telling),
            journal,
            read_number(record.number),
            pages_spanned(profile.pages),
            begins_issue(profile.pages),
            _kind(profile, journal),
            read_title(record.original_title) if record.original_title else None,
        )

    def names(self, profile: Profile) -> tuple[Name, ...]:
        """Give the authors of a record as they are compared."""
        names = (self.name(author) for author in split_authors(profile.record.authors)[:_AUTHORS])
        return tuple(name for name in names if name is not NOBODY)

    def name(self, author: str) -> Name:
        """Give an author's name as it is compared."""
        name = self._names.get(author)
        if name is None:
            name = self._names[author] = read_name(author)
        return name

    def compare_journals(self, a: str, b: str) -> JournalLikeness:
        """Give how alike two journals are; the same two meet again and again."""
        likeness = self._compared.get((a, b))
        if likeness is None:
            likeness = compare_journals(self.journal(a), self.journal(b))
            self._compared[(a, b)] = likeness
        return likeness

    def journal(self, journal: str) -> Journal:
        """Give a journal as it is compared."""
        read = self._journals.get(journal)
        if read is None:
            read = self._journals[journal] = read_journal(journal)
        return read
