"""Authors: the same person however a database writes the name, and how alike two lists are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz.distance import Levenshtein

from screening.duplicates.text import fold, words
from screening.duplicates.vocabulary import ANONYMOUS, GROUPS, NAME_SUFFIXES, PARTICLES


class AuthorLikeness(IntEnum):
    """How alike two lists of authors are; BLANK when one of them is missing."""

    DIFFERENT = 0
    OVERLAPPING = 1  # some in common, or the first names of one family differ
    BLANK = 2
    SAME = 3


@dataclass(frozen=True, slots=True)
class Name:
    """An author: family name without particles, its parts, and the initials of the given names."""

    family: str
    parts: tuple[str, ...]
    initials: str
    given: tuple[str, ...]
    group: bool = False


NOBODY = Name("", (), "", ())

_SEPARATED = re.compile(r"\s*;\s*|\s+and\s+|\s+&\s+")
_INITIALS = re.compile(r"^(?:[A-Z]\.?[ -]?){1,4}$")
_SIMPLE = re.compile(r"([A-Z][A-Za-z]+), ((?:[A-Z]\.?[ -]?){1,4})$", re.ASCII)
# "Müller", "Mueller" and "Muller" are one name.
_UMLAUT = re.compile(r"(?<=[aou])e(?=.)|(?<=a)a")


def split_authors(authors: Sequence[str]) -> list[str]:
    """Give the authors one by one, whether they came one by one or some joined in one string."""
    if len(authors) == 1:
        return _split(authors[0])
    return [
        name
        for author in authors
        for name in (_split_again(author) if "and " in author or ";" in author else (author,))
        if name
    ]


def _split(text: str) -> list[str]:
    if ";" in text or " and " in text or " & " in text:
        return [a for a in _SEPARATED.split(text) if a]
    if "," in text:
        pieces = [piece.strip() for piece in text.split(",")]
        if all(" " in piece and _INITIALS.match(piece.rsplit(" ", 1)[1]) for piece in pieces):
            return pieces  # "Smith J, Jones AB"
    return [text] if text else []


def _split_again(author: str) -> list[str]:
    """Split one of several strings: "and Smith, J.", but not "Centers for Control and Prevention"."""
    names = [name.removeprefix("and ") for name in _SEPARATED.split(author)]
    return names if all("," in name for name in names) or len(names) == 1 else [author]


def read_name(author: str) -> Name:
    """Read one author, written "Family, Given", "Family AB" or "Given Family"."""
    if "@" in author:
        return NOBODY  # a parser took an address for a name
    simple = _SIMPLE.match(author)
    if simple is not None:  # most names are so, and there are many
        plain = simple[1].lower()
        if plain not in PARTICLES and plain not in ANONYMOUS and plain not in GROUPS:
            plain = _UMLAUT.sub("", plain)
            initials = simple[2].lower().replace(".", "").replace(" ", "").replace("-", "")
            return Name(plain, (plain,), initials, tuple(initials))
    head, comma, tail = author.partition(",")
    if not comma:
        tokens = author.split()
        if len(tokens) > 1:
            cut = len(tokens)
            while cut > 1 and _INITIALS.match(tokens[cut - 1]) and tokens[cut - 1].isupper():
                cut -= 1
            if cut < len(tokens):
                head, tail = " ".join(tokens[:cut]), " ".join(tokens[cut:])
            else:
                start = len(tokens) - 1
                while start > 1 and tokens[start - 1].lower() in PARTICLES:
                    start -= 1
                head, tail = " ".join(tokens[start:]), " ".join(tokens[:start])
    family = _family_parts(head)
    given_words = [w for w in words(fold(tail)) if w not in NAME_SUFFIXES]
    if not family or (head.islower() and family[0] in PARTICLES):
        # "del, Pino M": only a particle before the comma.
        long = [w for w in given_words if len(w) > 2]
        family = long[:1]
        given_words = [w for w in given_words if w not in family]
    if not family or all(part in ANONYMOUS for part in family):
        return NOBODY
    given = tuple(given_words)
    glued = tail.isupper() and len(given) == 1 and len(given[0]) <= 4
    initials = given[0] if glued else "".join(w[0] for w in given)
    group = any(w in GROUPS for w in family) or any(w in GROUPS for w in given)
    return Name("".join(family), tuple(family), initials, given, group)


def _family_parts(text: str) -> list[str]:
    parts = [w for w in words(fold(text)) if w not in NAME_SUFFIXES]
    bare = [w for w in parts if w not in PARTICLES] or (parts if len(parts) == 1 else [])
    return [_UMLAUT.sub("", w) for w in bare]


def same_family(a: Name, b: Name) -> bool:
    """Tell whether two family names are one: slips, compounds and lost diacritics allowed."""
    if a.family == b.family:
        return True
    if not a.family or not b.family:
        return False
    short, long = (a.family, b.family) if len(a.family) <= len(b.family) else (b.family, a.family)
    if len(short) >= 5:
        allowed = 1 if len(long) < 8 else 2
        if Levenshtein.distance(short, long, score_cutoff=allowed) <= allowed:
            return True
    if len(a.parts) > 1 or len(b.parts) > 1:
        # Compound surnames are often cut to one of their parts.
        if any(len(part) >= 4 and part in b.parts for part in a.parts):
            return True
        return len(short) >= 4 and (long.startswith(short) or long.endswith(short))
    return len(short) >= 6 and (long.startswith(short) or long.endswith(short))


def same_person(a: Name, b: Name) -> bool:
    """Tell whether two names may be one person: families agree and first initials do not differ."""
    if same_family(a, b):
        return (
            not a.initials
            or not b.initials
            or a.initials[0] == b.initials[0]
            or a.initials[0] in b.initials
            or b.initials[0] in a.initials
            or len(a.parts) != len(b.parts)
        )
    # Family and given name swapped: "Xi, L F" and "Long, F X".
    return bool(
        (a.family in b.given and (not b.family or b.family[0] in a.initials))
        or (b.family in a.given and (not a.family or a.family[0] in b.initials))
    )


def compare_authors(a: Sequence[Name], b: Sequence[Name]) -> AuthorLikeness:
    """Give how alike two lists of authors are; a list cut short ("et al") is no difference."""
    if not a or not b:
        return AuthorLikeness.BLANK
    if a == b and not any(name.group for name in a):
        return AuthorLikeness.SAME
    # A study group stands now beside its members, now instead of them.
    people_a, people_b = [n for n in a if not n.group], [n for n in b if not n.group]
    if not people_a or not people_b:
        return AuthorLikeness.BLANK
    a, b = people_a, people_b
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    first = same_person(a[0], b[0])
    if not first and not _common_family(short, long):
        return AuthorLikeness.DIFFERENT
    window = long[: len(short) + 3]
    met = sum(
        1
        for i, name in enumerate(short)
        if same_person(name, long[i]) or any(same_person(name, other) for other in window)
    )
    if first and met * 3 >= len(short) * 2:
        return AuthorLikeness.SAME
    if not first and met >= 3 and met * 5 >= len(short) * 4 and met * 2 >= len(long):
        return AuthorLikeness.SAME
    if not first and len(short) == len(long) == met == 2:
        return AuthorLikeness.SAME
    return AuthorLikeness.OVERLAPPING


def name_for_name(a: Sequence[Name], b: Sequence[Name]) -> bool:
    """Tell whether two lists name the same people in the same order, the initials of each given.

    This is asked where a title says nothing ("Foreword"): "Li, Y" and "Li, YZ" may be two, and a
    longer list is another one.
    """
    return len(a) == len(b) and all(_same_name(x, y) for x, y in zip(a, b, strict=True))


def _same_name(a: Name, b: Name) -> bool:
    if not same_family(a, b) or not a.initials or not b.initials:
        return False
    if min(len(a.family), len(b.family)) <= _SHORT_FAMILY:
        return a.initials == b.initials
    return a.initials.startswith(b.initials) or b.initials.startswith(a.initials)


_SHORT_FAMILY = 4  # letters; many people share them


def _common_family(a: Sequence[Name], b: Sequence[Name]) -> bool:
    """Tell whether a family name is in both lists, or nearly so at the same place."""
    if not {name.family for name in a}.isdisjoint(name.family for name in b):
        return True
    return any(
        same_family(x, y) or x.family in y.given or y.family in x.given
        for x, y in zip(a, b, strict=False)
    )
