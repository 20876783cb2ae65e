"""Two bots on one store: both hear clicks, one runs the jobs and the sheet; when it dies, the other does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.desks import ris, title
from tests.faults.course import CARDS, course
from tests.flows.installation import ROOT, Installation, installed
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


@pytest.mark.timeout(240)
def test_fault_40_the_second_bot_takes_over_when_the_first_hangs(tmp_path: Path) -> None:
    """A process that was stopped keeps its file lock; its lease runs out all the same."""
    with course(tmp_path, CARDS) as review:
        first = review.it
        second = replace(first, bot=None)
        second.start_bot()
        try:
            wait_until(lambda: leader(first) == pid(first), 10, every=0.1)
            quiet(first)
            os.kill(pid(first), signal.SIGSTOP)
            first.control.post("sockets/drop")
            leading = first.log.read_text().count("This process leads")
            wait_until(
                lambda: first.log.read_text().count("This process leads") > leading, 90, every=0.5
            )
            day = review.next_morning()
            review.told(f"digest/{day}")
            os.kill(pid(first), signal.SIGCONT)
            wait_until(lambda: "lease was lost" in first.log.read_text(), 30, every=0.3)
            wait_until(lambda: leader(first) == pid(second), 30, every=0.3)
            day = review.next_morning()
            review.told(f"prisma/{day}")
            keys = posted_keys(first)
            assert [n for key, n in keys.items() if "/prisma/" in key] == [1, 1]
        finally:
            second.kill_bot()


def test_fault_41_a_rate_limited_socket_holds_up_neither_the_sheet_nor_a_stop(
    tmp_path: Path,
) -> None:
    with installed(tmp_path) as it:
        path = tmp_path / "medline.ris"
        path.write_bytes(ris(title(n) for n in range(12)))
        it.bring(path, "MEDLINE")
        it.control.fault(
            service="slack", method="apps.connections.open", status=429, retry_after=36, times=1000
        )
        with it.log.open("a", encoding="utf-8") as log:
            config = str(it.folder / "config.toml")
            it.bot = subprocess.Popen(
                [sys.executable, "-m", "bot", "run", "--config", config],
                cwd=ROOT,
                env=it.environ,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
        wait_until(lambda: it.json_of("status")[0]["waiting_for_sheet"] == 0, 60, every=0.5)
        assert len(it.rows("Records")) == 12
        began = time.monotonic()
        it.stop_bot()
        assert time.monotonic() - began < 20
        said = it.log.read_text()
        assert "Slack cannot be reached (apps.connections.open: ratelimited)" in said
        assert "Winnow is ready" not in said
        assert "Traceback" not in said
