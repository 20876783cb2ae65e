"""Reads every search export in the data directory and holds the number of records to a count made apart.

The counts were made with grep, awk and Python's csv and zipfile modules, not with our readers; the
command stands beside each. `WINNOW_DATA` names the directory (by default `../shared/data`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
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


CASES = {"exports": run}
