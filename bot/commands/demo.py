"""`winnow demo`: the playground and the bot on this machine, with a published review to screen."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from bot.commands.printing import print_json, progress_bar
from bot.demo.control import Control
from bot.demo.errors import NoPlaygroundError, PlaygroundRefusedError
from bot.demo.folder import COLLEAGUES, LEAD, REVIEW_ID, SOURCES, TITLE, DemoFolder
from bot.demo.processes import Process, Watch, check_port
from bot.opening import json_option

HOST = "127.0.0.1"
log = logging.getLogger(__name__)


@click.command("demo")
@click.option("--reset", is_flag=True, help="Start over: forget every vote of the demo.")
@click.option("--port", type=click.IntRange(0, 65_535), help="0: any free one.  [default: 8765]")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="demo-data",
    show_default=True,
    help="Where the demo keeps everything.",
)
@click.option("--no-colleagues", is_flag=True, help="Nobody votes along.")
@json_option
def command(reset: bool, port: int | None, folder: Path, no_colleagues: bool, as_json: bool) -> int:
    """Try Winnow on this machine: a workspace, a sheet and a published review to screen.

    Starts the playground and the bot, and prints one address. Ctrl-C stops both; the next
    `winnow demo` continues where this one stopped.

    \b
    Example: winnow demo
    """
    logging.basicConfig(format="%(message)s", level=logging.INFO, stream=sys.stderr)
    sample = _sample()
    port = 8765 if port is None else port
    if port:
        check_port(HOST, port)
    demo = DemoFolder(folder.resolve())
    demo.prepare(reset)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _interrupt)
    playground = _playground(demo, port, None if no_colleagues else sample)
    playground.start()
    bot: Process | None = None
    try:
        exports = _exports(demo)
        _load_importing()
        addresses = json.loads(playground.first_line())
        control = Control(addresses["control_url"])
        environ = _configure(demo, control, addresses)
        clock_url = f"{addresses['control_url']}/clock"
        bot = Process(
            "The bot",
            [
                sys.executable,
                "-m",
                "bot",
                "run",
                "--config",
                str(demo.config),
                "--clock",
                clock_url,
            ],
            environ,
            demo.path / "winnow.log",
        )
        bot.start()
        first = _bring_in(demo, control, exports)  # while the bot starts
        bot.first_line()
        watch = Watch(playground, bot)
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, watch.stop)
        if not no_colleagues:
            _begin(control, first)
        _announce(addresses["url"], playground, bot, demo, as_json)
        return watch.run()
    finally:
        if bot is not None:
            bot.stop()
        playground.stop()


def _interrupt(*_: object) -> None:
    """End the start in order, also where Ctrl-C came to be ignored or the demo is terminated."""
    raise KeyboardInterrupt


def _sample() -> Path:
    """Return the folder of the sample review; nothing of the playground is imported."""
    found = find_spec("playground")
    if found is None or found.origin is None or find_spec("nicegui") is None:
        raise NoPlaygroundError
    return Path(found.origin).parent / "sample"


def _playground(demo: DemoFolder, port: int, colleagues: Path | None) -> Process:
    arguments = [sys.executable, "-m", "playground", "--port", str(port), "--json"]
    arguments += ["--state", str(demo.state), "--workspace", str(demo.workspace)]
    if colleagues is not None:
        arguments += ["--colleagues", str(next(colleagues.glob("*.csv")))]
        for name in COLLEAGUES:
            arguments += ["--colleague", name]
    return Process("The playground", arguments, {}, demo.path / "playground.log")


def _exports(demo: DemoFolder) -> list[Path]:
    """Derive the search exports, while the playground starts."""
    if not demo.exports.exists():
        subprocess.run(
            [sys.executable, "-m", "playground.sample.exports", "--out", str(demo.exports)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return [demo.exports / name for name in SOURCES]


def _load_importing() -> None:
    """Load what importing needs while the playground starts in a process of its own."""
    for name in ("store", "screening.gestures.importing", "bot.commands.importing"):
        import_module(name)


def _configure(demo: DemoFolder, control: Control, addresses: dict[str, str]) -> dict[str, str]:
    facts = demo.remembered()
    if not control.has_spreadsheet(facts.get("spreadsheet", "")):
        facts["spreadsheet"] = control.new_spreadsheet(LEAD, TITLE)
        demo.config.unlink(missing_ok=True)
    control.save()
    demo.remember(facts)
    demo.write_config(
        addresses, control.channel("screening"), facts["spreadsheet"], control.members()
    )
    return demo.environment(addresses)


def _bring_in(demo: DemoFolder, control: Control, exports: list[Path]) -> bool:
    """Import the search exports the way a lead would; return whether anything was new."""
    from bot.commands.importing import import_files, source_of
    from bot.opening import opened

    new = False
    lead = control.members()[LEAD][0]
    with opened(demo.config) as (_, desk):
        review = desk.review(REVIEW_ID)
        for file in exports:
            name, _platform = SOURCES[file.name]
            source = source_of(review, name, None, None, None)
            with progress_bar(file.name) as tell:
                (summary,) = import_files(desk, review, lead, [file], source, tell)
            new = new or not summary.already
    return new


def _begin(control: Control, first: bool) -> None:
    """Let the colleagues ask for their first cards, as they would, and vote."""
    try:
        if first:
            for name in COLLEAGUES:
                control.command(name, "screening", "next 25")
        control.let_colleagues_vote()
    except PlaygroundRefusedError as error:
        log.warning("The colleagues do not vote along: %s", error)


def _announce(url: str, playground: Process, bot: Process, demo: DemoFolder, as_json: bool) -> None:
    if as_json:
        pids = {"playground": playground.pid, "bot": bot.pid, "demo": os.getpid()}
        print_json(
            {"url": url, "control_url": f"{url}/control", "folder": str(demo.path), "pids": pids}
        )
    else:
        click.echo(f"Winnow's demo is ready: {url}")
        click.echo("Ctrl-C stops it; the next `winnow demo` continues here.", err=True)
    sys.stdout.flush()
