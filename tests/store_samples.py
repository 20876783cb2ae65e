"""Records, imports and votes for the store's tests, written straight through its transactions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from screening.assignments import Assignment, Batch, Lease
from screening.records import Record, SourceRecord
from screening.sources import Import, Source, SourceKind
from screening.stages import Outcome, Screening, Stage, Status
from screening.votes import Choice, Vote

RID = "peer"
T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def rid(number: int) -> str:
    return f"R{number:06d}"


def source_record(number: int, **fields: object) -> SourceRecord:
    values = {"title": f"Study {number}", "authors": ("Doe, J.",), "abstract": f"About {number}."}
    record = Record(**{**values, **fields})
    return SourceRecord(record, number, number * 10, (("TI", record.title), ("XX", "odd\ttag")))


def bring(
    tx,
    numbers: Iterable[int],
    *,
    import_id: str = "I1",
    kind: SourceKind = SourceKind.DATABASE,
    name: str = "MEDLINE",
    stage: Stage | None = TA,
    needed: int = 2,
) -> list[str]:
    """Import records and let them enter a stage; the order key is the number."""
    numbers = list(numbers)
    tx.add_import(
        Import(
            import_id,
            RID,
            Source(name, kind),
            f"{import_id}.ris",
            f"digest-{import_id}",
            "ris",
            T0,
            "U0ANA",
            len(numbers),
            0,
            0,
            len(numbers),
        )
    )
    tx.add_records(import_id, ((rid(n), source_record(n), rid(n)) for n in numbers))
    ids = [rid(n) for n in numbers]
    if stage is not None:
        tx.enter_stage(stage, ids, needed, T0)
    return ids


def a_vote(vote_id: str, record_id: str, who: str, choice: str = "include", **more: object) -> Vote:
    values = {"stage": TA, "cast_at": T0, **more}
    return Vote(vote_id, RID, record_id, values.pop("stage"), who, Choice(choice), **values)


def hand(tx, batch_id: str, who: str, ids: Iterable[str], stage: Stage = TA) -> list[Assignment]:
    """Hand records out as a batch."""
    due = T0 + timedelta(days=7)
    ids = list(ids)
    cards = [
        Assignment(f"A-{batch_id}-{n}", RID, r, stage, who, batch_id, n, Lease.OPEN, due)
        for n, r in enumerate(ids, 1)
    ]
    tx.add_batch(Batch(batch_id, RID, stage, who, len(ids), T0, due), cards)
    return cards


def decide(tx, record_id: str, outcome: str | None, stage: Stage = TA, **more: object) -> None:
    """Write a decision that stands on the votes; None is a conflict."""
    tx.reveal_votes([member for member, _ in tx.members_of(record_id)], stage, T0)
    status = Status.CONFLICT if outcome is None else Status.DECIDED
    values = {"decided_at": None if outcome is None else T0, **more}
    found = None if outcome is None else Outcome(outcome)
    tx.set_screening(Screening(RID, record_id, stage, status, found, **values))
