"""Two bots on one store: both hear clicks, one runs the jobs and the sheet; when it dies, the other does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.course import CARDS, course
from tests.flows.installation import Installation
from tests.flows.screening_a_review import quiet
from tests.flows.standins import wait_until
from tests.flows.truths import posted_keys

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]


def leader(it: Installation) -> int:
    """The process that holds the store's lock, as it wrote it down; 0 while nobody has."""
    path = it.folder / "winnow.sqlite3.leader"
    return int(path.read_text().strip() or 0) if path.exists() else 0


def pid(it: Installation) -> int:
    """The process of an installation's bot."""
    assert it.bot is not None
    return it.bot.pid


def test_the_second_bot_takes_over_when_the_first_is_killed(tmp_path: Path) -> None:
    with course(tmp_path, 3 * CARDS) as review:
        first = review.it
        second = replace(first, bot=None)
        second.start_bot()
        try:
            assert leader(first) == pid(first)
            for _ in range(2):
                review.deal()
                review.vote(most=3)
            day = review.next_morning()
            review.told(f"digest/{day}")
            review.told(f"prisma/{day}")
            quiet(first)
            assert first.log.read_text().count("This process leads") == 1

            first.kill_bot()
            wait_until(lambda: leader(second) == pid(second), 10, every=0.1)
            review.deal()
            review.contest()
            review.vote()
            wait_until(review.conflicts, 20, every=0.2)
            review.told(f"conflict_opened/{review.conflicts()[0]}")
            review.decide()
            day = review.next_morning()
            review.told(f"digest/{day}")
            review.told(f"prisma/{day}")

            first.start_bot()
            review.deal()
            review.vote(most=2)
            assert leader(first) == pid(second)
            review.check()
            keys = posted_keys(first)
            assert [n for key, n in keys.items() if "/digest/" in key] == [1, 1]
            second.stop_bot()
            wait_until(lambda: leader(first) == pid(first), 10, every=0.1)
        finally:
            second.kill_bot()
