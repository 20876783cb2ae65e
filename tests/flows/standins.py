"""Starts the playground as a process of its own, for tests and benchmarks."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx

START_SECONDS = 30.0


class ControlError(Exception):
    """The playground refused a control verb."""


@dataclass
class Control:
    """The /control API with its answers checked and parsed."""

    client: httpx.Client

    def get(self, path: str, **params: Any) -> Any:
        """GET a control path; gives the parsed JSON."""
        return self._checked(self.client.get(path, params=params))

    def post(self, path: str, body: dict[str, Any] | None = None, **fields: Any) -> Any:
        """POST a JSON body; `who=` is sent as `as`."""
        sent = {("as" if key == "who" else key): value for key, value in fields.items()}
        return self._checked(self.client.post(path, json={**(body or {}), **sent}))

    def put(self, path: str, **fields: Any) -> Any:
        """PUT a JSON body."""
        return self._checked(self.client.put(path, json=fields))

    def delete(self, path: str) -> Any:
        """DELETE a control path."""
        return self._checked(self.client.delete(path))

    def _checked(self, response: httpx.Response) -> Any:
        if response.status_code >= 400:
            raise ControlError(f"{response.request.url}: {response.status_code} {response.text}")
        return response.json()

    # The verbs that tests use most.

    def say(self, who: str, where: str, text: str, **more: Any) -> Any:
        """Write a message as a member."""
        return self.post("say", who=who, where=where, text=text, **more)

    def click(self, who: str, label: str | None = None, **more: Any) -> Any:
        """Click as a member, by label or IDs."""
        return self.post("click", who=who, label=label, **more)

    def choose(self, who: str, choice: Any, **more: Any) -> Any:
        """Choose in a menu as a member."""
        return self.post("choose", who=who, choice=choice, **more)

    def submit(self, who: str, values: dict[str, Any] | None = None, **more: Any) -> Any:
        """Submit the member's modal."""
        return self.post("submit", who=who, values=values or {}, **more)

    def command(self, who: str, text: str = "", *, command: str = "/winnow", **more: Any) -> Any:
        """Type a slash command."""
        return self.post("command", who=who, command=command, text=text, **more)

    def messages(self, who: str, where: str, **more: Any) -> list[dict[str, Any]]:
        """The messages of a place that a member sees, oldest first."""
        found: list[dict[str, Any]] = self.get("messages", **{"as": who}, where=where, **more)
        return found

    def see(self, who: str, **more: Any) -> Any:
        """Everything a member sees."""
        return self.get("see", **{"as": who}, **more)

    def requests(self, since: int = 0, **more: Any) -> list[dict[str, Any]]:
        """The requests the stand-ins received."""
        found: list[dict[str, Any]] = self.get("requests", since=since, **more)["requests"]
        return found

    def fault(self, **rule: Any) -> int:
        """Inject a fault; gives its number."""
        return int(self.post("faults", rule)["id"])


@dataclass
class Playground:
    """A running playground."""

    facts: dict[str, str]
    process: subprocess.Popen[str]
    arguments: list[str]
    log: Path
    control: Control = field(init=False)

    def __post_init__(self) -> None:
        self.control = _control(self.facts)

    @property
    def url(self) -> str:
        """Where it is served."""
        return self.facts["url"]

    @property
    def slack_api_url(self) -> str:
        """The base URL for slack_sdk's WebClient."""
        return self.facts["slack_api_url"]

    @property
    def bot_token(self) -> str:
        """The bot token."""
        return self.facts["bot_token"]

    @property
    def app_token(self) -> str:
        """The app-level token."""
        return self.facts["app_token"]

    @property
    def signing_secret(self) -> str:
        """The signing secret."""
        return self.facts["signing_secret"]

    @property
    def credentials_file(self) -> Path:
        """The service account's key file."""
        return Path(self.facts["google_key_file"])

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """End it at once, without a chance to save."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)

    def stop(self) -> None:
        """End it in good order."""
        self.control.client.close()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(timeout=10)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def restart(self) -> None:
        """Start it again on the same port with the same arguments."""
        port = self.port
        self.stop()
        arguments = [*self.arguments]
        arguments[arguments.index("--port") + 1] = str(port)
        end = time.monotonic() + 10
        while True:
            try:
                self.process, self.facts = _launch(arguments, self.log)
                break
            except (
                RuntimeError
            ):  # for a moment the port may belong to somebody's outgoing connection
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)
        self.control = _control(self.facts)

    def resident_mb(self) -> float:
        """Its resident memory in MB."""
        import psutil

        return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6


def start_playground(
    folder: Path,
    *,
    state: bool = False,
    workspace: dict[str, Any] | None = None,
    page: bool = False,
    port: int = 0,
    event_retry_seconds: str | None = None,
    extra: list[str] | None = None,
) -> Playground:
    """Start a playground on a free port; `state` keeps its state in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    arguments = ["--port", str(port), "--json"]
    if state:
        arguments += ["--state", str(folder / "playground.json")]
    if workspace is not None:
        seed = folder / "workspace.json"
        seed.write_text(json.dumps(workspace), encoding="utf-8")
        arguments += ["--workspace", str(seed)]
    if not page:
        arguments.append("--no-page")
    if event_retry_seconds is not None:
        arguments += ["--event-retry-seconds", event_retry_seconds]
    arguments += extra or []
    log = folder / "playground.log"
    process, facts = _launch(arguments, log)
    return Playground(facts, process, arguments, log)


@contextlib.contextmanager
def running_playground(folder: Path | None = None, **options: Any) -> Iterator[Playground]:
    """A playground for the length of a `with` block."""
    with contextlib.ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        playground = start_playground(folder, **options)
        stack.callback(playground.stop)
        yield playground


def wait_until(probe: Any, seconds: float = 10.0, every: float = 0.02) -> Any:
    """Call `probe` until it gives something true; raises TimeoutError after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"nothing true within {seconds:g} s")
        time.sleep(every)


def _launch(arguments: list[str], log: Path) -> tuple[subprocess.Popen[str], dict[str, str]]:
    root = Path(__file__).resolve().parents[2]
    with log.open("a", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "playground", *arguments],
            cwd=root,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    stream = process.stdout
    if stream is None:
        raise RuntimeError("the playground has no standard output")
    line = stream.readline()
    if not line.startswith("{"):
        process.kill()
        process.wait(timeout=10)
        raise RuntimeError(f"The playground did not start: {line}\n{log.read_text()}")
    return process, cast(dict[str, str], json.loads(line))


def _control(facts: dict[str, str]) -> Control:
    return Control(httpx.Client(base_url=facts["control_url"] + "/", timeout=60.0))
