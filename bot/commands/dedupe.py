"""`winnow dedupe`: duplicates in search exports, one row an input record, without a review."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.printing import print_json, progress_bar
from bot.commands.whole_files import write_whole
from bot.opening import json_option
from screening.records import Reading, Record

if TYPE_CHECKING:
    from screening.duplicates import Linking

COLUMNS = ("record_id", "cluster_id", "certainty")


@click.command("dedupe")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE…",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The CSV to write: record_id, cluster_id, certainty.",
)
@json_option
def command(files: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Find duplicates in search exports, without a review.

    Each input record gets a row: `certain` ones of a cluster are one publication, `possible` ones
    need a person's eye, `unique` ones stand alone. A record is named by the file's own record_id
    column, or else by file and position; files of one name by as much of their paths as tells them
    apart.

    \b
    Example: winnow dedupe medline.ris embase.csv --out duplicates.csv
    """
    from screening.duplicates import find_duplicates
    from screening.reading import read_export

    with progress_bar("Duplicates") as tell:
        readings: list[tuple[str, Reading]] = []
        for number, (file, known_as) in enumerate(zip(files, file_names(files), strict=True)):
            tell("read", number, len(files))
            readings.append((known_as, read_export(file, file.name)))
        names = record_names(readings)
        records = [entry.record for _, reading in readings for entry in reading.records]
        tell("link", 0, len(records))
        keyed = keyed_by_place(records)
        linking = find_duplicates(keyed)
    rows = list(cluster_rows([key for key, _ in keyed], names, linking))
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    write_whole(out, table.getvalue().encode())
    _tell(readings, rows, out, as_json)


def keyed_by_place(records: Sequence[Record]) -> list[tuple[str, Record]]:
    """Give each record a key that sorts by its place among all."""
    return [(f"{place:09d}", record) for place, record in enumerate(records)]


def file_names(files: Sequence[Path]) -> list[str]:
    """Name each file by the shortest end of its path no other has; one given again is numbered."""
    paths = [file.absolute() for file in files]
    others = set(paths)
    named: list[str] = []
    times: Counter[Path] = Counter()
    for path in paths:
        rest = [other.parts for other in others if other.name == path.name and other != path]
        length = 1
        while any(parts[-length:] == path.parts[-length:] for parts in rest):
            length += 1
        times[path] += 1
        again = f" ({times[path]})" if times[path] > 1 else ""
        named.append("/".join(path.parts[-length:]).replace("//", "/") + again)
    return named


def record_names(readings: Sequence[tuple[str, Reading]]) -> list[str]:
    """Name every record: by its own `record_id` where the file has one each, else file:position.

    A name that occurs in two files is preceded by its file's; the files' names differ.
    """
    named: list[tuple[str, str]] = []
    for file, reading in readings:
        own = [
            next((value.strip() for tag, value in entry.raw if tag == "record_id"), "")
            for entry in reading.records
        ]
        if not all(own) or len(set(own)) < len(own):
            own = [f"{file}:{entry.position}" for entry in reading.records]
        named += [(file, name) for name in own]
    times = Counter(name for _, name in named)
    names = [name if times[name] == 1 else f"{file}:{name}" for file, name in named]
    if len(set(names)) < len(names):  # a file's own names look like another's file and position
        names = [f"{name}#{place}" for place, name in enumerate(names, 1)]
    return names


def cluster_rows(
    keys: Sequence[str], names: Sequence[str], linking: Linking
) -> Iterator[tuple[str, str, str]]:
    """Yield (record_id, cluster_id, certainty), a row a record, in the order of the input."""
    from screening.duplicates import clusters

    name_of = dict(zip(keys, names, strict=True))
    certain = {
        member: cluster.members[0]
        for cluster in clusters(keys, linking)
        for member in cluster.members
    }
    possible: dict[str, str] = {}
    best_first = sorted(linking.links, key=lambda link: -link.score)
    for link in best_first:
        if link.certainty != "possible":
            continue
        for one, other in ((link.first, link.second), (link.second, link.first)):
            if one not in certain:
                # Under the certain cluster it may belong to, or under the earlier of the two.
                possible.setdefault(one, certain.get(other, min(one, other)))
    for key in keys:
        if key in certain:
            yield name_of[key], name_of[certain[key]], "certain"
        elif key in possible:
            yield name_of[key], name_of[possible[key]], "possible"
        else:
            yield name_of[key], name_of[key], "unique"


def _tell(
    readings: Sequence[tuple[str, Reading]],
    rows: Sequence[tuple[str, str, str]],
    out: Path,
    as_json: bool,
) -> None:
    clusters = {cluster for _, cluster, certainty in rows if certainty == "certain"}
    certain = sum(certainty == "certain" for _, _, certainty in rows)
    summary = {
        "records": len(rows),
        "clusters": len(clusters),
        "duplicates": certain - len(clusters),
        "possible": sum(certainty == "possible" for _, _, certainty in rows),
        "unique": sum(certainty == "unique" for _, _, certainty in rows),
        "problems": sum(len(reading.problems) for _, reading in readings),
        "out": str(out),
    }
    if as_json:
        print_json(summary)
        return
    click.echo(
        f"{len(rows):,} records: {summary['duplicates']:,} duplicates in {len(clusters):,} clusters, "
        f"{summary['possible']:,} possible ones to check → {out}"
    )
    if summary["problems"]:
        click.echo(
            f"{summary['problems']:,} problems while reading; `winnow inspect FILE` names them.",
            err=True,
        )
