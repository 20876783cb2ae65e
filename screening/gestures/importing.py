"""Bringing a search export into the review: read, link, record, tell.

Records are recorded a few hundred at a time, each time with their merges and their entry into
screening in one transaction: voting goes on meanwhile, the counts add up at every moment, and an
import that was cut short goes on where it stopped when the same file comes again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from screening.duplicates import find_duplicates, united
from screening.gestures.deciding import cluster
from screening.gestures.imported import already, summary_of
from screening.gestures.linking import follow_merges, merge_records
from screening.gestures.planning import Plan, plan_import
from screening.policies import check_is_lead, check_source_name
from screening.ports import Desk, Transaction
from screening.reading import read_export
from screening.records import (
    Problem,
    Reading,
    Record,
    SourceRecord,
    further_problems,
    problem_count,
)
from screening.review import Review
from screening.sources import Import, Source
from screening.stages import Stage
from screening.views import DuplicatePair, ImportSummary

Progress = Callable[[str, int, int], None]
"""Told (step, done, total) as an import goes on; steps are "read", "link" and "record"."""

ReadExport = Callable[[bytes | Path, str], Reading]
"""Gives what a file, known to people by a name, holds; raises `UnreadableFileError`."""

AT_ONCE = 150
"""Records recorded in one transaction: a vote never waits longer than that takes."""

PROBLEMS_KEPT = 200
"""Problems recorded with an import at most; their number is told whole."""


def digest_of(data: bytes | Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def problem_line(problem: Problem) -> str:
    """Write a problem as one line for a person."""
    return problem.message if problem.line is None else f"Line {problem.line}: {problem.message}"


def _kept_problems(problems: Sequence[Problem]) -> tuple[str, ...]:
    lines = [problem_line(problem) for problem in problems]
    if len(lines) > PROBLEMS_KEPT:
        kept = lines[: PROBLEMS_KEPT - 1]
        return (*kept, further_problems(problem_count(lines[len(kept) :])))
    return tuple(lines)


def import_export(
    desk: Desk,
    review_id: str,
    *,
    by: str,
    file_name: str,
    data: bytes | Path,
    source: Source,
    progress: Progress | None = None,
    rest: Callable[[], None] | None = None,
    read: ReadExport = read_export,
) -> ImportSummary:
    """Read a search export, link its records and record them all.

    The same file again is recognised by its SHA-256 and changes nothing (`already` says when it
    came), unless its import was cut short: then what is missing is added. Records are linked among
    themselves and against all that is there: certain duplicates are merged, possible ones await the
    lead's verdict, new ones enter screening. `rest` is called between transactions, to let others
    have the database; `read` is how the file is read. Raises `UnreadableFileError` before anything is recorded, and
    `NotAllowedError` for anyone but a lead.
    """
    review = desk.review(review_id)
    check_is_lead(review, by, "import search exports")
    check_source_name(source.name)
    tell = progress or (lambda step, done, total: None)
    sha256 = digest_of(data)
    with desk.store.reading(review_id) as tx:
        imported = tx.import_with_digest(sha256)
        done = tx.records_brought(imported.import_id) if imported is not None else 0
    if imported is not None and done >= imported.records:
        return already(imported)
    tell("read", 0, 1)
    reading = read(data, file_name)
    tell("read", len(reading.records), len(reading.records))
    if imported is None:
        imported = Import(
            import_id=desk.new_id("I"),
            review_id=review_id,
            source=source,
            file_name=file_name,
            sha256=sha256,
            format=reading.format,
            imported_at=desk.clock.now(),
            imported_by=by,
            records=len(reading.records),
            duplicates=0,
            possible=0,
            new=0,
            problems=_kept_problems(reading.problems),
        )
    work = _Work(desk, review, imported, reading.records, tell, rest or (lambda: None))
    while not work.step():
        with desk.store.reading(review_id) as tx:
            same = tx.import_with_digest(sha256)
        if same is not None and same.import_id != imported.import_id:
            return already(same)  # somebody else imports this very file at this moment
    return work.finish()


class _Work:
    """One import under way; the same one may be under way elsewhere too, in this process or another.

    So nothing is carried from one transaction to the next: what is recorded and what it summed up
    to is read where the next records are written.
    """

    def __init__(
        self,
        desk: Desk,
        review: Review,
        imported: Import,
        records: Sequence[SourceRecord],
        tell: Progress,
        rest: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._review = review
        self._imported = imported
        self._records = records
        self._tell = tell
        self._rest = rest
        other = imported.source.kind.is_other_method
        self._stage = Stage.FULL_TEXT if other else Stage.TITLE_ABSTRACT

    def step(self) -> bool:
        """Link what is still to be recorded and record it; False when it must be linked again.

        That is so when another import, or another run of this one, brought records in between.
        """
        desk, review_id = self._desk, self._review.review_id
        with desk.store.reading(review_id) as tx:
            # From one snapshot: where the file is to go on, and the number of the next record.
            done = tx.records_brought(self._imported.import_id)
            if 0 < len(self._records) <= done:
                return True
            known = tx.all_for_linking()
            parted = tx.pairs(states=("different", "undone"))
            merged = tx.merges()
            first = tx.next_record_numbers(0).start
        new = [(f"R{first + n:06d}", r.record) for n, r in enumerate(self._records[done:])]
        self._tell("link", 0, len(known) + len(new))
        linking = find_duplicates(
            [*known, *new],
            among={record_id for record_id, _ in new},
            kept_apart=[frozenset((p.first, p.second)) for p in parted],
        )
        with desk.store.reading(review_id) as tx:
            plan = plan_import(desk, tx, review_id, new, known, merged, linking, desk.clock.now())
        self._tell("link", len(known) + len(new), len(known) + len(new))
        for start in range(0, max(len(new), 1), AT_ONCE):
            chunk = new[start : start + AT_ONCE]
            last = start + AT_ONCE >= len(new)
            with desk.store.writing(review_id) as tx:
                if tx.next_record_numbers(0).start != first + start:
                    return False
                so_far = tx.import_with_digest(self._imported.sha256)
                if so_far is None:
                    so_far = self._imported
                    tx.add_import(so_far)
                elif so_far.import_id != self._imported.import_id:
                    return False  # the same file, at the same moment
                tx.next_record_numbers(len(chunk))
                sources = self._records[done + start : done + start + AT_ONCE]
                so_far = self._record(tx, plan, chunk, sources, so_far)
                if last:
                    self._end(tx, so_far)
            self._tell("record", done + start + len(chunk), len(self._records))
            self._rest()
        return True

    def _record(
        self,
        tx: Transaction,
        plan: Plan,
        chunk: Sequence[tuple[str, Record]],
        sources: Sequence[SourceRecord],
        so_far: Import,
    ) -> Import:
        """Record one chunk whole: records, merges, entry into screening, rows for the sheet.

        Takes what became of the import before it and returns what has with it.
        """
        at = self._desk.clock.now()
        ids = [record_id for record_id, _ in chunk]
        here = set(ids)
        tx.add_records(
            self._imported.import_id, _numbered(self._review, self._stage, chunk, sources)
        )
        for record_id in ids:
            for join in plan.joins.get(record_id, ()):
                self._join(tx, join, at)
        removed = {r: plan.kept_of[r] for r in ids if r in plan.kept_of}
        changed = _merge_new(tx, removed, dict(chunk))
        alone = [record_id for record_id in ids if record_id not in removed]
        needed = self._review.rules(self._stage).policy.votes_needed
        tx.enter_stage(self._stage, alone, needed, at)
        planned = [pair for record_id in ids for pair in plan.pairs.get(record_id, ())]
        # The lead may have answered by another pair since this was planned.
        pairs = [p for p in planned if p.state == "merged" or tx.kept(p.first) != tx.kept(p.second)]
        for pair in pairs:
            tx.add_pair(pair)
        tx.enqueue_rows("Records", [*ids, *sorted(changed - here)], at)
        tx.enqueue_rows("_winnow", ids, at)
        tx.enqueue_rows("Sources", [self._imported.import_id], at)
        tx.enqueue_rows("Duplicates", [pair.pair_id for pair in pairs], at)
        question = next((pair.pair_id for pair in pairs if pair.state == "possible"), None)
        if question is not None:
            # Each time, for one asked about earlier may be answered by now; else it is left unsaid.
            tx.enqueue("slack", "possible_duplicate", question, at, {"pair_id": question})
        imported = replace(
            so_far,
            duplicates=so_far.duplicates + len(removed),
            possible=so_far.possible + len(plan.possible & here),
            new=so_far.new + len(alone),
        )
        tx.set_import(imported)
        return imported

    def _join(self, tx: Transaction, join: DuplicatePair, at: datetime) -> None:
        """Merge two records already there, which a new one showed to be one."""
        first, second = tx.kept(join.first), tx.kept(join.second)
        ends = {join.first, join.second}
        known = [p for p in tx.pairs(record_ids=[join.first]) if {p.first, p.second} == ends]
        if first == second or any(pair.state in ("different", "undone") for pair in known):
            return  # the lead said so since this was planned
        kept = merge_records(
            self._desk, tx, self._review, first, second, at, self._imported.imported_by
        )
        if not known:
            tx.add_pair(join)
            tx.enqueue_rows("Duplicates", [join.pair_id], at)
        follow_merges(tx, cluster(tx, kept), join.decided_by, at)

    def _end(self, tx: Transaction, imported: Import) -> None:
        """Tell the channel what became of the import."""
        at = self._desk.clock.now()
        details = {
            "file": imported.file_name,
            "sha256": imported.sha256,
            "records": imported.records,
        }
        tx.audit(at, imported.imported_by, "import", imported.import_id, details)
        tx.enqueue("slack", "import_done", imported.import_id, at, asdict(summary_of(imported)))

    def finish(self) -> ImportSummary:
        """Return what became of the import, as it stands in the store."""
        with self._desk.store.reading(self._review.review_id) as tx:
            stored = tx.import_with_digest(self._imported.sha256)
        return summary_of(stored or self._imported)


def _numbered(
    review: Review,
    stage: Stage,
    chunk: Sequence[tuple[str, Record]],
    sources: Sequence[SourceRecord],
) -> Iterator[tuple[str, SourceRecord, str]]:
    for (record_id, _), record in zip(chunk, sources, strict=True):
        yield record_id, record, order_key(review, stage, record_id)


def order_key(review: Review, stage: Stage, record_id: str) -> str:
    """Return the key by which records are handed out at the stage that they enter first.

    "mixed" is a fixed shuffle: the same for every reviewer, so that two votes meet on a record soon.
    """
    if review.rules(stage).order != "mixed":
        return record_id
    key = hashlib.blake2b(record_id.encode(), digest_size=8, key=review.review_id.encode()[:64])
    return key.hexdigest()


def _merge_new(tx: Transaction, removed: dict[str, str], new: dict[str, Record]) -> set[str]:
    """Merge new records into the kept ones; return the kept ones whose rows change.

    A record that was to be kept may have been merged elsewhere since: then it goes along.
    """
    by_kept: dict[str, list[str]] = {}
    for each, kept in removed.items():
        by_kept.setdefault(tx.kept(kept), []).append(each)
    for kept, ones in by_kept.items():
        there = [record for _, record in tx.members_of(kept)]
        shown = united([*there, *(new[each] for each in ones)])
        for each in ones:
            tx.merge(kept, each, shown)
    return set(by_kept)
