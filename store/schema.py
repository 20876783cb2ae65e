"""The tables as the present code sees them; migrations make them so, and a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from screening.assignments import Lease
from screening.sources import SourceKind
from screening.stages import How, Outcome, Stage, Status
from screening.votes import Choice
from store.columns import Instant, Json, Prose, Word

METADATA = MetaData()
"""Every table that a backup or a copy carries, parents before children."""


def _id(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _prose(name: str) -> Column[str]:
    return Column(name, Prose, nullable=False)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _of(parent: str, column: str) -> ForeignKeyConstraint:
    """Tie rows to their parent in the same review."""
    return ForeignKeyConstraint(
        ["review_id", column], [f"{parent}.review_id", f"{parent}.{column}"], use_alter=False
    )


imports = Table(
    "imports",
    METADATA,
    _id("review_id"),
    _id("import_id"),
    _prose("source_name"),
    Column("source_kind", Word(SourceKind), nullable=False),
    _prose("platform"),
    _text("searched_on"),
    _prose("file_name"),
    _text("sha256"),
    _text("format"),
    Column("imported_at", Instant, nullable=False),
    _text("imported_by"),
    _count("records"),
    _count("duplicates"),
    _count("possible"),
    _count("added"),
    Column("problems", Json, nullable=False),
)

records = Table(
    "records",
    METADATA,
    _id("review_id"),
    _id("record_id"),
    _text("import_id"),
    _count("position"),
    _count("line"),
    _text("order_key"),
    Column("merged_into", Text),
    _of("imports", "import_id"),
)

record_bodies = Table(
    "record_bodies",
    METADATA,
    _id("review_id"),
    _id("record_id"),
    Column("body", Json, nullable=False),
    _of("records", "record_id"),
)

record_abstracts = Table(
    "record_abstracts",
    METADATA,
    _id("review_id"),
    _id("record_id"),
    _prose("abstract"),
    _of("records", "record_id"),
)

record_raws = Table(
    "record_raws",
    METADATA,
    _id("review_id"),
    _id("record_id"),
    Column("raw", LargeBinary, nullable=False),
    _of("records", "record_id"),
)

record_shown = Table(
    "record_shown",
    METADATA,
    _id("review_id"),
    _id("record_id"),
    Column("body", Json, nullable=False),
    _of("records", "record_id"),
)

screenings = Table(
    "screenings",
    METADATA,
    _id("review_id"),
    _id("record_id"),
    Column("stage", Word(Stage), primary_key=True),
    Column("status", Word(Status), nullable=False),
    Column("outcome", Word(Outcome)),
    Column("how", Word(How)),
    _prose("reason"),
    Column("maybe", Boolean, nullable=False),
    _count("needed"),
    _count("votes_in"),
    _count("leases"),
    _text("taken_by"),
    _text("order_key"),
    Column("merged_into", Text),
    Column("other_method", Boolean, nullable=False),
    Column("entered_at", Instant),
    Column("decided_at", Instant),
    _of("records", "record_id"),
)

batches = Table(
    "batches",
    METADATA,
    _id("review_id"),
    _id("batch_id"),
    Column("stage", Word(Stage), nullable=False),
    _text("reviewer_id"),
    _count("size"),
    Column("handed_out_at", Instant, nullable=False),
    Column("due", Instant, nullable=False),
)

assignments = Table(
    "assignments",
    METADATA,
    _id("review_id"),
    _id("assignment_id"),
    _text("record_id"),
    Column("stage", Word(Stage), nullable=False),
    _text("reviewer_id"),
    _text("batch_id"),
    _count("place"),
    Column("lease", Word(Lease), nullable=False),
    Column("leased_until", Instant, nullable=False),
    _count("skipped"),
    _prose("note"),
    _of("records", "record_id"),
    _of("batches", "batch_id"),
)

votes = Table(
    "votes",
    METADATA,
    _id("review_id"),
    _id("vote_id"),
    _text("record_id"),
    Column("stage", Word(Stage), nullable=False),
    _text("reviewer_id"),
    Column("choice", Word(Choice), nullable=False),
    _prose("reason"),
    _prose("note"),
    Column("cast_at", Instant, nullable=False),
    Column("independent", Boolean, nullable=False),
    Column("replaces", Text),
    Column("assignment_id", Text),
    _of("records", "record_id"),
)

reveals = Table(
    "reveals",
    METADATA,
    _id("review_id"),
    _id("vote_id"),
    Column("revealed_at", Instant, nullable=False),
    _of("votes", "vote_id"),
)

current_votes = Table(
    "current_votes",
    METADATA,
    _id("review_id"),
    _id("record_id"),
    Column("stage", Word(Stage), primary_key=True),
    _id("reviewer_id"),
    _text("vote_id"),
    _text("counts_for"),
    Column("choice", Word(Choice), nullable=False),
    Column("independent_choice", Word(Choice)),
    Column("cast_at", Instant, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("decided", Boolean, nullable=False),
    _of("votes", "vote_id"),
)

decisions = Table(
    "decisions",
    METADATA,
    _id("review_id"),
    _id("decision_id"),
    _text("subject"),
    Column("decided_at", Instant, nullable=False),
)

conflicts = Table(
    "conflicts",
    METADATA,
    _id("review_id"),
    _id("conflict_id"),
    _text("record_id"),
    Column("stage", Word(Stage), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    _text("resolved_by"),
    Column("how", Word(How)),
    Column("outcome", Word(Outcome)),
    _prose("reason"),
    _prose("comment"),
    _of("records", "record_id"),
)

pairs = Table(
    "pairs",
    METADATA,
    _id("review_id"),
    _id("pair_id"),
    _text("first_id"),
    _text("second_id"),
    _text("certainty"),
    Column("score", Float, nullable=False),
    _prose("why"),
    _text("state"),
    _text("decided_by"),
    Column("decided_at", Instant),
    ForeignKeyConstraint(["review_id", "first_id"], ["records.review_id", "records.record_id"]),
    ForeignKeyConstraint(["review_id", "second_id"], ["records.review_id", "records.record_id"]),
)

lead_cells = Table(
    "lead_cells",
    METADATA,
    _id("review_id"),
    _id("tab"),
    _id("row_key"),
    Column("cells", Json, nullable=False),
)

gestures = Table(
    "gestures",
    METADATA,
    _id("review_id"),
    _id("gesture_key"),
    Column("at", Instant, nullable=False),
)

audit_log = Table(
    "audit_log",
    METADATA,
    Column("entry", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _text("review_id"),
    Column("at", Instant, nullable=False),
    _text("actor"),
    _text("action"),
    _text("subject"),
    Column("details", Json, nullable=False),
)

outbox = Table(
    "outbox",
    METADATA,
    _id("review_id"),
    _id("channel"),
    _id("kind"),
    _id("item_key"),
    Column("seq", BigInteger, nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    _count("attempts"),
    _prose("error"),
    Column("tried_at", Instant),
)

done_marks = Table(
    "done_marks",
    METADATA,
    _id("review_id"),
    _id("kind"),
    _id("subject"),
    _id("period"),
    Column("at", Instant, nullable=False),
)

posts = Table(
    "posts",
    METADATA,
    _id("review_id"),
    _id("post_key"),
    _text("channel"),
    _text("ts"),
    Column("at", Instant, nullable=False),
)

settings = Table("settings", METADATA, _id("review_id"), _id("name"), _prose("value"))

counters = Table(
    "counters",
    METADATA,
    _id("review_id"),
    _id("name"),
    Column("value", BigInteger, nullable=False),
)

last_reviews = Table("last_reviews", METADATA, _id("member_id"), _text("review_id"))

POSSIBLE_HANDS = (
    "screenings.status = 'pending' AND screenings.merged_into IS NULL"
    " AND screenings.needed > screenings.votes_in + screenings.leases"
)
"""What makes a screening one that can be handed out; word for word the predicate of its index.

The lone column stands on the left: SQLite turns a comparison around that has it on the right, and
then no longer recognises the index."""
