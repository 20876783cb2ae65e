"""The tick over a real store: one post a date, whatever fails or restarts; backups; the beat."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jobs import kinds
from jobs.backups import Backups
from jobs.beat import Beat
from jobs.tick import Tick
from screening.config.installation import Backup
from screening.errors import StoreFullError
from screening.gestures.batches import request_batch
from screening.gestures.voting import cast_vote
from screening.ports import Desk
from screening.review import Schedule
from screening.votes import Choice
from store import SqlStore, open_store
from tests.desks import BEN, LEAD, HandClock, bring, make_desk, make_review
from tests.flows.standins import wait_until

# Clocks go back in Berlin on Sunday, 25 October 2026.
START = datetime(2026, 10, 23, 4, 0, tzinfo=UTC)
SCHEDULE = Schedule(
    hand_out="0 8 * * *", digest="30 2 * * *", prisma="0 9 * * mon", reminder="0 16 * * *"
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(f"sqlite:///{tmp_path}/winnow.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def desk(database: SqlStore) -> Desk:
    made = make_desk(database, make_review(schedule=SCHEDULE), HandClock(START))
    bring(made, 12)
    return made


def waiting(desk: Desk, kind: str, review_id: str = "peer") -> list[str]:
    with desk.store.reading(review_id) as tx:
        return [item.key for item in tx.outbox("slack", 500) if item.kind == kind]


def run_until(desk: Desk, end: datetime, step: timedelta = timedelta(minutes=10)) -> None:
    tick, clock = Tick(desk), desk.clock
    assert isinstance(clock, HandClock)
    while clock.now() < end:
        tick.run()
        clock.time += step


def vote_once(desk: Desk) -> None:
    """Ben votes on his next card, so that there is something to tell of the day."""
    with desk.store.reading("peer") as tx:
        card = tx.next_assignment(BEN)
    assert card is not None
    cast_vote(
        desk,
        "peer",
        by=BEN,
        assignment_id=card.assignment_id,
        choice=Choice.EXCLUDE,
        gesture_key=desk.new_id("K"),
    )


def test_each_morning_has_one_digest_also_when_the_clocks_go_back(desk: Desk) -> None:
    for days in range(1, 5):
        run_until(desk, START + timedelta(days=days))
        vote_once(desk)
    assert waiting(desk, "digest") == ["2026-10-24", "2026-10-25", "2026-10-26", "2026-10-27"]
    assert waiting(desk, "prisma") == ["2026-10-26"]


def test_hand_out_gives_each_reviewer_a_batch_once(desk: Desk) -> None:
    run_until(desk, START + timedelta(days=2))
    # Two votes a record: two reviewers hold all twelve, and nothing is left for the others.
    assert len(waiting(desk, "batch_ready")) == 2
    with desk.store.reading("peer") as tx:
        assert len(tx.open_assignments()) == 24


def test_digest_payload_is_json_and_names_its_day(desk: Desk) -> None:
    run_until(desk, START + timedelta(days=1))
    with desk.store.reading("peer") as tx:
        (item,) = [i for i in tx.outbox("slack", 50) if i.kind == "digest"]
    assert item.payload["day"] == "2026-10-24"


def test_restart_after_every_tick_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    clock = desk.clock
    assert isinstance(clock, HandClock)
    while clock.time < START + timedelta(days=2):
        other = open_store(f"sqlite:///{tmp_path}/winnow.sqlite3")
        Tick(make_desk(other, desk.review("peer"), clock)).run()
        other.close()
        clock.move(minutes=30)
        if clock.time == START + timedelta(days=1):
            vote_once(desk)
    assert waiting(desk, "digest") == ["2026-10-24", "2026-10-25"]


WEEKDAYS = replace(SCHEDULE, hand_out="0 8 * * *", digest="0 9 * * mon-fri")


def digests(desk: Desk) -> dict[str, tuple[str, int]]:
    """Return the digests that wait: day → (first day told of, votes told)."""
    with desk.store.reading("peer") as tx:
        items = [item for item in tx.outbox("slack", 500) if item.kind == "digest"]
    return {i.key: (str(i.payload["first"]), int(i.payload["work"]["votes"])) for i in items}


def reached(desk: Desk, day: str) -> None:
    """A digest was carried to the channel."""
    with desk.store.writing("peer") as tx:
        tx.record_post(f"peer/digest/{day}", "C0SCREEN", "1.1", desk.clock.now())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def weekdays(database: SqlStore) -> Desk:
    """Digests from Monday to Friday only; imported and first told of on Thursday, 22 October."""
    made = make_desk(database, make_review(schedule=WEEKDAYS), HandClock(at("2026-10-21T12:00")))
    bring(made, 12)
    run_until(made, at("2026-10-22T12:00"), timedelta(minutes=30))
    reached(made, "2026-10-22")
    return made


def test_fault_35_mondays_digest_tells_of_friday_and_saturday(weekdays: Desk) -> None:
    for day in ("2026-10-22", "2026-10-23", "2026-10-24"):
        run_until(weekdays, at(f"{day}T12:00"), timedelta(minutes=30))
        vote_once(weekdays)
        if day == "2026-10-23":
            reached(weekdays, day)
    run_until(weekdays, at("2026-10-26T12:00"), timedelta(minutes=30))
    found = digests(weekdays)
    assert found["2026-10-23"] == ("2026-10-22", 1)
    assert found["2026-10-26"] == ("2026-10-23", 2)
    assert "2026-10-24" not in found


def test_fault_35_nothing_new_posts_nothing_and_is_told_once_there_is(weekdays: Desk) -> None:
    run_until(weekdays, at("2026-10-28T12:00"), timedelta(hours=1))
    assert list(digests(weekdays)) == ["2026-10-22"]
    with weekdays.store.reading("peer") as tx:
        assert tx.last_done("digest", "")[0] == "2026-10-28"
    vote_once(weekdays)
    run_until(weekdays, at("2026-10-29T12:00"), timedelta(hours=1))
    reached(weekdays, "2026-10-29")
    run_until(weekdays, at("2026-10-30T12:00"), timedelta(hours=1))
    assert digests(weekdays)["2026-10-29"] == ("2026-10-28", 1)
    assert "2026-10-30" not in digests(weekdays)


def test_fault_35_what_stands_otherwise_is_news_although_nobody_voted(weekdays: Desk) -> None:
    bring(weekdays, 3, start=50, name="ERIC")
    run_until(weekdays, at("2026-10-23T12:00"), timedelta(minutes=30))
    assert digests(weekdays)["2026-10-23"] == ("2026-10-22", 0)


def test_fault_35_a_digest_that_never_reached_the_channel_is_told_by_the_next(
    weekdays: Desk,
) -> None:
    vote_once(weekdays)
    run_until(weekdays, at("2026-10-23T12:00"), timedelta(minutes=30))
    vote_once(weekdays)
    assert digests(weekdays)["2026-10-23"] == ("2026-10-22", 1)
    run_until(weekdays, at("2026-10-26T12:00"), timedelta(minutes=30))
    assert digests(weekdays)["2026-10-26"] == ("2026-10-22", 2)


def test_fault_35_a_store_without_the_note_goes_by_its_marks(weekdays: Desk) -> None:
    """One from before the update, or filled from the sheet."""
    vote_once(weekdays)
    with weekdays.store.writing("peer") as tx:
        tx.set_setting("digest_told", "")
    run_until(weekdays, at("2026-10-23T12:00"), timedelta(minutes=30))
    assert digests(weekdays)["2026-10-23"] == ("2026-10-22", 1)


def test_outage_over_the_weekend_posts_the_last_day_and_says_so(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    clock = desk.clock
    assert isinstance(clock, HandClock)
    Tick(desk).run()
    clock.move(days=3, hours=1)
    with caplog.at_level(logging.WARNING, "jobs"):
        Tick(desk).run()
        Tick(desk).run()
    assert waiting(desk, "digest") == ["2026-10-26"]
    skipped = [r.message for r in caplog.records if "skipped" in r.message]
    assert [s for s in skipped if "digest" in s] == [
        "digest of peer for 2026-10-24 was missed and is skipped",
        "digest of peer for 2026-10-25 was missed and is skipped",
    ]


def test_nothing_is_posted_before_anything_is_imported(database: SqlStore) -> None:
    empty = make_desk(database, make_review(schedule=SCHEDULE), HandClock(START))
    run_until(empty, START + timedelta(days=4), timedelta(hours=1))
    assert waiting(empty, "digest") == waiting(empty, "prisma") == []


def test_a_job_that_fails_leaves_no_mark_and_keeps_no_other_from_its_work(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    second = make_review(review_id="other", channel="C0OTHER", schedule=SCHEDULE)
    desk = replace(desk, reviews={**desk.reviews, "other": second})
    clock = desk.clock
    assert isinstance(clock, HandClock)
    fails = True
    compose = kinds.compose_digest

    def composing(tx, review, **more):
        if fails and review.review_id == "peer":
            raise RuntimeError("the figures cannot be read")
        return compose(tx, review, **more)

    monkeypatch.setattr(kinds, "compose_digest", composing)
    with desk.store.writing("other") as tx:
        tx.set_setting("jobs_since", START.isoformat())
    Tick(desk).run()
    clock.move(days=1)
    chores: list[datetime] = []
    Tick(desk, (chores.append,)).run()
    assert waiting(desk, "digest") == []
    assert waiting(desk, "hand_out", "other") == []
    with desk.store.reading("other") as tx:
        assert tx.last_done("digest", "") is not None
    with desk.store.reading("peer") as tx:
        assert tx.last_done("digest", "") is None
        assert tx.last_done("hand_out", "") is None  # not yet 08:00
    assert len(chores) == 1
    assert "the figures cannot be read" in caplog.text
    fails = False
    Tick(desk).run()
    assert waiting(desk, "digest") == ["2026-10-24"]


def test_due_batches_are_reminded_of_once(desk: Desk) -> None:
    run_until(desk, START + timedelta(days=8), timedelta(hours=1))
    assert waiting(desk, "reminder") == [f"2026-10-30:{LEAD}", f"2026-10-30:{BEN}"]


def test_votes_settle_and_leases_run_out_at_the_tick(desk: Desk) -> None:
    clock = desk.clock
    assert isinstance(clock, HandClock)
    shown = request_batch(desk, "peer", by=BEN, size=2, gesture_key="k1")
    assert shown.card
    assignment_id = shown.card.assignment.assignment_id
    cast_vote(
        desk,
        "peer",
        by=BEN,
        assignment_id=assignment_id,
        choice=Choice.INCLUDE,
        gesture_key="k2",
    )
    Tick(desk).run()
    with desk.store.reading("peer") as tx:
        assert len(tx.unsettled_votes()) == 1
    clock.move(minutes=6)
    Tick(desk).run()
    with desk.store.reading("peer") as tx:
        assert tx.unsettled_votes() == []
    clock.move(days=9)
    Tick(desk).run()
    with desk.store.reading("peer") as tx:
        assert not [a for a in tx.open_assignments(reviewer_id=BEN) if a.leased_until < clock.now()]


def test_backups_are_nightly_and_the_oldest_go(database: SqlStore, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    backups = Backups(database, Backup(str(folder), 3, "30 3 * * *"), ZoneInfo("Europe/Berlin"))
    now = START
    while now < START + timedelta(days=6):
        backups.run(now)
        now += timedelta(minutes=20)
    assert [path.name for path in sorted(folder.iterdir())] == [
        "winnow-2026-10-27.sqlite3",
        "winnow-2026-10-28.sqlite3",
        "winnow-2026-10-29.sqlite3",
    ]
    restored = open_store(f"sqlite:///{folder}/winnow-2026-10-29.sqlite3")
    restored.close()


def test_backup_that_fails_is_tried_again_later_not_at_once(tmp_path: Path) -> None:
    tries: list[str] = []

    class Full:
        def copy_to(self, path: str) -> None:
            tries.append(path)
            raise OSError(28, "No space left on device", path)

    plan = Backup(str(tmp_path), 3, "30 3 * * *")
    backups = Backups(Full(), plan, ZoneInfo("UTC"))  # type: ignore[arg-type]
    due_at = datetime(2026, 10, 24, 3, 30, tzinfo=UTC)
    for minutes in (0, 1, 14, 15, 16):
        try:
            backups.run(due_at + timedelta(minutes=minutes))
        except OSError:
            continue
    assert len(tries) == 2


def nights(folder: Path) -> list[str]:
    return [path.name.removeprefix("winnow-")[:10] for path in sorted(folder.iterdir())]


def test_backups_are_made_on_a_machine_that_is_off_at_night(
    database: SqlStore, tmp_path: Path
) -> None:
    folder = tmp_path / "b"
    plan = Backup(str(folder), 14, "30 3 * * *")
    for day in range(4):
        backups = Backups(database, plan, ZoneInfo("UTC"))
        for hour in range(8, 18):
            backups.run(START.replace(hour=hour) + timedelta(days=day))
    assert nights(folder) == ["2026-10-23", "2026-10-24", "2026-10-25", "2026-10-26"]


def test_backup_missed_by_a_restart_at_that_minute_is_made_at_once(
    database: SqlStore, tmp_path: Path
) -> None:
    folder = tmp_path / "b"
    plan = Backup(str(folder), 14, "30 3 * * *")
    assert Backups(database, plan, ZoneInfo("UTC")).run(START)
    restarted = Backups(database, plan, ZoneInfo("UTC"))
    assert restarted.run(START + timedelta(hours=20)) is None
    assert restarted.run(datetime(2026, 10, 24, 3, 31, tzinfo=UTC))
    assert nights(folder) == ["2026-10-23", "2026-10-24"]


def test_weekly_backup_missed_on_its_day_is_made_up_for(database: SqlStore, tmp_path: Path) -> None:
    plan = Backup(str(tmp_path / "b"), 14, "30 3 * * sun")
    Backups(database, plan, ZoneInfo("UTC")).run(datetime(2026, 10, 28, 9, 0, tzinfo=UTC))
    assert nights(tmp_path / "b") == ["2026-10-25"]


def test_backups_made_by_a_clock_that_was_ahead_stop_and_displace_no_other(
    database: SqlStore, tmp_path: Path
) -> None:
    folder = tmp_path / "b"
    backups = Backups(database, Backup(str(folder), 2, "30 3 * * *"), ZoneInfo("UTC"))
    for day in range(3):
        backups.run(START + timedelta(days=300 + day))
    for day in range(3):
        backups.run(START + timedelta(days=day))
    assert nights(folder) == ["2026-10-24", "2026-10-25", "2027-08-20", "2027-08-21"]


def test_backup_that_failed_while_the_clock_was_ahead_is_tried_now(tmp_path: Path) -> None:
    class Full:
        def copy_to(self, path: str) -> None:
            raise OSError(28, "No space left on device", path)

    plan = Backup(str(tmp_path), 3, "30 3 * * *")
    backups = Backups(Full(), plan, ZoneInfo("UTC"))  # type: ignore[arg-type]
    for at in (START + timedelta(days=300), START):
        with pytest.raises(OSError, match="No space"):
            backups.run(at)


def test_fault_7g_a_chore_that_fails_is_not_said_to_go_on(desk: Desk, caplog) -> None:
    faults: list[Exception | None] = [StoreFullError(), ValueError("of another kind"), None]

    def chore(at: datetime) -> None:
        fault = faults.pop(0)
        if fault is not None:
            raise fault

    tick, said = Tick(desk, (chore,)), []
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            caplog.clear()
            tick.run()
            said.append(
                [line.rpartition(".chore ")[2] for line in caplog.messages if "chore" in line]
            )
    assert [len(lines) for lines in said] == [1, 1, 1]
    assert said[1] == ["failed; it is tried again at the next tick"]
    assert said[2] == ["goes on"]


def test_beat_goes_on_after_a_failing_tick() -> None:
    beats = threading.Semaphore(0)
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1
        beats.release()
        if count == 1:
            raise RuntimeError("once")

    beat = Beat(tick, seconds=0.05)
    beat.start()
    try:
        assert beats.acquire(timeout=5)
        assert beats.acquire(timeout=5)
    finally:
        beat.stop()


def test_beat_that_fell_silent_is_started_anew() -> None:
    beats = threading.Semaphore(0)
    time = 0.0
    beat = Beat(beats.release, seconds=3600, monotonic=lambda: time)
    beat.start()
    try:
        assert beats.acquire(timeout=5)
        beat.watch()
        assert not beats.acquire(timeout=0.1)
        time = 4 * 3600 + 1.0
        beat.watch()
        assert beats.acquire(timeout=5)
    finally:
        beat.stop()


def test_fault_40_a_tick_that_hung_ends_without_speaking_for_the_next_one() -> None:
    begun, ends = threading.Semaphore(0), [threading.Event(), threading.Event(), threading.Event()]
    time, count = 0.0, 0

    def tick() -> None:
        nonlocal count
        mine, count = ends[count], count + 1
        begun.release()
        mine.wait(10)

    beat = Beat(tick, seconds=5, monotonic=lambda: time)
    beat.start()
    try:
        assert begun.acquire(timeout=5)
        time = 901.0
        beat.watch()
        assert begun.acquire(timeout=5), "the second one, beside the one that hangs"
        time += 1
        ends[0].set()
        wait_until(lambda: beat._last == time, 5, every=0.01)
        time += 60
        beat.watch()
        assert not begun.acquire(timeout=0.3), "a third one, although the second is at work"
    finally:
        for each in ends:
            each.set()
        beat.stop()


def test_day_of_the_digest_is_the_local_one(desk: Desk) -> None:
    run_until(desk, START + timedelta(days=1))
    with desk.store.reading("peer") as tx:
        found = tx.last_done("digest", "")
    assert found is not None
    assert date.fromisoformat(found[0]) == date(2026, 10, 24)
    assert LEAD in {m.member_id for m in desk.review("peer").leads}
