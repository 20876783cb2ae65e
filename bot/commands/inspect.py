"""`winnow inspect`: what would be understood of a search export, without storing anything."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bot.commands.printing import print_json, print_pairs
from bot.opening import json_option
from screening.records import Reading, SourceRecord, problem_count

PROBLEMS_SHOWN = 20


@click.command("inspect")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--records", "with_records", is_flag=True, help="Show each record as it was read.")
@json_option
def command(file: Path, with_records: bool, as_json: bool) -> None:
    """Show what would be understood of a search export.

    \b
    Example: winnow inspect medline.ris
    """
    from screening.reading import read_export

    reading = read_export(file, file.name)
    if as_json:
        said = _summary(reading)
        if with_records:
            said["read"] = [_fields(item) for item in reading.records]
        print_json(said)
        return
    if with_records:
        for item in reading.records:
            _print_record(item)
    _print_summary(file.name, reading)


def _summary(reading: Reading) -> dict[str, Any]:
    return {
        "format": reading.format,
        "encoding": reading.encoding,
        "records": len(reading.records),
        "problems": [{"line": p.line, "message": p.message} for p in reading.problems],
        "fields": reading.fields,
    }


def _fields(item: SourceRecord) -> dict[str, Any]:
    return {"position": item.position, "line": item.line, **asdict(item.record)}


def _print_record(item: SourceRecord) -> None:
    """Print a record's filled fields; the authors, keywords and addresses divided by semicolons."""
    click.echo(f"Record {item.position:,}, line {item.line:,}")
    filled = [
        (name, "; ".join(value) if isinstance(value, tuple) else value)
        for name, value in asdict(item.record).items()
        if value
    ]
    print_pairs(filled, indent="  ")
    click.echo()


def _print_summary(name: str, reading: Reading) -> None:
    click.echo(f"{name}: {len(reading.records):,} records, {reading.format}, {reading.encoding}")
    filled = [(field, f"{count:,}") for field, count in reading.fields.items() if count]
    print_pairs(list[tuple[str, object]](filled), indent="  ")
    count = problem_count(problem.message for problem in reading.problems)
    click.echo(f"{count:,} problems" if count else "No problems")
    for problem in reading.problems[:PROBLEMS_SHOWN]:
        place = f"line {problem.line}: " if problem.line is not None else ""
        click.echo(f"  {place}{problem.message}")
    if len(reading.problems) > PROBLEMS_SHOWN:
        click.echo("  … and more; --json lists them all")
