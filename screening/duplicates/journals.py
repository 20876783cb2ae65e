"""Journals: the same one in full, abbreviated, translated or with its subtitle."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz.fuzz import ratio

from screening.duplicates.text import fold, words
from screening.duplicates.vocabulary import (
    EDITIONS,
    MEETINGS,
    PREPRINT_SERVERS,
    UNTELLING_IN_JOURNALS,
)


class JournalLikeness(IntEnum):
    """How alike two journal names are; BLANK when one of them is missing."""

    DIFFERENT = 0
    UNCLEAR = 1  # two conferences, whose names every database writes in its own way
    ALIKE = 2  # one name holds the other, which may be a subtitle or another journal
    BLANK = 3
    SAME = 4


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal as it is compared: each of its names as words that tell it from others."""

    names: tuple[tuple[str, ...], ...]
    conference: bool
    preprint: bool


_NOTE = re.compile(
    r"\((?:[^()]*(?:,|online|print|engl|ed\b|edition|electronic|usa|london|basel)[^()]*|[a-z. ]{3,24})\)"
    r"|\[electronic resource\]|\. conference\b.*$|\bpublish ahead of print\b.*$|\bconference:.*$"
)
# Library catalogues set a space before the colon of a subtitle. Else a head of one or two words is
# no name: "Circulation: Heart Failure" is another journal than "Circulation".
_SUBTITLE = re.compile(r":|(?<=[a-z]{4})\.| - |--")
_TELLING = 3
_ALTERNATIVES = re.compile(r"\s*(?:=|\[|\]|\s/\s)\s*")


def read_journal(journal: str) -> Journal:
    """Read a journal's names: the whole, what stands before a subtitle, and parallel titles."""
    text = _NOTE.sub(" ", fold(journal)).replace("(", " ").replace(")", " ")
    names: list[tuple[str, ...]] = []
    for part in _ALTERNATIVES.split(text):
        head = _SUBTITLE.split(part)[0]
        for piece in (part, part.split(" : ")[0], head if len(words(head)) >= _TELLING else part):
            name = tuple(w for w in words(piece) if w not in UNTELLING_IN_JOURNALS)
            if any(_is_meeting(word) for word in name):
                # "2015 Fourth International Conference ..." and "Proc. 4th Intl. Conf. ..."
                name = tuple(w for w in name if w not in EDITIONS and not w[0].isdigit()) or name
            if name and name not in names:
                names.append(name)
        if "-" in part:  # "Cardio-Thoracic", "Cardiothoracic"
            name = tuple(w for w in words(part.replace("-", "")) if w not in UNTELLING_IN_JOURNALS)
            if name:
                names.append(name)
    return Journal(
        tuple(names),
        any(_is_meeting(word) for name in names for word in name),
        any(word in PREPRINT_SERVERS for name in names for word in name),
    )


def _is_meeting(word: str) -> bool:
    return word in MEETINGS or word.startswith(("confe", "sympo", "procee"))


def compare_journals(a: Journal, b: Journal) -> JournalLikeness:
    """Give how alike two journals are by the best match among their names."""
    if not a.names or not b.names:
        return JournalLikeness.BLANK
    best = JournalLikeness.DIFFERENT
    for x in a.names:
        for y in b.names:
            likeness = _compare_names(x, y)
            if likeness == JournalLikeness.SAME:
                return likeness
            best = max(best, likeness)
    if best == JournalLikeness.DIFFERENT and a.conference and b.conference:
        return JournalLikeness.UNCLEAR
    return best


def _compare_names(a: tuple[str, ...], b: tuple[str, ...]) -> JournalLikeness:
    if a == b:
        return JournalLikeness.SAME
    joined_a, joined_b = "".join(a), "".join(b)
    if joined_a == joined_b or (min(len(a), len(b)) > 1 and ratio(joined_a, joined_b) >= 93):
        return JournalLikeness.SAME
    if _abbreviates(a, b) or _abbreviates(b, a):
        return JournalLikeness.SAME
    if _acronym(a, b) or _acronym(b, a):
        return JournalLikeness.SAME
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if (
        len(short) == 1
        and len(long) > 2
        and len(short[0]) >= 10
        and _letters_within(short[0], joined_a if long is a else joined_b)
    ):
        return JournalLikeness.SAME  # "Jthoraccardiovascsurg"
    if long[: len(short)] == short or long[-len(short) :] == short or set(short) <= set(long):
        return JournalLikeness.ALIKE
    head = long[: len(short)]
    if len(short) > 2 and (_abbreviates(short, head) or _abbreviates(head, short)):
        return JournalLikeness.SAME if len(short) > 3 else JournalLikeness.ALIKE
    if _abbreviates(short, head) or ratio(joined_a, joined_b) >= 80:
        return JournalLikeness.ALIKE
    if len(short) > 2 and _abbreviates_some(short, long):
        return JournalLikeness.ALIKE
    return JournalLikeness.DIFFERENT


def _abbreviates(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Tell whether each word of one name shortens the word at its place in the other."""
    return len(short) == len(full) and all(
        f.startswith(s) or (len(s) >= 2 and _letters_within(s, f))
        for s, f in zip(short, full, strict=True)
    )


def _abbreviates_some(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Tell whether each word of one name shortens a word of the other, in order, few left out."""
    if len(full) - len(short) > 2:
        return False
    rest = iter(full)
    return all(
        any(word.startswith(s) or (len(s) >= 2 and _letters_within(s, word)) for word in rest)
        for s in short
    )


def _letters_within(short: str, full: str) -> bool:
    """Tell whether the letters of `short` come in `full` in their order: "natl" in "national"."""
    if short[0] != full[0]:
        return False
    rest = iter(full)
    return all(letter in rest for letter in short)


def _acronym(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    return (
        len(short) == 1
        and 3 <= len(short[0]) == len(full)
        and all(word[0] == letter for word, letter in zip(full, short[0], strict=True))
    )
