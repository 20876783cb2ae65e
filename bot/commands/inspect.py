"""`winnow inspect`: what would be understood of a search export, without storing anything."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.printing import print_json, print_pairs
from bot.opening import json_option
from screening.records import problem_count

PROBLEMS_SHOWN = 20


@click.command("inspect")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def command(file: Path, as_json: bool) -> None:
    """Show what would be understood of a search export.

    \b
    Example: winnow inspect medline.ris
    """
    from screening.reading import read_export

    reading = read_export(file, file.name)
    if as_json:
        print_json(
            {
                "format": reading.format,
                "encoding": reading.encoding,
                "records": len(reading.records),
                "problems": [{"line": p.line, "message": p.message} for p in reading.problems],
                "fields": reading.fields,
            }
        )
        return
    click.echo(
        f"{file.name}: {len(reading.records):,} records, {reading.format}, {reading.encoding}"
    )
    filled = [(name, f"{count:,}") for name, count in reading.fields.items() if count]
    print_pairs(list[tuple[str, object]](filled), indent="  ")
    count = problem_count(problem.message for problem in reading.problems)
    click.echo(f"{count:,} problems" if count else "No problems")
    for problem in reading.problems[:PROBLEMS_SHOWN]:
        place = f"line {problem.line}: " if problem.line is not None else ""
        click.echo(f"  {place}{problem.message}")
    if len(reading.problems) > PROBLEMS_SHOWN:
        click.echo("  … and more; --json lists them all")
