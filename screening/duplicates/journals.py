"""Journals: the same one in full, abbreviated, translated or with its subtitle."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz.distance import OSA

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
    r"|\[electronic resource\]|\.\s*conference\b.*$|\bpublish ahead of print\b.*$|\bconference:.*$"
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
    if a == b or _match(a, b) or _acronym(a, b) or _acronym(b, a):
        return JournalLikeness.SAME
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    joined_short, joined_long = "".join(short), "".join(long)
    if joined_short == joined_long:
        return JournalLikeness.SAME
    if (
        len(short) == 1
        and len(long) > 2
        and len(short[0]) >= 10
        and _written_together(short[0], long)
    ):
        return JournalLikeness.SAME  # "Jthoraccardiovascsurg"
    if _match(short, long[: len(short)]):
        # More words after four that agree are a subtitle; after fewer, maybe another journal.
        return JournalLikeness.SAME if len(short) >= _SURE else JournalLikeness.ALIKE
    if long[-len(short) :] == short or set(short) <= set(long):
        return JournalLikeness.ALIKE
    if len(short) > 2 and len(long) - len(short) <= 2 and _match_in_order(short, long):
        return JournalLikeness.ALIKE
    return JournalLikeness.DIFFERENT


_SURE = 4


def _match(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Tell whether each word of one name is, shortens or mistypes the word at its place."""
    return len(a) == len(b) and all(_same_word(x, y) for x, y in zip(a, b, strict=True))


def _match_in_order(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Tell whether each word of one name has its match in the other, in the same order."""
    rest = iter(long)
    return all(any(_same_word(word, other) for other in rest) for word in short)


def _same_word(a: str, b: str) -> bool:
    if a == b or a.startswith(b) or b.startswith(a):
        return True
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if 2 <= len(short) <= 6 and _letters(short, long):
        return True  # "natl" for "national"
    allowed = 1 if len(long) < 10 else 2
    return len(long) >= 6 and a[0] == b[0] and OSA.distance(a, b, score_cutoff=allowed) <= allowed


def _letters(short: str, full: str) -> bool:
    """Tell whether the letters of `short` come in `full` in their order, the first one first."""
    if short[0] != full[0]:
        return False
    rest = iter(full)
    return all(letter in rest for letter in short)


def _written_together(word: str, name: tuple[str, ...]) -> bool:
    """Tell whether one word holds the beginning of each word of a name, in order."""
    at = 0
    for part in name:
        at = word.find(part[:2] if len(part) > 1 and part != "journal" else part[:1], at)
        if at < 0:
            return False
        at += 1
    return _letters(word, "".join(name))


def _acronym(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    return (
        len(short) == 1
        and 3 <= len(short[0]) == len(full)
        and all(word[0] == letter for word, letter in zip(full, short[0], strict=True))
    )
