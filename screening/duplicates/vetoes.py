"""Vetoes: when two records must not be held for one publication, whatever else joins them."""

from __future__ import annotations

from screening.duplicates.abstracts import AbstractLikeness
from screening.duplicates.authors import AuthorLikeness
from screening.duplicates.evidence import Evidence
from screening.duplicates.identifiers import DoiLikeness
from screening.duplicates.journals import JournalLikeness
from screening.duplicates.places import PageLikeness
from screening.duplicates.signs import (
    another_issue,
    begins_article,
    contradictions,
    nowhere_else,
    printed_with,
    republished,
    same_identifier,
    same_place,
    same_span,
)
from screening.duplicates.titles import TitleLikeness


def contradicts(e: Evidence) -> bool:
    """Tell whether the two must not be held for one publication, whatever else joins them.

    This is asked of every pair in a cluster, so that a record with few fields never chains two
    publications together.
    """
    if e.marks_conflict:
        return not printed_with(e)
    if e.other_kind:
        return True
    if republished(e):
        return False
    identified = same_identifier(e)
    if (e.numbers_conflict or e.turned) and not _one_text(e):
        return True
    if e.generic and (
        e.pages == PageLikeness.DIFFERENT or e.number is False or e.doi == DoiLikeness.DIFFERENT
    ):
        return True
    moved = e.volume is False and e.pages == PageLikeness.DIFFERENT
    if identified:
        return moved and e.title < TitleLikeness.NEAR
    return moved or _clashes(e)


def _one_text(e: Evidence) -> bool:
    """Tell whether two titles of opposite meaning must yet stand over one text."""
    if (begins_article(e) or e.article_number) and e.authors == AuthorLikeness.SAME:
        return (
            same_identifier(e)
            or same_place(e)
            or (nowhere_else(e) and e.journal != JournalLikeness.DIFFERENT)
        )
    same_authors = e.authors == AuthorLikeness.SAME
    whole = e.abstract == AbstractLikeness.IDENTICAL and e.years == 0 and not e.numbers_conflict
    return e.abstract >= AbstractLikeness.SAME and (
        same_identifier(e)
        or (same_place(e) and same_authors and e.pages == PageLikeness.SAME)
        or (
            whole
            and same_authors
            and e.journal != JournalLikeness.DIFFERENT
            and e.pages != PageLikeness.DIFFERENT
        )
    )


def parts(e: Evidence) -> bool:
    """Tell whether two records that nothing but others join must stay apart.

    Of these less is borne than of two that are held for one by themselves: a record without volume
    and pages fits an article and its abstract, and must not make one of them.
    """
    if contradicts(e) or (another_issue(e) and not same_identifier(e)):
        return True
    elsewhere = (
        e.volume is False
        or e.pages == PageLikeness.DIFFERENT
        or (e.journal == JournalLikeness.DIFFERENT and e.volume is not True)
    )
    return elsewhere and not (same_identifier(e) or same_place(e) or same_span(e) or republished(e))


def _clashes(e: Evidence) -> bool:
    """Tell whether two records without a common identifier rule each other out."""
    if e.short and e.number is False and e.pages <= PageLikeness.BLANK:
        return True  # a column or an editor's note that comes back with every issue
    if e.number is False and (e.doi == DoiLikeness.DIFFERENT or e.pmid is False):
        return True
    alike = e.title >= TitleLikeness.NEAR
    if e.doi == DoiLikeness.DIFFERENT and (
        not alike or contradictions(e) >= 2 or e.years not in (0, None)
    ):
        return True
    if e.pmid is False and (not alike or contradictions(e) >= 2):
        return True
    if (
        same_place(e)
        or (same_span(e) and e.years == 0 and e.journal != JournalLikeness.DIFFERENT)
        or (nowhere_else(e) and e.title >= TitleLikeness.NEAR)
    ):
        return e.title == TitleLikeness.DIFFERENT and e.authors != AuthorLikeness.SAME
    if e.title == TitleLikeness.DIFFERENT or e.authors == AuthorLikeness.DIFFERENT:
        return True
    if e.title == TitleLikeness.ALIKE and e.abstract < AbstractLikeness.SAME:
        return True
    if e.journal == JournalLikeness.DIFFERENT and e.volume is not True:
        return True
    return e.years is not None and e.years >= 2 and e.pages < PageLikeness.SAME
