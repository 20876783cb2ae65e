"""Runs the benchmark cases of every module here: `python -m benchmarks [CASE…]`."""

from __future__ import annotations

import json
import logging
import pkgutil
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import click

Case = Callable[[], Iterable[dict[str, Any]]]


def cases() -> dict[str, Case]:
    """Return every case by name: the `CASES` of each module in this folder."""
    found: dict[str, Case] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if not module.name.startswith("_"):
            found |= getattr(import_module(f"benchmarks.{module.name}"), "CASES", {})
    return found


@click.command()
@click.argument("names", nargs=-1, metavar="[CASE…]")
@click.option("--list", "only_list", is_flag=True, help="Name the cases and stop.")
def main(names: tuple[str, ...], only_list: bool) -> None:
    """Run cases, all by default, and print one JSON line for each result.

    Example: python -m benchmarks start duplicates
    """
    found = cases()
    if only_list:
        click.echo("\n".join(found))
        return
    unknown = [name for name in names if name not in found]
    if unknown:
        raise click.UsageError(f"Unknown: {', '.join(unknown)}. Cases: {', '.join(found)}.")
    failed = False
    for name in names or found:
        began = time.monotonic()
        try:
            for result in found[name]():
                _print({"case": name, **result})
        except Exception as error:  # one case's fault must not hide what the others measure
            failed = True
            logging.exception("The case %s failed", name)
            _print({"case": name, "error": f"{type(error).__name__}: {error}"})
        click.echo(f"{name}: {time.monotonic() - began:.1f} s", err=True)
    sys.exit(1 if failed else 0)


def _print(result: dict[str, Any]) -> None:
    print(json.dumps(result, ensure_ascii=False, default=str), flush=True)


if __name__ == "__main__":
    main()
