"""What is shown of a review: rows joined for the sheet, the cards and the posts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from screening.assignments import Assignment, Batch
from screening.conflicts import Conflict
from screening.records import Record
from screening.stages import Outcome, Screening, Stage, Status
from screening.votes import Vote


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record with all it came from and all that became of it.

    `record` holds the best field of each merged member; `members` are the IDs merged into it
    (itself excluded); `merged_into` is set when it is itself a duplicate removed. `position` and
    `line` say where in its file it stood.
    """

    record_id: str
    record: Record
    sources: tuple[str, ...]
    import_id: str
    position: int
    merged_into: str | None = None
    members: tuple[str, ...] = ()
    screenings: tuple[Screening, ...] = ()
    lead_cells: dict[str, str] = field(default_factory=dict)
    line: int = 0

    def screening(self, stage: Stage) -> Screening | None:
        """Return how far the record is at a stage, None when it never entered it."""
        return next((s for s in self.screenings if s.stage is stage), None)


@dataclass(frozen=True, slots=True)
class VoteView:
    """A vote with what its row in the sheet needs; `revealed` once the decision is not pending.

    `current` is false once its reviewer voted again, on this record or on one merged with it;
    `status` is its record's at the vote's stage, None when that is not in the stage any more.
    """

    vote: Vote
    title: str
    current: bool
    revealed: bool
    status: Status | None = None

    @property
    def can_change(self) -> bool:
        """Whether the record takes another vote: it is pending, or under discussion."""
        return self.status in (Status.PENDING, Status.CONFLICT)


@dataclass(frozen=True, slots=True)
class ConflictView:
    """A conflict with the votes that make it; `thread` is (channel, ts) of its message.

    `overridden` is (outcome, reason) when the lead has since decided otherwise than the conflict ended.
    """

    conflict: Conflict
    title: str
    record: Record
    votes: tuple[Vote, ...]
    thread: tuple[str, str] | None = None
    overridden: tuple[Outcome, str] | None = None


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two records that were merged or may be the same; state is one of
    "merged", "possible", "different", "undone"."""

    pair_id: str
    review_id: str
    first: str
    second: str
    certainty: str
    score: float
    why: str
    state: str
    decided_by: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DuplicateView:
    """A pair with both records as they came."""

    pair: DuplicatePair
    first: Record
    second: Record


@dataclass(frozen=True, slots=True)
class CardView:
    """All that a card shows: one record for one reviewer.

    `place` counts from 1 among the batch's `batch.size`; `recorded` is the reviewer's vote just
    cast, that the card offers to undo.
    """

    assignment: Assignment
    batch: Batch
    record: RecordView
    recorded: Vote | None = None


@dataclass(frozen=True, slots=True)
class MemberFigures:
    """A member's work, from decided records only where votes would show.

    `include_votes` of `decided_votes` are on decided records; `left` is what is still leased.
    """

    member_id: str
    stage: Stage
    assigned: int = 0
    done: int = 0
    left: int = 0
    include_votes: int = 0
    decided_votes: int = 0
    last_active: datetime | None = None


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One local day: votes cast, records decided, conflicts opened and resolved."""

    day: date
    votes: int = 0
    decided: int = 0
    conflicts_opened: int = 0
    conflicts_resolved: int = 0
    by_member: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StageFigures:
    """How many records stand where at one stage; the parts sum to `entered`."""

    stage: Stage
    entered: int = 0
    pending: int = 0
    conflict: int = 0
    included: int = 0
    excluded: int = 0
    not_retrieved: int = 0
    half_voted: int = 0
    maybes: int = 0


@dataclass(frozen=True, slots=True)
class FlowFigures:
    """Raw counts from the log, from which the PRISMA counts are derived.

    `identified` maps (kind, source name) to the records that the source brought, `duplicates`
    likewise those merged away; `reasons` counts full-text exclusions by reason for records from
    databases and registers (False) and from other methods (True).
    """

    identified: dict[tuple[str, str], int] = field(default_factory=dict)
    duplicates: dict[tuple[str, str], int] = field(default_factory=dict)
    stages: dict[tuple[Stage, bool], StageFigures] = field(default_factory=dict)
    reasons: dict[tuple[bool, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """Something recorded that still has to be carried to the sheet or to Slack.

    `channel` is "sheet" or "slack". For the sheet, `kind` is a tab's name and `key` the row's ID;
    for Slack, `kind` names the message and `payload` is all that its builder needs (JSON).
    `created_at` is by the clock of who caused it, `tried_at` by that of who first tried to carry it.
    """

    seq: int
    review_id: str
    channel: str
    kind: str
    key: str
    payload: dict[str, object]
    created_at: datetime
    attempts: int = 0
    tried_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of pairs of independent votes by two members on decided records, by choice."""

    first: str
    second: str
    stage: Stage
    table: dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reviewer sees after a gesture.

    `card` is the next card, None when nothing is left; `recorded` the last recorded vote that can be
    undone, `reported` the card whose report was said not to be had since, which can be taken back
    instead; `recorded_title` is of either; `batch` the batch that the gesture finished, when `card` is None; `message`
    a sentence for this person only; `changed` is False when the gesture changed nothing (a double
    tap, a redelivery, an old card).
    """

    review_id: str
    card: CardView | None = None
    recorded: Vote | None = None
    recorded_title: str = ""
    reported: str = ""
    batch: Batch | None = None
    message: str = ""
    changed: bool = True
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class SheetLag:
    """How far the sheet is behind: rows that wait, since when the first does, and why ("" unknown)."""

    rows: int
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """The Home tab of one member in one review.

    `sheet_refused` says why the sheet is not written, `sheet_lag` how far it is behind, if it is.
    """

    review_id: str
    member_id: str
    open_cards: int
    batch: Batch | None
    can_take_more: bool
    figures: tuple[MemberFigures, ...]
    stages: tuple[StageFigures, ...]
    conflicts: tuple[ConflictView, ...]
    conflict_count: int
    last_votes: tuple[VoteView, ...]
    flow: FlowFigures
    possible_duplicates: int = 0
    sheet_refused: str = ""
    sheet_lag: SheetLag | None = None


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record that a member asked for by an ID, with their own votes and no others.

    `record` is another one when `asked_for` was merged into it; `on_card`: it is on an open card of
    theirs.
    """

    asked_for: str
    record: RecordView
    own_votes: tuple[Vote, ...] = ()
    on_card: bool = False


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What became of one file: `read` = `duplicates` + `possible` + `new`.

    Those to check are screened like the new ones, unless the lead merges them away.
    """

    import_id: str
    file_name: str
    source: str
    format: str
    read: int
    duplicates: int
    possible: int
    new: int
    problems: tuple[str, ...] = ()
    already: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """One morning's post, its numbers frozen when it was composed.

    `work` is what was done from the local day `first` to the day before the digest's; `failed` names
    PRISMA identities that do not hold, with record IDs.
    """

    review_id: str
    day: date
    first: date
    work: DayFigures
    stages: tuple[StageFigures, ...]
    open_conflicts: int
    oldest_conflict: datetime | None
    waiting_for: tuple[tuple[str, int], ...]
    possible_duplicates: int
    days: tuple[DayFigures, ...] = ()
    failed: tuple[str, ...] = ()
