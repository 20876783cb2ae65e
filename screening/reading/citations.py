"""Reads years, pages and whole citation strings, the fields that every database writes its own way."""

from __future__ import annotations

import re
from dataclasses import dataclass

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_DAY = re.compile(r"(?<!\d)((?:1[5-9]|20)\d\d)(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?(?!\d)")
_NO_PAGES = frozenset(
    {"no pagination", "no pagination specified", "no-specified", "n/a", "na", "no", "specified"}
    | {"no page", "no pages", "-", "--", "unpaginated", "no. pagination"}
)

_NONE = frozenset(
    {"0", "unknown", "n/a", "n.a.", "none", "null", "nan", "-", "--", "?", "no issue"}
)
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


_MONTH = r"(?:[A-Z][a-z]{2}(?:[-/ ][A-Z][a-z]{2})?|Spring|Summer|Fall|Autumn|Winter)"
# One row a writing, tried in this order; the named groups are Citation's fields.
CITATION_FORMS = tuple(
    re.compile(form)
    for form in (
        # SciELO CSV: "Journal; 40(1); 63-80"
        r"^(?P<journal>.+?);\s*(?P<volume>[^\s();:]*)\((?P<number>[^();]*)\);\s*"
        r"(?P<pages>[^;]*?)(?:;\s*(?P<year>\d{4})\d*)?$",
        # Embase CSV: "Cancer (2004) 102:4 (253-258). Date of Publication: 25 Aug 2004"
        r"^(?P<journal>.+?)\s+\((?P<year>\d{4})\)(?:\s+(?P<volume>[^\s:()]+)?"
        r"(?::(?P<number>[^\s()]+))?(?:\s+(?P<supplement>(?i:suppl\w*|part|pt)\.?(?:\s+\w+)?))?)?"
        r"(?:\s+(?:\((?P<pages>[^()]*)\)|Article Number:\s*(?P<article>[^\s.]+)))?(?:\.|\s|$)",
        # PubMed and MEDLINE SO: "J Behav. 2010 Mar;41(1):6-10. doi: ..."
        r"^(?P<journal>[^;]+?)\.\s+(?P<year>\d{4})[^;:]*;\s*(?P<volume>[^\s():;]*)"
        r"(?:\s*\((?P<number>[^()]*)\)|\s+(?P<supplement>(?:Suppl|Pt|Part)[^:;()]*))?"
        r"(?::\s*(?P<pages>[^.;\s][^.;]*))?",
        # The same ahead of print: "J Arthroplasty. 2019 Jan 5. pii: ...", "... 2019 Jan 5:1-9."
        rf"^(?P<journal>[^;]+?)\.\s+(?P<year>(?:19|20)\d\d)(?:\s+{_MONTH}(?:\s+\d{{1,2}})?)?"
        r"(?::(?P<pages>[^.;\s]+))?\.(?:\s+(?:pii|doi|Online|Epub|\[)|\s*$)",
        # VHL: "Rev. bras. enferm;72(3): 123-130, May-June 2019. tab, graf"
        r"^(?P<journal>[^;]+);\s*(?=[\d(])(?P<volume>\d[\w./-]*)?\s*(?:\((?P<number>[^()]*)\))?"
        r":\s*(?P<pages>[^,;\s]+?)(?:[,;.]\s.*?(?P<year>(?:19|20)\d\d)\b|[,;.]?\s*$|[,;.]\s)",
        # Ovid Source: "Journal of X. 12(3):45-67, 2009 Mar 15.", "Cochrane. (1):CD003, 2009."
        r"^(?P<journal>.+?)\.\s+(?:Vol\.\s*)?(?!(?:19|20)\d\d\s+[A-Z][a-z]{2}\b)"
        r"(?:(?P<volume>\d[^\s():,]*)(?=\s*[(:,]|\s+Suppl|\s*$|(?<=\.))|(?=\(\d+\):))"
        r"(?:\s*\((?P<number>[^()]*)\)|\s+(?P<supplement>Suppl[^:,()]*))?"
        r"(?:\s*\(pp\s+(?P<pp>[^()]*)\)"
        r"|(?::|,(?!\s*(?:1[5-9]|20)\d\d(?:[\s.]|$)))\s*(?:pp\.?\s*)?"
        r"(?P<pages>[A-Za-z]{0,3}\d[^,;.\s]*))?"
        r"(?:[,.]\s*[A-Za-z]*\.?\s*(?P<year>\d{4}))?",
        # ERIC SO: "v10 n1 p1-10 2000", with the journal before it in older files
        r"^(?:(?P<journal>.+?),?\s+)?v(?P<volume>\d\S*)(?:\s+n(?P<number>\S+))?"
        r"(?:\s+p(?P<pages>\S+))?(?:\s+(?:\S+\s+)?(?P<year>\d{4}))?",
    )
)
# A publisher's identifier of an article, which PubMed prints where the pages stand.
_PII = re.compile(r"S?\d{4}-\d{3}[\dX]\(\d{2}\)\d{5}-[\dX]$")
_PAGE_WORD = re.compile(r"^(?:[Pp][Pp]\.?\s*|[Pp]\.\s*|p\s+)(?=[A-Za-z]{0,3}\d)")
_DASH = re.compile(r"\s*[-\u2010-\u2013\u2212]+\s*")


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
        number = " ".join(filter(None, (found.get("number"), found.get("supplement"))))
        return Citation(
            found["journal"].strip(" ,"),
            found["year"],
            found.get("volume", "").strip(),
            number.strip(),
            "" if _PII.match(pages) else plain_pages(pages).strip(" -"),
        )
    return Citation()


def given(value: str) -> str:
    """Give a volume, issue or page unless it is a word that stands for none."""
    return "" if value.lower() in _NONE else value


def year_in(text: str) -> int | None:
    """Give the first year in a date however it is written: `2019//`, `Jun 2019`, `20190601`."""
    match = _YEAR.search(text) or _DAY.search(text)
    return int(match.group(1)) if match else None


def plain_pages(pages: str) -> str:
    """Give pages in the source's own writing less "pp." and the spaces around the dash."""
    pages = _DASH.sub("-", _PAGE_WORD.sub("", pages)) if pages else ""
    first, dash, last = pages.partition("-")
    return first if dash and first == last else pages


def pages_of(combined: str, first: str, last: str) -> str:
    """Join page fields, keeping the source's own writing ("123-9", "e0139442", "S21-1-S21-8")."""
    combined, first, last = plain_pages(combined), plain_pages(first), plain_pages(last)
    if first.lower() in _NO_PAGES:
        first = ""
    if last.lower() in _NO_PAGES:
        last = ""
    if not first and not last:
        return "" if combined.lower() in _NO_PAGES else combined
    if not first or not last:
        return combined or first or last
    if first == last or "," in first or ("-" in first and not _are_compound(first, last)):
        return first
    return last if last.startswith(f"{first}-") else f"{first}-{last}"


def _are_compound(first: str, last: str) -> bool:
    """Tell "S21-1" and "S21-8", pages that have a dash of their own, from the range "152-160"."""
    before, _, after = first.rpartition("-")
    other, dash, end = last.rpartition("-")
    if not dash:
        return False
    lettered = any(map(str.isalpha, before)) and _shape(first) == _shape(last)
    return after != end and (before == other or lettered)


def _shape(page: str) -> str:
    return re.sub(r"\d+", "0", page)
