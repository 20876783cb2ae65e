"""Sources: the database, register, website, organisation or citation search a record came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class SourceKind(StrEnum):
    """PRISMA 2020's kinds: the first two feed the left column, the others "other methods"."""

    DATABASE = "database"
    REGISTER = "register"
    WEBSITE = "website"
    ORGANISATION = "organisation"
    CITATIONS = "citations"

    @property
    def is_other_method(self) -> bool:
        """Whether its records skip title/abstract screening (PRISMA 2020, right column)."""
        return self not in (SourceKind.DATABASE, SourceKind.REGISTER)


@dataclass(frozen=True, slots=True)
class Source:
    """What the lead said of one search export."""

    name: str
    kind: SourceKind = SourceKind.DATABASE
    platform: str = ""
    searched_on: date | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """One search export that was read, and what became of its records.

    The numbers add up: `records` read = `duplicates` removed on arrival + `new`.
    """

    import_id: str
    review_id: str
    source: Source
    file_name: str
    sha256: str
    format: str
    imported_at: datetime
    imported_by: str
    records: int
    duplicates: int
    possible: int
    new: int
    problems: tuple[str, ...] = field(default=())
