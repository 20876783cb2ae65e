"""What the bot reaches: files of Slack's and no others, all of it through the proxy."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sheets.client import connect, read_account
from sheets.errors import SheetNotFoundError
from sheets.quota import Quota
from tests.desks import ris, title
from tests.flows.botdesk import BotDesk, bot_at_work, words
from tests.flows.standins import Playground, running_playground, wait_until
from tests.unit.test_transport import CLEARED, listening


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with running_playground(tmp_path_factory.mktemp("workspace")) as running:
        yield running


@pytest.fixture(autouse=True)
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without proxies, which urllib has not read yet (it does so once)."""
    for name in CLEARED:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr("urllib.request._opener", None)
    return monkeypatch


class Passing(BaseHTTPRequestHandler):
    """Passes one request on, as a forward proxy does, and writes down what was asked for."""

    server: Proxy

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.passed.append(f"{self.command} {parts.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        onward = http.client.HTTPConnection(parts.netloc, timeout=10)
        path = parts._replace(scheme="", netloc="").geturl()
        onward.request(self.command, path, body, dict(self.headers))
        answer = onward.getresponse()
        data = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def do_POST(self) -> None:
        self.do_GET()

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class Proxy(ThreadingHTTPServer):
    """A forward proxy; `passed` is what went through it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.passed: list[str] = []


@contextmanager
def proxying() -> Iterator[Proxy]:
    with Proxy() as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy
        proxy.shutdown()


def told(bot: BotDesk, ts: str, text: str) -> dict[str, Any]:
    """Wait for the bot to say something below a message of the channel; return its message."""

    def found() -> dict[str, Any] | None:
        below = [m for m in bot.control.messages("ana", "#screening") if m.get("thread_ts") == ts]
        return next((m for m in below if m["ts"] != ts and text in words(m)), None)

    return wait_until(found, 15)


def drop_and_vote(bot: BotDesk) -> None:
    """A file dropped and read, a picture uploaded, a vote answered: each way to reach Slack."""
    text = ris([title(1), title(2)]).decode()
    made = bot.control.post("files", who="ana", where="#screening", name="two.ris", text=text)
    understood = told(bot, made["ts"], "2 records understood")
    bot.slack.upload(bot.review.channel, "day.png", b"png", title="The day", alt="A chart")
    place = {"ts": understood["ts"], "where": "#screening"}
    used = bot.control.click("dev", "Import…", wait_ms=3000, **place)
    assert used["responded_by"] == "response_url"


def test_fault_42_files_answers_and_sheet_go_through_the_proxy(
    workspace: Playground, tmp_path: Path, environ: pytest.MonkeyPatch
) -> None:
    with proxying() as proxy:
        environ.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.server_port}")
        environ.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        with bot_at_work(workspace, tmp_path) as bot:
            drop_and_vote(bot)
        account = read_account(workspace.credentials_file, workspace.url, workspace.url)
        quota = Quota(time.monotonic)
        with pytest.raises(SheetNotFoundError):
            connect(account, quota, time.sleep, random.Random(1)).describe("none")
    for kind in ("/files-pri/", "/upload/v1/", "/actions/", "/api/", "/v4/spreadsheets"):
        assert any(kind in each for each in proxy.passed), (kind, proxy.passed)


def test_fault_42_what_no_proxy_names_is_reached_directly(
    workspace: Playground, tmp_path: Path, environ: pytest.MonkeyPatch
) -> None:
    environ.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    environ.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    environ.setenv("NO_PROXY", "127.0.0.1")
    with bot_at_work(workspace, tmp_path) as bot:
        drop_and_vote(bot)


def test_fault_1_a_remote_file_is_refused_and_its_host_never_asked(
    workspace: Playground, tmp_path: Path
) -> None:
    with listening() as foreign, bot_at_work(workspace, tmp_path) as bot:
        made = bot.control.post(
            "files",
            who="ben",
            where="#screening",
            name="shared.ris",
            external_url=f"{foreign.url}/shared.ris",
            external_type="gdrive",
        )
        info = bot.slack.file(made["file_id"])
        assert (info["is_external"], info["mode"]) == (True, "external")
        assert info["url_private"] == f"{foreign.url}/shared.ris"
        assert "outside Slack" in words(told(bot, made["ts"], "was not imported"))
        assert foreign.asked == []
