"""Candidates: the few pairs worth comparing, so that cost grows with the records, not their square."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from rapidfuzz.distance import Indel

from screening.duplicates.abstracts import _HEADINGS
from screening.duplicates.profiles import Profile
from screening.duplicates.text import compact, fold

# Above this size a group that shares a key is parted by further keys before pairs are made.
LARGEST = 24
WINDOW = 6
ALIKE = 0.75


def _abstract_key(p: Profile) -> str:
    text = p.record.abstract
    if len(text) < 80:
        return ""
    key = compact(_HEADINGS.sub(" ", fold(text[:160])))[:60]
    return key if len(key) == 60 else ""


def _author_year(p: Profile) -> object:
    return (p.first_author, p.year) if p.first_author and p.year else None


def _place(p: Profile) -> object:
    return (p.volume, p.pages.first) if p.volume and p.pages.first else None


def _span(p: Profile) -> object:
    pages = p.pages
    if not pages.last or pages.first == "1":
        return None
    return (pages.first, pages.last, p.year)


def _title_start(p: Profile) -> object:
    return p.title.key[:24] or None


def _title_end(p: Profile) -> object:
    key = p.title.key
    return key[-24:] if len(key) >= 32 else None


def _author_volume(p: Profile) -> object:
    return (p.first_author, p.volume) if p.first_author and p.volume else None


def _author_page(p: Profile) -> object:
    return (p.first_author, p.pages.first) if p.first_author and p.pages.first else None


# Whether pairs that share the key must have titles alike to be worth a closer look.
KEYS: tuple[tuple[Callable[[Profile], object], bool], ...] = (
    (lambda p: p.doi or None, False),
    (lambda p: p.record.pmid or None, False),
    (_title_start, True),
    (_author_year, True),
    (_place, True),
    (_author_page, True),
    (_author_volume, True),
    (_title_end, True),
    (_span, True),
    (lambda p: _abstract_key(p) or None, False),
)
# What parts a group that is too large, one after the other.
_FURTHER: tuple[Callable[[Profile], object], ...] = (
    lambda p: p.title.key[:40],
    lambda p: (p.year, p.first_author),
    lambda p: (p.volume, p.pages.first),
    lambda p: p.title.key,
)


def candidate_pairs(profiles: Sequence[Profile]) -> Iterator[tuple[int, int]]:
    """Give each pair of positions worth comparing once, the lower first."""
    seen: set[int] = set()
    count = len(profiles)
    for key_of, alike_only in KEYS:
        groups: dict[object, list[int]] = {}
        for i, profile in enumerate(profiles):
            key = key_of(profile)
            if key is not None:
                groups.setdefault(key, []).append(i)
        for group in groups.values():
            if len(group) < 2:
                continue
            for i, j in _pairs(group, profiles, 0):
                if i > j:
                    i, j = j, i
                code = i * count + j
                if code in seen:
                    continue
                seen.add(code)
                if not alike_only or _worth_it(profiles[i], profiles[j]):
                    yield i, j
        del groups


def _worth_it(a: Profile, b: Profile) -> bool:
    x, y = a.title.key, b.title.key
    if x == y:
        return True
    if Indel.normalized_similarity(x, y, score_cutoff=ALIKE):
        return True
    short, long = (x, y) if len(x) <= len(y) else (y, x)
    if len(short) >= 18 and (long.startswith(short) or long.endswith(short)):
        return True
    same_place = a.volume == b.volume != "" and a.pages.first == b.pages.first != ""
    return same_place and a.first_author == b.first_author


def _pairs(group: list[int], profiles: Sequence[Profile], depth: int) -> Iterator[tuple[int, int]]:
    if len(group) <= LARGEST:
        yield from combinations(group, 2)
        return
    if depth == len(_FURTHER):
        ordered = sorted(group, key=lambda i: _order(profiles[i]))
        for place, i in enumerate(ordered):
            for j in ordered[place + 1 : place + WINDOW]:
                yield i, j
        return
    for further in _FURTHER[depth:]:
        parts: dict[object, list[int]] = {}
        for i in group:
            parts.setdefault(further(profiles[i]), []).append(i)
        for part in parts.values():
            if len(part) > 1:
                yield from _pairs(part, profiles, depth + 1)
        return


def _order(p: Profile) -> tuple[str, ...]:
    r = p.record
    return (p.title.key, p.first_author, str(p.year), r.volume, r.pages, p.doi, r.journal)
