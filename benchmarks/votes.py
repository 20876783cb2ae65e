"""Fifty reviewers voting at once: from click to next card, the sheet's lag, memory, HTTP calls.

The stand-ins and the bot run as processes of their own; the votes come through /control as clicks on
the cards' visible buttons. Lag is measured from outside: the n-th vote against the moment at which the
Votes tab has n rows.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil

from screening.records import Record, SourceRecord
from screening.sources import Import, Source
from screening.stages import Stage
from store import open_store
from tests.flows.installation import REVIEW, Installation, installed, reviewer_names
from tests.flows.standins import wait_until

REVIEWERS = 50
VOTES_PER_SECOND = 20.0
SECONDS = float(os.environ.get("WINNOW_VOTES_SECONDS", "60"))
RECORDS = int(os.environ.get("WINNOW_VOTES_RECORDS", "100000"))
CHUNK = 20_000
AGREEING = 0.9
"""How often a reviewer says what the record's number suggests; the rest makes conflicts."""


def run() -> Iterator[dict[str, Any]]:
    """Yield one result without latency, one with it, and one for the sheet in both."""
    with (
        tempfile.TemporaryDirectory() as folder,
        installed(Path(folder), reviewers=REVIEWERS) as it,
    ):
        yield {"phase": "fill", "records": RECORDS, "seconds": fill(it)}
        it.start_bot(seconds=60)
        yield {"phase": "sheet filled", "seconds": wait_for_sheet(it)}
        hand_out(it)
        for phase, slack_ms, google_ms in (("no latency", 0, 0), ("150 + 500 ms", 150, 500)):
            it.control.delete("faults")
            if slack_ms:
                it.control.post("latency", service="slack", method="response_url", ms=slack_ms)
                it.control.post("latency", service="google", method="*", ms=google_ms)
            yield measure(it, phase)


def fill(it: Installation) -> float:
    """Put the records into the store as imports do, without linking them; return seconds."""
    begun = time.monotonic()
    store = open_store(f"sqlite:///{it.folder / 'winnow.sqlite3'}")
    at = datetime(2026, 3, 1, tzinfo=UTC)
    for first in range(0, RECORDS, CHUNK):
        count = min(CHUNK, RECORDS - first)
        with store.writing(REVIEW) as tx:
            numbers = tx.next_record_numbers(count)
            ids = [f"R{number:06d}" for number in numbers]
            name = f"I{first:08d}"
            source = Source(f"Database {first // CHUNK + 1}")
            tx.add_import(
                Import(name, REVIEW, source, "f.ris", name, "ris", at, "U", count, 0, 0, count)
            )
            tx.add_records(name, generated(ids, first))
            tx.enter_stage(Stage.TITLE_ABSTRACT, ids, 2, at)
            tx.enqueue_rows("Records", ids, at)
            tx.enqueue_rows("Sources", [name], at)
    store.close()
    return round(time.monotonic() - begun, 1)


def generated(ids: list[str], first: int) -> Iterable[tuple[str, SourceRecord, str]]:
    """Yield records of usual lengths; order keys shuffle them."""
    draw = random.Random(first)
    sentence = "Peer mentoring changed the outcomes of residents in this cohort of the trial. "
    for n, record_id in enumerate(ids):
        record = Record(
            title=f"Peer mentoring among residents, cohort {first + n} of a long series of trials",
            authors=("Writer, Ann", "Author, Bo"),
            year=1990 + n % 35,
            journal="Canadian Medical Education Journal",
            doi=f"10.1000/cmej.{first + n}",
            abstract=sentence * draw.randint(4, 8),
        )
        yield record_id, SourceRecord(record, n + 1, n * 12 + 1), f"{draw.getrandbits(48):012x}"


def wait_for_sheet(it: Installation) -> float:
    """Wait until the Records tab has every row: the bot's own writer fills it within its quota."""
    begun = time.monotonic()
    wait_until(lambda: filled(it, "Records") >= RECORDS + 1, 1_800, every=2.0)
    return round(time.monotonic() - begun, 1)


def filled(it: Installation, tab: str) -> int:
    """Return how many rows of a tab are filled, its header included."""
    tabs = it.control.get(f"sheets/{it.spreadsheet}/tabs")
    tabs = tabs["tabs"] if isinstance(tabs, dict) else tabs
    return next((t["filled_rows"] for t in tabs if t["title"] == tab), 0)


def hand_out(it: Installation) -> None:
    """Let every reviewer ask for cards, as they would: by the slash command."""
    for name in reviewer_names(REVIEWERS):
        it.control.command(name, "next 200", where="dm")
        wait_until(lambda n=name: has_card(it, n), 20, every=0.05)


def has_card(it: Installation, name: str) -> bool:
    """Tell whether a reviewer has a card with an Include button."""
    messages = it.control.messages(name, "dm", limit=3)
    return any("Include" in str(message) for message in messages)


def measure(it: Installation, phase: str) -> dict[str, Any]:
    """Vote for a while and return the figures."""
    it.control.delete("requests")
    before = filled(it, "Votes") - 1
    begun_wall = time.time()
    clicks, growth = asyncio.run(drive(it))
    minutes = per_minute(it.control.requests(limit=50_000), begun_wall)
    memory = psutil.Process(it.bot.pid).memory_info().rss / 1e6 if it.bot else 0.0
    recorded = [c for c in clicks if c["response_ms"] is not None]
    lags = sheet_lags(sorted(c["recorded_at"] for c in recorded), growth, before)
    conflicts = filled(it, "Conflicts") - 1
    return {
        "phase": phase,
        "clicks": len(clicks),
        "per_second": round(len(clicks) / SECONDS, 1),
        "answered": len(recorded),
        "warnings": sum(bool(c["warning"]) for c in clicks),
        "click_to_card_ms": quantiles([c["response_ms"] for c in recorded]),
        "click_to_ack_ms": quantiles([c["acked_ms"] for c in clicks if c["acked_ms"] is not None]),
        "http_calls_between": max((c["http_calls_between"] for c in clicks), default=0),
        "refused_429": minutes["429"],
        "sheet_lag_s": quantiles(lags),
        "rows_in_sheet": len(lags),
        "reads_per_minute": minutes["reads"],
        "writes_per_minute": minutes["writes"],
        "conflicts": conflicts,
        "bot_resident_mb": round(memory, 1),
    }


async def drive(it: Installation) -> tuple[list[dict[str, Any]], list[tuple[float, int]]]:
    """Click at a steady rate; meanwhile watch the Votes tab grow."""
    names = reviewer_names(REVIEWERS)
    clicks: list[dict[str, Any]] = []
    growth: list[tuple[float, int]] = []
    draw = random.Random(7)
    url = it.playground.facts["control_url"] + "/"
    limits = httpx.Limits(max_connections=60)
    async with httpx.AsyncClient(base_url=url, timeout=30.0, limits=limits) as client:
        watching = asyncio.create_task(watch(client, it.spreadsheet, growth))
        tasks = []
        begun = time.monotonic()
        for n in range(int(VOTES_PER_SECOND * SECONDS)):
            await asyncio.sleep(max(0.0, begun + n / VOTES_PER_SECOND - time.monotonic()))
            label = "Exclude" if draw.random() < AGREEING else "Include"
            tasks.append(asyncio.create_task(click(client, names[n % len(names)], label, clicks)))
        await asyncio.gather(*tasks)
        await asyncio.sleep(12)
        watching.cancel()
    return clicks, growth


async def click(
    client: httpx.AsyncClient, name: str, label: str, clicks: list[dict[str, Any]]
) -> None:
    """Click as a reviewer and keep what the stand-in measured."""
    body = {"as": name, "label": label, "where": "dm", "wait_ms": 5_000}
    sent = time.monotonic()
    answer = (await client.post("click", json=body)).json()
    if "detail" in answer:
        raise RuntimeError(f"{name} cannot click {label}: {answer['detail']}")
    # The commit lies before the ack: counted from the ack, the lag is never flattered by more.
    answer["recorded_at"] = sent + (answer.get("acked_ms") or 0) / 1e3
    clicks.append(answer)


async def watch(client: httpx.AsyncClient, sheet: str, growth: list[tuple[float, int]]) -> None:
    """Note how many rows the Votes tab has, twice a second."""
    while True:
        tabs = (await client.get(f"sheets/{sheet}/tabs")).json()
        tabs = tabs["tabs"] if isinstance(tabs, dict) else tabs
        rows = next((t["filled_rows"] for t in tabs if t["title"] == "Votes"), 1)
        growth.append((time.monotonic(), rows - 1))
        await asyncio.sleep(0.25)


def sheet_lags(recorded: list[float], growth: list[tuple[float, int]], before: int) -> list[float]:
    """Return for each vote the seconds until the tab had as many rows more as votes were cast."""
    counts = [count - before for _, count in growth]
    lags = []
    for n, at in enumerate(recorded, 1):
        place = bisect_left(counts, n)
        if place < len(growth):
            lags.append(max(0.0, growth[place][0] - at))
    return lags


def per_minute(requests: list[dict[str, Any]], since: float) -> dict[str, int]:
    """Return the busiest minute's reads and writes of Google, and refusals for quota."""
    busiest: dict[str, Counter[int]] = {"reads": Counter(), "writes": Counter()}
    refused = 0
    for entry in requests:
        refused += entry["status"] == 429
        if entry["service"] == "google" and "token" not in entry["method"]:
            kind = "reads" if entry["http_method"] == "GET" else "writes"
            kind = "reads" if "ByDataFilter" in entry["method"] else kind
            busiest[kind][int((entry["at"] - since) // 60)] += 1
    return {
        "429": refused,
        "reads": max(busiest["reads"].values(), default=0),
        "writes": max(busiest["writes"].values(), default=0),
    }


def quantiles(values: list[float]) -> dict[str, float]:
    """Return median, 95th percentile and maximum."""
    if not values:
        return {}
    if len(values) < 2:
        return {"p50": values[0], "p95": values[0], "max": values[0]}
    cut = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": round(cut[49], 2), "p95": round(cut[94], 2), "max": round(max(values), 2)}


CASES = {"votes": run}

if __name__ == "__main__":
    sys.exit("Run it as: python -m benchmarks votes")
