"""Derives three overlapping search exports from the sample review, as three databases write them."""

from __future__ import annotations

import csv
import random
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

SAMPLE = Path(__file__).with_name("nagtegaal_2019.csv")
SEED = 2019
# How many of three databases hold a record: overlaps as large searches have them.
_HELD_BY = ((1, 0.55), (2, 0.32), (3, 0.13))
# By title alone nobody can be sure, so few without an abstract stand in two: a handful to be asked.
_ALONE_WITHOUT_ABSTRACT = 0.95
_WIDTH = 88


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the sample; `number` is its place in the published set."""

    number: str
    title: str
    abstract: str


def read_sample(path: Path = SAMPLE) -> list[Entry]:
    """Read the sample's titles and abstracts, never its decisions."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Entry(row["id"], row["title"].strip(), " ".join(row["abstract"].split()))
            for row in csv.DictReader(file)
        ]


def share_out(entries: Sequence[Entry], seed: int = SEED) -> tuple[list[Entry], ...]:
    """Give each entry to one, two or three databases, drawn from the seed; each in its own order."""
    dice = random.Random(seed)
    held: tuple[list[Entry], ...] = ([], [], [])
    counts, weights = [n for n, _ in _HELD_BY], [weight for _, weight in _HELD_BY]
    for entry in entries:
        times = dice.choices(counts, weights)[0]
        if not entry.abstract:
            times = 1 if dice.random() < _ALONE_WITHOUT_ABSTRACT else 2
        for database in dice.sample(range(3), times):
            held[database].append(entry)
    for entries_held in held:
        dice.shuffle(entries_held)
    return held


def as_ris(entries: Sequence[Entry]) -> str:
    """Write RIS as a MEDLINE search gives it: titles end in a full stop."""
    records = []
    for entry in entries:
        lines = ["TY  - JOUR", "DB  - MEDLINE", f"TI  - {_stopped(entry.title)}"]
        if entry.abstract:
            lines.append(f"AB  - {entry.abstract}")
        records.append("\r\n".join([*lines, "ER  - "]))
    return "\r\n\r\n".join(records) + "\r\n"


def as_nbib(entries: Sequence[Entry]) -> str:
    """Write tagged text as ERIC gives it: long fields wrapped and indented."""
    records = []
    for entry in entries:
        lines = ["OWN - ERIC", *_wrapped("TI", _stopped(entry.title))]
        if entry.abstract:
            lines += _wrapped("AB", entry.abstract)
        records.append("\n".join([*lines, "PT  - Journal Article"]))
    return "\n\n".join(records) + "\n"


def as_csv(entries: Sequence[Entry]) -> str:
    """Write a table as Scopus gives it: no full stop, and its own words for what is missing."""
    rows = [["Title", "Abstract", "Document Type", "Source"]]
    for entry in entries:
        abstract = entry.abstract or "[No abstract available]"
        rows.append([entry.title.rstrip("."), abstract, "Article", "Scopus"])
    return "".join(",".join(_quoted(cell) for cell in row) + "\r\n" for row in rows)


FILES: dict[str, Callable[[Sequence[Entry]], str]] = {
    "medline.ris": as_ris,
    "eric.nbib": as_nbib,
    "scopus.csv": as_csv,
}


def write_exports(folder: Path, seed: int = SEED) -> list[Path]:
    """Write the three files into a folder; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for held, (name, form) in zip(share_out(read_sample(), seed), FILES.items(), strict=True):
        path = folder / name
        path.write_text(form(held), encoding="utf-8", newline="")
        paths.append(path)
    return paths


def _stopped(title: str) -> str:
    return title if title.endswith((".", "?", "!")) else f"{title}."


def _wrapped(tag: str, value: str) -> list[str]:
    first, *more = textwrap.wrap(
        value, _WIDTH - 6, break_long_words=False, break_on_hyphens=False
    ) or [""]
    return [f"{tag:<4}- {first}", *(f"      {line}" for line in more)]


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--seed", default=SEED, show_default=True)
def main(out: Path, seed: int) -> None:
    """Write the sample review's search exports.

    Example: python -m playground.sample.exports --out demo-data/exports
    """
    for path in write_exports(out, seed):
        click.echo(str(path))


if __name__ == "__main__":
    main()
