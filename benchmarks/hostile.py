"""Workbooks made to exhaust whoever reads them, dropped while a team votes: memory and clicks."""

from __future__ import annotations

import asyncio
import base64
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from benchmarks import votes
from tests.flows.installation import Installation, installed
from tests.unit.test_bounded import workbook

SECONDS = float(os.environ.get("WINNOW_HOSTILE_SECONDS", "20"))


def run() -> Iterator[dict[str, Any]]:
    """Yield one result for a quiet team, and one with two workbooks that unpack to 100 MB each."""
    votes.REVIEWERS, votes.RECORDS, votes.SECONDS = 20, 4_000, SECONDS
    file = base64.b64encode(workbook(25_000, 4_000)).decode()
    with tempfile.TemporaryDirectory() as folder, installed(Path(folder), reviewers=20) as it:
        votes.fill(it)
        it.start_bot(seconds=60)
        votes.hand_out(it)
        yield {"phase": "quiet", **measure(it)}
        for n in range(2):
            name = f"bomb{n}.xlsx"
            it.control.post("files", who="ben", where="#screening", name=name, base64=file)
        yield {"phase": "two workbooks dropped", **measure(it)}


def measure(it: Installation) -> dict[str, Any]:
    """Vote for a while; return the bot's largest memory and how long clicks took."""
    most, stop = [0.0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.1) and it.bot is not None:
            most[0] = max(most[0], psutil.Process(it.bot.pid).memory_info().rss / 1e6)

    watching = threading.Thread(target=watch)
    watching.start()
    begun = time.monotonic()
    clicks, _ = asyncio.run(votes.drive(it))
    stop.set()
    watching.join()
    answered = [each["response_ms"] for each in clicks if each["response_ms"] is not None]
    return {
        "clicks": len(clicks),
        "seconds": round(time.monotonic() - begun, 1),
        "click_to_card_ms": votes.quantiles(answered),
        "bot_peak_mb": round(most[0], 1),
    }


CASES = {"hostile": run}
