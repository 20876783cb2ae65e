"""Reads years, pages and whole citation strings, the fields that every database writes its own way."""

from __future__ import annotations

import re
from dataclasses import dataclass

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_DAY = re.compile(r"(?<!\d)((?:1[5-9]|20)\d\d)(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d)")
_NO_PAGES = frozenset(
    {"no pagination", "no pagination specified", "no-specified", "n/a", "na", "no", "specified"}
    | {"no page", "no pages", "-", "--", "unpaginated", "no. pagination"}
)

_NONE = frozenset({"unknown", "n/a", "n.a.", "none", "null", "nan", "-", "--", "?", "no issue"})
_VOLUME = re.compile(r"\d+(?:[-/]\d+)?[A-Za-z]?")


@dataclass(frozen=True, slots=True)
class Citation:
    """The parts of a citation string; "" where it does not give one."""

    journal: str = ""
    year: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether the text can be nothing but a citation: a journal's own name may hold numbers."""
        return bool(self.journal and self.year and _VOLUME.fullmatch(self.volume))


# One row a writing, tried in this order; the named groups are Citation's fields.
CITATION_FORMS = tuple(
    re.compile(form)
    for form in (
        # Embase CSV: "Cancer (2004) 102:4 (253-258). Date of Publication: 25 Aug 2004"
        r"^(?P<journal>.+?)\s+\((?P<year>\d{4})\)(?:\s+(?P<volume>[^\s:()]+)?"
        r"(?::(?P<number>[^\s()]+))?)?(?:\s+(?:\((?P<pages>[^()]*)\)|Article Number:\s*"
        r"(?P<article>[^\s.]+)))?(?:\.|\s|$)",
        # PubMed and MEDLINE SO: "J Behav. 2010 Mar;41(1):6-10. doi: ..."
        r"^(?P<journal>[^;]+?)\.\s+(?P<year>\d{4})[^;:]*;\s*(?P<volume>[^\s():;]*)"
        r"(?:\s*\((?P<number>[^()]*)\))?(?::\s*(?P<pages>[^.;\s][^.;]*))?",
        # Ovid Source: "Journal of X. 12(3):45-67, 2009 Mar 15."
        r"^(?P<journal>.+?)\.\s+(?:Vol\.\s*)?(?P<volume>\d[^\s():,]*)(?:\s*\((?P<number>[^()]*)\))?"
        r"(?:\s*\(pp\s+(?P<pp>[^()]*)\)"
        r"|(?::|,(?!\s*(?:1[5-9]|20)\d\d(?:[\s.]|$)))\s*(?:pp\.?\s*)?"
        r"(?P<pages>[A-Za-z]?\d[^,;.\s]*))?"
        r"(?:[,.]\s*[A-Za-z]*\.?\s*(?P<year>\d{4}))?",
        # ERIC SO: "v10 n1 p1-10 2000", with the journal before it in older files
        r"^(?:(?P<journal>.+?),?\s+)?v(?P<volume>\d\S*)(?:\s+n(?P<number>\S+))?"
        r"(?:\s+p(?P<pages>\S+))?(?:\s+(?:\S+\s+)?(?P<year>\d{4}))?",
    )
)


def citation_in(text: str) -> Citation:
    """Take a citation string apart; every part "" when no known form fits."""
    text = " ".join(text.split())
    if not text or len(text) > 2_000:
        return Citation()
    for form in CITATION_FORMS:
        match = form.match(text)
        if match is None:
            continue
        found = {key: value or "" for key, value in match.groupdict().items()}
        pages = found.get("pages") or found.get("pp") or found.get("article") or ""
        return Citation(
            found["journal"].strip(" ,"),
            found["year"],
            found["volume"].strip(),
            found["number"].strip(),
            pages.strip(" -"),
        )
    return Citation()


def given(value: str) -> str:
    """Give a volume, issue or page unless it is a word that stands for none."""
    return "" if value.lower() in _NONE else value


def year_in(text: str) -> int | None:
    """Give the first year in a date however it is written: `2019//`, `Jun 2019`, `20190601`."""
    match = _YEAR.search(text) or _DAY.search(text)
    return int(match.group(1)) if match else None


def pages_of(combined: str, first: str, last: str) -> str:
    """Join page fields, keeping the source's own writing ("123-9", "e0139442")."""
    if first.lower() in _NO_PAGES:
        first = ""
    if last.lower() in _NO_PAGES:
        last = ""
    if not first and not last:
        return "" if combined.lower() in _NO_PAGES else combined
    if not first or not last:
        return combined or first or last
    if first == last or "-" in first or "\u2013" in first or "," in first:
        return first
    return f"{first}-{last}"
