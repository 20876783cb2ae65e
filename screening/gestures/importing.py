"""Bringing a search export into the review: read, link, record in one transaction, tell."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from screening.duplicates import Link, Linking, clusters, find_duplicates, united
from screening.errors import WinnowError
from screening.gestures.linking import merge_records, rank
from screening.policies import check_is_lead
from screening.ports import Desk, Transaction
from screening.reading import read_export
from screening.records import Problem, Reading, Record, SourceRecord
from screening.review import Review
from screening.sources import Import, Source
from screening.stages import Stage
from screening.views import DuplicatePair, ImportSummary

Progress = Callable[[str, int, int], None]
"""Told (step, done, total) as an import goes on; steps are "read", "link" and "record"."""

PROBLEMS_KEPT = 200
"""Problems recorded with an import at most; their number is told whole."""


class ReviewChangedError(WinnowError):
    """Another import was recorded between linking and recording; nothing was lost."""

    def __init__(self) -> None:
        super().__init__(
            "Another file was imported at the same moment. Please import this one again."
        )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What linking found: for each new record the record it duplicates, and the pairs behind it."""

    kept_of: dict[str, str]
    joined: tuple[tuple[str, str], ...]
    pairs: tuple[DuplicatePair, ...]
    possible: frozenset[str]


def preview(data: bytes | Path, name: str) -> Reading:
    """Return what would be understood of a file, storing nothing."""
    return read_export(data, name)


def digest_of(data: bytes | Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def problem_line(problem: Problem) -> str:
    """Write a problem as one line for a person."""
    return problem.message if problem.line is None else f"Line {problem.line}: {problem.message}"


def import_export(
    desk: Desk,
    review_id: str,
    *,
    by: str,
    file_name: str,
    data: bytes | Path,
    source: Source,
    progress: Progress | None = None,
) -> ImportSummary:
    """Read a search export and record it whole or not at all.

    The same file again is recognised by its SHA-256 and changes nothing (`already` says when it
    came). Its records are linked among themselves and against all that is there: certain
    duplicates are merged, possible ones await the lead's verdict, new ones enter screening.
    Raises `UnreadableFileError`, and `NotAllowedError` for anyone but a lead.
    """
    review = desk.review(review_id)
    check_is_lead(review, by, "import search exports")
    tell = progress or (lambda step, done, total: None)
    sha256 = digest_of(data)
    with desk.store.reading(review_id) as tx:
        earlier = tx.import_with_digest(sha256)
    if earlier is not None:
        return summary_of(
            earlier, already=f"{earlier.imported_at:%Y-%m-%d} from {earlier.source.name}"
        )
    tell("read", 0, 1)
    reading = read_export(data, file_name)
    tell("read", len(reading.records), len(reading.records))
    for _ in range(3):
        with desk.store.reading(review_id) as tx:
            known = tx.all_for_linking()
            parted = tx.pairs(states=("different", "undone"))
            merged = tx.merges()
            first = tx.next_record_numbers(0).start
        new = [(f"R{first + n:06d}", each.record) for n, each in enumerate(reading.records)]
        tell("link", 0, len(known) + len(new))
        linking = find_duplicates(
            [*known, *new],
            among={record_id for record_id, _ in new},
            kept_apart=[frozenset((p.first, p.second)) for p in parted],
        )
        tell("link", len(known) + len(new), len(known) + len(new))
        with desk.store.writing(review_id) as tx:
            same = tx.import_with_digest(sha256)
            if same is not None:
                return summary_of(
                    same, already=f"{same.imported_at:%Y-%m-%d} from {same.source.name}"
                )
            if tx.next_record_numbers(0).start != first:
                continue  # another import came in between: link again, against its records too
            tx.next_record_numbers(len(new))
            return _record(
                desk,
                tx,
                review,
                by,
                file_name,
                sha256,
                source,
                reading,
                new,
                known,
                merged,
                linking,
                tell,
            )
    raise ReviewChangedError


def _record(
    desk: Desk,
    tx: Transaction,
    review: Review,
    by: str,
    file_name: str,
    sha256: str,
    source: Source,
    reading: Reading,
    new: Sequence[tuple[str, Record]],
    known: Sequence[tuple[str, Record]],
    merged: dict[str, str],
    linking: Linking,
    tell: Progress,
) -> ImportSummary:
    at = desk.clock.now()
    import_id = desk.new_id("I")
    plan = _plan(desk, tx, review.review_id, new, known, merged, linking, at)
    alone = [record_id for record_id, _ in new if record_id not in plan.kept_of]
    imported = Import(
        import_id=import_id,
        review_id=review.review_id,
        source=source,
        file_name=file_name,
        sha256=sha256,
        format=reading.format,
        imported_at=at,
        imported_by=by,
        records=len(new),
        duplicates=len(plan.kept_of),
        possible=len(plan.possible),
        new=len(alone),
        problems=tuple(problem_line(p) for p in reading.problems[:PROBLEMS_KEPT]),
    )
    tx.add_import(imported)
    tx.add_records(import_id, _numbered(review, source, new, reading.records, tell))
    changed = _merge_new(tx, plan, dict(new))
    for pair in plan.pairs:
        tx.add_pair(pair)
    stage = Stage.FULL_TEXT if source.kind.is_other_method else Stage.TITLE_ABSTRACT
    tx.enter_stage(stage, alone, review.rules(stage).policy.votes_needed, at)
    for first, second in plan.joined:
        if first != second:
            changed.add(merge_records(desk, tx, review, first, second, at, by))
    tx.enqueue_rows("Records", [*(record_id for record_id, _ in new), *sorted(changed)], at)
    tx.enqueue_rows("_winnow", [record_id for record_id, _ in new], at)
    tx.enqueue_rows("Sources", [import_id], at)
    tx.enqueue_rows("Duplicates", [pair.pair_id for pair in plan.pairs], at)
    summary = summary_of(imported)
    tx.audit(
        at, by, "import", import_id, {"file": file_name, "sha256": sha256, "records": len(new)}
    )
    tx.enqueue("slack", "import_done", import_id, at, asdict(summary))
    possible = [pair for pair in plan.pairs if pair.state == "possible"]
    if possible:
        tx.enqueue(
            "slack", "possible_duplicate", possible[0].pair_id, at, {"pair_id": possible[0].pair_id}
        )
    tell("record", len(new), len(new))
    return summary


def _numbered(
    review: Review,
    source: Source,
    new: Sequence[tuple[str, Record]],
    records: Sequence[SourceRecord],
    tell: Progress,
) -> Iterator[tuple[str, SourceRecord, str]]:
    stage = Stage.FULL_TEXT if source.kind.is_other_method else Stage.TITLE_ABSTRACT
    for done, ((record_id, _), record) in enumerate(zip(new, records, strict=True)):
        if done % 500 == 0:
            tell("record", done, len(records))
        yield record_id, record, order_key(review, stage, record_id)


def order_key(review: Review, stage: Stage, record_id: str) -> str:
    """Return the key by which records are handed out at the stage that they enter first.

    "mixed" is a fixed shuffle: the same for every reviewer, so that two votes meet on a record soon.
    """
    if review.rules(stage).order != "mixed":
        return record_id
    key = hashlib.blake2b(record_id.encode(), digest_size=8, key=review.review_id.encode()[:64])
    return key.hexdigest()


def _merge_new(tx: Transaction, plan: _Plan, new: dict[str, Record]) -> set[str]:
    """Merge new records into the kept ones; return the kept ones whose rows change."""
    by_kept: dict[str, list[str]] = {}
    for removed, kept in plan.kept_of.items():
        by_kept.setdefault(kept, []).append(removed)
    for kept, removed_ones in by_kept.items():
        there = [record for _, record in tx.members_of(kept)]
        shown = united([*there, *(new[removed] for removed in removed_ones)])
        for removed in removed_ones:
            tx.merge(kept, removed, shown)
    return set(by_kept)


def _plan(
    desk: Desk,
    tx: Transaction,
    review_id: str,
    new: Sequence[tuple[str, Record]],
    known: Sequence[tuple[str, Record]],
    merged: dict[str, str],
    linking: Linking,
    at: datetime,
) -> _Plan:
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
    return _Plan(kept_of, tuple(joined), tuple(pairs), frozenset(possible))


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


def summary_of(imported: Import, already: str = "") -> ImportSummary:
    """Return the numbers of an import as people are told them."""
    return ImportSummary(
        import_id=imported.import_id,
        file_name=imported.file_name,
        source=imported.source.name,
        format=imported.format,
        read=imported.records,
        duplicates=imported.duplicates,
        possible=imported.possible,
        new=imported.new,
        problems=imported.problems,
        already=already,
    )
