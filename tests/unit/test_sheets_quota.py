"""The quota is never exceeded, whatever asks for places and when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets.quota import WINDOW, Quota, QuotaExceededError


class Hand:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.time = 1_000.0

    def __call__(self) -> float:
        return self.time


@given(st.lists(st.tuples(st.floats(0, 20), st.booleans()), max_size=200))
def test_no_window_of_a_minute_holds_more_than_the_limits(steps) -> None:
    clock = Hand()
    quota = Quota(clock, steady=10, hard=15)
    taken: list[tuple[float, bool]] = []
    for pause, urgent in steps:
        clock.time += pause
        clock.time += quota.wait("read", urgent)
        quota.take("read", urgent)
        taken.append((clock.time, urgent))
        recent = [t for t in taken if t[0] > clock.time - WINDOW]
        assert len(recent) <= 15
        if not urgent:
            assert len(recent) <= 10


def test_a_place_that_is_not_there_cannot_be_taken() -> None:
    quota = Quota(Hand(), steady=1, hard=2)
    quota.take("write")
    with pytest.raises(QuotaExceededError):
        quota.take("write")
    quota.take("write", urgent=True)
    quota.take("read")
    assert quota.used("write") == 2


def test_after_a_burst_the_rest_is_spread_over_the_minute() -> None:
    clock = Hand()
    quota = Quota(clock, steady=28)
    assert quota.pace("read") == pytest.approx(60 / 28)
    for _ in range(8):
        quota.take("read")
    waits = []
    for _ in range(40):
        pace = quota.pace("read")
        waits.append(pace)
        clock.time += pace
        assert quota.wait("read") == 0
        quota.take("read")
    assert max(waits) < 4
    with pytest.raises(ValueError):
        Quota(clock, steady=70, hard=70)
