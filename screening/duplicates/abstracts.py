"""Abstracts: whether two begin alike, headings, labels and a cut end apart."""

from __future__ import annotations

import re
from enum import IntEnum

from rapidfuzz.fuzz import ratio

from screening.duplicates.text import compact, fold

_LONG = 240
HEAD = 700  # characters looked at; what follows adds nothing to the judgement


class AbstractLikeness(IntEnum):
    """How alike two abstracts are; BLANK when one of them is missing."""

    DIFFERENT = 0
    UNCLEAR = 1
    BLANK = 2
    SAME = 3
    IDENTICAL = 4  # word for word, and long enough to be a whole abstract's beginning


_HEADINGS = re.compile(
    r"\b(?:abstract|background|objectives?|aims?|purpose|introduction|importance|context|methods?"
    r"|design|results?|findings|conclusions?|setting|participants|materials and methods|main outcome measures)"
    r"(?:\s*/\s*\w+)?\s*[:.]"
)


def read_abstract(abstract: str) -> str:
    """Give the letters and digits an abstract begins with, its headings left out."""
    if len(abstract) < 30:
        return ""
    return compact(_HEADINGS.sub(" ", fold(abstract[:HEAD])))


def compare_abstracts(a: str, b: str) -> AbstractLikeness:
    """Give how alike two abstracts, already read, are where both have text."""
    length = min(len(a), len(b))
    if length < 40:
        return AbstractLikeness.BLANK
    percent = ratio(a[:length], b[:length])
    if percent >= 97 and length >= _LONG:
        return AbstractLikeness.IDENTICAL
    if percent >= 85:
        return AbstractLikeness.SAME
    return AbstractLikeness.UNCLEAR if percent >= 60 else AbstractLikeness.DIFFERENT
