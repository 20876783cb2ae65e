"""How time and memory grow with the number of records, and how right generated searches come out."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.duplicates import SETS, data_folder, read_set
from benchmarks.generator import Generated, generate
from screening.duplicates import clusters, find_duplicates
from screening.records import Record

SIZES = (2_000, 5_000, 10_000, 20_000, 53_000, 100_000)


def scale() -> Iterator[dict[str, Any]]:
    """Measure each size in a process of its own, so that no one's memory counts for another."""
    for size in SIZES:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.scale", str(size)],
            check=True,
            capture_output=True,
            text=True,
        )
        yield dict(json.loads(done.stdout))


def generated() -> Iterator[dict[str, Any]]:
    """Measure how right generated searches come out: of made-up works, and of real ones."""
    for seed in range(3):
        yield {"works": "made up", "seed": seed, **rightness(generate(10_000, seed))}
    if not data_folder().is_dir():
        yield {"absent": str(data_folder()), "remedy": "set WINNOW_DATA to the folder of the data"}
        return
    real = real_works()
    for seed in range(3):
        result = rightness(generate(int(len(real) * 1.5), seed, real))
        yield {"works": "real", "seed": seed, **result}


def real_works() -> list[Record]:
    """Give the records of the labelled sets that have no duplicate, certain or possible, among them."""
    works: list[Record] = []
    for name in SETS:
        _, records = read_set(name)
        linked = {
            id_ for link in find_duplicates(records).links for id_ in (link.first, link.second)
        }
        works.extend(record for id_, record in records if id_ not in linked)
    return works


def rightness(made: Generated) -> dict[str, Any]:
    """Find the duplicates in a generated search and count right and wrong ones."""
    began = time.perf_counter()
    linking = find_duplicates(made.records)
    found = clusters(made.work_of, linking)
    seconds = time.perf_counter() - began
    works = Counter(made.work_of.values())
    kinds = [{made.work_of[member] for member in cluster.members} for cluster in found]
    removable = sum(count - 1 for count in works.values())
    wrong = sum(len(kind) - 1 for kind in kinds)
    right = sum(len(cluster.members) - 1 for cluster in found) - wrong
    possible = {
        id_
        for link in linking.links
        if link.certainty == "possible"
        for id_ in (link.first, link.second)
    }
    return {
        "n": len(made.records),
        "removable": removable,
        "right": right,
        "wrong": wrong,
        "impure": sum(len(kind) > 1 for kind in kinds),
        "recall": round(right / max(1, removable), 5),
        "possible_share": round(len(possible) / len(made.records), 4),
        "seconds": round(seconds, 3),
    }


def measure(size: int) -> dict[str, Any]:
    """Find the duplicates among `size` generated records in this process."""
    made = generate(size, seed=1)
    before = peak_megabytes()
    began, cpu = time.perf_counter(), time.process_time()
    linking = find_duplicates(made.records)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    return {
        "n": size,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(cpu, 3),
        "us_per_record": round(seconds / size * 1e6, 1),
        "cpu_us_per_record": round(cpu / size * 1e6, 1),
        "peak_rss_mb": peak_megabytes(),
        "records_rss_mb": before,
        "links": len(linking.links),
    }


def peak_megabytes() -> float:
    """Give the most memory this process has held so far; its parent's does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


CASES: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {"scale": scale, "generated": generated}

if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
