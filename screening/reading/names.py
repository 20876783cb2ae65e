"""Reads people's names in the orders databases write them and gives "Family, Given"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from screening.reading.cleaning import clean
from screening.reading.words import words

_SCOPUS_ID = re.compile(r"\s*\(\d{5,}\)$")
_SUFFIXES = frozenset(words("jr sr 2nd 3rd 4th"))
# Also initials: "Smith II" may be I. I. Smith, but "Smith J.A. III" is the third.
_ROMAN = frozenset({"II", "III", "IV"})
_DEGREES = frozenset(
    words("phd ph.d ph.d. msc m.sc. bsc b.sc. mph mbbs mbchb dphil frcp frcs facp facs pharmd m.d.")
)
# Also initials, so that they are degrees only after a family and a given name.
_PERHAPS_DEGREES = frozenset(words("MD DO MA BA MS RN DDS DVM BS MBA FACC FAAN NP PA"))
PARTICLES = frozenset(
    words(
        "van von der den de di da del la le du dos das ter ten el al bin",
    )
)
NOT_IN_NAMES = frozenset(
    words(
        "of for the on in to group team consortium committee network",
    )
)
# What makes a name a body's: "WHO Working Group" is not W. H. O. Group.
_BODIES = frozenset(
    words(
        "group groups team consortium committee network study trial investigators collaboration",
        "collaborators collaborative society association organization organisation institute",
        "university department ministry center centre council foundation programme program",
        "grp soc assoc consort invest collab ctr trialists investigator",
        "project agency registry alliance initiative commission federation biobank board panel",
    )
)
_AND_OTHERS = re.compile(r"[,\s]+et\.? al\.?$", re.IGNORECASE)
_OTHERS = re.compile(
    r"^(?:et\.? al\.?|others|\.\.\.|…|\[?no authors? (?:name available|listed)\]?|\[anonymous\])$",
    re.IGNORECASE,
)


def author(name: str) -> str:
    """Give one name as "Family, Given" where its writing tells the two apart, else as it is."""
    name = _AND_OTHERS.sub("", clean(name)).strip(" ;,")
    if "(" in name:
        name = _SCOPUS_ID.sub("", name)
    if not name or _OTHERS.match(name):
        return ""
    if "," in name:
        return _with_commas([part for part in map(str.strip, name.split(",")) if part])
    words = name.split(" ")
    if len(words) < 2 or not _BODIES.isdisjoint(name.lower().split(" ")):
        return name
    bare, suffix = _parted_suffix(words)
    trailing = _count_initials(reversed(bare))
    if 0 < trailing < len(bare) and (trailing <= 3 or len(bare) > 4):
        return f"{' '.join(bare[:-trailing])}, {' '.join(bare[-trailing:])}{suffix}"
    leading = _count_initials(bare)
    if 0 < leading < len(bare) and _is_family(bare[leading:]):
        return f"{' '.join(bare[leading:])}, {' '.join(bare[:leading])}{suffix}"
    return name


def _with_commas(parts: list[str]) -> str:
    """Give "Family, Given, Suffix" also from "Family, Suffix, Given", which is BibTeX's order."""
    while len(parts) > 2 and (is_degree(parts[-1]) or parts[-1] in _PERHAPS_DEGREES):
        parts = parts[:-1]
    if len(parts) == 3 and is_suffix(parts[1]) and not is_suffix(parts[2]):
        parts = [parts[0], parts[2], parts[1]]
    elif len(parts) == 2 and is_suffix(parts[1]) and family_and_initials(parts[0]):
        return f"{author(parts[0])}, {parts[1]}"
    return ", ".join(parts)


def _parted_suffix(words: list[str]) -> tuple[list[str], str]:
    """Take a suffix out of a name's words, wherever databases put it: "Gallyas Jr. F."."""
    for place in range(len(words) - 1, 0, -1):
        word = words[place]
        others = words[:place] + words[place + 1 :]
        roman = word in _ROMAN and any(map(is_initials, others[1:]))
        if len(others) > 1 and (roman or word.lower().rstrip(".") in _SUFFIXES):
            return others, f" {word}"
    return words, ""


def natural_order(name: str) -> str:
    """Give a name that is known to be "First von Last" (BibTeX's rule) as "von Last, First"."""
    words, suffix = _parted_suffix(name.split())
    if len(words) < 2 or words[0][:1].islower():
        return name
    for index, word in enumerate(words[:-1]):
        if index and word[:1].islower():
            return f"{' '.join(words[index:])}, {' '.join(words[:index])}{suffix}"
    return f"{words[-1]}, {' '.join(words[:-1])}{suffix}"


def is_suffix(piece: str) -> bool:
    """Tell "Jr.", "3rd" and "III" standing alone."""
    return piece in _ROMAN or piece.lower().rstrip(".") in _SUFFIXES


def is_degree(piece: str) -> bool:
    """Tell an academic degree that can be nobody's initials: "PhD", "M.Sc."."""
    return piece.lower() in _DEGREES


def is_others(piece: str) -> bool:
    """Tell "et al." and its like, which stand for authors that are not named."""
    return _OTHERS.match(piece) is not None


def without_suffix(piece: str) -> list[str]:
    """Give the words of a name less its suffix and the comma before that."""
    words = piece.replace(",", " ").split()
    return [words[0], *(word for word in words[1:] if not is_suffix(word))] if words else []


def family_and_initials(piece: str) -> bool:
    """Tell "Smith JA", "van der Berg J." and "Gallyas F. Jr."."""
    words = without_suffix(piece)
    return len(words) >= 2 and is_initials(words[-1]) and not is_initials(words[0])


def initials_and_family(piece: str) -> bool:
    """Tell "J. A. Smith" and "J. Smith, Jr."."""
    words = without_suffix(piece)
    return len(words) >= 2 and is_initials(words[0]) and not is_initials(words[-1])


def initials_only(piece: str) -> bool:
    """Tell given names that are initials, a suffix among them or not: "J. A.", "J., Jr."."""
    return all(is_initials(word) or is_suffix(word) for word in piece.replace(",", " ").split())


def is_initials(word: str) -> bool:
    """Tell "JA", "J.A.", "J.-P." from a name."""
    letters = word.replace(".", "").replace("-", "").replace("\u2010", "")
    return (
        0 < len(letters) <= 4
        and letters.isupper()
        and letters.isalpha()
        and (len(letters) <= 3 or "." in word)
    )


def _count_initials(words: Iterable[str]) -> int:
    count = 0
    for word in words:
        if not is_initials(word):
            break
        count += 1
    return count


def _is_family(words: list[str]) -> bool:
    """Tell whether the words can be one family name: particles, then one or two words."""
    rest = [word for word in words if word.lower() not in PARTICLES]
    return len(rest) <= 2 and all(word[:1].isalpha() for word in rest)
