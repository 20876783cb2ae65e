"""What the use cases need from the outside: a store, a clock and fresh identifiers.

Every method of `Transaction` speaks of one review. A write transaction holds the review's lock from its
beginning, so that two of them never interleave: rules may read, decide and write.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from screening.assignments import Assignment, Batch
from screening.conflicts import Conflict
from screening.errors import UnknownReviewError
from screening.records import Record, SourceRecord
from screening.review import Review
from screening.sources import Import
from screening.stages import Screening, Stage
from screening.views import (
    Agreement,
    ConflictView,
    DayFigures,
    DuplicatePair,
    DuplicateView,
    FlowFigures,
    MemberFigures,
    OutboxItem,
    RecordView,
    StageFigures,
    VoteView,
)
from screening.votes import Vote


class Clock(Protocol):
    """Tells the time; the demo's can be moved."""

    def now(self) -> datetime:
        """Return the present instant, aware, UTC."""


class Records(Protocol):
    """Records, imports and duplicates."""

    def next_record_numbers(self, count: int) -> range:
        """Reserve `count` consecutive record numbers; a record's ID is `R%06d` of its number.

        With `count` 0 nothing is reserved; the range's start is the next free number.
        """

    def add_import(self, imported: Import) -> None: ...

    def set_import(self, imported: Import) -> None:
        """Write what became of an import so far: its duplicates, possible and new records."""

    def records_brought(self, import_id: str) -> int:
        """Return how many of an import's records are recorded; fewer than `records` when cut short."""

    def import_with_digest(self, sha256: str) -> Import | None: ...

    def imports(self) -> list[Import]: ...

    def add_records(self, import_id: str, records: Iterable[tuple[str, SourceRecord, str]]) -> None:
        """Add records as (record_id, what the file gave, order key); order keys sort the hand-out."""

    def record(self, record_id: str) -> RecordView | None: ...

    def records(self, record_ids: Collection[str]) -> list[RecordView]: ...

    def records_after(self, record_id: str, limit: int) -> list[RecordView]:
        """Return up to `limit` records in order of ID, those after `record_id` ("" = from the start)."""

    def all_for_linking(self) -> list[tuple[str, Record]]:
        """Return every record as it came (merged ones too), slim: what comparing needs."""

    def raw_fields(self, record_id: str) -> tuple[tuple[str, str], ...]: ...

    def merge(self, kept: str, removed: str, shown: Record) -> None:
        """Point `removed` (and all that pointed to it) at `kept`, which now shows `shown`."""

    def unmerge(self, removed: str, shown: Mapping[str, Record]) -> None:
        """Let `removed` stand alone again; `shown` is what each record touched shows from now on."""

    def merges(self) -> dict[str, str]:
        """Return removed → kept for every record that is merged into another."""

    def kept(self, record_id: str) -> str:
        """Return the record that stands for this one: itself, or the one it is merged into."""

    def members_of(self, record_id: str) -> list[tuple[str, Record]]:
        """Return the record as it came and those merged into it, the kept one first."""

    def add_pair(self, pair: DuplicatePair) -> None: ...

    def pair(self, pair_id: str) -> DuplicatePair | None: ...

    def set_pair(self, pair: DuplicatePair) -> None: ...

    def pairs(
        self, states: Collection[str] = (), record_ids: Collection[str] = ()
    ) -> list[DuplicatePair]:
        """Return pairs in any of `states` (all when empty) touching any of `record_ids` (all when empty)."""

    def duplicate_views(self, pair_ids: Collection[str]) -> list[DuplicateView]: ...

    def pair_ids_after(self, pair_id: str, limit: int) -> list[str]: ...

    def save_lead_cells(self, tab: str, key: str, cells: Mapping[str, str]) -> None:
        """Remember what the lead wrote in their own columns, so that a sheet can be rebuilt."""

    def lead_cells(self, tab: str, keys: Collection[str]) -> dict[str, dict[str, str]]: ...


class Votes(Protocol):
    """Assignments, votes, decisions and conflicts."""

    def enter_stage(
        self, stage: Stage, record_ids: Sequence[str], needed: int, at: datetime
    ) -> None:
        """Let records enter a stage, pending; records already in it are left as they are.

        The counters start from the current votes and open assignments of the record's cluster.
        """

    def leave_stage(self, stage: Stage, record_id: str) -> None:
        """Take a record out of a stage; its votes stay in the log and count again if it comes back."""

    def recount(self, stage: Stage, record_id: str) -> None:
        """Set votes_in and leases from the reviewers' current votes (one a reviewer) and the open
        assignments on the record and on all that is merged into it: after a merge or its undoing."""

    def screening(self, record_id: str, stage: Stage) -> Screening | None: ...

    def set_screening(self, screening: Screening) -> None:
        """Write status, outcome, how, reason, maybe, needed and decided_at; the counters stay."""

    def needing_other(self, stage: Stage, needed: int) -> list[str]:
        """Return the pending records that wait for another number of votes than `needed`."""

    def set_needed(self, stage: Stage, needed: int) -> int:
        """Let the pending records that nobody voted on wait for `needed` votes; return how many."""

    def candidates(self, stage: Stage, reviewer_id: str, limit: int) -> list[str]:
        """Return records the reviewer can still be given, best first.

        Pending records with votes_in + leases < needed, not merged away, on which the reviewer has
        no current vote and no open assignment, and none that ran out in their hands; half-voted
        first (votes_in descending), then those already leased to somebody, then by order key.
        """

    def lapsed_candidates(
        self, stage: Stage, reviewer_id: str, limit: int, before: datetime
    ) -> list[str]:
        """Return the others: those that ran out in the reviewer's hands before an instant."""

    def add_batch(self, batch: Batch, assignments: Sequence[Assignment]) -> None: ...

    def batch(self, batch_id: str) -> Batch | None: ...

    def assignment(self, assignment_id: str) -> Assignment | None: ...

    def next_assignment(self, reviewer_id: str) -> Assignment | None:
        """Return the reviewer's open assignment to show next: least skipped, oldest batch, by place."""

    def open_assignments(
        self,
        reviewer_id: str | None = None,
        record_id: str | None = None,
        stage: Stage | None = None,
    ) -> list[Assignment]: ...

    def expired_assignments(self, now: datetime) -> list[Assignment]: ...

    def set_assignment(self, assignment: Assignment) -> None:
        """Write lease, leased_until, skipped and note, and keep the screening's lease counter right."""

    def add_vote(self, vote: Vote) -> None:
        """Append to the log and make the vote the current one (a withdrawn one: make none current).

        Keeps the screening's vote counter right. One current vote a record, stage and reviewer.
        """

    def vote(self, vote_id: str) -> Vote | None: ...

    def settle_votes(self, vote_ids: Sequence[str]) -> None: ...

    def reveal_votes(self, record_ids: Collection[str], stage: Stage, at: datetime) -> int:
        """Reveal for good every vote ever cast on these records at a stage; return how many were
        blind until now."""

    def has_seen_votes(self, record_ids: Collection[str], stage: Stage, reviewer_id: str) -> bool:
        """Whether a colleague's vote on any of these records was ever revealed at a stage."""

    def current_vote(self, record_id: str, stage: Stage, reviewer_id: str) -> Vote | None: ...

    def current_votes(self, record_ids: Collection[str], stage: Stage) -> list[Vote]: ...

    def unsettled_votes(
        self, reviewer_id: str | None = None, cast_before: datetime | None = None, limit: int = 500
    ) -> list[Vote]:
        """Return current unsettled votes, oldest first."""

    def last_votes(self, reviewer_id: str, limit: int) -> list[VoteView]:
        """Return the reviewer's current votes, newest first."""

    def vote_views(self, vote_ids: Collection[str]) -> list[VoteView]: ...

    def vote_ids_after(self, vote_id: str, limit: int) -> list[str]:
        """Return vote IDs of the log in order of ID (IDs sort by time), those after `vote_id`."""

    def vote_ids_on(self, record_id: str, stage: Stage) -> list[str]: ...

    def add_decision(self, decision_id: str, subject: str, at: datetime) -> None:
        """Note a decision on a record or a pair, as the last one; a known one is left as it is."""

    def knows_decision(self, decision_id: str) -> bool:
        """Whether this store, or one that it goes on from, made the decision."""

    def last_decision(self) -> str:
        """Return the ID of the decision made last, "" before the first."""

    def add_conflict(self, conflict: Conflict) -> None: ...

    def set_conflict(self, conflict: Conflict) -> None: ...

    def conflict(self, conflict_id: str) -> Conflict | None: ...

    def open_conflict(self, record_id: str, stage: Stage) -> Conflict | None: ...

    def open_conflicts(self, limit: int | None = None) -> list[Conflict]:
        """Return open conflicts, oldest first."""

    def conflict_views(self, conflict_ids: Collection[str]) -> list[ConflictView]: ...

    def ended_conflicts(self, record_id: str, stage: Stage) -> list[str]:
        """Return the IDs of the conflicts on a record at a stage that have ended."""

    def conflict_ids_after(self, conflict_id: str, limit: int) -> list[str]: ...


class Figures(Protocol):
    """Counts, each from one grouped query."""

    def stage_figures(self) -> list[StageFigures]: ...

    def flow_figures(self) -> FlowFigures: ...

    def member_figures(self, member_id: str | None = None) -> list[MemberFigures]:
        """Return each member's work by stage, or only one member's."""

    def days_of_work(self, timezone: str) -> tuple[date, date] | None:
        """Return the first and last local day of imports, votes, decisions and conflicts."""

    def day_figures(self, first: date, last: date, timezone: str) -> list[DayFigures]:
        """Return local days from `first` to `last`, both included, days without work too."""

    def agreement(self) -> list[Agreement]: ...

    def records_behind(self, node: str) -> list[str]:
        """Return the IDs of the records that a PRISMA key or a digest figure counts."""


class Bookkeeping(Protocol):
    """Gestures seen, audit, outbox, done-marks and posts."""

    def remember_gesture(self, gesture_key: str, at: datetime) -> bool:
        """Return True the first time a key is seen, False ever after."""

    def audit(
        self, at: datetime, actor: str, action: str, subject: str, details: Mapping[str, object]
    ) -> None: ...

    def enqueue(
        self,
        channel: str,
        kind: str,
        key: str,
        at: datetime,
        payload: Mapping[str, object] | None = None,
    ) -> None:
        """Put something into the outbox; for the sheet a key already waiting is not added twice.

        A sheet row that already waits gets a new `seq` (its `created_at` stays): `finish_outbox` of
        the old seq, read before this change, then leaves the row waiting to be written again.
        """

    def enqueue_rows(self, tab: str, keys: Iterable[str], at: datetime) -> None:
        """The same for many rows of a tab of the sheet at once."""

    def outbox(
        self, channel: str, limit: int, kinds: Collection[str] = (), after: int = 0
    ) -> list[OutboxItem]:
        """Return what waits, by `seq`, behind `after`; only of the given kinds when any are named."""

    def finish_outbox(self, seqs: Collection[int]) -> None: ...

    def fail_outbox(self, seqs: Collection[int], error: str, at: datetime) -> None:
        """Note that carrying was tried in vain; the items stay."""

    def claim_outbox(self, items: Collection[OutboxItem], at: datetime) -> set[int]:
        """Count an attempt of the items that are as they were read; return their numbers.

        What is left out was changed, carried or tried by another process since.
        """

    def outbox_size(self, channel: str) -> int: ...

    def mark_done(self, kind: str, subject: str, period: str, at: datetime) -> bool:
        """Set a done-mark; False when it is already there."""

    def done_marks(self, kind: str, since: datetime) -> list[tuple[str, str, datetime]]:
        """Return (subject, period, at) of the marks set since an instant."""

    def last_done(self, kind: str, subject: str) -> tuple[str, datetime] | None: ...

    def forget_done(self, kind: str, after: datetime) -> int:
        """Remove the marks set after an instant, by a clock that was ahead; return how many."""

    def record_post(self, key: str, channel: str, ts: str, at: datetime) -> None: ...

    def post(self, key: str) -> tuple[str, str] | None:
        """Return (channel, ts) of a message already posted under this key."""

    def setting(self, name: str) -> str | None: ...

    def set_setting(self, name: str, value: str) -> None: ...


class Transaction(Records, Votes, Figures, Bookkeeping, Protocol):
    """All that a use case can read and write, for one review, in one transaction."""

    review_id: str


class Leadership(Protocol):
    """The lock that elects the one process that writes sheets and runs jobs."""

    def try_acquire(self) -> bool:
        """Take the lock if it is free; True while this process holds it."""

    def is_current(self) -> bool:
        """Tell, without asking anybody, whether this process still leads.

        False in a process that was stopped for so long that another one leads by now.
        """

    def release(self) -> None: ...


class Store(Protocol):
    """What is never lost."""

    def writing(self, review_id: str) -> AbstractContextManager[Transaction]:
        """Open a write transaction: committed at the end, rolled back by any exception.

        Raises `StoreBusyError` when the review's lock is not to be had within the store's bound (2 s),
        another `StoreFaultError` when the database cannot record.
        """

    def reading(self, review_id: str) -> AbstractContextManager[Transaction]:
        """Open a read-only snapshot."""

    def leadership(self) -> Leadership: ...

    def review_ids(self) -> list[str]:
        """Return the reviews that anything was imported into, in order of their IDs."""

    def last_review_of(self, member_id: str) -> str | None:
        """Return the review that the member last used, for gestures in a DM or on the Home tab."""

    def set_last_review_of(self, member_id: str, review_id: str) -> None: ...

    def copy_to(self, path: str) -> None:
        """Write a consistent backup."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What every use case is handed: the store, the clock, fresh IDs and the reviews.

    `new_id(prefix)` returns a unique, time-ordered, URL-safe text such as "V01J9Z…".
    """

    store: Store
    clock: Clock
    new_id: Callable[[str], str]
    reviews: Mapping[str, Review]

    def review(self, review_id: str) -> Review:
        """Return a configured review, or raise `UnknownReviewError`."""
        try:
            return self.reviews[review_id]
        except KeyError:
            raise UnknownReviewError(review_id, self.reviews) from None

    def each_review(self) -> Iterator[Review]:
        """Yield every configured review."""
        yield from self.reviews.values()
