"""A store filled from a sheet decides what its votes and conflicts decide, on the real stores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from screening.conflicts import Conflict
from screening.stages import How, Outcome, Stage, Status
from screening.votes import Choice, Vote, VotePolicy
from sheets.consequences import decide_again, still_open
from tests.desks import BEN, CHLOE, DEV, LEAD, bring, make_desk, make_review, screening_of

RECORD, EARLY = "R000001", Stage.TITLE_ABSTRACT
PLACE = (RECORD, EARLY)


@pytest.fixture
def desk(store):
    made = make_desk(store)
    bring(made, 3)
    return made


def given(desk, *choices: str, settled: bool = True, record: str = RECORD) -> list[Vote]:
    """Votes as a rebuild puts them back: into the log, settled, nothing drawn from them."""
    votes = []
    with desk.store.writing("peer") as tx:
        for place, (who, choice) in enumerate(zip((BEN, CHLOE, DEV), choices, strict=False)):
            at = desk.clock.now() + timedelta(seconds=place)
            vote_id = f"V{record}{place}"
            votes.append(Vote(vote_id, "peer", record, EARLY, who, Choice(choice), at))
            tx.add_vote(votes[-1])
        if settled:
            tx.settle_votes([v.vote_id for v in votes])
    desk.clock.move(minutes=10)
    return votes


def conflict(desk, name: str = "C1", **changes) -> Conflict:
    return replace(Conflict(name, "peer", RECORD, EARLY, desk.clock.now()), **changes)


def restore(
    desk,
    votes: Iterable[Vote] = (),
    conflicts: Iterable[Conflict] = (),
    told: dict[tuple[str, Stage], Status] | None = None,
) -> list[Conflict]:
    with desk.store.writing("peer") as tx:
        restored = list(still_open(tx, conflicts, desk.clock.now()))
        for each in restored:
            tx.add_conflict(each)
        decide_again(desk, tx, desk.review("peer"), votes, restored, told or {})
    return restored


def open_conflicts(desk) -> list[str]:
    with desk.store.reading("peer") as tx:
        return [c.conflict_id for c in tx.open_conflicts()]


@pytest.mark.parametrize(
    ("choices", "status", "outcome"),
    [
        (("include", "include"), Status.DECIDED, Outcome.INCLUDE),
        (("exclude", "exclude"), Status.DECIDED, Outcome.EXCLUDE),
        (("include", "exclude"), Status.CONFLICT, None),
        (("include",), Status.PENDING, None),
    ],
)
def test_votes_that_had_not_settled_when_the_store_was_lost_decide(
    desk, choices, status, outcome
) -> None:
    restore(desk, given(desk, *choices))
    screening = screening_of(desk, RECORD)
    assert (screening.status, screening.outcome) == (status, outcome)
    assert len(open_conflicts(desk)) == (status is Status.CONFLICT)
    assert (screening_of(desk, RECORD, Stage.FULL_TEXT) is None) == (outcome != Outcome.INCLUDE)


def test_votes_that_can_still_be_taken_back_wait(desk) -> None:
    restore(desk, given(desk, "include", "include", settled=False))
    assert screening_of(desk, RECORD).status is Status.PENDING


def test_a_split_that_waits_for_a_third_vote_goes_on_waiting_for_it(store) -> None:
    desk = make_desk(store, make_review(policy=VotePolicy(tie_break="third_vote")))
    bring(desk, 1)
    restore(desk, given(desk, "include", "exclude"))
    assert screening_of(desk, RECORD).needed == 3
    with desk.store.reading("peer") as tx:
        assert tx.candidates(EARLY, DEV, 5) == [RECORD]


def test_what_the_sheet_says_is_decided_stays_so(desk) -> None:
    votes = given(desk, "include", "exclude")
    with desk.store.writing("peer") as tx:
        screening = tx.screening(*PLACE)
        tx.set_screening(
            replace(
                screening,
                status=Status.DECIDED,
                outcome=Outcome.EXCLUDE,
                how=How.OVERRIDE,
                decided_at=desk.clock.now(),
            )
        )
    restore(desk, votes, told={PLACE: Status.DECIDED})
    assert screening_of(desk, RECORD).how is How.OVERRIDE
    assert open_conflicts(desk) == []


def test_an_open_conflict_says_that_its_record_is_in_conflict(desk) -> None:
    restore(desk, given(desk, "include", "exclude"), [conflict(desk)])
    assert screening_of(desk, RECORD).status is Status.CONFLICT
    assert open_conflicts(desk) == ["C1"]


def test_an_open_conflict_whose_record_was_decided_since_is_ended(desk) -> None:
    opened = conflict(desk)
    desk.clock.move(hours=1)
    with desk.store.writing("peer") as tx:
        decided = replace(
            tx.screening(*PLACE),
            status=Status.DECIDED,
            outcome=Outcome.EXCLUDE,
            how=How.LEAD,
            decided_at=desk.clock.now(),
        )
        tx.set_screening(decided)
    (ended,) = restore(desk, (), [opened], {PLACE: Status.DECIDED})
    assert (ended.outcome, ended.how, ended.resolved_at) == (
        Outcome.EXCLUDE,
        How.LEAD,
        desk.clock.now(),
    )
    assert screening_of(desk, RECORD) == decided


def test_of_two_open_conflicts_the_newer_stays_open(desk) -> None:
    votes = given(desk, "include", "exclude")
    older = conflict(desk, opened_at=desk.clock.now() - timedelta(hours=1))
    restore(desk, votes, [conflict(desk, "C2"), older])
    assert open_conflicts(desk) == ["C2"]


@pytest.mark.parametrize("told", [{}, {PLACE: Status.CONFLICT}])
def test_a_conflict_that_was_ended_decides_its_record(desk, told) -> None:
    votes = given(desk, "include", "exclude")
    ended = conflict(
        desk,
        resolved_at=desk.clock.now(),
        resolved_by=LEAD,
        how=How.LEAD,
        outcome=Outcome.INCLUDE,
    )
    if told:
        with desk.store.writing("peer") as tx:
            tx.set_screening(replace(tx.screening(*PLACE), status=Status.CONFLICT))
    restore(desk, votes, [ended], told)
    screening = screening_of(desk, RECORD)
    assert (screening.how, screening.outcome) == (How.LEAD, Outcome.INCLUDE)
    assert screening.decided_at == ended.resolved_at
    assert screening_of(desk, RECORD, Stage.FULL_TEXT) is not None


def test_a_conflict_whose_row_is_lost_is_opened_again(desk) -> None:
    votes = given(desk, "include", "exclude")
    with desk.store.writing("peer") as tx:
        tx.set_screening(replace(tx.screening(*PLACE), status=Status.CONFLICT))
    restore(desk, votes, (), {PLACE: Status.CONFLICT})
    assert len(open_conflicts(desk)) == 1
