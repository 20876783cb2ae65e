"""Judging: from the evidence on two records, whether they are one publication for certain, possibly or not."""

from __future__ import annotations

from enum import IntEnum

from screening.duplicates.abstracts import AbstractLikeness
from screening.duplicates.authors import AuthorLikeness
from screening.duplicates.evidence import Evidence
from screening.duplicates.identifiers import DoiLikeness
from screening.duplicates.journals import JournalLikeness
from screening.duplicates.places import PageLikeness
from screening.duplicates.signs import (
    another_issue,
    contradictions,
    printed_with,
    republished,
    same_identifier,
    same_place,
    same_span,
)
from screening.duplicates.titles import TitleLikeness
from screening.duplicates.vetoes import contradicts


class Verdict(IntEnum):
    """What is held of two records. DESCRIBED and IDENTIFIED are both certain.

    DESCRIBED rests on title, authors and the like, IDENTIFIED on an identifier or a place in
    print; where the two are at odds, the latter is kept.
    """

    UNRELATED = 0
    POSSIBLE = 1
    DESCRIBED = 2
    IDENTIFIED = 3


def judge(e: Evidence) -> Verdict:
    """Give what is held of two records."""
    if not contradicts(e):
        one_issue = not another_issue(e)
        placed = one_issue and _by_place(e) and not _two_registered(e)
        if placed or _by_identifier(e) or printed_with(e):
            return Verdict.IDENTIFIED
        if (one_issue and _by_description(e) and not _two_dois(e)) or republished(e):
            return Verdict.DESCRIBED
    return Verdict.POSSIBLE if _possible(e) else Verdict.UNRELATED


def _two_registered(e: Evidence) -> bool:
    """Tell whether two identifiers speak against what the place in print says."""
    return (e.doi == DoiLikeness.DIFFERENT or e.pmid is False) and not (
        e.pages == PageLikeness.SAME
        and e.title >= TitleLikeness.NEAR
        and e.authors == AuthorLikeness.SAME
    )


def _two_dois(e: Evidence) -> bool:
    """Tell whether each has a DOI or PMID of its own and no place in print shows them to be one."""
    return (e.doi <= DoiLikeness.UNCLEAR or e.pmid is False) and not (
        e.pages >= PageLikeness.FIRST and (e.volume is True or same_span(e))
    )


def _by_identifier(e: Evidence) -> bool:
    """The same DOI or PMID, and a title that agrees as far as the rest demands."""
    if not same_identifier(e):
        return False
    against = contradictions(e)
    if (
        e.title >= TitleLikeness.NEAR
        and e.pages >= PageLikeness.FIRST
        and e.abstract >= AbstractLikeness.SAME
    ):
        return True  # whatever the authors look like
    if e.generic:
        return (
            against == 0
            and e.authors != AuthorLikeness.OVERLAPPING
            and (e.pages >= PageLikeness.NEAR or e.title == TitleLikeness.SAME)
        )
    if e.title >= TitleLikeness.NEAR:
        return against <= 1 or (against == 2 and e.authors == AuthorLikeness.SAME)
    same_text = same_span(e) or e.abstract >= AbstractLikeness.SAME
    if e.title == TitleLikeness.EXTENDED:
        return against == 0 or (against == 1 and e.pages != PageLikeness.DIFFERENT)
    if against or e.numbers_conflict:
        return False
    if e.title == TitleLikeness.ALIKE:
        return same_text and e.authors >= AuthorLikeness.BLANK
    # The titles share nothing: a translation, or one of many abstracts under a supplement's DOI.
    return e.abstract >= AbstractLikeness.SAME or (
        e.authors == AuthorLikeness.SAME and e.fewest_authors >= 2 and same_place(e) and e.span > 1
    )


def _by_place(e: Evidence) -> bool:
    """The same volume and first page, which in one journal is one article."""
    if not same_place(e):
        return _by_span(e)
    same_authors = e.authors == AuthorLikeness.SAME
    years = e.years or 0
    if e.journal == JournalLikeness.DIFFERENT:
        return _under_another_name(e)
    if e.generic:
        return (
            e.title >= TitleLikeness.NEAR
            and same_authors
            and years == 0
            and e.pages == PageLikeness.SAME
            and (e.number is True or e.abstract >= AbstractLikeness.SAME or not e.front)
        )
    if e.title >= TitleLikeness.NEAR:
        return e.authors != AuthorLikeness.DIFFERENT and (years <= 1 or same_authors)
    if e.title == TitleLikeness.EXTENDED and years <= 1:
        return e.authors >= AuthorLikeness.BLANK or (
            e.authors == AuthorLikeness.OVERLAPPING and same_span(e) and years == 0
        )
    if years:
        return False
    if e.title == TitleLikeness.ALIKE:
        return (same_span(e) and e.authors >= AuthorLikeness.BLANK) or (
            same_authors and e.abstract >= AbstractLikeness.SAME
        )
    return _translated(e)


def _under_another_name(e: Evidence) -> bool:
    """The place is the same, but the journals' names share nothing: translated, or a series."""
    years = e.years or 0
    if e.title >= TitleLikeness.NEAR and same_span(e) and not e.generic:
        return years <= e.authors - AuthorLikeness.BLANK or (
            e.authors == AuthorLikeness.BLANK and years == 0 and not e.front and not e.short
        )
    return (
        e.title >= TitleLikeness.EXTENDED
        and e.authors == AuthorLikeness.SAME
        and years == 0
        and (e.span > 1 or (e.title >= TitleLikeness.NEAR and not e.short))
    )


def _translated(e: Evidence) -> bool:
    """The titles share nothing, all else agrees: one of them is a translation."""
    if not same_span(e) or e.authors != AuthorLikeness.SAME:
        return False
    if e.number is False:
        return e.bracketed  # one author's next paper in another issue has turned up on equal pages
    return e.bracketed or e.number is True or e.fewest_authors >= 2


def _by_span(e: Evidence) -> bool:
    """The very same pages in the same year by the same authors, where no volume is given."""
    if not same_span(e):
        return False
    if e.generic:
        return (
            not e.front
            and e.title >= TitleLikeness.NEAR
            and e.journal == JournalLikeness.SAME
            and e.authors == AuthorLikeness.SAME
            and e.years == 0
        )
    if e.authors == AuthorLikeness.OVERLAPPING and e.fewest_authors >= 2 and not e.front:
        return e.title >= TitleLikeness.NEAR and e.years == 0 and contradictions(e) == 0
    if e.authors != AuthorLikeness.SAME:
        return False
    if e.years is None:
        named = e.journal in (JournalLikeness.SAME, JournalLikeness.ALIKE)
        return (
            named and not e.front and e.title >= TitleLikeness.EXTENDED and contradictions(e) == 0
        )
    if e.years:
        return False
    if e.journal == JournalLikeness.DIFFERENT:
        return e.title >= TitleLikeness.NEAR and not e.front and contradictions(e) == 1
    if contradictions(e):
        return False
    return e.title >= TitleLikeness.EXTENDED or (
        e.title == TitleLikeness.ALIKE and e.fewest_authors >= 2
    )


def _by_description(e: Evidence) -> bool:
    """The same title, authors and year, and nothing against it."""
    against = contradictions(e)
    if e.title < TitleLikeness.EXTENDED or against > 1:
        return False
    same_authors = e.authors == AuthorLikeness.SAME
    same_abstract = e.abstract >= AbstractLikeness.SAME
    same_journal = e.journal == JournalLikeness.SAME
    # Every year has its first issue, so without year and volume the number says nothing.
    issue = e.number is True and (e.volume is True or e.years is not None)
    support = (
        same_journal
        + (e.volume is True)
        + (e.pages >= PageLikeness.NEAR)
        + same_abstract
        + (issue and (e.volume is True or same_journal))
    )
    if e.generic:
        return against == 0 and same_abstract and e.years in (0, None) and support >= 2
    if against:
        return same_authors and e.years == 0 and not e.short and _slip(e)
    telling = e.pages >= PageLikeness.NEAR or issue or same_abstract
    if e.footnoted and not (same_abstract or e.pages >= PageLikeness.NEAR):
        return False  # of one issue it may be the second part
    if e.title == TitleLikeness.EXTENDED:
        # A volume is no place: a trial's next paper may well stand in it too.
        telling = telling or (e.continued and e.volume is True and e.number is None)
        return (
            same_authors
            and e.years == 0
            and e.pages != PageLikeness.UNCLEAR
            and (same_abstract or (telling and support >= 2 and not e.short))
        )
    if e.short and not telling and e.fewest_authors < 3:
        return False  # what says so little may come back with every issue
    if e.pages == PageLikeness.UNCLEAR and e.number is False and not same_abstract:
        return False  # an abstract in a supplement, and the article in another issue
    if e.pages == PageLikeness.UNCLEAR and e.span and support == 1:
        return False  # two spans that do not fit, and hardly more than a volume for them
    unplaced = e.pages in (PageLikeness.UNCLEAR, PageLikeness.NEAR) and e.volume is not True
    if e.years is None and unplaced and not same_abstract:
        return False
    if e.years == 1:
        return same_authors and _a_year_apart(e, support)
    if e.years is not None and e.years > 1:
        return False
    if e.journal == JournalLikeness.UNCLEAR and e.pages < PageLikeness.NEAR and not same_abstract:
        return False
    if same_authors:
        # Title, authors and year alone are not enough: an abstract and its article share them.
        # Names of which one holds the other may be two journals, unless a place could not tell.
        named = e.journal == JournalLikeness.ALIKE and (e.conference or e.fewest_authors >= 2)
        return support >= 1 or (not e.short and e.years == 0 and named)
    if e.authors == AuthorLikeness.BLANK:
        if e.years is None:
            # Nothing but title and abstract: then word for word, since updates of one review
            # keep their title and reword the rest.
            return e.abstract == AbstractLikeness.IDENTICAL or support >= 2
        return same_abstract or support >= 1 + e.short
    whole = e.title == TitleLikeness.SAME and not e.short
    return support >= 3 or (
        support == 2 and e.years == 0 and (whole or e.pages >= PageLikeness.FIRST)
    )


def _slip(e: Evidence) -> bool:
    """One field differs, and the others show that it was mistyped or translated."""
    if e.title < TitleLikeness.NEAR:
        return False
    if e.volume is False:
        return e.pages == PageLikeness.SAME and e.span > 1 and e.journal == JournalLikeness.SAME
    if e.journal == JournalLikeness.DIFFERENT:
        return e.volume is True and e.number is True
    return (
        e.abstract == AbstractLikeness.DIFFERENT
        and e.journal == JournalLikeness.SAME
        and (e.volume is True or e.pages >= PageLikeness.FIRST)
    )


def _a_year_apart(e: Evidence, support: int) -> bool:
    """First online, then in print, a year lies between two records of one article."""
    if e.pages == PageLikeness.UNCLEAR and e.journal != JournalLikeness.SAME:
        return False  # an abstract in one journal's supplement, and the article in another
    if e.volume is True or e.pages >= PageLikeness.FIRST:
        return support >= 2
    if e.volume is not None or e.pages > PageLikeness.BLANK:
        return False
    if e.abstract >= AbstractLikeness.SAME:
        return e.journal == JournalLikeness.SAME
    # A paper is given once at a conference; its proceedings often appear in the year after.
    return (
        e.conference
        and e.journal in (JournalLikeness.SAME, JournalLikeness.ALIKE)
        and e.fewest_authors >= 2
        and not e.short
    )


def _possible(e: Evidence) -> bool:
    """Alike enough that a person should look: much agrees and little speaks against it."""
    if e.theses and _one_thesis(e):
        return True
    if e.generic and _one_column(e):
        return True
    if e.generic or e.marks_conflict or (e.numbers_conflict and not same_identifier(e)):
        return False
    against = contradictions(e)
    if e.years == 1 and e.journal != JournalLikeness.SAME:
        against += 1
    if against > 1 or (e.authors < AuthorLikeness.BLANK and against + e.short):
        return False
    if e.short and (against or e.number is False or e.years):
        return False
    if e.title >= TitleLikeness.NEAR:
        return True
    if same_identifier(e):
        return e.title > TitleLikeness.DIFFERENT or (against == 0 and e.pages >= PageLikeness.FIRST)
    if e.authors != AuthorLikeness.SAME or e.title == TitleLikeness.DIFFERENT:
        return False
    if same_place(e):
        return against == 0
    return e.title == TitleLikeness.EXTENDED and against == 0 and e.years == 0


def _one_thesis(e: Evidence) -> bool:
    """A thesis and what a list of theses prints of it: the list's year and pages are its own."""
    return (
        e.title >= TitleLikeness.EXTENDED
        and not (e.short or e.turned or e.numbers_conflict)
        and e.authors == AuthorLikeness.SAME
        and (e.years is None or e.years <= 2)
    )


def _one_column(e: Evidence) -> bool:
    """A title that comes back with every issue, in one issue by one author; no page tells."""
    return (
        e.title >= TitleLikeness.NEAR
        and not (e.numbers_conflict or e.marks_conflict)
        and e.authors == AuthorLikeness.SAME
        and e.years == 0
        and e.volume is True
        and e.number is True
        and e.pages == PageLikeness.BLANK
        and contradictions(e) == 0
    )
