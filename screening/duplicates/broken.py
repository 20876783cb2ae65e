"""Broken records: whether two that nothing joins should be asked about, one read from a PDF."""

from __future__ import annotations

from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import partial_ratio

from screening.duplicates.abstracts import AbstractLikeness
from screening.duplicates.authors import AuthorLikeness
from screening.duplicates.evidence import Evidence
from screening.duplicates.identifiers import DoiLikeness
from screening.duplicates.journals import JournalLikeness
from screening.duplicates.places import PageLikeness
from screening.duplicates.signs import same_identifier
from screening.duplicates.text import numerals, words
from screening.duplicates.titles import Title, TitleLikeness

_LEAST = 24  # letters a title must have for its turning up within another to mean anything
_MUCH = 40
_VERY_MUCH = 60
_ENTIRE = 90
_FEW = 2
_ENOUGH = 2


def in_common(a: Title, b: Title, e: Evidence) -> int:
    """Give how many letters of one title stand in the other, 0 when not as good as all do.

    A parser loses lines of a title, or takes authors, headers and the abstract for a part of it.
    Where the numbers differ, only what surrounds a title may bring them.
    """
    short, long = sorted((a.key, b.key), key=len)
    if e.numbers_conflict and _other_numbers(a, b):
        return 0
    if e.title >= TitleLikeness.NEAR or (len(short) >= _LEAST and short in long):
        return len(short)
    if len(short) >= _LEAST and partial_ratio(short, long, score_cutoff=88):
        return len(short)
    opcodes = LCSseq.opcodes(short, long)
    block = max((o.src_end - o.src_start for o in opcodes if o.tag == "equal"), default=0)
    return block if block >= _MUCH else 0


def _other_numbers(a: Title, b: Title) -> bool:
    """Tell whether each title has a number that the other lacks; what surrounds one brings many."""
    ours, theirs = set(numerals(words(a.folded))), set(numerals(words(b.folded)))
    return 0 < len(ours - theirs) <= _FEW and 0 < len(theirs - ours) <= _FEW


def unhurt(e: Evidence) -> bool:
    """Tell whether nothing that a parser reads well speaks against one publication."""
    return not (
        e.generic
        or e.short
        or e.marks_conflict
        or e.other_kind
        or e.volume is False
        or e.pages == PageLikeness.DIFFERENT
        or e.journal == JournalLikeness.DIFFERENT
        or e.doi == DoiLikeness.DIFFERENT
        or e.pmid is False
        or e.abstract == AbstractLikeness.DIFFERENT
    )


def worth_asking(e: Evidence, common: int) -> bool:
    """Tell whether two records with `common` letters of title should be asked about.

    Authors and year, which a parser often gets wrong, count for it and against it like the rest.
    """
    if e.abstract == AbstractLikeness.IDENTICAL or (common and same_identifier(e)):
        return True
    if not common:
        return False
    points = (common >= _MUCH) + (common >= _VERY_MUCH) + (common >= _ENTIRE)
    points += e.title >= TitleLikeness.NEAR
    points += {
        AuthorLikeness.SAME: 2,
        AuthorLikeness.OVERLAPPING: 1,
        AuthorLikeness.BLANK: 0,
        AuthorLikeness.DIFFERENT: -1,
    }[e.authors]
    if e.years is not None:
        points += 1 if e.years == 0 else 0 if e.years == 1 else -1
    points += (e.journal == JournalLikeness.SAME) + (e.volume is True)
    points += 2 * (e.pages >= PageLikeness.FIRST) + 2 * (e.abstract == AbstractLikeness.SAME)
    return points >= _ENOUGH
