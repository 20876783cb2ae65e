"""Votes, and the one pure function that says what they decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from screening.stages import Outcome, Stage, Status

NOTE_LENGTH = 300
"""Longest note on a vote, in characters: what a sealed cell of fixed length can hold."""


class Choice(StrEnum):
    """What a reviewer said; `WITHDRAWN` is the log's word for an undone vote."""

    INCLUDE = "include"
    MAYBE = "maybe"
    EXCLUDE = "exclude"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Vote:
    """One line of the append-only log of votes.

    `settled` is true once the reviewer's time to take it back is over; `revealed` once the colleagues
    may see it, whatever becomes of the record then; `independent` is false for votes cast after
    colleagues' votes on the record were revealed.
    """

    vote_id: str
    review_id: str
    record_id: str
    stage: Stage
    reviewer_id: str
    choice: Choice
    cast_at: datetime
    reason: str = ""
    note: str = ""
    settled: bool = False
    revealed: bool = False
    independent: bool = True
    replaces: str | None = None
    assignment_id: str | None = None


@dataclass(frozen=True, slots=True)
class VotePolicy:
    """What the review asks of its votes at one stage.

    `maybe`: "include" counts a maybe as include for the outcome, "conflict" opens a conflict
    unless everyone said the same. `tie_break`: who ends a split, the lead or a third vote.
    `reasons_must_agree`: two exclusions for different reasons are a conflict.
    """

    votes_needed: int = 2
    maybe: Literal["include", "conflict"] = "include"
    tie_break: Literal["lead", "third_vote"] = "lead"
    reasons_must_agree: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the settled votes amount to; `needed` is how many votes the record now waits for."""

    status: Status
    outcome: Outcome | None = None
    reason: str = ""
    maybe: bool = False
    needed: int = 2


def outcome_of(choice: Choice) -> Outcome:
    """Return the outcome a single choice argues for; a maybe argues for include."""
    return Outcome.EXCLUDE if choice is Choice.EXCLUDE else Outcome.INCLUDE


def newest_by_reviewer(votes: Iterable[Vote]) -> list[Vote]:
    """Return one vote a reviewer: the newest on any record of a cluster."""
    newest: dict[str, Vote] = {}
    for vote in sorted(votes, key=lambda v: (v.cast_at, v.vote_id)):
        newest[vote.reviewer_id] = vote
    return list(newest.values())


def decide(votes: Sequence[Vote], policy: VotePolicy) -> Verdict:
    """Say what the settled current votes on one record at one stage decide.

    Unsettled and withdrawn votes are passed over, so that nothing can be inferred from them. A
    vote of somebody who has since left the team counts as it stands. Votes beyond the number the
    policy asks for count too.
    """
    counted = [v for v in votes if v.settled and v.choice is not Choice.WITHDRAWN]
    if len(counted) < policy.votes_needed:
        return Verdict(Status.PENDING, needed=policy.votes_needed)
    maybe = any(v.choice is Choice.MAYBE for v in counted)
    sides = {outcome_of(v.choice) for v in counted}
    unsure = policy.maybe == "conflict" and maybe and len({v.choice for v in counted}) > 1
    if len(sides) == 1 and not unsure:
        return _agreed(counted, sides.pop(), maybe, policy)
    if policy.tie_break == "third_vote" and not unsure:
        includes = sum(outcome_of(v.choice) is Outcome.INCLUDE for v in counted)
        excludes = len(counted) - includes
        if includes == excludes:
            return Verdict(Status.PENDING, needed=len(counted) + 1)
        winner = Outcome.INCLUDE if includes > excludes else Outcome.EXCLUDE
        return _agreed(
            [v for v in counted if outcome_of(v.choice) is winner], winner, maybe, policy
        )
    return Verdict(Status.CONFLICT, needed=policy.votes_needed)


def _agreed(votes: Sequence[Vote], outcome: Outcome, maybe: bool, policy: VotePolicy) -> Verdict:
    reasons = sorted({v.reason for v in votes if v.reason})
    if outcome is Outcome.EXCLUDE and policy.reasons_must_agree and len(reasons) > 1:
        return Verdict(Status.CONFLICT, needed=policy.votes_needed)
    reason = ""
    if outcome is Outcome.EXCLUDE and reasons:
        # The first in the order of casting: the earliest reason given stands for the record.
        reason = min((v for v in votes if v.reason), key=lambda v: (v.cast_at, v.vote_id)).reason
    return Verdict(
        Status.DECIDED, outcome, reason, maybe and outcome is Outcome.INCLUDE, policy.votes_needed
    )
