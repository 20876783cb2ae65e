"""Remembering how records came to stand together, so that those that belong together part together."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace

from screening.gestures.deciding import cluster
from screening.ports import Transaction
from screening.stages import Screening

State = dict[str, str]
"""How far a record was at a stage, as it is written down."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What stood before two kept records were merged.

    `removed` and `kept` are how far each was at its stages; `into` is the record kept, `members` are
    those already merged into the one removed, which came along, and `step` numbers the merges that
    make a cluster. A record merged on arrival has none of it: it came alone and was never screened.
    """

    removed: tuple[State, ...] = ()
    kept: tuple[State, ...] = ()
    into: str = ""
    members: tuple[str, ...] = ()
    step: int = 0


def remember_merge(
    tx: Transaction,
    removed: str,
    kept: str,
    states: tuple[Sequence[Screening], Sequence[Screening]],
) -> None:
    """Note what stands before a merge: `states` are those of the record removed and of the one kept."""
    came_along = cluster(tx, removed)[1:]
    earlier = (merge_of(tx, each).step for each in (*came_along, *cluster(tx, kept)))
    before, there = (tuple(map(_state, each)) for each in states)
    _write(tx, removed, Merge(before, there, kept, tuple(came_along), 1 + max(earlier, default=0)))


def merge_of(tx: Transaction, record_id: str) -> Merge:
    """Return what was noted when a record was merged away."""
    saved = json.loads(tx.setting(_name(record_id)) or "{}")
    return Merge(
        tuple(saved.get("removed", ())),
        tuple(saved.get("kept", ())),
        str(saved.get("into", "")),
        tuple(saved.get("members", ())),
        int(saved.get("step", 0)),
    )


def forget_merge(tx: Transaction, removed: str, left: Collection[str], stay: Sequence[str]) -> None:
    """Note that a record left a cluster with some others; those who stay never take them along."""
    tx.set_setting(_name(removed), "")
    for record_id in stay:
        merge = merge_of(tx, record_id)
        if not set(left).isdisjoint(merge.members):
            own = tuple(member for member in merge.members if member not in left)
            _write(tx, record_id, replace(merge, members=own))


def who_leaves(tx: Transaction, first: str, second: str) -> str:
    """Return the record whose leaving, with all that came with it, brings two of a cluster apart.

    Of the merges that stand between the two it is the latest one that is undone: it made them one.
    """
    between: list[tuple[int, str]] = []
    for record_id in cluster(tx, tx.kept(first))[1:]:
        merge = merge_of(tx, record_id)
        branch = {record_id, *merge.members}
        if (first in branch) != (second in branch):
            between.append((merge.step, record_id))
    return max(between)[1]


def _name(record_id: str) -> str:
    return f"merged:{record_id}"


def _write(tx: Transaction, record_id: str, merge: Merge) -> None:
    tx.set_setting(_name(record_id), json.dumps(asdict(merge)))


def _state(screening: Screening) -> State:
    return {
        "stage": screening.stage.value,
        "outcome": screening.outcome.value if screening.outcome else "",
        "how": screening.how.value if screening.how else "",
        "reason": screening.reason,
        "decided_at": screening.decided_at.isoformat() if screening.decided_at else "",
    }
