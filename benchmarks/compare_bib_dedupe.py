"""bib-dedupe and Winnow on the same files in one run, so that anyone can repeat the comparison."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.duplicates import SETS, data_folder, measure, read_set, scorer

REMEDY = (
    "python3 -m venv /tmp/bib-dedupe && /tmp/bib-dedupe/bin/pip install bib-dedupe==0.11.0"
    " && BIB_DEDUPE_PYTHON=/tmp/bib-dedupe/bin/python python -m benchmarks compare_bib_dedupe"
)
# Run by the other tool's own Python: it prints one JSON object, clusters and cost.
PROGRAM = """
import json, resource, sys, time
import pandas as pd
from bib_dedupe.bib_dedupe import block, match, prep
from bib_dedupe.cluster import get_connected_components

if __name__ == "__main__":
    frame = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
    frame = frame.rename(columns={"record_id": "ID"})
    # The sets give every container, proceedings too, in the column journal.
    frame = frame.drop(columns=["gold_cluster", "source", "entrytype"])
    frame["ENTRYTYPE"] = "article"
    began = time.perf_counter()
    prepared = prep(frame, verbosity_level=0)
    pairs = match(block(prepared, verbosity_level=0), verbosity_level=0)
    clusters = get_connected_components(pairs)
    seconds = time.perf_counter() - began
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print("RESULT" + json.dumps({"clusters": clusters, "seconds": seconds, "mb": max(own, children) / 1024}))
"""


def compare() -> Iterator[dict[str, Any]]:
    """Yield both tools' scores for each labelled set, then their sums."""
    python = os.environ.get("BIB_DEDUPE_PYTHON", "")
    if not python or not data_folder().is_dir():
        missing = "BIB_DEDUPE_PYTHON" if not python else str(data_folder())
        yield {"absent": missing, "remedy": REMEDY}
        return
    score = scorer()
    sums: dict[str, dict[str, float]] = {}
    for name in SETS:
        rows, records = read_set(name)
        predicted, seconds, megabytes = _other(python, name)
        theirs = dict(score.score(rows, predicted))
        theirs |= {"seconds": round(seconds, 2), "peak_mb": round(megabytes)}
        for tool, result in (("bib-dedupe", theirs), ("winnow", measure(rows, records, score))):
            yield {"set": name, "tool": tool, **result}
            total = sums.setdefault(tool, {})
            for key in ("TP", "FP", "FN", "TN", "impure", "seconds"):
                total[key] = round(total.get(key, 0) + result[key], 3)
    for tool, total in sums.items():
        f1 = 2 * total["TP"] / (2 * total["TP"] + total["FP"] + total["FN"])
        yield {"set": "all", "tool": tool, **total, "F1": round(f1, 5)}


def _other(python: str, name: str) -> tuple[list[dict[str, str]], float, float]:
    """Run bib-dedupe on a copy of the set without its labels."""
    rows, _ = read_set(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows({**row, "gold_cluster": ""} for row in rows)
        program = Path(folder) / "program.py"
        program.write_text(PROGRAM, encoding="utf-8")
        done = subprocess.run(
            [python, str(program), str(path)], capture_output=True, text=True, check=False
        )
    found = [line for line in done.stdout.splitlines() if line.startswith("RESULT")]
    if done.returncode or not found:
        print(done.stderr[-2000:], file=sys.stderr)
        raise RuntimeError(f"{python} could not run bib-dedupe. {REMEDY}")
    result = json.loads(found[0].removeprefix("RESULT"))
    predicted = [
        {"record_id": id_, "cluster_id": cluster[0]}
        for cluster in result["clusters"]
        for id_ in cluster
    ]
    return predicted, result["seconds"], result["mb"]


CASES: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {"compare_bib_dedupe": compare}
