"""A large search export through `winnow import`: read, linked and stored, in seconds and memory."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from benchmarks.generator import generate
from screening.errors import StoreBusyError
from screening.writing import write_export
from store import open_store
from tests.flows.installation import ROOT

RECORDS = int(os.environ.get("WINNOW_IMPORT_RECORDS", "50000"))
GOAL = {"seconds": 60.0, "peak_rss_mb": 1000.0}


def run() -> Iterator[dict[str, Any]]:
    """Yield one result: the whole process, and how long other writers waited meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records = [record for _, record in generate(RECORDS, seed=5).records]
        random.Random(5).shuffle(records)
        export = folder / "export.ris"
        export.write_bytes(write_export(records, "ris"))
        example = (ROOT / "config.example.toml").read_text(encoding="utf-8")
        (folder / "config.toml").write_text(example, encoding="utf-8")
        yield imported(folder, export)


def imported(folder: Path, export: Path) -> dict[str, Any]:
    """Import the file in a process of its own, a probe writing to the same store all the while."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "bot", "import", str(export), "--source", "MEDLINE"),
            "--sheet-is-new",
            *("--config", str(folder / "config.toml"), "--json"),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    waits: list[float] = []
    refused: list[float] = []
    watcher = psutil.Process(process.pid)
    peak = [0]
    stop = threading.Event()
    probe = threading.Thread(target=_probe, args=(folder, stop, waits, refused))
    probe.start()
    while process.poll() is None:
        try:
            peak[0] = max(peak[0], watcher.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.05)
    seconds = time.monotonic() - begun
    stop.set()
    probe.join()
    out = process.communicate()[0]
    summary = json.loads(out.splitlines()[-1])
    return {
        "records": summary["read"],
        "duplicates": summary["duplicates"],
        "new": summary["new"],
        "file_mb": round(export.stat().st_size / 1e6, 1),
        "seconds": round(seconds, 1),
        "peak_rss_mb": round(peak[0] / 1e6, 1),
        "other_writer_longest_wait_s": round(max(waits, default=0.0), 2),
        "other_writer_refused": len(refused),
        "goal": GOAL,
        "met": seconds <= GOAL["seconds"] and peak[0] / 1e6 <= GOAL["peak_rss_mb"],
    }


def _probe(folder: Path, stop: threading.Event, waits: list[float], refused: list[float]) -> None:
    """Write a little again and again, as votes would, from another process's point of view."""
    store = open_store(f"sqlite:///{folder / 'winnow.sqlite3'}")
    while not stop.is_set():
        begun = time.monotonic()
        try:
            with store.writing("peer-mentoring") as tx:
                tx.set_setting("probe", str(begun))
            waits.append(time.monotonic() - begun)
        except StoreBusyError:
            refused.append(time.monotonic() - begun)
        stop.wait(0.05)
    store.close()


CASES = {"import": run}
