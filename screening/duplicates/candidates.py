"""Candidates: the few pairs worth comparing, so that cost grows with the records, not their square."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

from rapidfuzz.distance import Indel

from screening.duplicates.abstracts import abstract_key
from screening.duplicates.profiles import Profile
from screening.duplicates.titles import ANCHOR, anchors, read_title

# Above this size a group that shares a key is parted by further keys before pairs are made.
LARGEST = 10
WINDOW = 5
ALIKE = 0.75


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


def _original_title(p: Profile) -> object:
    original = p.record.original_title
    return read_title(original).key[:24] if original else p.title.key[:24] or None


def _author_page(p: Profile) -> object:
    return (p.first_author, p.pages.first) if p.first_author and p.pages.first else None


# With each key: whether it names the record, and whether only alike titles are worth a look. Those
# that ask less come first, since a pair is looked at once.
KEYS: tuple[tuple[Callable[[Profile], object], bool, bool], ...] = (
    (lambda p: p.doi or None, True, False),
    (lambda p: p.record.pmid or None, True, False),
    (_original_title, False, False),
    (lambda p: abstract_key(p.record.abstract) or None, False, False),
    (_title_start, False, True),
    (_author_year, False, True),
    (_place, False, True),
    (_author_page, False, True),
    (_title_end, False, True),
    (_span, False, True),
)
# What parts a group that is too large, each on its own.
_FURTHER: tuple[Callable[[Profile], object], ...] = (
    lambda p: p.title.key,
    _place,
    _author_year,
    lambda p: p.title.key[:10],
    lambda p: p.title.key[-10:],
)


def candidate_pairs(profiles: Sequence[Profile]) -> Iterator[tuple[int, int]]:
    """Give each pair of positions worth comparing once, the lower first."""
    seen: set[int] = set()
    count = len(profiles)
    translated = any(p.record.original_title for p in profiles)
    for key_of, identified, titled in KEYS:
        if key_of is _original_title and not translated:
            continue
        for group in _sharing(key_of, range(count), profiles):
            for i, j in _pairs(group, profiles):
                a, b = profiles[i], profiles[j]
                if not identified and not _plausible(a, b):
                    continue
                code = i * count + j if i < j else j * count + i
                if code in seen:
                    continue
                seen.add(code)
                if not titled or _alike(a, b):
                    yield (i, j) if i < j else (j, i)
    for i, j in _within_titles(profiles):
        code = i * count + j if i < j else j * count + i
        if code not in seen:
            seen.add(code)
            yield (i, j) if i < j else (j, i)


_RARE = 6


def _within_titles(profiles: Sequence[Profile]) -> Iterator[tuple[int, int]]:
    """Give pairs of a sketchy record and one whose title begins, goes on or ends within its title.

    A parser takes headers and authors for a part of the title, or loses its first or last line.
    """
    sketchy = [i for i, p in enumerate(profiles) if p.sketchy and len(p.title.key) >= ANCHOR]
    if not sketchy:
        return
    holders: dict[str, list[int]] = {}
    for i, p in enumerate(profiles):
        for anchor in anchors(p.title.key, many=p.sketchy):
            holders.setdefault(anchor, []).append(i)
    for i in sketchy:
        key = profiles[i].title.key
        found: set[int] = set()
        for at in range(len(key) - ANCHOR + 1):
            held = holders.get(key[at : at + ANCHOR])
            if held is not None and len(held) <= _RARE:
                found.update(held)
        found.discard(i)
        for j in sorted(found):
            yield i, j


def _sharing(
    key_of: Callable[[Profile], object], positions: Iterable[int], profiles: Sequence[Profile]
) -> list[list[int]]:
    groups: dict[object, list[int]] = {}
    for i in positions:
        key = key_of(profiles[i])
        if key is not None:
            groups.setdefault(key, []).append(i)
    return [group for group in groups.values() if len(group) > 1]


def _pairs(group: list[int], profiles: Sequence[Profile]) -> Iterator[tuple[int, int]]:
    if len(group) <= LARGEST:
        yield from combinations(group, 2)
        return
    parted = False
    for further in _FURTHER:
        for part in _sharing(further, group, profiles):
            if len(part) == len(group):
                break
            parted = True
            if len(part) <= LARGEST:
                yield from combinations(part, 2)
            else:
                yield from _neighbours(part, profiles)
    if not parted:
        yield from _neighbours(group, profiles)


def _neighbours(group: list[int], profiles: Sequence[Profile]) -> Iterator[tuple[int, int]]:
    """Give only pairs that stand near each other when all is sorted by content."""
    group.sort(key=lambda i: _order(profiles[i]))
    for place, i in enumerate(group):
        for j in group[place + 1 : place + WINDOW]:
            yield i, j


def _plausible(a: Profile, b: Profile) -> bool:
    """Tell whether the two may be one: another first author must be made up for by year and place."""
    if a.first_author == b.first_author or not a.first_author or not b.first_author:
        return True
    if a.pages.first and a.pages.first == b.pages.first:
        return True
    if a.sketchy or b.sketchy:
        return True
    if a.year and b.year and abs(a.year - b.year) > 1:
        return False
    return a.volume == b.volume or not a.volume or not b.volume


def _alike(a: Profile, b: Profile) -> bool:
    x, y = a.title.key, b.title.key
    if x == y or Indel.normalized_similarity(x, y, score_cutoff=ALIKE):
        return True
    short, long = (x, y) if len(x) <= len(y) else (y, x)
    if len(short) >= 18 and (
        long.startswith(short) or long.endswith(short) or (len(short) >= 24 and short in long)
    ):
        return True
    return (
        a.volume == b.volume
        and a.pages.first == b.pages.first != ""
        and a.first_author == b.first_author
    )


def _order(p: Profile) -> tuple[str, ...]:
    r = p.record
    return (p.title.key, p.first_author, str(p.year), r.volume, r.pages, p.doi, r.journal)
