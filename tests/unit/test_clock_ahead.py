"""A clock that was ahead for a while: jobs and votes must not wait for the date that it showed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from jobs.tick import Tick
from screening.gestures.batches import request_batch
from screening.gestures.voting import cast_vote
from screening.ports import Desk
from screening.review import Schedule
from screening.votes import Choice
from store import open_store
from tests.desks import BEN, HandClock, bring, make_desk, make_review

START = datetime(2026, 10, 23, 4, 0, tzinfo=UTC)
SCHEDULE = Schedule(prisma="30 2 * * *")
"""Counts are posted on each day; a digest only where something was done."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Desk]:
    opened = open_store(f"sqlite:///{tmp_path}/winnow.sqlite3")
    made = make_desk(opened, make_review(schedule=SCHEDULE), HandClock(START))
    bring(made, 12)
    yield made
    opened.close()


def waiting(desk: Desk, kind: str) -> list[str]:
    with desk.store.reading("peer") as tx:
        return [item.key for item in tx.outbox("slack", 500) if item.kind == kind]


def run_until(desk: Desk, end: datetime, step: timedelta = timedelta(minutes=10)) -> None:
    tick, clock = Tick(desk), desk.clock
    assert isinstance(clock, HandClock)
    while clock.now() < end:
        tick.run()
        clock.time += step


def test_jobs_go_on_after_the_clock_was_ahead_for_one_tick(
    served: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    clock = served.clock
    assert isinstance(clock, HandClock)
    run_until(served, START + timedelta(days=1))
    right = clock.time
    clock.move(days=40)
    Tick(served).run()
    ahead = waiting(served, "prisma")[-1]
    clock.time = right
    run_until(served, START + timedelta(days=3), timedelta(hours=1))
    assert waiting(served, "prisma") == ["2026-10-24", ahead, "2026-10-25", "2026-10-26"]
    assert "The clock was ahead" in caplog.text
    caplog.clear()
    # When those days come they are days like all others, not counted as passed over.
    run_until(served, START + timedelta(days=44), timedelta(hours=6))
    days = [date(2026, 10, 24) + timedelta(days=n) for n in range(43)]
    assert waiting(served, "prisma") == [day.isoformat() for day in days]
    assert "skipped" not in caplog.text


def test_jobs_begin_in_a_review_first_opened_while_the_clock_was_ahead(served: Desk) -> None:
    clock = served.clock
    assert isinstance(clock, HandClock)
    clock.move(days=400)
    Tick(served).run()
    clock.time = START
    run_until(served, START + timedelta(days=2))
    assert waiting(served, "prisma") == ["2026-10-24", "2026-10-25"]


def test_an_ordinary_correction_of_the_clock_has_nothing_done_twice(
    served: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    clock = served.clock
    assert isinstance(clock, HandClock)
    run_until(served, datetime(2026, 10, 24, 0, 40, tzinfo=UTC))
    with served.store.writing("peer") as tx:
        assert tx.last_done("prisma", "") == ("2026-10-24", clock.time - timedelta(minutes=10))
        tx.finish_outbox([item.seq for item in tx.outbox("slack", 99)])
    clock.move(minutes=-12)
    run_until(served, datetime(2026, 10, 24, 3, 0, tzinfo=UTC), timedelta(minutes=1))
    assert waiting(served, "prisma") == []
    assert "ahead" not in caplog.text


def test_votes_cast_while_the_clock_was_ahead_settle(served: Desk) -> None:
    clock = served.clock
    assert isinstance(clock, HandClock)
    shown = request_batch(served, "peer", by=BEN, size=2, gesture_key="k1")
    assert shown.card
    clock.move(days=100)
    cast_vote(
        served,
        "peer",
        by=BEN,
        assignment_id=shown.card.assignment.assignment_id,
        choice=Choice.INCLUDE,
        gesture_key="k2",
    )
    for back, left in ((timedelta(seconds=2), 1), (timedelta(days=100), 0)):
        clock.time -= back
        Tick(served).run()
        with served.store.reading("peer") as tx:
            assert len(tx.unsettled_votes()) == left
