"""Planning an import: which new records are duplicates, of which record, and what is to be asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from screening.duplicates import Link, Linking, clusters
from screening.gestures.linking import rank
from screening.ports import Desk, Transaction
from screening.records import Record
from screening.views import DuplicatePair


@dataclass(slots=True)
class Plan:
    """What linking found, each part of it filed under the new record that brings it about.

    `kept_of` tells of which record a new one is a duplicate; `joins` which records already in the
    review it shows to be one; `pairs` what is to stand among the duplicates. All that a new record
    brings about is recorded with it: from then on it counts as known, and nothing would find it
    again, should the import be cut short. `possible` are the new records that await a verdict.
    """

    kept_of: dict[str, str] = field(default_factory=dict)
    joins: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    pairs: dict[str, list[DuplicatePair]] = field(default_factory=dict)
    possible: set[str] = field(default_factory=set)

    def add_pair(self, because: str, pair: DuplicatePair) -> None:
        """File a pair under the new record that brings it about."""
        self.pairs.setdefault(because, []).append(pair)


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
    plan = Plan()
    stands_for = dict(merged)
    for group in clusters(ids, linking):
        brought = sorted(fresh.intersection(group.members))
        if len(group.members) < 2 or not brought:
            continue
        old = sorted({merged.get(m, m) for m in group.members if m not in fresh})
        if old:
            screenings = {v.record_id: v.screenings for v in tx.records(old)}
            kept = min(old, key=lambda r: rank(screenings[r], r))
            others = [other for other in old if other != kept]
            if others:
                plan.joins[brought[0]] = [(kept, other) for other in others]
                stands_for.update(dict.fromkeys(others, kept))
        else:
            kept = min(group.members)
        plan.kept_of.update({m: kept for m in brought if m != kept})
        for pair in _merge_pairs(desk, review_id, group.links, group.members, fresh, kept, at):
            plan.add_pair(pair.second, pair)
    stands_for |= plan.kept_of
    _ask(desk, tx, review_id, linking, fresh, stands_for, plan)
    return plan


def _ask(
    desk: Desk,
    tx: Transaction,
    review_id: str,
    linking: Linking,
    fresh: set[str],
    stands_for: dict[str, str],
    plan: Plan,
) -> None:
    """Plan the pairs that await a verdict, in the order in which the import comes upon them."""
    known_pairs = {frozenset((p.first, p.second)) for p in tx.pairs()}
    found: list[tuple[str, Link]] = []
    for link in linking.links:
        brought = fresh.intersection((link.first, link.second))
        if link.certainty == "possible" and brought:
            found.append((max(brought), link))
    for because, link in sorted(found, key=lambda each: each[0]):
        ends = {_kept(stands_for, r) for r in (link.first, link.second)}
        if len(ends) < 2 or frozenset(ends) in known_pairs:
            continue
        known_pairs.add(frozenset(ends))
        first, second = sorted(ends)
        plan.add_pair(because, _pair(desk, review_id, first, second, link, "possible", None))
        plan.possible |= {r for r in fresh & {link.first, link.second} if r not in plan.kept_of}


def _kept(stands_for: dict[str, str], record_id: str) -> str:
    """Return the record that will stand for this one; one that was kept may be joined to another."""
    while record_id in stands_for:
        record_id = stands_for[record_id]
    return record_id


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
