"""How long the bot takes from the start of its process until it hears clicks, and its memory then."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import psutil

from benchmarks.votes import fill
from tests.flows.installation import ROOT, Installation, installed

TIMES = int(os.environ.get("WINNOW_START_TIMES", "7"))
GOALS = {"empty": 1.0, "100,000 records": 1.5}


def run() -> Iterator[dict[str, Any]]:
    """Yield one result for an empty store and one with 100,000 records."""
    with tempfile.TemporaryDirectory() as folder, installed(Path(folder)) as it:
        start_once(it)  # bytecode is compiled once, by whoever installs it
        yield measured(it, "empty")
        fill(it)
        yield measured(it, "100,000 records")


def measured(it: Installation, store: str) -> dict[str, Any]:
    """Start the bot several times; give the median, the slowest, the load it was measured under."""
    samples = [start_once(it) for _ in range(TIMES)]
    seconds = [sample["seconds"] for sample in samples]
    median = statistics.median(seconds)
    return {
        "store": store,
        "median_s": round(median, 3),
        "fastest_s": round(min(seconds), 3),
        "slowest_s": round(max(seconds), 3),
        "cpu_s": round(statistics.median(sample["cpu"] for sample in samples), 3),
        "rss_mb": round(max(sample["rss"] for sample in samples) / 1e6, 1),
        "starts": TIMES,
        "load": round(os.getloadavg()[0], 2),
        "goal_s": GOALS[store],
        "met": median <= GOALS[store],
    }


def start_once(it: Installation) -> dict[str, float]:
    """Start the bot, wait for its ready line, stop it."""
    config = str(it.folder / "config.toml")
    clock = f"{it.playground.url}/control/clock"
    began = time.perf_counter()
    with it.log.open("a") as log:
        bot = subprocess.Popen(
            [
                *(sys.executable, "-m", "bot", "run", "--json"),
                *("--config", config, "--clock", clock),
            ],
            cwd=ROOT,
            env=it.environ,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        if bot.stdout is None:
            raise RuntimeError("the bot has no output")
        line = bot.stdout.readline()
        seconds = time.perf_counter() - began
        if not line or not json.loads(line)["ready"]:
            raise RuntimeError(f"The bot did not start: {it.log.read_text()[-2000:]}")
        process = psutil.Process(bot.pid)
        times = process.cpu_times()
        return {
            "seconds": seconds,
            "cpu": times.user + times.system,
            "rss": process.memory_info().rss,
        }
    finally:
        bot.send_signal(signal.SIGTERM)
        bot.wait(20)


CASES: dict[str, Callable[[], Iterable[dict[str, Any]]]] = {"start": run}
