"""Rating: how much of what two records both give agrees, from 0 to 100."""

from __future__ import annotations

from screening.duplicates.abstracts import AbstractLikeness
from screening.duplicates.authors import AuthorLikeness
from screening.duplicates.evidence import Evidence
from screening.duplicates.identifiers import DoiLikeness
from screening.duplicates.journals import JournalLikeness
from screening.duplicates.places import PageLikeness

# What a field weighs, and the share of it that each likeness earns; BLANK is left out of account.
_TITLE = 40.0
_AUTHORS = {
    AuthorLikeness.DIFFERENT: 0.0,
    AuthorLikeness.OVERLAPPING: 8.0,
    AuthorLikeness.SAME: 15.0,
}
_JOURNAL = {
    JournalLikeness.DIFFERENT: 0.0,
    JournalLikeness.UNCLEAR: 5.0,
    JournalLikeness.ALIKE: 7.0,
    JournalLikeness.SAME: 10.0,
}
_PAGES = {
    PageLikeness.DIFFERENT: 0.0,
    PageLikeness.UNCLEAR: 3.0,
    PageLikeness.NEAR: 8.0,
    PageLikeness.FIRST: 10.0,
    PageLikeness.SAME: 12.0,
}
_DOI = {
    DoiLikeness.DIFFERENT: 0.0,
    DoiLikeness.UNCLEAR: 0.0,
    DoiLikeness.VERSION: 12.0,
    DoiLikeness.SAME: 15.0,
}
_ABSTRACT = {
    AbstractLikeness.DIFFERENT: 0.0,
    AbstractLikeness.UNCLEAR: 6.0,
    AbstractLikeness.SAME: 10.0,
    AbstractLikeness.IDENTICAL: 10.0,
}
_YEARS = {0: 10.0, 1: 5.0}


def rate(e: Evidence) -> float:
    """Give the share of the weight of all fields given in both records that agrees, in per cent."""
    gained = _TITLE * e.title_percent / 100
    full = _TITLE
    for earned, weight in (
        (_AUTHORS.get(e.authors), 15.0),
        (_JOURNAL.get(e.journal), 10.0),
        (_PAGES.get(e.pages), 12.0),
        (_DOI.get(e.doi), 15.0),
        (_ABSTRACT.get(e.abstract), 10.0),
        (None if e.years is None else _YEARS.get(e.years, 0.0), 10.0),
        (None if e.volume is None else 8.0 * e.volume, 8.0),
        (None if e.pmid is None else 15.0 * e.pmid, 15.0),
    ):
        if earned is not None:
            gained += earned
            full += weight
    return round(100 * gained / full, 1)
