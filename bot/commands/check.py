"""`winnow check`: tries the configuration against the store, Slack and Google."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.clocks import SystemClock
from bot.commands.printing import print_json
from bot.opening import clock_at, clock_option, config_option, json_option
from screening.errors import WinnowError
from screening.ports import Clock, Desk

if TYPE_CHECKING:
    from bot.checking.findings import Finding
    from screening.config import Installation

SIGNS = {"ok": "✓", "warning": "!", "wrong": "✗"}


@click.command("check")
@config_option
@clock_option
@json_option
def command(config_path: Path, clock_url: str | None, as_json: bool) -> int:
    """Try the configuration against the store, Slack and Google.

    Posts nothing. Each thing that is wrong is named with its remedy; the exit code is 0 when all
    is right, 1 when something is wrong, 2 when the configuration cannot be read.

    \b
    Example: winnow check
    """
    from screening.config import ConfigurationError, load_config

    try:
        installation = load_config(config_path, os.environ)
    except ConfigurationError as error:
        if not as_json:
            raise
        problems = [{"place": p.place, "problem": p.sentence} for p in error.problems]
        print_json({"ok": False, "configuration": problems, "findings": []})
        return 2
    clock = clock_at(clock_url)
    findings: list[Finding] = []
    for check in _checks(installation, clock):
        for finding in check():
            findings.append(finding)
            if not as_json:
                _tell(finding)
    wrong = [finding for finding in findings if finding.state == "wrong"]
    if as_json:
        told = [asdict(finding) for finding in findings]
        print_json({"ok": not wrong, "configuration": [], "findings": told})
    elif wrong:
        count = len(wrong)
        click.echo(f"{count} {'thing is' if count == 1 else 'things are'} wrong.", err=True)
    else:
        click.echo("All is right.")
    return 1 if wrong else 0


def _checks(installation: Installation, clock: Clock) -> Iterator[Callable[[], Iterator[Finding]]]:
    """Yield the checks one by one, so that each one's libraries load when it begins."""
    from bot.checking.storing import check_seal_key, check_store, check_times

    yield lambda: check_store(installation, os.environ, clock)
    yield lambda: check_seal_key(installation)
    yield lambda: check_times(installation, clock)
    from bot.checking.slacking import check_slack

    yield lambda: check_slack(installation, SystemClock())
    from bot.checking.sheeting import check_sheets

    yield lambda: _with_desk(installation, clock, check_sheets)


def _with_desk(
    installation: Installation,
    clock: Clock,
    check: Callable[[Installation, Desk], Iterator[Finding]],
) -> Iterator[Finding]:
    from bot.ids import time_ordered_ids
    from store import open_store

    try:
        store = open_store(installation.store_url)
    except WinnowError:
        return  # told by the check of the store itself
    try:
        desk = Desk(store, clock, time_ordered_ids(clock), installation.reviews)
        yield from check(installation, desk)
    finally:
        store.close()


def _tell(finding: Finding) -> None:
    click.echo(f"{SIGNS[finding.state]} {finding.name}: {finding.seen}")
    if finding.remedy:
        click.echo(f"    → {finding.remedy}")
