"""How many true and false duplicates are found in the labelled sets, as they are and altered."""

from __future__ import annotations

import csv
import importlib.util
import os
import random
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from screening.duplicates import clusters, find_duplicates
from screening.records import Record

SETS = ("cytology_screening", "respiratory", "digital_work", "tafenoquine")
Rows = list[dict[str, str]]
Known = list[tuple[str, Record]]


def data_folder() -> Path:
    """Give the folder of labelled sets: dedupe/ under WINNOW_DATA, by default ../shared/data."""
    return Path(os.environ.get("WINNOW_DATA", "../shared/data")) / "dedupe"


def scorer() -> ModuleType:
    """Load score_duplicates.py, which comes with the sets and alone reads their labels."""
    path = data_folder() / "score_duplicates.py"
    spec = importlib.util.spec_from_file_location("score_duplicates", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_set(name: str) -> tuple[Rows, Known]:
    """Read a labelled set as rows for the scorer and as records without their labels."""
    csv.field_size_limit(10**9)
    with (data_folder() / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return rows, [(row["record_id"], read_record(row)) for row in rows]


def read_record(row: dict[str, str]) -> Record:
    """Make a record of one row, the authors still joined in one string."""
    year = re.search(r"\d{4}", row["year"])
    return Record(
        title=row["title"].strip(),
        authors=(row["author"].strip(),) if row["author"].strip() else (),
        year=int(year[0]) if year else None,
        journal=row["journal"].strip(),
        volume=row["volume"].strip(),
        number=row["number"].strip(),
        pages=row["pages"].strip(),
        doi=row["doi"].strip(),
        abstract=row["abstract"].strip(),
        entry_type=row["entrytype"].strip(),
    )


def measure(rows: Sequence[dict[str, str]], records: Known, score: ModuleType) -> dict[str, Any]:
    """Find the duplicates among `records` and score them against the labels in `rows`."""
    begin = time.perf_counter()
    linking = find_duplicates(records)
    found = clusters([id_ for id_, _ in records], linking)
    seconds = time.perf_counter() - begin
    cluster_of = {member: cluster.members[0] for cluster in found for member in cluster.members}
    result = score.score(
        rows,
        [
            {"record_id": id_, "cluster_id": cluster_of.get(id_, id_)}
            for id_ in (row["record_id"] for row in rows)
        ],
    )
    possible = [link for link in linking.links if link.certainty == "possible"]
    touched = {id_ for link in possible for id_ in (link.first, link.second)}
    result["possible_links"] = len(possible)
    result["possible_share"] = round(len(touched) / max(1, len(rows)), 4)
    result["seconds"] = round(seconds, 3)
    return dict(result)


def labelled() -> Iterator[dict[str, Any]]:
    """Measure each labelled set as it is, and all together."""
    yield from _each({"none": lambda record, _: record}, seeds=1)


def altered() -> Iterator[dict[str, Any]]:
    """Measure copies of each set with other IDs and order, lost fields and other writing."""
    yield from _each(ALTERATIONS, seeds=1)


def _each(
    alterations: dict[str, Callable[[Record, random.Random], Record]], seeds: int
) -> Iterator[dict[str, Any]]:
    if not data_folder().is_dir():
        yield {"absent": str(data_folder()), "remedy": "set WINNOW_DATA to the folder of the data"}
        return
    score = scorer()
    sets = {name: read_set(name) for name in SETS}
    for alteration, change in alterations.items():
        sums: dict[str, float] = {}
        for name, (rows, records) in sets.items():
            for seed in range(seeds):
                if alteration == "none":
                    new_rows, new_records = rows, records
                else:
                    new_rows, new_records = alter(rows, records, change, seed)
                result = measure(new_rows, new_records, score)
                for key in ("n", "TP", "FP", "FN", "TN", "impure", "seconds"):
                    sums[key] = sums.get(key, 0) + result[key]
                yield {"set": name, "alteration": alteration, **result}
        f1 = 2 * sums["TP"] / (2 * sums["TP"] + sums["FP"] + sums["FN"])
        precision = sums["TP"] / (sums["TP"] + sums["FP"])
        sums["seconds"] = round(sums["seconds"], 3)
        yield {
            "set": "all",
            "alteration": alteration,
            **sums,
            "precision": round(precision, 5),
            "F1": round(f1, 5),
        }


def alter(
    rows: Rows, records: Known, change: Callable[[Record, random.Random], Record], seed: int
) -> tuple[Rows, Known]:
    """Give a copy with other IDs in another order, each record changed."""
    chance = random.Random(seed)
    order = list(range(len(rows)))
    chance.shuffle(order)
    new_rows, new_records = [], []
    for place, at in enumerate(order):
        id_ = f"copy-{place:06d}"
        new_rows.append({**rows[at], "record_id": id_})
        new_records.append((id_, change(records[at][1], chance)))
    return new_rows, new_records


def _sometimes(
    share: float, change: Callable[[Record, random.Random], Record]
) -> Callable[[Record, random.Random], Record]:
    def changed(record: Record, chance: random.Random) -> Record:
        return change(record, chance) if chance.random() < share else record

    return changed


def _drop(**blanks: Any) -> Callable[[Record, random.Random], Record]:
    return lambda record, _: replace(record, **blanks)


def _typo(record: Record, chance: random.Random) -> Record:
    title = record.title
    if len(title) < 10:
        return record
    at = chance.randrange(1, len(title) - 2)
    kind = chance.randrange(3)
    if kind == 0:
        title = title[:at] + title[at + 1 :]
    elif kind == 1:
        title = title[:at] + title[at + 1] + title[at] + title[at + 2 :]
    else:
        title = title[:at] + chance.choice("aeionrst") + title[at:]
    return replace(record, title=title)


def _initials(record: Record, _: random.Random) -> Record:
    names = []
    for name in re.split(r"\s+and\s+|;\s*", " and ".join(record.authors)):
        family, comma, given = name.partition(",")
        short = " ".join(word[0].upper() for word in given.replace(".", " ").split())
        names.append(f"{family}, {short}" if comma else name)
    return replace(record, authors=tuple(n for n in names if n))


def _abbreviate(record: Record, _: random.Random) -> Record:
    small = {"of", "the", "and", "for", "in", "on", "&", "a", "de", "la"}
    words = [w for w in record.journal.split() if w.lower() not in small]
    if len(words) < 2:
        return record
    short = " ".join(w if len(w) <= 5 else w[: 4 + len(w) % 3] + "." for w in words)
    return replace(record, journal=short)


def _ascii(record: Record, _: random.Random) -> Record:
    def strip(text: str) -> str:
        return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()

    return replace(
        record,
        title=strip(record.title) or record.title,
        authors=tuple(strip(a) for a in record.authors),
        journal=strip(record.journal),
    )


def _page_style(record: Record, chance: random.Random) -> Record:
    found = re.fullmatch(r"(\d+)\s*-+\s*(\d+)", record.pages)
    if found is None:
        return record
    first, last = found[1], found[2]
    if chance.random() < 0.3:
        return replace(record, pages=first)
    if len(first) == len(last):
        pairs = zip(first, last, strict=True)
        same = next((at for at, (one, other) in enumerate(pairs) if one != other), len(first))
        last = last[min(same, len(last) - 1) :]
    return replace(record, pages=f"{first}-{last}")


def _shout(record: Record, chance: random.Random) -> Record:
    return replace(
        record, title=record.title.upper() if chance.random() < 0.5 else record.title.title()
    )


def _noise(record: Record, chance: random.Random) -> Record:
    """A little of everything: each field may be lost or written in another way."""
    for share, change in (
        (0.3, _initials), (0.3, _abbreviate), (0.3, _ascii), (0.3, _page_style), (0.1, _typo),
        (0.2, _shout), (0.1, _drop(doi="")), (0.1, _drop(abstract="")), (0.05, _drop(authors=())),
        (0.05, _drop(journal="")), (0.05, _drop(volume="")), (0.1, _drop(number="")),
        (0.05, _drop(pages="")), (0.03, _drop(year=None)),
    ):  # fmt: skip
        if chance.random() < share:
            record = change(record, chance)
    return record


ALTERATIONS: dict[str, Callable[[Record, random.Random], Record]] = {
    "order and ids": lambda record, _: record,
    "no doi": _drop(doi=""),
    "no abstract": _drop(abstract=""),
    "no doi or abstract": _drop(doi="", abstract=""),
    "no number": _drop(number=""),
    "half without authors": _sometimes(0.5, _drop(authors=())),
    "half without journal": _sometimes(0.5, _drop(journal="")),
    "half without volume": _sometimes(0.5, _drop(volume="", number="")),
    "half without pages": _sometimes(0.5, _drop(pages="")),
    "half without year": _sometimes(0.5, _drop(year=None)),
    "half without doi": _sometimes(0.5, _drop(doi="")),
    "a quarter without volume, number and pages": _sometimes(
        0.25, _drop(volume="", number="", pages="")
    ),
    "typing errors in half of the titles": _sometimes(0.5, _typo),
    "initials only": _sometimes(0.5, _initials),
    "journals abbreviated": _sometimes(0.5, _abbreviate),
    "no diacritics": _sometimes(0.5, _ascii),
    "page styles": _sometimes(0.5, _page_style),
    "capitals": _sometimes(0.5, _shout),
    "noise": _noise,
}

CASES: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {
    "duplicates": labelled,
    "duplicates_altered": altered,
}
