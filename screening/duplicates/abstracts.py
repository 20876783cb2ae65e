"""Abstracts: whether two begin alike, headings, labels and a cut end apart."""

from __future__ import annotations

import re
from enum import IntEnum

from rapidfuzz.fuzz import ratio

from screening.duplicates.text import compact, fold

_LONG = 160
HEAD = 500  # characters looked at; what follows adds nothing to the judgement


class AbstractLikeness(IntEnum):
    """How alike two abstracts are; BLANK when one of them is missing."""

    DIFFERENT = 0
    UNCLEAR = 1
    BLANK = 2
    SAME = 3
    IDENTICAL = 4  # word for word, and long enough to be a whole abstract's beginning


_LABEL = re.compile(r"\s*(?:<[^<>]*>)?\s*[A-Za-z/& ]{3,30}:")


def read_abstract(abstract: str) -> str:
    """Give the letters and digits an abstract begins with, a label such as "Background:" left out."""
    if len(abstract) < 30:
        return ""
    label = _LABEL.match(abstract)
    start = label.end() if label is not None else 0
    return compact(fold(abstract[start : start + HEAD]))


def begin_the_same(a: str, b: str) -> bool:
    """Tell whether two abstracts, as written, need no closer reading to be found identical."""
    return len(a) >= HEAD and a[:HEAD] == b[:HEAD]


def abstract_key(abstract: str) -> str:
    """Give what an abstract begins with, for looking it up, or "" when it is too short."""
    if len(abstract) < 100:
        return ""
    label = _LABEL.match(abstract)
    start = label.end() if label is not None else 0
    key = compact(fold(abstract[start : start + 120]))[:60]
    return key if len(key) == 60 else ""


def compare_abstracts(a: str, b: str) -> AbstractLikeness:
    """Give how alike two abstracts, already read, are where both have text."""
    length = min(len(a), len(b))
    if length < 40:
        return AbstractLikeness.BLANK
    percent = ratio(a[:length], b[:length])
    if percent >= 95 and length >= _LONG:
        return AbstractLikeness.IDENTICAL
    if percent >= 80:
        return AbstractLikeness.SAME
    return AbstractLikeness.UNCLEAR if percent >= 58 else AbstractLikeness.DIFFERENT
