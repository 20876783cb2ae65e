"""A record: the title, abstract and bibliographic fields that one search result brought."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Record:
    """One bibliographic record, its fields already decoded, unescaped and stripped.

    Text fields are "" when absent. `authors` holds "Family, Given" where the source tells the
    two apart. `doi` is lower case without resolver prefix; `pmid` digits only. `pages` keeps the
    source's own writing ("123-9", "e0139442").
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    abstract: str = ""
    entry_type: str = ""
    language: str = ""
    issn: str = ""
    accession: str = ""
    original_title: str = ""
    publisher: str = ""
    keywords: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A record as one file gave it: where it stood and every raw field, in the file's order.

    `position` counts records from 1; `line` is the line (or row) on which the record begins,
    from 1; `raw` holds (tag, value) pairs as the file wrote them, decoded but not normalised.
    """

    record: Record
    position: int
    line: int
    raw: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that could not be read as meant, told to a person."""

    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of one search export.

    `marks` is the number of records by an independent count of the format's own record marks;
    every difference between it and `len(records)` is among the problems.
    """

    format: str
    encoding: str
    records: tuple[SourceRecord, ...]
    problems: tuple[Problem, ...] = ()
    marks: int = 0
    fields: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a search export is, without its records: their number and what could not be read."""

    format: str
    encoding: str
    records: int
    problems: tuple[Problem, ...] = ()


FURTHER = " further problems of these kinds are not listed."


def further_problems(count: int) -> str:
    """Return the sentence that stands for problems that are not listed one by one."""
    return f"{count:,}{FURTHER}"


def problem_count(lines: Iterable[str]) -> int:
    """Return how many problems the lines tell, those that are not listed included."""
    return sum(
        int(line.removesuffix(FURTHER).replace(",", "")) if line.endswith(FURTHER) else 1
        for line in lines
    )
