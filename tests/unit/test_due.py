"""What is due: clock changes, outages, restarts and leaps give one post a local date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.due import NOTHING, Mark, Per, due, firings

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
HALF_DAY = timedelta(hours=12)
ZONES = st.sampled_from(
    [NEW_YORK, BERLIN, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("UTC")]
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Served:
    """Runs a daily job as the tick does, keeping what was posted and what was skipped."""

    def __init__(self, cron: str, zone: ZoneInfo, since: datetime, catch_up: timedelta) -> None:
        self.cron, self.zone, self.since, self.catch_up = cron, zone, since, catch_up
        self.marks: dict[str, datetime] = {}
        self.posted: list[str] = []
        self.skipped: list[str] = []

    def tick(self, now: datetime) -> None:
        last = max(self.marks.items(), key=lambda mark: mark[1], default=None)
        found = due(
            now,
            self.cron,
            self.zone,
            last=Mark(*last) if last else None,
            since=self.since,
            catch_up=self.catch_up,
        )
        for missed in found.skipped:
            assert missed.period not in self.marks
            self.marks[missed.period] = missed.fires_at
            self.skipped.append(missed.period)
        if found.post is not None:
            assert found.post.period not in self.marks
            self.marks[found.post.period] = now
            self.posted.append(found.post.period)


@pytest.mark.parametrize(
    ("zone", "cron", "start", "dates"),
    [
        # Clocks go back: 01:30 comes twice, and is one date's.
        (NEW_YORK, "30 1 * * *", "2026-10-31T12:00", ["2026-11-01", "2026-11-02", "2026-11-03"]),
        (BERLIN, "30 2 * * *", "2026-10-24T12:00", ["2026-10-25", "2026-10-26", "2026-10-27"]),
        # Clocks go forward: 02:30 does not come, the post does.
        (NEW_YORK, "30 2 * * *", "2026-03-07T12:00", ["2026-03-08", "2026-03-09", "2026-03-10"]),
        (BERLIN, "30 2 * * *", "2026-03-28T12:00", ["2026-03-29", "2026-03-30", "2026-03-31"]),
        # Sunday is Sunday.
        (BERLIN, "0 9 * * 0", "2026-03-27T12:00", ["2026-03-29"]),
    ],
)
def test_clock_changes_give_one_post_a_date(
    zone: ZoneInfo, cron: str, start: str, dates: list[str]
) -> None:
    served = Served(cron, zone, utc(start), HALF_DAY)
    now = utc(start)
    for _ in range(72 * 12):
        now += timedelta(minutes=5)
        served.tick(now)
    assert served.posted == dates
    assert served.skipped == []


NOONS = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(365)]


def changes(zone: ZoneInfo) -> list[datetime]:
    """Return noon (UTC) of the days of 2026 before which clocks were changed in a zone."""
    offsets = [noon.astimezone(zone).utcoffset() for noon in NOONS]
    return [noon for noon, (a, b) in zip(NOONS[1:], pairwise(offsets), strict=True) if a != b]


def dates_about(noon: datetime, zone: ZoneInfo) -> list[str]:
    """Return the four local dates that follow the one at noon two days before."""
    first = (noon - timedelta(days=2)).astimezone(zone).date()
    return [(first + timedelta(days=n)).isoformat() for n in range(1, 5)]


CHANGED = [
    "America/New_York", "Pacific/Auckland", "Africa/Casablanca", "Africa/Cairo", "Asia/Beirut",
    "Australia/Lord_Howe", "America/Havana", "Atlantic/Azores", "America/Nuuk", "Antarctica/Troll",
]  # fmt: skip


@pytest.mark.parametrize("name", CHANGED)
@pytest.mark.parametrize("cron", ["0 0 * * *", "59 0 * * *", "30 2 * * *", "30 23 * * *"])
def test_fault_35_a_digest_comes_on_each_day_about_a_change_of_clocks(name: str, cron: str) -> None:
    """The first hour of the day after clocks went forward, and all others."""
    zone = ZoneInfo(name)
    assert changes(zone)
    for noon in changes(zone):
        wanted = dates_about(noon, zone)
        begin = datetime.combine(date.fromisoformat(wanted[0]), datetime.min.time(), zone)
        served = Served(cron, zone, begin.astimezone(UTC) - timedelta(seconds=1), HALF_DAY)
        for hours in range(4 * 24 + 3):
            served.tick(begin.astimezone(UTC) + timedelta(hours=hours))
        assert served.posted[:4] == wanted
        assert served.skipped == []


def test_fault_35_every_zone_has_each_local_day_once() -> None:
    seen = set()
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for noon in changes(zone):
            hours = [noon + timedelta(hours=n) for n in range(-24, 1)]
            offsets = (noon, *(hour.astimezone(zone).utcoffset() for hour in hours))
            if offsets in seen:
                continue
            seen.add(offsets)
            wanted = dates_about(noon, zone)
            after = noon - timedelta(days=3)
            for cron in ("0 0 * * *", "30 0 * * *", "30 23 * * *"):
                found = firings(cron, zone, after, noon + timedelta(days=4))
                dates = [local.date().isoformat() for local, _ in found]
                assert [each for each in dates if each in wanted] == wanted, (name, cron)
    assert len(seen) > 20


def test_nonexistent_time_fires_an_hour_later_by_the_wall() -> None:
    ((_, only),) = firings("30 2 * * *", NEW_YORK, utc("2026-03-08T00:00"), utc("2026-03-08T23:00"))
    assert only.astimezone(NEW_YORK).strftime("%H:%M") == "03:30"


def test_nothing_before_the_review_is_served() -> None:
    served = Served("0 9 * * *", BERLIN, utc("2026-06-10T10:00"), HALF_DAY)
    served.tick(utc("2026-06-10T10:00"))
    assert served.posted == served.skipped == []
    served.tick(utc("2026-06-11T07:00"))
    assert served.posted == ["2026-06-11"]


def test_late_within_the_window_is_still_posted() -> None:
    served = Served("0 9 * * *", BERLIN, utc("2026-06-01T00:00"), HALF_DAY)
    served.tick(utc("2026-06-01T18:59"))
    assert served.posted == ["2026-06-01"]


def test_later_than_the_window_is_skipped_and_not_tried_again() -> None:
    served = Served("0 9 * * *", BERLIN, utc("2026-06-01T00:00"), HALF_DAY)
    served.tick(utc("2026-06-01T19:01"))
    served.tick(utc("2026-06-01T19:02"))
    assert served.posted == []
    assert served.skipped == ["2026-06-01"]


def test_clock_moved_a_week_ahead_posts_the_latest_only() -> None:
    served = Served("0 9 * * *", BERLIN, utc("2026-06-01T00:00"), HALF_DAY)
    served.tick(utc("2026-06-01T07:00"))
    served.tick(utc("2026-06-08T07:30"))
    assert served.posted == ["2026-06-01", "2026-06-08"]
    assert served.skipped == [f"2026-06-0{day}" for day in range(2, 8)]


def test_clock_set_back_posts_nothing_twice() -> None:
    served = Served("0 9 * * *", BERLIN, utc("2026-06-01T00:00"), HALF_DAY)
    for moment in ("2026-06-03T07:00", "2026-06-02T07:00", "2026-06-03T07:10", "2026-06-04T07:00"):
        served.tick(utc(moment))
    assert served.posted == ["2026-06-03", "2026-06-04"]


def test_schedule_moved_to_later_the_same_day_does_not_post_again() -> None:
    served = Served("0 9 * * *", BERLIN, utc("2026-06-01T00:00"), HALF_DAY)
    served.tick(utc("2026-06-01T07:00"))
    served.cron = "0 17 * * *"
    served.tick(utc("2026-06-01T15:00"))
    assert served.posted == ["2026-06-01"]


def test_switched_off_is_never_due() -> None:
    assert (
        due(
            utc("2026-06-01T09:00"),
            "",
            BERLIN,
            last=None,
            since=utc("2026-01-01T00:00"),
            catch_up=HALF_DAY,
        )
        == NOTHING
    )


def test_hand_out_twice_a_day_is_two_periods_and_a_repeated_hour_one() -> None:
    posted, last, now = [], None, utc("2026-11-01T04:00")
    while now < utc("2026-11-02T00:00"):
        now += timedelta(minutes=5)
        found = due(
            now,
            "30 1,14 * * *",
            NEW_YORK,
            last=last,
            since=utc("2026-11-01T04:00"),
            catch_up=HALF_DAY,
            per=Per.MINUTE,
        )
        assert found.skipped == ()
        if found.post:
            posted.append(found.post.period)
            last = Mark(found.post.period, now)
    assert posted == ["2026-11-01T01:30", "2026-11-01T14:30"]


@settings(max_examples=150, deadline=None)
@given(
    zone=ZONES,
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    hour=st.integers(0, 23),
    minute=st.sampled_from([0, 15, 30, 59]),
    gaps=st.lists(st.integers(1, 60 * 60), min_size=1, max_size=60),
    window=st.integers(0, 30),
)
def test_every_date_passed_is_posted_or_skipped_exactly_once(
    zone: ZoneInfo, start: datetime, hour: int, minute: int, gaps: list[int], window: int
) -> None:
    """Whatever the gaps between ticks: no date twice, none forgotten, none too late."""
    catch_up = timedelta(hours=window)
    served = Served(f"{minute} {hour} * * *", zone, start, catch_up)
    now = start
    for gap in gaps:
        now += timedelta(minutes=gap)
        served.tick(now)
        for period in served.posted[-1:]:
            if served.marks[period] == now:
                local = datetime.combine(date.fromisoformat(period), datetime.min.time(), zone)
                assert (
                    now
                    <= local.astimezone(UTC) + timedelta(hours=hour + 2, minutes=minute) + catch_up
                )
    accounted = sorted(served.posted + served.skipped)
    assert len(set(accounted)) == len(accounted)
    passed = {
        fires_at.astimezone(zone).date().isoformat()
        for _, fires_at in firings(served.cron, zone, start, now)
    }
    if now - start < timedelta(days=31):
        assert set(accounted) == passed
