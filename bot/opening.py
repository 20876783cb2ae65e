"""Opens what the commands work on: the configuration, the store, one review of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from bot.clocks import OffsetClock, SystemClock, offset_at
from bot.ids import time_ordered_ids
from screening.config import Installation, load_config
from screening.errors import WinnowError
from screening.ports import Desk
from screening.review import Review

Command = TypeVar("Command", bound=Callable[..., object])


class WrongCommandError(WinnowError):
    """The command does not fit what is there: exit code 2, as for a wrong option."""


class ReviewNotNamedError(WrongCommandError):
    """Several reviews are configured and the command does not say which one it means."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"Which review? Say --review with one of: {', '.join(names)}.")


def config_option(command: Command) -> Command:
    """Add --config to a command."""
    return click.option(
        "--config",
        "config_path",
        type=click.Path(dir_okay=False, path_type=Path),
        default="config.toml",
        envvar="WINNOW_CONFIG",
        show_default=True,
        help="The configuration file.",
    )(command)


def review_option(command: Command) -> Command:
    """Add --review to a command."""
    return click.option(
        "--review", "review_id", help="The review's ID; not needed for a sole one."
    )(command)


def json_option(command: Command) -> Command:
    """Add --json to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")(
        command
    )


def clock_option(command: Command) -> Command:
    """Add --clock to a command, with which it shares the time of a bot in the playground."""
    return click.option(
        "--clock",
        "clock_url",
        metavar="URL",
        envvar="WINNOW_CLOCK",
        help="Follow the playground's clock, at an address of this machine.",
    )(command)


def clock_at(clock_url: str | None) -> SystemClock | OffsetClock:
    """Return the clock at an address, the machine's own without one."""
    return OffsetClock(offset_at(clock_url)) if clock_url else SystemClock()


@contextmanager
def opened(
    config_path: Path, clock_url: str | None = None, *, secrets: bool = False
) -> Iterator[tuple[Installation, Desk]]:
    """Open the store of a configuration; tokens and keys are asked for only with `secrets`."""
    from store import open_store

    installation = load_config(config_path, os.environ, secrets=secrets)
    clock = clock_at(clock_url)
    store = open_store(installation.store_url)
    try:
        yield installation, Desk(store, clock, time_ordered_ids(clock), installation.reviews)
    finally:
        store.close()


def chosen_review(desk: Desk, review_id: str | None) -> Review:
    """Return the review named, or the sole one."""
    if review_id is not None:
        return desk.review(review_id)
    if len(desk.reviews) != 1:
        raise ReviewNotNamedError(list(desk.reviews))
    return next(iter(desk.reviews.values()))
