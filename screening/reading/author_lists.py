"""Takes a cell or field that holds several authors apart, and says when it cannot be told how."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from screening.reading.cleaning import clean
from screening.reading.listed import printed_list
from screening.reading.names import (
    NOT_IN_NAMES,
    PARTICLES,
    author,
    family_and_initials,
    initials_and_family,
    initials_only,
    is_degree,
    is_initials,
    is_others,
    is_suffix,
    without_suffix,
)
from screening.reading.running_together import parted

# How a table's writer divides authors, where its other rows or its headings tell.
Division = Literal["unknown", "semicolons", "pairs", "full names", "none"]
_AND = re.compile(r"\s+(?:and|&)\s+|\s*,\s*(?:and|&)\s+", re.IGNORECASE)
# Ovid: "Smith J. Doe AB. van Roe C."
_AFTER_INITIALS = re.compile(
    r"(?:(?<=[A-Z]\.)|(?<=\b[JS]r\.))\s+(?!(?:Jr|Sr|II|III|IV)\b)(?=[^\W\d_]{2})"
)
# SciELO's BibTeX writes a comma and two spaces between authors, a comma and one within a name.
_WIDE_COMMA = re.compile(r",\s{2,}(?=\S)")
# PubMed ends its list with a full stop: "Okafor NA, Lindqvist P."
_ENDS_SENTENCE = re.compile(r"[^.,]+ [A-Z]{1,3}, [^.]+\.$")
_GROUP_ENDS_SENTENCE = re.compile(r"[^.;]+; [^.;]*[a-z]{3}\.\s*$")
_GOES_ON = re.compile(r"(?:,|-|\b(?:and|of|for|the|on|de|del|da|van|von))$", re.IGNORECASE)
_COMMAS_IN_LISTS = 3
_WORDS_IN_FAMILIES = 4

NOT_TOLD = "could not be told apart and stand as one"
TWO_WAYS = "can be read in two ways; the names were read as “{}”"
TAKEN_APART = "stand without anything between them and were taken apart at their capitals"


@dataclass(frozen=True, slots=True)
class Authors:
    """The names in order, and what is doubtful about them, "" when nothing is.

    The doubt continues "The authors of record 3 …". `usual` says that the file's writer always
    writes authors so, which is worth one problem a file.
    """

    names: tuple[str, ...] = ()
    doubt: str = ""
    usual: bool = False


def read_authors(cell: str, division: Division = "unknown") -> Authors:
    """Split a cell that holds all authors; `division` says how its writer divides them."""
    listed = printed_list(cell) or _at_wide_commas(cell)
    if listed:
        return Authors(_named(listed))
    if _GROUP_ENDS_SENTENCE.match(cell):
        cell = cell.rstrip()[:-1]
    if "\n" in cell or ";" in cell or "|" in cell:
        return Authors(_named(_at_separators(cell)))
    cell = clean(cell)
    if _ENDS_SENTENCE.match(cell):
        cell = cell[:-1]
    if "," not in cell and _AND.search(cell) is None:
        together = parted(cell)
        if together.names:
            names = _named(together.names)
            return Authors(names, TAKEN_APART, usual=division == "none")
        if together.is_doubtful:
            return Authors(_named([cell]), NOT_TOLD)
    parts = [part.strip() for part in _AND.split(cell) if part.strip()]
    sentences = _AFTER_INITIALS.split(cell) if len(parts) == 1 else []
    if len(sentences) > 1 and all(family_and_initials(name) for name in sentences):
        return Authors(_named(sentences))
    if len(parts) > 1 and not all(_may_be_names(part) for part in parts):
        # "Zuna, R E and Wang, S S and Group, ALTS": the persons tell what the "and" stands for.
        parts = _with_groups(parts) if sum(map(_is_name, parts)) * 2 >= len(parts) else []
    return _joined(parts, division) if len(parts) > 1 else _by_commas(cell, division)


def _joined(parts: list[str], division: Division) -> Authors:
    """Read what stands between "and"s: one name each, or a list whose last name has the "and"."""
    # "Muli, S. and Seleskovi, H.": one comma each is BibTeX's way, whatever the given names.
    if all(part.count(",") == 1 for part in parts):
        return Authors(_named(parts))
    inner: Division = division
    if division == "unknown":
        # "Ann Doe, Ben Roe and Cy Poe": the last shows that family names do not come first.
        natural = any("," not in part and _is_full_name(part) for part in parts)
        inner = "full names" if natural else "semicolons"
    several = [_by_commas(part, inner) for part in parts]
    names = tuple(name for found in several for name in found.names)
    doubt = next((found.doubt for found in several if found.doubt), "")
    if not doubt and division == "unknown":
        if any(len(found.names) == 2 and not _are_sure(found.names) for found in several):
            doubt = TWO_WAYS.format("Given Family")
        elif _are_families(parts):
            doubt = TWO_WAYS.format("Family, Given")
    return Authors(names, doubt)


def _are_sure(names: Iterable[str]) -> bool:
    return any("," in name or _holds_middle_initial(name) for name in names)


def _are_families(parts: list[str]) -> bool:
    """Tell "Doe, Roe and Poe", which may be three family names."""
    *before, last = parts
    words = [piece.split() for part in before for piece in part.split(",")] + [last.split()]
    return len(words) > len(parts) and all(
        len(one) == 1 and not is_initials(one[0]) and not is_others(one[0]) for one in words
    )


def are_several(value: str) -> bool:
    """Tell whether a field meant for one name holds persons joined by "and" or "&"."""
    parts = [part.strip() for part in _AND.split(value)]
    return len(parts) > 1 and (
        all(_is_person(part) for part in parts)
        or all("," in part and _is_name(part) for part in parts)
    )


def is_wrapped(value: str) -> bool:
    """Tell whether the lines of a field meant for one name are one name wrapped over line ends."""
    lines = [line.strip() for line in value.split("\n") if line.strip()]
    return any(
        _GOES_ON.search(one) is not None or (other[:1].islower() and "," not in other)
        for one, other in pairwise(lines)
    )


def _named(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in map(author, parts) if name)


def _at_separators(cell: str) -> Iterable[str]:
    """Cut at semicolons or bars, and at line ends unless a name is wrapped over them."""
    separator = ";" if ";" in cell and "|" not in cell else "|"
    parts = cell.rstrip().split(separator)
    for part in parts:
        for one in [part] if is_wrapped(part) else part.split("\n"):
            # PubMed writes a semicolon before groups only: "Okafor NA, Roe B; Study Group."
            pieces = _pieces(clean(one)) if "," in one else []
            several = len(pieces) > 1 and all(map(family_and_initials, pieces))
            yield from pieces if several else [one]


def _at_wide_commas(cell: str) -> list[str]:
    """Cut at commas with more than one space, if single ones stand between family and given names."""
    parts = _WIDE_COMMA.split(cell) if "\n" not in cell and ";" not in cell else []
    inner = [part.partition(",")[2].strip() for part in parts]
    return parts if len(parts) > 1 and any(one and not is_suffix(one) for one in inner) else []


def _may_be_names(part: str) -> bool:
    words = part.lower().replace(",", " ").split()
    return ("," in part or len(words) <= 4) and not NOT_IN_NAMES.intersection(words)


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
        return bool(family.strip()) and bool(given.strip()) and initials_only(given)
    return family_and_initials(part) or initials_and_family(part)


def _by_commas(cell: str, division: Division) -> Authors:
    if "," not in cell:
        return Authors(_named([cell]))
    pieces = _pieces(cell)
    if not pieces:
        return Authors()
    if _is_vancouver(pieces):
        return Authors(_named(pieces))
    if len(pieces) > 1 and all(map(initials_and_family, pieces)):
        return Authors(_named(pieces))
    whole = _named([", ".join(pieces)])
    if len(pieces) == 1 or (len(pieces) == 2 and division == "semicolons"):
        return Authors(whole)
    if len(pieces) == 2:
        two = division != "pairs" and all(map(_is_full_name, pieces))
        if two and (division == "full names" or any(map(_holds_middle_initial, pieces))):
            return Authors(_named(pieces))
        sure = not two or is_initials(without_suffix(pieces[1])[-1])
        return Authors(whole, "" if sure else TWO_WAYS.format("Family, Given"))
    pairs = list(zip(pieces[0::2], pieces[1::2], strict=False))
    if len(pieces) % 2 == 0 and (
        all(initials_only(given) for _, given in pairs)
        or all(_is_one_family(family) and _is_given(given) for family, given in pairs)
    ):
        return Authors(_named(", ".join(pair) for pair in pairs))
    return _full_names_or_pairs(pieces, division)


def _is_vancouver(pieces: list[str]) -> bool:
    """Tell "Okafor NA, Lindqvist P, LORIS Study Group": the persons tell, groups may be among them."""
    others = [piece for piece in pieces if not family_and_initials(piece)]
    return len(others) * 2 <= len(pieces) - len(others) and all(
        len(piece.split()) >= 2 and not initials_only(piece) for piece in others
    )


def _pieces(cell: str) -> list[str]:
    """Cut at the commas; suffixes stay with the name before them, degrees and "et al." go."""
    pieces: list[str] = []
    for piece in (piece.strip() for piece in cell.split(",")):
        if not piece or (len(pieces) > 1 and is_degree(piece)):
            continue
        if pieces and is_suffix(piece):
            pieces[-1] += f", {piece}"
        else:
            pieces.append(piece)
    while pieces and is_others(pieces[-1]):
        pieces.pop()
    return pieces


def _full_names_or_pairs(pieces: list[str], division: Division) -> Authors:
    """Read "Ann Doe, Ben Roe, Cy Poe" or "Pérez Díaz, Luis, Gil Ruiz, Ana"; say when it may be both."""
    pairs = [", ".join(pair) for pair in zip(pieces[0::2], pieces[1::2], strict=False)]
    may_pair = len(pieces) % 2 == 0 and all(
        _may_be_family(family) and _is_given(given)
        for family, given in zip(pieces[0::2], pieces[1::2], strict=False)
    )
    may_be_full = all(map(_is_full_name, pieces))
    if may_pair and (division == "pairs" or not may_be_full):
        sure = division == "pairs"
        return Authors(_named(pairs), "" if sure else TWO_WAYS.format("Family, Given"))
    if may_be_full and not may_pair:
        return Authors(_named(pieces), NOT_TOLD if division == "pairs" else "")
    if may_be_full:
        if division == "full names" or any(map(_holds_middle_initial, pieces)):
            return Authors(_named(pieces))
        if all(is_initials(without_suffix(given)[-1]) for given in pieces[1::2]):
            return Authors(_named(pairs))
        return Authors(_named(pieces), TWO_WAYS.format("Given Family"))
    whole = _named([", ".join(pieces)])
    is_one = len(whole) == 1 and whole[0].count(",") < 2
    return Authors(whole, NOT_TOLD if not is_one and _may_be_persons(pieces) else "")


def _may_be_persons(pieces: list[str]) -> bool:
    return len(pieces) > _COMMAS_IN_LISTS or not any(
        NOT_IN_NAMES.intersection(piece.lower().split()) for piece in pieces
    )


def _is_full_name(piece: str) -> bool:
    words = without_suffix(piece)
    return len(words) >= 2 and not NOT_IN_NAMES.intersection(piece.lower().split())


def _holds_middle_initial(piece: str) -> bool:
    """Tell "Ann B. Doe", which no family name and no given names look like."""
    words = without_suffix(piece)
    return len(words) >= 3 and any(map(is_initials, words[1:-1])) and not is_initials(words[-1])


def _is_one_family(piece: str) -> bool:
    """Tell "Smith" and "van der Berg", after which a comma parts the given names."""
    *before, last = without_suffix(piece) or [""]
    return (
        bool(last)
        and not NOT_IN_NAMES.intersection(piece.lower().split())
        and not any(letter.isdigit() for letter in last)
        and all(word.lower() in PARTICLES for word in before)
    )


def _may_be_family(piece: str) -> bool:
    """Tell what can be a family name of several words: "Pérez Díaz", "de la Cruz Gil"."""
    words = without_suffix(piece)
    return (
        0 < len(words) <= _WORDS_IN_FAMILIES
        and not NOT_IN_NAMES.intersection(piece.lower().split())
        and not any(letter.isdigit() for letter in piece)
    )


def _is_given(piece: str) -> bool:
    """Tell "Mary", "Mary Ann" and "John A., Jr." from a place or an institution."""
    words = without_suffix(piece)
    lower = piece.lower().replace(",", " ").split()
    return 0 < len(words) <= 4 and not NOT_IN_NAMES.intersection(lower)
