"""A whole installation for flow tests and benchmarks: playground, sheet, configuration and bot.

Everything is driven from outside, through /control and the command line, as a team would drive it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.flows.standins import Control, Playground, start_playground, wait_until

ROOT = Path(__file__).resolve().parents[2]
REVIEW = "peer"
REASONS = ("Wrong population", "Wrong intervention", "No outcomes")
SEAL_KEY = base64.b64encode(bytes(range(32))).decode()


def workspace_of(reviewers: int) -> dict[str, Any]:
    """A workspace seed: Ana, who leads, and so many reviewers."""
    names = ["ana", *reviewer_names(reviewers)]
    return {
        "members": [{"name": name, "real_name": name.title()} for name in names],
        "channels": [{"name": "screening", "members": names}],
    }


def reviewer_names(count: int) -> list[str]:
    """Names of reviewers: ben, chloe, dev, then r04, r05 and so on."""
    return [*("ben", "chloe", "dev")[:count], *(f"r{n:02d}" for n in range(4, count + 1))]


@dataclass
class Installation:
    """A playground with a bot beside it; `folder` holds the configuration and the store."""

    playground: Playground
    folder: Path
    spreadsheet: str
    ids: dict[str, str]
    bot: subprocess.Popen[str] | None = None
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def control(self) -> Control:
        """The playground's /control."""
        return self.playground.control

    @property
    def log(self) -> Path:
        """What the bot logs."""
        return self.folder / "bot.log"

    # -- processes -----------------------------------------------------------------------

    def start_bot(self, *arguments: str, seconds: float = 20.0) -> None:
        """Start `winnow run` and wait until its socket is open."""
        before = {s["id"] for s in self.control.get("sockets")}
        with self.log.open("a", encoding="utf-8") as log:
            self.bot = subprocess.Popen(
                [
                    *(sys.executable, "-m", "bot", "run"),
                    *("--config", str(self.folder / "config.toml")),
                    *("--clock", f"{self.playground.url}/control/clock"),
                    *arguments,
                ],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
        wait_until(
            lambda: {s["id"] for s in self.control.get("sockets")} - before or self._check_alive(),
            seconds,
        )

    def _check_alive(self) -> bool:
        if self.bot is not None and self.bot.poll() is not None:
            raise RuntimeError(f"The bot ended: {self.log.read_text()[-3000:]}")
        return False

    def kill_bot(self) -> None:
        """End the bot at once, as a power cut would."""
        if self.bot is not None:
            self.bot.send_signal(signal.SIGKILL)
            self.bot.wait(timeout=10)
            self.bot = None

    def stop_bot(self) -> None:
        """End the bot in good order."""
        if self.bot is not None:
            self.bot.terminate()
            try:
                self.bot.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.bot.kill()
                self.bot.wait(timeout=10)
                raise
            finally:
                self.bot = None

    def cli(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of winnow to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if check and done.returncode:
            raise RuntimeError(f"winnow {arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def json_of(self, *arguments: str) -> Any:
        """Run a command with --json and return what it says."""
        done = self.cli(*arguments, "--config", str(self.folder / "config.toml"), "--json")
        return json.loads(done.stdout)

    def bring(self, file: Path, source: str, *more: str) -> Any:
        """Import a search export on the command line."""
        return self.json_of("import", str(file), "--source", source, *more)

    # -- the sheet -----------------------------------------------------------------------

    def rows(self, tab: str) -> list[dict[str, Any]]:
        """The rows of a tab by header, as a person reads them."""
        found = self.control.get(f"sheets/{self.spreadsheet}/records", tab=tab)
        rows: list[dict[str, Any]] = found["rows"]
        return rows

    def edit(self, tab: str, column: str, equals: str, target: str, value: str) -> Any:
        """Type into the cell of a row found by a column's value, as Ana."""
        return self.control.post(
            f"sheets/{self.spreadsheet}/edit",
            who="ana",
            tab=tab,
            where={"column": column, "equals": equals},
            column=target,
            value=value,
        )

    # -- time ----------------------------------------------------------------------------

    def move(self, **span: float) -> None:
        """Move the clock forward by days, hours, minutes, seconds."""
        unit = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
        self.control.post("clock", seconds=sum(unit[name] * n for name, n in span.items()))

    def move_to(self, moment: str) -> None:
        """Move the clock to a moment (ISO, UTC)."""
        self.control.post("clock", to=moment)

    def quiet(self, seconds: float = 30.0) -> None:
        """Wait until nothing is left to carry to Slack or the sheet."""
        wait_until(self._is_quiet, seconds, every=0.3)

    def _is_quiet(self) -> bool:
        self._check_alive()
        status = self.json_of("status")
        waiting = status.get("waiting", {})
        return not any(waiting.values())


@contextlib.contextmanager
def installed(folder: Path, *, reviewers: int = 3, **options: Any) -> Iterator[Installation]:
    """An installation for the length of a `with` block; the bot is not started yet."""
    extra_config = options.pop("config", "")
    playground = start_playground(
        folder / "playground",
        workspace=workspace_of(reviewers),
        event_retry_seconds="0,1,1",
        **options,
    )
    made: Installation | None = None
    try:
        made = _install(playground, folder, reviewers, extra_config)
        yield made
    finally:
        if made is not None and made.bot is not None:
            made.kill_bot()
        playground.stop()


def _install(playground: Playground, folder: Path, reviewers: int, extra: str) -> Installation:
    control = playground.control
    control.post("clock", to="2026-03-02T10:00:00+00:00")
    sheet = control.post("sheets", title="Peer mentoring", who="ana", service_account=True)
    ids = {m["name"]: m["id"] for m in control.get("members")}
    (channel,) = [c["id"] for c in control.get("channels") if c["name"] == "screening"]
    config = folder / "config.toml"
    config.write_text(
        config_text(playground, sheet["id"], channel, ids, reviewers, extra),
        encoding="utf-8",
    )
    environ = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "SLACK_BOT_TOKEN": playground.bot_token,
        "SLACK_APP_TOKEN": playground.app_token,
        "GOOGLE_CREDENTIALS_FILE": str(playground.credentials_file),
        "WINNOW_SEAL_KEY": SEAL_KEY,
    }
    environ.pop("DATABASE_URL", None)
    return Installation(playground, folder, sheet["id"], ids, environ=environ)


def config_text(
    playground: Playground,
    spreadsheet: str,
    channel: str,
    ids: dict[str, str],
    reviewers: int,
    extra: str,
) -> str:
    """The configuration of a small review on the stand-ins."""
    members = "".join(
        f'[[reviews.members]]\nid = "{ids[name]}"\nname = "{name.title()}"\n'
        f'role = "{"lead" if name == "ana" else "reviewer"}"\n'
        for name in ("ana", *reviewer_names(reviewers))
    )
    facts = playground.facts
    reasons = ", ".join(f'"{reason}"' for reason in REASONS)
    return f"""
[installation]
store = "sqlite:///winnow.sqlite3"

[installation.slack]
api_url = "{facts["slack_api_url"]}"

[installation.google]
sheets_url = "{facts["sheets_api_url"]}"
drive_url = "{facts["drive_api_url"]}"

[installation.backup]
folder = ""

[[reviews]]
id = "{REVIEW}"
title = "Peer mentoring"
channel = "{channel}"
spreadsheet = "{spreadsheet}"
timezone = "Europe/Berlin"

{members}
[reviews.stages.full_text]
exclusion_reasons = [{reasons}]

[reviews.schedule]
hand_out = "0 8 * * *"
digest = "0 9 * * *"
prisma = "0 9 * * *"
reminder = ""
{extra}
"""


def wait_for_message(
    control: Control, who: str, where: str, text: str, seconds: float = 15.0
) -> dict[str, Any]:
    """Wait until a member sees a message that contains a text, in a place; return it."""

    def found() -> dict[str, Any] | None:
        for message in reversed(control.messages(who, where)):
            if text in json.dumps(message, ensure_ascii=False):
                return message
        return None

    message: dict[str, Any] = wait_until(found, seconds, every=0.1)
    return message


def now() -> float:
    """Seconds on a clock for measuring."""
    return time.monotonic()
