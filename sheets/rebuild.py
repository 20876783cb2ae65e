"""Filling an empty store from the sheet: records, votes, decisions, conflicts, what the lead wrote.

Not restored, because the sheet never held them: leases, gestures already seen, the audit log.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from screening.conflicts import Conflict
from screening.duplicates import united
from screening.gestures.importing import order_key
from screening.gestures.reviews import BLINDING
from screening.pairing import holds_records
from screening.ports import Desk, Transaction
from screening.records import Record, SourceRecord
from screening.review import Review
from screening.sealing import Seal, SealError, is_sealed
from screening.sources import SourceKind
from screening.stages import How, Outcome, Screening, Stage, Status
from screening.views import DuplicatePair
from screening.votes import Choice, Vote
from sheets.book import (
    CHUNKS,
    DECISION,
    DONE,
    REVIEW,
    SHORTENED,
    read_book_row,
    read_import,
    read_record,
)
from sheets.client import SheetClient
from sheets.consequences import Place, decide_again, reveal_what_decided, still_open
from sheets.edits import CARRIED, LINK
from sheets.errors import OtherReviewError, StoreNotEmptyError, UnreadableSheetError
from sheets.layout import BOOK, CONFLICTS, DUPLICATES, RECORDS, SOURCES, VOTES, layout_of
from sheets.looking import read_shape
from sheets.opening import save_gids
from sheets.owning import leave_behind, take_identity
from sheets.pages import rows_of
from sheets.rows import AFTER_DISCUSSION
from sheets.shape import SheetShape

Json = dict[str, Any]


@dataclass(slots=True)
class Rebuilt:
    """What came back, and what could not be read."""

    records: int = 0
    votes: int = 0
    decisions: int = 0
    conflicts: int = 0
    problems: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """Say it in one line."""
        said = (
            f"{self.records} records, {self.votes} votes, {self.decisions} decisions and "
            f"{self.conflicts} conflicts came back from the sheet; leases, clicks already seen and "
            "the audit log did not"
        )
        if not self.problems:
            return said + "."
        return f"{said}. {len(self.problems)} problems: " + "; ".join(self.problems[:10])


@dataclass(slots=True)
class _Sheet:
    """All that was read: the book by kind and key, what was voted, what the lead wrote."""

    shape: SheetShape
    book: dict[str, dict[str, Json]] = field(default_factory=dict)
    votes: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    lead: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def of(self, kind: str) -> dict[str, Json]:
        """Return the rows of a kind by key, in order of key."""
        return dict(sorted(self.book.get(kind, {}).items()))


def rebuild_store(client: SheetClient, desk: Desk, review: Review, seal: Seal | None) -> Rebuilt:
    """Fill the store from the review's sheet, whole or not at all.

    Raises `StoreNotEmptyError`, `OtherReviewError`, `UnreadableSheetError`, and `SealError` when the
    key is not the one with which pending votes were sealed.
    """
    with desk.store.reading(review.review_id) as tx:
        if holds_records(tx):
            raise StoreNotEmptyError(review.review_id)
    sheet = _read(client, review)
    rebuilt = Rebuilt(problems=sheet.problems)
    votes = list(_votes(sheet, review, seal, rebuilt))
    with desk.store.writing(review.review_id) as tx:
        decided = str(sheet.of("review").get(REVIEW, {}).get("decided", ""))
        if decided:
            tx.add_decision(decided, review.review_id, desk.clock.now())
        _records(tx, sheet, review, rebuilt)
        told = _decisions(tx, sheet, review, rebuilt)
        conflicts = _conflicts(tx, sheet, review, desk.clock.now(), rebuilt)
        _cast(tx, sheet, votes, review, desk.clock.now(), rebuilt)
        reveal_what_decided(tx, review, told, desk.clock.now())
        decide_again(desk, tx, review, votes, conflicts, told)
        _rest(tx, sheet, review)
        save_gids(tx, sheet.shape)
        take_identity(tx, sheet.shape)
        leave_behind(tx, {*sheet.unreadable, *sheet.of("vote")} - {vote.vote_id for vote in votes})
        counts = {"records": rebuilt.records, "votes": rebuilt.votes}
        tx.audit(desk.clock.now(), "winnow", "rebuilt", review.spreadsheet, counts)
    return rebuilt


def _read(client: SheetClient, review: Review) -> _Sheet:
    shape = read_shape(client, review.spreadsheet, {})
    missing = [name for name in (RECORDS, VOTES, BOOK) if name not in shape.tabs]
    if missing:
        raise UnreadableSheetError("it has no tab " + ", ".join(missing))
    sheet = _Sheet(shape)
    for key, *cells in rows_of(client, shape, BOOK, ("Key", *CHUNKS)):
        content = read_book_row(cells)
        if not key:
            continue  # whose row it was cannot be known
        if content is None:
            sheet.problems.append(f"the row {key} of _winnow cannot be read")
            sheet.unreadable.append(key)
        else:
            sheet.problems += _shortened(key, content)
            # A row that stands twice says the same; the first is the one kept up to date.
            sheet.book.setdefault(str(content.get("kind")), {}).setdefault(key, content)
    owner = sheet.of("review").get(REVIEW, {}).get("review", review.review_id)
    if owner != review.review_id:
        raise OtherReviewError(review.spreadsheet, owner, review.review_id)
    if not sheet.of("record"):
        raise UnreadableSheetError("its hidden tab _winnow holds no records")
    for vote_id, *said in rows_of(client, shape, VOTES, ("Vote ID", "Vote", "Reason", "Note")):
        sheet.votes.setdefault(vote_id, (said[0], said[1], said[2]))
    for name in (RECORDS, CONFLICTS, DUPLICATES, SOURCES):
        if name in shape.tabs:
            layout = layout_of(name)
            own = sheet.lead.setdefault(name, {})
            for key, *cells in rows_of(client, shape, name, (layout.key, *layout.lead_columns)):
                texts = dict(zip(layout.lead_columns, (c.strip() for c in cells), strict=True))
                if key and any(texts.values()):
                    own.setdefault(key, texts)
    return sheet


def _records(tx: Transaction, sheet: _Sheet, review: Review, rebuilt: Rebuilt) -> None:
    """Restore imports, records as they came, and merges."""
    by_import: dict[str, list[str]] = {}
    contents = sheet.of("record")
    for record_id, content in contents.items():
        by_import.setdefault(content["import"], []).append(record_id)
    records: dict[str, Record] = {}
    for import_id, content in sheet.of("import").items():
        imported = read_import(import_id, content, review)
        tx.add_import(imported)
        stage = _first_stage(imported.source.kind)
        own = by_import.pop(import_id, [])
        rows: list[tuple[str, SourceRecord, str]] = []
        for record_id in own:
            record, raw = read_record(contents[record_id])
            if contents[record_id].get("shortened"):
                tx.set_setting(SHORTENED + record_id, json.dumps(contents[record_id]["shortened"]))
            records[record_id] = record
            place = int(contents[record_id].get("position", 0))
            came = SourceRecord(record, place, int(contents[record_id].get("line", 0)), raw)
            rows.append((record_id, came, order_key(review, stage, record_id)))
        tx.add_records(import_id, rows)
        needed = review.rules(stage).policy.votes_needed
        alone = [r for r in own if DECISION + r not in sheet.book.get("decision", {})]
        tx.enter_stage(stage, alone, needed, imported.imported_at)
        rebuilt.records += len(own)
    if by_import:
        raise UnreadableSheetError("it lacks the imports " + ", ".join(sorted(by_import)))
    # One whose row cannot be read keeps its number, so that no other record gets its row.
    known = (*records, *(key for key in sheet.unreadable if key.startswith("R")))
    numbers = [int(r[1:]) for r in known if r[1:].isdecimal()]
    tx.next_record_numbers(max(numbers, default=0))
    merged: dict[str, list[str]] = {}
    for key, content in sheet.of("decision").items():
        if content.get("merged"):
            merged.setdefault(content["merged"], []).append(key.removeprefix(DECISION))
            if content.get("before"):
                tx.set_setting(f"merged:{key.removeprefix(DECISION)}", content["before"])
    for kept, removed in merged.items():
        shown = united([records[r] for r in (kept, *sorted(removed))])
        for each in sorted(removed):
            tx.merge(kept, each, shown)


def _decisions(
    tx: Transaction, sheet: _Sheet, review: Review, rebuilt: Rebuilt
) -> dict[Place, Status]:
    """Restore how far each record is at each stage; return what the sheet said of it."""
    told: dict[Place, Status] = {}
    for key, content in sheet.of("decision").items():
        record_id = key.removeprefix(DECISION)
        for given in content["stages"]:
            stage, status = Stage(given["stage"]), Status(given["status"])
            told[record_id, stage] = status
            needed = int(given.get("needed", review.rules(stage).policy.votes_needed))
            entered = _instant(given.get("entered_at"))
            if entered is None:
                raise UnreadableSheetError(f"the row {key} of _winnow lacks a time")
            tx.enter_stage(stage, [record_id], needed, entered)
            tx.set_screening(
                Screening(
                    review.review_id,
                    record_id,
                    stage,
                    status,
                    Outcome(given["outcome"]) if given.get("outcome") else None,
                    How(given["how"]) if given.get("how") else None,
                    given.get("reason", ""),
                    bool(given.get("maybe")),
                    needed,
                    entered_at=entered,
                    decided_at=_instant(given.get("decided_at")),
                )
            )
            rebuilt.decisions += status is Status.DECIDED
    return told


def _votes(sheet: _Sheet, review: Review, seal: Seal | None, rebuilt: Rebuilt) -> Iterator[Vote]:
    """Yield the votes in the order in which they were cast, seals opened."""
    for vote_id, content in sheet.of("vote").items():
        said = sheet.votes.get(vote_id)
        if said is None:
            rebuilt.problems.append(f"the row of {vote_id} is not in Votes")
            continue
        if is_sealed(said[0]):
            if seal is None:
                raise SealError(
                    f"The vote {vote_id} is sealed", "Name the key in the configuration."
                )
            choice, reason, note = seal.open(said[0], vote_id)
            revealed = False
        else:
            try:
                choice = Choice(said[0].removesuffix(AFTER_DISCUSSION))
            except ValueError:
                rebuilt.problems.append(f"{vote_id} says {said[0]!r} in Votes")
                continue
            reason, note, revealed = said[1], said[2], True
        yield Vote(
            vote_id,
            review.review_id,
            content["record"],
            Stage(content["stage"]),
            content["by"],
            choice,
            datetime.fromisoformat(content["at"]),
            reason,
            note,
            revealed=revealed,
            independent=bool(content.get("independent", True)),
            replaces=content.get("replaces"),
            assignment_id=content.get("assignment"),
        )
    for vote_id in sorted(set(sheet.votes) - set(sheet.of("vote"))):
        if vote_id:
            rebuilt.problems.append(f"{vote_id} stands in Votes but not in _winnow")


def _cast(
    tx: Transaction,
    sheet: _Sheet,
    votes: list[Vote],
    review: Review,
    now: datetime,
    rebuilt: Rebuilt,
) -> None:
    """Restore the log of votes; a vote is settled unless it could still be taken back."""
    newest = {vote.reviewer_id: vote.vote_id for vote in votes}
    merges = tx.merges()
    settled: list[str] = []
    for vote in votes:
        screening = tx.screening(merges.get(vote.record_id, vote.record_id), vote.stage)
        is_open = screening is None or screening.status is Status.PENDING
        young = (now - vote.cast_at).total_seconds() < review.undo_seconds
        tx.add_vote(vote)
        if not (is_open and young and newest[vote.reviewer_id] == vote.vote_id):
            settled.append(vote.vote_id)
        rebuilt.votes += 1
    for start in range(0, len(settled), 500):
        tx.settle_votes(settled[start : start + 500])
    for content in sheet.of("decision").values():
        if content.get("merged"):
            for stage in Stage:
                if tx.screening(content["merged"], stage) is not None:
                    tx.recount(stage, content["merged"])


def _conflicts(
    tx: Transaction, sheet: _Sheet, review: Review, now: datetime, rebuilt: Rebuilt
) -> list[Conflict]:
    contents = sheet.of("conflict")
    given = [
        Conflict(
            conflict_id,
            review.review_id,
            content["record"],
            Stage(content["stage"]),
            datetime.fromisoformat(content["opened_at"]),
            _instant(content.get("resolved_at")),
            content.get("resolved_by", ""),
            How(content["how"]) if content.get("how") else None,
            Outcome(content["outcome"]) if content.get("outcome") else None,
            content.get("reason", ""),
            content.get("comment", ""),
        )
        for conflict_id, content in contents.items()
    ]
    restored = []
    for conflict in still_open(tx, given, now):
        tx.add_conflict(conflict)
        if contents[conflict.conflict_id].get("thread"):
            channel, ts = contents[conflict.conflict_id]["thread"]
            key = f"{review.review_id}/conflict_opened/{conflict.conflict_id}"
            tx.record_post(key, channel, ts, conflict.opened_at)
        restored.append(conflict)
        rebuilt.conflicts += 1
    return restored


def _rest(tx: Transaction, sheet: _Sheet, review: Review) -> None:
    """Restore pairs, done-marks, how votes were shown, and the lead's cells."""
    for pair_id, content in sheet.of("pair").items():
        tx.add_pair(
            DuplicatePair(
                pair_id,
                review.review_id,
                content["first"],
                content["second"],
                content["certainty"],
                float(content["score"]),
                content["why"],
                content["state"],
                content.get("decided_by", ""),
                _instant(content.get("decided_at")),
            )
        )
    blinding = sheet.of("review").get(REVIEW, {}).get("blinding")
    if blinding:
        tx.set_setting(BLINDING, str(blinding))
    for key, content in sheet.of("done").items():
        for subject, period, at in content["marks"]:
            tx.mark_done(key.removeprefix(DONE), subject, period, datetime.fromisoformat(at))
    for tab, rows in sheet.lead.items():
        for key, texts in rows.items():
            kept: Mapping[str, str] = texts
            if tab == RECORDS:
                kept = texts | {CARRIED + LINK: texts.get(LINK, "")}
            tx.save_lead_cells(tab, key, kept)


def _shortened(key: str, content: Json) -> list[str]:
    """Say what a row of the hidden tab lacks, because it was too long for the sheet's cells."""
    parts = [str(part) for part in content.get("shortened", ())]
    if content.get("raw_left_out"):
        parts.append("its raw tags were left out")
    return [f"{key} came back shortened ({'; '.join(parts)})"] if parts else []


def _first_stage(kind: SourceKind) -> Stage:
    return Stage.FULL_TEXT if kind.is_other_method else Stage.TITLE_ABSTRACT


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
