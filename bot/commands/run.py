"""`winnow run`: the bot, until it is told to stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import click

from bot.opening import clock_at, clock_option, config_option, json_option


@click.command("run")
@config_option
@clock_option
@click.option("--verbose", is_flag=True, help="Log more; never a token, never a pending vote.")
@json_option
def command(config_path: Path, clock_url: str | None, verbose: bool, as_json: bool) -> int:
    """Run the bot until Ctrl-C or SIGTERM.

    Prints one line when it is ready; everything else goes to the log on standard error.

    \b
    Example: winnow run --config config.toml
    """
    from bot.logs import configure_logging
    from screening.config import load_config

    installation = load_config(config_path, os.environ)
    slack = installation.slack
    secrets = (slack.bot_token, slack.app_token, installation.seal_key)
    configure_logging([secret.get_secret_value() for secret in secrets], verbose)
    clock = clock_at(clock_url)

    from bot.running import Winnow, check_disk
    from bot.usable_store import usable_store

    check_disk(installation)
    stopping = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopping.set())
    store = usable_store(installation, clock, stopping)
    if store is None:
        return 0
    winnow = Winnow(installation, store, clock, stopping)
    try:
        if winnow.start():
            _announce(list(installation.reviews), as_json)
            winnow.wait()
    finally:
        winnow.stop()
    return 0


def _announce(reviews: list[str], as_json: bool) -> None:
    """Say that clicks are heard, with the seconds since the process began where that is known."""
    from bot.commands.printing import print_json

    seconds = _seconds_alive()
    if as_json:
        print_json({"ready": True, "reviews": reviews, "pid": os.getpid(), "seconds": seconds})
    else:
        took = f" after {seconds:.2f} s" if seconds is not None else ""
        click.echo(f"Winnow is ready{took}: {', '.join(reviews)}")
    sys.stdout.flush()


def _seconds_alive() -> float | None:
    """Return the age of this process in seconds, on Linux."""
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        started = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None
    return round(time.clock_gettime(time.CLOCK_BOOTTIME) - started, 3)
