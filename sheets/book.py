"""The hidden tab `_winnow`: JSON rows with what has no column and a rebuild needs.

A key is a record's, vote's, conflict's, pair's or import's ID, "decision:" and a record's ID,
"member:" and a member's, "done:" and a job's, or "review". A vote's row never holds what was voted.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from screening.conflicts import Conflict
from screening.members import Member
from screening.ports import Transaction
from screening.records import Record
from screening.review import Review
from screening.sources import Import, Source, SourceKind
from screening.stages import Screening, Stage, Status
from screening.views import DuplicatePair, RecordView
from screening.votes import Vote
from sheets.fitting import as_json, fitted
from sheets.rows import Cells

Json = dict[str, Any]

CHUNK = 49_000
"""Characters of JSON in one cell, below the 50,000 that a cell holds."""

CHUNKS = ("JSON", "JSON 2", "JSON 3", "JSON 4")

DECISION, MEMBER, DONE, REVIEW = "decision:", "member:", "done:", "review"

SHORTENED = "shortened:"
"""Setting, with a record's ID behind it: what its row lacked when the store was rebuilt from it."""

_EMPTY = Record()
_QUOTED = ("abstract", "title", "original_title", "journal")


def book_cells(key: str, content: Json) -> Cells:
    """Return a row of `_winnow`: the JSON, cut into cells; shortened when it is too long for them."""
    text = as_json(fitted(content, CHUNK * len(CHUNKS)))
    parts = [text[i : i + CHUNK] for i in range(0, len(text), CHUNK)]
    parts += [""] * (len(CHUNKS) - len(parts))
    return {"Key": key, **dict(zip(CHUNKS, parts, strict=True))}


def read_book_row(cells: Iterable[str]) -> Json | None:
    """Return the content of a row from its JSON cells; None when they do not hold any."""
    try:
        content = json.loads("".join(cells))
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def record_content(tx: Transaction, view: RecordView) -> Json:
    """Return all of a record as it came: fields and raw tags."""
    own = view.record
    if view.members or view.merged_into:
        own = dict(tx.members_of(view.record_id)).get(view.record_id, own)
    raw = [[tag, _quoted(value, own)] for tag, value in tx.raw_fields(view.record_id)]
    content: Json = {
        "kind": "record",
        "import": view.import_id,
        "position": view.position,
        "line": view.line,
        "record": record_json(own),
        "raw": raw,
    }
    # A store rebuilt from a shortened row has no more than that row, which goes on saying so.
    came_shortened = tx.setting(SHORTENED + view.record_id)
    return content | {"shortened": json.loads(came_shortened)} if came_shortened else content


def record_json(record: Record) -> Json:
    """Return a record's fields, without the empty ones."""
    named = {f.name: getattr(record, f.name) for f in fields(Record)}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in named.items()
        if value != getattr(_EMPTY, name)
    }


def read_record(content: Mapping[str, Any]) -> tuple[Record, tuple[tuple[str, str], ...]]:
    """Return the record and the raw tags of a record's row."""
    given: Json = {n: tuple(v) if isinstance(v, list) else v for n, v in content["record"].items()}
    record = Record(**given)
    raw = tuple(
        (str(tag), str(getattr(record, value["as"])) if isinstance(value, dict) else str(value))
        for tag, value in content.get("raw", ())
    )
    return record, raw


def _quoted(value: str, record: Record) -> str | Json:
    """Point at a field that says the same: most of a record's text is its abstract, given once."""
    for name in _QUOTED:
        if value and value == getattr(record, name):
            return {"as": name}
    return value


def decision_content(tx: Transaction, view: RecordView) -> Json | None:
    """Return how far a record is, None while that follows from its import alone."""
    if view.merged_into is not None:
        before = tx.setting(f"merged:{view.record_id}") or ""
        return {"kind": "decision", "stages": [], "merged": view.merged_into, "before": before}
    plain = all(
        s.status is Status.PENDING and s.stage is Stage.TITLE_ABSTRACT for s in view.screenings
    )
    if plain:
        return None
    return {"kind": "decision", "stages": [_screening(s) for s in view.screenings]}


def open_decision(view: RecordView) -> Json:
    """Return the decision row of a record that was decided once and is pending again."""
    return {"kind": "decision", "stages": [_screening(s) for s in view.screenings]}


def _screening(screening: Screening) -> Json:
    # What a pending record still needs would tell that its sealed votes differ; the votes say it.
    needed = None if screening.status is Status.PENDING else screening.needed
    found: Json = {
        "stage": screening.stage.value,
        "status": screening.status.value,
        "outcome": screening.outcome.value if screening.outcome else None,
        "how": screening.how.value if screening.how else None,
        "reason": screening.reason,
        "maybe": screening.maybe,
        "needed": needed,
        "entered_at": _iso(screening.entered_at),
        "decided_at": _iso(screening.decided_at),
    }
    return {name: value for name, value in found.items() if value not in (None, "", False)}


def vote_content(vote: Vote) -> Json:
    """Return what a vote's row in Votes does not say exactly; never the vote itself."""
    return {
        "kind": "vote",
        "record": vote.record_id,
        "stage": vote.stage.value,
        "by": vote.reviewer_id,
        "at": vote.cast_at.isoformat(),
        "independent": vote.independent,
        "replaces": vote.replaces,
        "assignment": vote.assignment_id,
    }


def conflict_content(conflict: Conflict, thread: tuple[str, str] | None) -> Json:
    """Return a conflict exactly."""
    return {
        "kind": "conflict",
        "record": conflict.record_id,
        "stage": conflict.stage.value,
        "opened_at": conflict.opened_at.isoformat(),
        "resolved_at": _iso(conflict.resolved_at),
        "resolved_by": conflict.resolved_by,
        "how": conflict.how.value if conflict.how else None,
        "outcome": conflict.outcome.value if conflict.outcome else None,
        "reason": conflict.reason,
        "comment": conflict.comment,
        "thread": list(thread) if thread else None,
    }


def pair_content(pair: DuplicatePair) -> Json:
    """Return a pair exactly."""
    return {
        "kind": "pair",
        "first": pair.first,
        "second": pair.second,
        "certainty": pair.certainty,
        "score": pair.score,
        "why": pair.why,
        "state": pair.state,
        "decided_by": pair.decided_by,
        "decided_at": _iso(pair.decided_at),
    }


def import_content(imported: Import) -> Json:
    """Return an import exactly."""
    source = imported.source
    return {
        "kind": "import",
        "source": source.name,
        "source_kind": source.kind.value,
        "platform": source.platform,
        "searched_on": source.searched_on.isoformat() if source.searched_on else None,
        "file": imported.file_name,
        "sha256": imported.sha256,
        "format": imported.format,
        "at": imported.imported_at.isoformat(),
        "by": imported.imported_by,
        "records": imported.records,
        "duplicates": imported.duplicates,
        "possible": imported.possible,
        "new": imported.new,
        "problems": list(imported.problems),
    }


def read_import(import_id: str, content: Json, review: Review) -> Import:
    """Return the import of an import's row."""
    searched = content.get("searched_on")
    return Import(
        import_id,
        review.review_id,
        Source(
            content["source"],
            SourceKind(content["source_kind"]),
            content.get("platform", ""),
            date.fromisoformat(searched) if searched else None,
        ),
        content["file"],
        content["sha256"],
        content["format"],
        datetime.fromisoformat(content["at"]),
        content["by"],
        content["records"],
        content["duplicates"],
        content["possible"],
        content["new"],
        tuple(content.get("problems", ())),
    )


def member_content(member: Member) -> Json:
    """Return a member as configured."""
    return {
        "kind": "member",
        "name": member.name,
        "role": member.role.value,
        "stages": sorted(stage.value for stage in member.stages),
        "active": member.active,
    }


def review_content(review: Review, decided: str) -> Json:
    """Return whose sheet this is, whether it shows votes at once, and the last decision's ID."""
    return {
        "kind": "review",
        "review": review.review_id,
        "title": review.title,
        "blinding": review.blinding,
        "decided": decided,
    }


def done_content(marks: Collection[tuple[str, str, datetime]]) -> Json:
    """Return the done-marks of one kind of job."""
    return {"kind": "done", "marks": [[s, period, at.isoformat()] for s, period, at in marks]}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
