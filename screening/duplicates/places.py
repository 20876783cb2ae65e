"""Places in print: volume, number and pages, in every manner they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from screening.duplicates.text import roman_number


class PageLikeness(IntEnum):
    """How alike two page spans are; UNCLEAR when they cannot be compared (page, e-locator, count)."""

    DIFFERENT = 0
    UNCLEAR = 1
    BLANK = 2
    NEAR = 3  # the last page agrees, one lies within the other, or both are as long
    FIRST = 4  # the first page agrees, the last ones differ
    SAME = 5


@dataclass(frozen=True, slots=True)
class Pages:
    """A span of pages: first and last as digits, "" when absent; `style` the letters before them."""

    first: str
    last: str
    style: str


NO_PAGES = Pages("", "", "")

_MONTHS = {
    "jan": "1", "feb": "2", "mar": "3", "apr": "4", "may": "5", "jun": "6", "jul": "7",
    "aug": "8", "sep": "9", "oct": "10", "nov": "11", "dec": "12",
}  # fmt: skip
_PART_OF_YEAR = re.compile(
    r"(?:(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|spring|summer|autumn|fall|winter"
    r")[\s./,-]*)+$"
)
_SPREADSHEET_DATE = re.compile(r"^(\d{1,2})-([a-z]{3})$|^([a-z]{3})-(\d{1,2})$")
_DASHES = str.maketrans("‐‑‒–—−﹣-", "--------")
_PLAIN = re.compile(r"(\d+)(?:-+(\d+))?$")
_SPAN = re.compile(r"([a-z]*)\.?\s*(\d+)\s*([a-z]?)\b(?:\s*-+\s*([a-z]*)\.?\s*(\d+))?")
_PREFIXES = re.compile(
    r"^(?:pp?\.?|pages?|art(?:icle)?\.?|no\.?|id\.?|unsp)\s*(?:no\.?|id|number)?\s*(?=[a-z]?\d)"
)
_ROMAN_SPAN = re.compile(r"^([ivxl]+)(?:-+([ivxl]+))?$")
_NUMBER = re.compile(r"\d+")
_NOTHING = frozenset(("unknown", "na", "n/a", "none", "nan", "null", "in press", "online", "epub"))


def read_pages(text: str) -> Pages:
    """Read pages: "123-9", "S12-S15", "e182-5", "742-8; discussion 748-9", "iii--vi", "08-Aug"."""
    if not text:
        return NO_PAGES
    plain = _PLAIN.match(text)
    if plain is not None:
        return _span("", plain[1], plain[2] or "")
    text = text.translate(_DASHES).lower().strip()
    date = _SPREADSHEET_DATE.match(text)
    if date is not None:  # a spreadsheet took "8-8" for the eighth of August
        if date[2] in _MONTHS:
            low, high = sorted((int(date[1]), int(_MONTHS[date[2]])))
            return Pages(str(low), str(high), "")
        if date[3] in _MONTHS:
            return Pages(_MONTHS[date[3]], date[4].lstrip("0"), "")
    roman = _ROMAN_SPAN.match(text)
    if roman is not None:
        return Pages(roman_number(roman[1]) or roman[1], "", "roman")
    text = _PREFIXES.sub("", text)
    found = _SPAN.search(text)
    if found is None:
        return NO_PAGES
    return _span(found[1] or found[3], found[2], found[5] or "")


def _span(style: str, first: str, last: str) -> Pages:
    first = first.lstrip("0") or "0"
    last = last.lstrip("0")
    if last and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return Pages(first, last, style)


def read_volume(text: str) -> str:
    """Give a volume's number: "35 (Pt 1)" and "Vol. 35" are "35"; words stay as they are.

    A month or a season is no volume: "(Jul)" is "".
    """
    if text.isdigit():
        return text.lstrip("0")
    text = text.lower()
    found = _NUMBER.search(text)
    if found is not None:
        return found[0].lstrip("0")
    text = text.strip(" .-?()[]")
    return "" if text in _NOTHING or _PART_OF_YEAR.match(text) else roman_number(text) or text


def read_number(text: str) -> str:
    """Give an issue's number, "supplement" told apart: "Suppl 1" is "s1", "3-4" is "3-4"."""
    if text.isdigit():
        return text.lstrip("0")
    text = text.lower().strip(" .()[]")
    if text[:3] in _MONTHS and text.isalpha():
        return _MONTHS[text[:3]]  # a monthly's issue named by its month
    joined = "-".join(n.lstrip("0") for n in _NUMBER.findall(text))
    return f"s{joined}" if "s" in text else joined


def compare_pages(a: Pages, b: Pages, *, one_volume: bool = False) -> PageLikeness:
    """Give how alike two page spans are; in `one_volume`, a page is a count only if it fits."""
    if not a.first or not b.first:
        return PageLikeness.BLANK
    if a.first == b.first:
        if a.last == b.last or not a.last or not b.last:
            return PageLikeness.SAME
        return PageLikeness.FIRST
    if a.last and a.last == b.last:
        return PageLikeness.NEAR
    if a.style == "roman" or b.style == "roman":
        return PageLikeness.DIFFERENT if a.style == b.style else PageLikeness.UNCLEAR
    if _is_locator(a) or _is_locator(b):
        return (
            PageLikeness.DIFFERENT
            if a.style == b.style and not (a.last or b.last)
            else PageLikeness.UNCLEAR
        )
    if (a.last or b.last) and _is_count(a) != _is_count(b):
        # Ahead of print an article is often paged from 1; as many pages are a good sign.
        if pages_spanned(a) == pages_spanned(b) >= 3:
            return PageLikeness.NEAR
        fits = _ends_or_counts(a, b) if not a.last else _ends_or_counts(b, a)
        return PageLikeness.UNCLEAR if fits or not one_volume else PageLikeness.DIFFERENT
    if _within(a, b) or _within(b, a):
        # "JC6-9" and "8-8" lie in two parts of an issue, or in two journals.
        return PageLikeness.NEAR if a.style == b.style else PageLikeness.UNCLEAR
    if not a.last and not b.last and (a.first.endswith(b.first) or b.first.endswith(a.first)):
        return PageLikeness.UNCLEAR
    return PageLikeness.DIFFERENT


def same_article_number(a: Pages, b: Pages) -> bool:
    """Tell whether both give one article number ("e0139442", "CD006273"), which needs no volume.

    "A1234" and "S1234" are pages of a supplement, which many abstracts share.
    """
    return (
        a.first == b.first
        and not a.last
        and not b.last
        and (len(a.first) >= 5 or (len(a.first) >= 4 and a.style == b.style not in ("", "a", "s")))
    )


def pages_spanned(pages: Pages) -> int:
    """Give how many pages a span has, 0 when only one page is given."""
    if not pages.last or pages.style == "roman" or len(pages.last) > 9:
        return 0
    return max(0, int(pages.last) - int(pages.first) + 1)


def begins_issue(pages: Pages) -> bool:
    """Tell whether the first page is one that every issue or volume has: "iii", "1", "12"."""
    return pages.style == "roman" or (
        pages.style == "" and 0 < len(pages.first) <= 2 and int(pages.first) <= _FRONT
    )


_FRONT = 20


def follows(a: Pages, b: Pages) -> bool:
    """Tell whether `b` begins on the page after the last one of `a`."""
    return bool(a.last and b.first) and len(a.last) < 9 and str(int(a.last) + 1) == b.first


def _is_locator(pages: Pages) -> bool:
    """Tell whether this is the number of an article rather than a page: "e43268", "a1754"."""
    return not pages.last and (pages.style not in ("", "s", "p") or len(pages.first) >= 5)


def _is_count(pages: Pages) -> bool:
    """Tell whether the span may be a number of pages: "1-9", "18 p"."""
    if pages.last:
        return pages.first == "1"
    return len(pages.first) <= 2 and pages.style in ("", "p")


def _ends_or_counts(one: Pages, span: Pages) -> bool:
    """Tell whether a lone number is what is left of a span ("Suppl-29") or counts its pages."""
    if one.last:
        return True  # both are spans, one of them from 1
    return span.last.endswith(one.first) or one.first == str(pages_spanned(span))


def _within(a: Pages, b: Pages) -> bool:
    if not b.last or len(a.first) > 9 or len(b.last) > 9:
        return False
    return int(b.first) <= int(a.first) <= int(b.last) and int(b.last) - int(b.first) < 60
