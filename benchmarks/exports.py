"""Reads every search export in the data directory and holds the number of records to a count made apart.

The counts were made with grep, awk and Python's csv and zipfile modules, not with our readers; the
command stands beside each. `WINNOW_DATA` names the directory (by default `../shared/data`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from screening.reading import read_export

# File: records, and how they were counted.
EXPECTED: dict[str, tuple[int, str]] = {
    "exports/colrev_ebsco_bib.bib": (2, "grep -c '^@'"),
    "exports/colrev_eric_nbib.nbib": (1, "grep -c '^OWN - ERIC'"),
    "exports/ebscohost.ris": (2, "grep -c '^TY  -'"),
    "exports/embase.csv": (6, "rows of csv.reader less the header"),
    "exports/embase.ris": (6, "grep -c 'TY  -' (the first stands behind a byte-order mark)"),
    "exports/mini_endnote.enw": (2, "grep -c '^%0'"),
    "exports/mini_generic.ris": (3, "grep -c '^TY  -'"),
    "exports/mini_pubmed.nbib": (133, "grep -c '^PMID-'"),
    "exports/mini_scopus.bib": (92, "grep -ci '^@' less grep -ci '^@string'; two are @set"),
    "exports/mini_wos.ciw": (5, "grep -c '^PT '"),
    "exports/ovid_psycinfo.ris": (6, "grep -c '^TY  -'"),
    "exports/pubmed_set.nbib": (5, "grep -c '^PMID-'"),
    "exports/table.xlsx": (
        3,
        "unzip -p table.xlsx xl/worksheets/sheet1.xml | grep -o '<row' less 1",
    ),
    "exports/tafenoquine.endnote.xml": (179, "grep -o '<record>' | wc -l"),
    "dedupe/cytology_screening.csv": (1856, "rows of csv.reader less the header"),
    "dedupe/digital_work.csv": (7159, "rows of csv.reader less the header"),
    "dedupe/respiratory.csv": (1988, "rows of csv.reader less the header"),
    "dedupe/tafenoquine.csv": (179, "rows of csv.reader less the header"),
    "screening/kitchenham_2010.csv": (1704, "rows of csv.reader less the header"),
    "screening/nagtegaal_2019.csv": (2019, "rows of csv.reader less the header"),
}


def run() -> Iterator[dict[str, Any]]:
    """Give one result a file, and a last one that sums them up."""
    root = Path(os.environ.get("WINNOW_DATA", "../shared/data"))
    wrong = read = 0
    for name, (expected, counted) in EXPECTED.items():
        path = root / name
        if not path.is_file():
            yield {"case": "exports", "file": name, "missing": str(path)}
            continue
        began = time.perf_counter()
        reading = read_export(path, path.name)
        seconds = time.perf_counter() - began
        read += 1
        wrong += len(reading.records) != expected
        yield {
            "case": "exports",
            "file": name,
            "format": reading.format,
            "encoding": reading.encoding,
            "records": len(reading.records),
            "expected": expected,
            "counted_with": counted,
            "marks": reading.marks,
            "problems": len(reading.problems),
            "fields": {field: count for field, count in reading.fields.items() if count},
            "seconds": round(seconds, 3),
        }
    yield {"case": "exports", "files": read, "of": len(EXPECTED), "wrong": wrong}


def speed() -> Iterator[dict[str, Any]]:
    """Read 50,000 generated RIS records, each run in a process of its own so that memory is its."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated.ris"
        _generate(path, 50_000)
        done = subprocess.run(
            [sys.executable, "-c", _READ_ALONE, str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        yield {
            "case": "reading_speed",
            "megabytes": round(path.stat().st_size / 1e6, 1),
            **json.loads(done.stdout),
        }


_READ_ALONE = """
import json, resource, sys, time
from pathlib import Path
from screening.reading import read_export
began, cpu = time.perf_counter(), time.process_time()
reading = read_export(Path(sys.argv[1]), "generated.ris")
print(json.dumps({
    "records": len(reading.records),
    "problems": len(reading.problems),
    "seconds": round(time.perf_counter() - began, 2),
    "cpu_seconds": round(time.process_time() - cpu, 2),
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
}))
"""


def _generate(path: Path, count: int) -> None:
    random = Random(20261123)
    letters = "abcdefghijklmnoprstuvw"
    words = ["".join(random.choices(letters, k=random.randint(2, 11))) for _ in range(5_000)]

    def some(least: int, most: int) -> str:
        return " ".join(random.choices(words, k=random.randint(least, most)))

    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            lines = ["TY  - JOUR", f"ID  - {30_000_000 + number}", f"T1  - {some(8, 16)}"]
            lines += [
                f"A1  - {some(1, 1).title()}, {some(1, 1).title()}"
                for _ in range(random.randint(1, 8))
            ]
            lines += [f"Y1  - {random.randint(1990, 2026)}//", f"N2  - {some(120, 260)}"]
            lines += [f"KW  - {some(1, 2)}" for _ in range(10)]
            lines += [f"JF  - Journal of {some(1, 2)}", f"VL  - {random.randint(1, 60)}"]
            lines += [f"SP  - {number}", f"EP  - {number + 9}", f"DO  - 10.5555/x.{number}"]
            file.write("\n".join([*lines, "ER  - ", "", ""]))


CASES = {"exports": run, "reading_speed": speed}
