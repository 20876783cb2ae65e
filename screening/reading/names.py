"""Reads people's names in the orders databases write them and gives "Family, Given"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from screening.reading.cleaning import clean
from screening.reading.words import words

_SCOPUS_ID = re.compile(r"\s*\(\d{5,}\)$")
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "2nd", "3rd", "4th"})
_PARTICLES = frozenset(
    words(
        "van von der den de di da del della la le du dos das ter ten el al bin",
    )
)
_NOT_IN_NAMES = frozenset(
    words(
        "of for the on in to group team consortium committee network",
    )
)
_AND = re.compile(r"\s+(?:and|&)\s+|\s*,\s*(?:and|&)\s+", re.IGNORECASE)
# Ovid: "Smith J. Doe AB. van Roe C."
_AFTER_INITIALS = re.compile(r"(?<=[A-Z]\.)\s+(?=[^\W\d_]{2})")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_AND_OTHERS = re.compile(r"[,\s]+et\.? al\.?$", re.IGNORECASE)
_OTHERS = re.compile(r"^(?:et\.? al\.?|others|\.\.\.|…)$", re.IGNORECASE)


def author(name: str) -> str:
    """Give one name as "Family, Given" where its writing tells the two apart, else as it is."""
    name = _AND_OTHERS.sub("", clean(name)).strip(" ;,")
    if "(" in name:
        name = _SCOPUS_ID.sub("", name)
    if not name or _OTHERS.match(name):
        return ""
    if "," in name:
        family, _, given = name.partition(",")
        family, given = family.strip(), given.strip(" ,")
        return f"{family}, {given}" if family and given else family or given
    words = name.split(" ")
    if len(words) < 2:
        return name
    suffix = ""
    if len(words) > 2 and words[-1].lower() in _SUFFIXES:
        suffix = " " + words.pop()
    trailing = _count_initials(reversed(words))
    if 0 < trailing < len(words) and (trailing <= 3 or len(words) > 4):
        return f"{' '.join(words[:-trailing])}, {' '.join(words[-trailing:])}{suffix}"
    leading = _count_initials(words)
    if 0 < leading < len(words) and _is_family(words[leading:]):
        return f"{' '.join(words[leading:])}, {' '.join(words[:leading])}{suffix}"
    return name


def authors_in(cell: str) -> tuple[str, ...]:
    """Split a cell that holds all authors, whichever separator its writer chose."""
    return tuple(name for name in (author(part) for part in _split(cell)) if name)


def are_several(value: str) -> bool:
    """Tell whether a field meant for one name holds persons joined by "and" or "&"."""
    parts = [part.strip() for part in _AND.split(value)]
    return len(parts) > 1 and (
        all(_is_person(part) for part in parts)
        or all("," in part and _is_name(part) for part in parts)
    )


def natural_order(name: str) -> str:
    """Give a name that is known to be "First von Last" (BibTeX's rule) as "von Last, First"."""
    words = name.split()
    if len(words) < 2 or words[0][:1].islower():
        return name
    for index, word in enumerate(words[:-1]):
        if index and word[:1].islower():
            return f"{' '.join(words[index:])}, {' '.join(words[:index])}"
    return f"{words[-1]}, {' '.join(words[:-1])}"


def _split(cell: str) -> list[str]:
    if cell[:2] in ("['", '["') and cell.rstrip().endswith("]"):
        # A list as Python or JSON prints it, which several tools put in a cell.
        return ["".join(found) for found in _QUOTED.findall(cell)]
    for separator in ("\n", "|", ";"):
        if separator in cell:
            return [part for part in cell.split(separator) if part.strip()]
    cell = clean(cell)
    parts = [part.strip() for part in _AND.split(cell) if part.strip()]
    sentences = _AFTER_INITIALS.split(cell) if len(parts) == 1 else []
    if len(sentences) > 1 and all(_family_and_initials(name) for name in sentences):
        return sentences
    if len(parts) > 1 and not all(_may_be_names(part) for part in parts):
        # "Zuna, R E and Wang, S S and Group, ALTS": the persons tell what the "and" stands for.
        parts = _with_groups(parts) if sum(map(_is_name, parts)) * 2 >= len(parts) else []
    if len(parts) > 1:
        # "Muli, S. and Seleskovi, H.": one comma each is BibTeX's way, whatever the given names.
        alone = all(part.count(",") <= 1 for part in parts)
        return parts if alone else [name for part in parts for name in _split_commas(part)]
    return _split_commas(cell)


def _may_be_names(part: str) -> bool:
    words = part.lower().replace(",", " ").split()
    return ("," in part or len(words) <= 4) and not _NOT_IN_NAMES.intersection(words)


def _with_groups(parts: list[str]) -> list[str]:
    """Give names among which there are groups'; a group's own "and" is put back."""
    names: list[str] = []
    for part in parts:
        if names and "," not in part and not _may_be_names(part):
            names[-1] += f" and {part}"
        else:
            names.append(part)
    return names


def _is_name(part: str) -> bool:
    return _is_person(part) or (part.count(",") == 1 and _may_be_names(part))


def _is_person(part: str) -> bool:
    family, comma, given = part.partition(",")
    if comma:
        return bool(family.strip()) and bool(given.strip()) and _initials(given)
    return _family_and_initials(part) or _initials_and_family(part)


def _split_commas(cell: str) -> list[str]:
    if "," not in cell:
        return [cell]
    pieces = [piece.strip() for piece in cell.split(",")]
    pieces = [piece for piece in pieces if piece]
    while pieces and _OTHERS.match(pieces[-1]):
        pieces.pop()
    if pieces and all(_family_and_initials(piece) for piece in pieces):
        return pieces
    if len(pieces) > 1 and all(_initials_and_family(piece) for piece in pieces):
        return pieces
    for place in range(len(pieces) - 1, 0, -1):
        if pieces[place].lower() in _SUFFIXES and len(pieces) > 3:
            pieces[place - 1 : place + 1] = [f"{pieces[place - 1]}, {pieces[place]}"]
    pairs = list(zip(pieces[0::2], pieces[1::2], strict=False))
    if len(pieces) >= 4 and len(pieces) % 2 == 0:
        if all(_initials(given) for _, given in pairs):
            return [f"{family}, {given}" for family, given in pairs]
        if all(_is_one_family(family) and _is_given(given) for family, given in pairs):
            return [f"{family}, {given}" for family, given in pairs]
    if len(pieces) >= 3 and all(len(piece.split()) >= 2 for piece in pieces):
        return pieces
    return [", ".join(pieces)]


def _is_one_family(piece: str) -> bool:
    """Tell "Smith" and "van der Berg", after which a comma parts the given names."""
    *before, last = piece.split()
    return (
        not _NOT_IN_NAMES.intersection(piece.lower().split())
        and not any(letter.isdigit() for letter in last)
        and all(word.lower() in _PARTICLES for word in before)
    )


def _is_given(piece: str) -> bool:
    """Tell "Mary", "Mary Ann" and "John A., Jr." from a place or an institution."""
    words = piece.lower().replace(",", " ").split()
    return len(words) <= 3 and not _NOT_IN_NAMES.intersection(words)


def _family_and_initials(piece: str) -> bool:
    words = piece.split()
    return len(words) >= 2 and _is_initials(words[-1]) and not _is_initials(words[0])


def _initials_and_family(piece: str) -> bool:
    words = piece.split()
    return len(words) >= 2 and _is_initials(words[0]) and not _is_initials(words[-1])


def _initials(piece: str) -> bool:
    return all(_is_initials(word) for word in piece.split())


def _is_initials(word: str) -> bool:
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
        if not _is_initials(word):
            break
        count += 1
    return count


def _is_family(words: list[str]) -> bool:
    """Tell whether the words can be one family name: particles, then one or two words."""
    rest = [word for word in words if word.lower() not in _PARTICLES]
    return len(rest) <= 2 and all(word[:1].isalpha() for word in rest)
