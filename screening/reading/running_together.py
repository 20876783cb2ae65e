"""Finds names that run together: Springer's tables write "Andy SmithTom Weber" for two authors."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

# Beginnings of family names that are written on with a capital: "McDonald", "FitzGerald".
_NEVER_ALONE = frozenset({"Mc", "Mac", "Fitz", "O", "Ó", "D", "Dell", "Mc'"})
# Beginnings that are also names or particles of their own: "DeVries", but "Anna LeTom Weber".
_PERHAPS_ALONE = frozenset(
    {
        "De",
        "Di",
        "Du",
        "Da",
        "Del",
        "Della",
        "La",
        "Le",
        "Lo",
        "Van",
        "Von",
        "St",
        "San",
        "Al",
        "El",
    }
    | {"Ben", "Ter", "Ten", "Dos", "Abu", "Jo", "Ma", "Mary", "Anna", "Ann", "Vander", "Vanden"}
)
_STOPS = " -'’\u2010(."
_WORDS_IN_NAMES = 2


@dataclass(frozen=True, slots=True)
class Parted:
    """The names found running together, none when there are not several, and whether it is unsure."""

    names: tuple[str, ...] = ()
    is_doubtful: bool = False


def parted(text: str) -> Parted:
    """Cut where a capital follows a small letter, if each side is then a whole name."""
    sure, unsure = _boundaries(text)
    names = _cut(text, sure)
    if sure and all(map(_is_whole, names)):
        doubtful = any(_splits(name) for name in names) if unsure else False
        return Parted((), True) if doubtful else Parted(tuple(names))
    if sure and len(text.split()) > _WORDS_IN_NAMES + 1:
        return Parted((), True)
    return Parted((), bool(unsure) and _splits(text))


def _boundaries(text: str) -> tuple[list[int], list[int]]:
    """Give where a capital follows a small letter: surely between names, and perhaps within one."""
    sure: list[int] = []
    unsure: list[int] = []
    begun = 0
    for place in range(1, len(text)):
        before, after = text[place - 1], text[place]
        if before in _STOPS:
            ends_suffix = before == "." and text[max(0, place - 3) : place] in ("Jr.", "Sr.")
            if ends_suffix and after.isupper():
                sure.append(place)
            begun = place
            continue
        if not (after.isupper() and (before.islower() or before == ")")):
            continue
        head = text[begun:place]
        if head in _PERHAPS_ALONE:
            unsure.append(place)
        elif head not in _NEVER_ALONE:
            sure.append(place)
        begun = place
    return sure, unsure


def _cut(text: str, places: list[int]) -> list[str]:
    bounds = [0, *places, len(text)]
    return [text[one:other].strip() for one, other in pairwise(bounds)]


def _is_whole(name: str) -> bool:
    return len(name.split()) >= _WORDS_IN_NAMES


def _splits(name: str) -> bool:
    """Tell whether a cut at a doubtful place would leave whole names on both sides."""
    _, unsure = _boundaries(name)
    return any(all(map(_is_whole, _cut(name, [place]))) for place in unsure)
