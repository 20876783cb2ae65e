"""Planning an import: which new records are duplicates, of which record, and what is to be asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from screening.duplicates import Link, Linking, clusters
from screening.gestures.linking import rank
from screening.ports import Desk, Transaction
from screening.records import Record
from screening.views import DuplicatePair


@dataclass(frozen=True, slots=True)
class Plan:
    """What linking found: for each new record the record it duplicates, and the pairs behind it."""

    kept_of: dict[str, str]
    joined: tuple[tuple[str, str], ...]
    pairs: tuple[DuplicatePair, ...]
    possible: frozenset[str]


def plan_import(
    desk: Desk,
    tx: Transaction,
    review_id: str,
    new: Sequence[tuple[str, Record]],
    known: Sequence[tuple[str, Record]],
    merged: dict[str, str],
    linking: Linking,
    at: datetime,
) -> Plan:
    """Say what becomes of new records: of each group of duplicates one is kept.

    A record already in the review is kept before a new one, and of those the one furthest in
    screening; `merged` maps records already merged to what they were merged into. Pairs that were
    ever judged are not asked about again.
    """
    fresh = {record_id for record_id, _ in new}
    ids = [record_id for record_id, _ in (*known, *new)]
    kept_of: dict[str, str] = {}
    joined: list[tuple[str, str]] = []
    pairs: list[DuplicatePair] = []
    for group in clusters(ids, linking):
        if len(group.members) < 2 or fresh.isdisjoint(group.members):
            continue
        old = sorted({merged.get(m, m) for m in group.members if m not in fresh})
        if old:
            screenings = {v.record_id: v.screenings for v in tx.records(old)}
            kept = min(old, key=lambda r: rank(screenings[r], r))
            joined += [(kept, other) for other in old if other != kept]
        else:
            kept = min(group.members)
        kept_of.update({m: kept for m in group.members if m in fresh and m != kept})
        pairs += _merge_pairs(desk, review_id, group.links, group.members, fresh, kept, at)
    known_pairs = {frozenset((p.first, p.second)) for p in tx.pairs()}
    possible: set[str] = set()
    for link in linking.links:
        ends = {kept_of.get(r, merged.get(r, r)) for r in (link.first, link.second)}
        if link.certainty != "possible" or len(ends) < 2 or frozenset(ends) in known_pairs:
            continue
        known_pairs.add(frozenset(ends))
        first, second = sorted(ends)
        pairs.append(_pair(desk, review_id, first, second, link, "possible", None))
        possible |= {r for r in (link.first, link.second) if r in fresh and r not in kept_of}
    return Plan(kept_of, tuple(joined), tuple(pairs), frozenset(possible))


def _merge_pairs(
    desk: Desk,
    review_id: str,
    links: Sequence[Link],
    members: Sequence[str],
    fresh: set[str],
    kept: str,
    at: datetime,
) -> Iterator[DuplicatePair]:
    """Yield one explained pair for each record removed: its best link to what is kept, or to a sibling."""
    for member in sorted(members):
        if member == kept or member not in fresh:
            continue
        own = [link for link in links if member in (link.first, link.second)]
        best = max(own, key=lambda k: (kept in (k.first, k.second), k.score), default=None)
        if best is not None:
            yield _pair(desk, review_id, kept, member, best, "merged", at)


def _pair(
    desk: Desk,
    review_id: str,
    first: str,
    second: str,
    link: Link,
    state: str,
    at: datetime | None,
) -> DuplicatePair:
    why = link.why
    if {first, second} != {link.first, link.second}:
        why = f"{link.first} and {link.second}: {why}"
    return DuplicatePair(
        desk.new_id("D"),
        review_id,
        first,
        second,
        link.certainty,
        link.score,
        why,
        state,
        "winnow" if at else "",
        at,
    )
