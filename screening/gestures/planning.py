"""Planning an import: which new records are duplicates, of which record, and what is to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from screening.duplicates import Cluster, Link, Linking, clusters
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
    joins: dict[str, list[DuplicatePair]] = field(default_factory=dict)
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
    judged = tx.pairs()
    apart = {
        frozenset(merged.get(end, end) for end in (pair.first, pair.second))
        for pair in judged
        if pair.state in ("different", "undone")
    }
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
            joined = [kept]
            for other in old:
                if other == kept or any(frozenset((other, each)) in apart for each in joined):
                    continue
                joined.append(other)
                stands_for[other] = kept
                link = _best([m for m in group.members if merged.get(m, m) == other], kept, group)
                pair = _pair(desk, review_id, kept, other, link, "merged", at)
                plan.joins.setdefault(brought[0], []).append(pair)
        else:
            kept = min(group.members)
        plan.kept_of.update({m: kept for m in brought if m != kept})
        for member in brought:
            if member != kept:
                link = _best([member], kept, group)
                plan.add_pair(member, _pair(desk, review_id, kept, member, link, "merged", at))
    stands_for |= plan.kept_of
    _ask(desk, review_id, linking, fresh, stands_for, judged, plan)
    return plan


def _ask(
    desk: Desk,
    review_id: str,
    linking: Linking,
    fresh: set[str],
    stands_for: dict[str, str],
    judged: Sequence[DuplicatePair],
    plan: Plan,
) -> None:
    """Plan the pairs that await a verdict, in the order in which the import comes upon them."""
    known_pairs = {frozenset((p.first, p.second)) for p in judged}
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


def _best(members: Sequence[str], kept: str, group: Cluster) -> Link:
    """Return what tells best why these are in a group: their link to what is kept, or to a sibling."""
    own = [link for link in group.links if not {link.first, link.second}.isdisjoint(members)]
    return max(own, key=lambda link: (kept in (link.first, link.second), link.score))


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
