"""Merging records that are the same, and taking merges apart again; votes follow in both directions.

The rule people can foresee: votes stay with the record on which they were cast. While records are
merged, the kept one is decided by the votes on all of them together, the newest of each reviewer.
Taken apart, each is decided by its own votes again; a decision that leaned on the other's votes
reopens. The kept record is the one furthest in screening, else the one that came first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from screening.duplicates import united
from screening.gestures.deciding import (
    cluster,
    end_conflict,
    open_conflict,
    reconsider,
    record_decision,
    release,
    take_back_decision,
    votes_on,
    withdraw_from,
)
from screening.gestures.lineage import State, forget_merge, merge_of, remember_merge
from screening.ports import Desk, Transaction
from screening.review import Review
from screening.stages import How, Outcome, Screening, Stage, Status
from screening.views import DuplicatePair
from screening.votes import decide


def rank(screenings: Sequence[Screening], record_id: str) -> tuple[int, int, str]:
    """Sort key of the record to keep: furthest stage decided, most votes in, first to arrive."""
    progress = 0
    for screening in screenings:
        step = 10 if screening.stage is Stage.FULL_TEXT else 0
        progress = max(
            progress, step + {"pending": 1, "conflict": 2, "decided": 3}[screening.status]
        )
    return (-progress, -sum(s.votes_in for s in screenings), record_id)


def merge_records(
    desk: Desk, tx: Transaction, review: Review, first: str, second: str, at: datetime, actor: str
) -> str:
    """Merge two kept records that were already in screening; return the one that is kept."""
    views = {v.record_id: v for v in tx.records([first, second])}
    kept, removed = sorted((first, second), key=lambda r: rank(views[r].screenings, r))
    before = {s.stage: s for s in views[removed].screenings}
    remember_merge(tx, removed, kept, (views[removed].screenings, views[kept].screenings))
    for stage in before:
        release(tx, removed, stage)
        # Its votes count with the kept record from now on: should they disagree, a conflict opens there.
        _drop_conflict(tx, removed, stage, at, actor, f"merged into {kept}")
        tx.leave_stage(stage, removed)
    members = tx.members_of(kept) + tx.members_of(removed)
    tx.merge(kept, removed, united([record for _, record in members]))
    for stage in Stage:
        _carry_over(desk, tx, review, kept, before.get(stage), stage, at)
    tx.audit(at, actor, "merged", removed, {"into": kept})
    tx.enqueue_rows("Records", cluster(tx, kept), at)
    return kept


def _carry_over(
    desk: Desk,
    tx: Transaction,
    review: Review,
    kept: str,
    other: Screening | None,
    stage: Stage,
    at: datetime,
) -> None:
    """Bring what the removed record had at a stage to the kept one."""
    mine = tx.screening(kept, stage)
    if mine is None:
        return
    tx.recount(stage, kept)
    if mine.status is Status.DECIDED and other is not None and other.status is Status.DECIDED:
        if mine.outcome is not other.outcome:
            # Two decisions that differ are a disagreement like any other: the lead ends it.
            withdraw_later(tx, kept, stage, at)
            open_conflict(desk, tx, mine, at)
        return
    reconsider(desk, tx, review, kept, stage, at)


def withdraw_later(tx: Transaction, record_id: str, stage: Stage, at: datetime) -> None:
    """Take a record out of full text when its title/abstract decision is open again."""
    if stage is Stage.TITLE_ABSTRACT:
        withdraw_from(tx, record_id, Stage.FULL_TEXT, at, "merge")


def part_records(
    desk: Desk, tx: Transaction, review: Review, removed: str, at: datetime, actor: str
) -> None:
    """Undo a merge: the removed record stands for itself again, with the votes cast on it.

    Records that had been merged into it before leave with it, and stay merged into it.
    """
    view = tx.record(removed)
    if view is None or view.merged_into is None:
        return
    kept = view.merged_into
    merge = merge_of(tx, removed)
    members = dict(tx.members_of(kept))
    left = {m: members.pop(m) for m in (removed, *merge.members) if m in members}
    own = united(list(left.values()))
    tx.unmerge(removed, {kept: united(list(members.values())), removed: own})
    for member in left:
        if member != removed:
            tx.merge(removed, member, own)
    forget_merge(tx, removed, left, [member for member in members if member != kept])
    _restore(desk, tx, review, removed, merge.removed, at)
    # What the kept one was before is known only of the record that this one was merged into.
    before = {Stage(s["stage"]): s for s in merge.kept if merge.into in ("", kept)}
    for stage in Stage:
        screening = tx.screening(kept, stage)
        if screening is None:
            continue
        tx.recount(stage, kept)
        state = before.get(stage)
        if screening.status is Status.CONFLICT and state is not None and state["outcome"]:
            # The conflict was between the two decisions: apart, the kept one has its own again.
            record_decision(
                desk,
                tx,
                review,
                screening,
                Outcome(state["outcome"]),
                How(state["how"]),
                at,
                actor=actor,
                reason=state["reason"],
                comment="the merge was undone",
            )
            continue
        verdict = decide(votes_on(tx, kept, stage), review.rules(stage).policy)
        if screening.status is Status.CONFLICT and verdict.status is Status.PENDING:
            _drop_conflict(tx, kept, stage, at, actor, "the merge was undone")
            take_back_decision(desk, tx, screening, at)
        by_votes = screening.how in (How.AGREED, How.DISCUSSION)
        if by_votes and verdict.outcome is not screening.outcome:
            take_back_decision(desk, tx, screening, at)
            withdraw_later(tx, kept, stage, at)
        reconsider(desk, tx, review, kept, stage, at)
    tx.audit(at, actor, "merge_undone", removed, {"from": kept})
    tx.enqueue_rows("Records", [*left, *cluster(tx, kept)], at)


def follow_merges(tx: Transaction, record_ids: Sequence[str], by: str, at: datetime) -> None:
    """Bring the pairs on records into line with which of these are merged now.

    A possible pair whose records became one through others has its answer; a merge whose records
    came apart through others is undone.
    """
    for pair in tx.pairs(states=("possible", "merged"), record_ids=record_ids):
        together = tx.kept(pair.first) == tx.kept(pair.second)
        if together == (pair.state == "merged"):
            continue
        state = "merged" if together else "undone"
        tx.set_pair(replace(pair, state=state, decided_by=by, decided_at=at))
        tell_decided(tx, pair, at)
        details = {"first": pair.first, "second": pair.second}
        tx.audit(at, by, "duplicate_" + state, pair.pair_id, details)
        tx.enqueue_rows("Duplicates", [pair.pair_id], at)


def tell_decided(tx: Transaction, pair: DuplicatePair, at: datetime) -> None:
    """Have the leads' cards follow when a pair, as it was before, still asked for a verdict."""
    if pair.state == "possible":
        # One item for all: each card is brought to what is open when it is carried.
        tx.enqueue("slack", "pairs_decided", "cards", at)


def _drop_conflict(
    tx: Transaction, record_id: str, stage: Stage, at: datetime, actor: str, why: str
) -> None:
    """End a conflict whose votes no longer stand against each other on this record."""
    conflict = tx.open_conflict(record_id, stage)
    if conflict is not None:
        end_conflict(tx, conflict, None, How.OVERRIDE, at, actor, comment=why)


def _restore(
    desk: Desk,
    tx: Transaction,
    review: Review,
    removed: str,
    saved: Sequence[State],
    at: datetime,
) -> None:
    """Put a record back into the stages it was in, or where its source enters, and decide it there."""
    states = {Stage(s["stage"]): s for s in saved}
    first = _first_stage(tx, removed)
    for stage in Stage:
        # Merged on arrival and never screened, it enters by its own source, not by its twin's.
        if stage is not first and (stage not in states or not _is_included(tx, removed, first)):
            continue
        tx.enter_stage(stage, [removed], review.rules(stage).policy.votes_needed, at)
        tx.recount(stage, removed)
        state = states.get(stage)
        screening = tx.screening(removed, stage)
        if screening is None:
            continue
        if state is not None and state["how"] in (How.LEAD, How.OVERRIDE, How.REPORTED):
            tx.set_screening(
                replace(
                    screening,
                    status=Status.DECIDED,
                    outcome=Outcome(state["outcome"]),
                    how=How(state["how"]),
                    reason=state["reason"],
                    decided_at=datetime.fromisoformat(state["decided_at"]),
                )
            )
        else:
            reconsider(desk, tx, review, removed, stage, at)


def _is_included(tx: Transaction, record_id: str, stage: Stage) -> bool:
    screening = tx.screening(record_id, stage)
    return screening is not None and screening.outcome is Outcome.INCLUDE


def _first_stage(tx: Transaction, record_id: str) -> Stage:
    """Return where the source that brought a record has its records enter."""
    view = tx.record(record_id)
    kinds = {each.import_id: each.source.kind for each in tx.imports()}
    if view is not None and kinds[view.import_id].is_other_method:
        return Stage.FULL_TEXT
    return Stage.TITLE_ABSTRACT
