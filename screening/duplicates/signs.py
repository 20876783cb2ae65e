"""Signs: what several fields of two records tell together, for the rules and the vetoes."""

from __future__ import annotations

from screening.duplicates.abstracts import AbstractLikeness
from screening.duplicates.authors import AuthorLikeness
from screening.duplicates.evidence import Evidence
from screening.duplicates.identifiers import DoiLikeness
from screening.duplicates.journals import JournalLikeness
from screening.duplicates.places import PageLikeness
from screening.duplicates.titles import TitleLikeness

_ARTICLE = 4  # pages; shorter pieces by the same authors do share their pages


def same_identifier(e: Evidence) -> bool:
    """Tell whether an identifier names both records."""
    return e.doi >= DoiLikeness.VERSION or e.pmid is True


def same_place(e: Evidence) -> bool:
    """Tell whether both stand in the same volume on the same first page, or have one article number."""
    if e.volume is True:
        return e.pages >= PageLikeness.FIRST
    return (
        e.article_number
        and e.volume is None
        and e.years in (0, 1, None)
        and e.journal not in (JournalLikeness.DIFFERENT, JournalLikeness.UNCLEAR)
    )


def same_span(e: Evidence) -> bool:
    """Tell whether both fill the very same pages, enough of them for a whole article."""
    return e.pages == PageLikeness.SAME and e.span >= _ARTICLE and e.volume is not False


def begins_article(e: Evidence) -> bool:
    """Tell whether both begin on one page, and at least one shows that a whole article does."""
    return e.pages == PageLikeness.SAME and e.longest >= _ARTICLE and e.volume is not False


def nowhere_else(e: Evidence) -> bool:
    """Tell whether authors, year and a whole article's pages agree, pages not every issue has."""
    return same_span(e) and not e.front and e.years == 0 and e.authors == AuthorLikeness.SAME


def another_issue(e: Evidence) -> bool:
    """Tell whether the issues differ and no page shows that one of them is a mistake.

    A column comes back under its title with every issue, often on the same first pages.
    """
    return (
        e.number is False
        and (e.front or e.pages <= PageLikeness.BLANK)
        and e.abstract < AbstractLikeness.SAME
    )


def republished(e: Evidence) -> bool:
    """Tell whether the same words stand twice in one journal: title, authors and whole abstract.

    Databases then differ in pages, or the journal printed the article anew.
    """
    return (
        e.title == TitleLikeness.SAME
        and not e.short
        and e.authors == AuthorLikeness.SAME
        and e.journal == JournalLikeness.SAME
        and e.abstract == AbstractLikeness.IDENTICAL
        and e.years in (0, 1, None)
        and not e.marks_conflict
    )


def printed_with(e: Evidence) -> bool:
    """Tell whether a correction was printed right behind its article, with the article's abstract."""
    return (
        e.appended
        and e.title >= TitleLikeness.EXTENDED
        and e.authors == AuthorLikeness.SAME
        and e.journal == JournalLikeness.SAME
        and e.volume is True
        and e.number is not False
        and e.years == 0
        and e.abstract == AbstractLikeness.IDENTICAL
    )


def contradictions(e: Evidence) -> int:
    """Count the fields, given in both records, that disagree; titles are judged apart."""
    return (
        (e.volume is False)
        + (e.pages == PageLikeness.DIFFERENT)
        + (e.journal == JournalLikeness.DIFFERENT)
        + (e.authors == AuthorLikeness.DIFFERENT)
        + (e.years is not None and e.years >= 2)
        + (e.doi == DoiLikeness.DIFFERENT)
        + (e.pmid is False)
        + (e.abstract == AbstractLikeness.DIFFERENT)
    )
