"""What is sent to Slack goes to Slack's hosts only, and through the proxy that is configured."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pytest

from bot.proxies import proxy_for
from bot.slack import SlackClient
from bot.slack_faults import FileTooLargeError, NotInSlackError, SlackFaultError
from bot.transport import Transport

TOKEN = "xoxb-1-secret"
CLEARED = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


class Host(ThreadingHTTPServer):
    """A host that writes down what it is asked; `leads_to` redirects, `body` is what it gives."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[tuple[str, str]] = []
        self.leads_to: dict[str, str] = {}
        self.body = b"bytes"
        self.proxy_names: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    """One request to a `Host`."""

    server: Host

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Authorization", "")))
        self.server.proxy_names.append(self.headers.get("Proxy-Authorization"))
        to = self.server.leads_to.get(self.path)
        self.send_response(302 if to else 200)
        if to:
            self.send_header("Location", to)
        self.send_header("Content-Length", str(0 if to else len(self.server.body)))
        self.end_headers()
        if not to:
            self.wfile.write(self.server.body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def listening() -> Iterator[Host]:
    """A host for the length of a `with` block."""
    with Host() as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        yield host
        host.shutdown()


@pytest.fixture
def own() -> Iterator[Host]:
    with listening() as host:
        yield host


@pytest.fixture
def foreign() -> Iterator[Host]:
    with listening() as host:
        yield host


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in CLEARED:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


SLACKS = [
    "https://slack.com/files-pri/x",
    "https://files.slack.com/files-pri/T1-F1/download/a.ris",
    "https://FILES.SLACK.COM./x",
    "https://files.slack-gov.com/x",
    "http://127.0.0.1:8000/files-pri/T1-F1/a.ris",
]
NOT_SLACKS = [
    "http://files.slack.com/x",
    "https://files.slack.com:8443/x",
    "https://notslack.com/x",
    "https://slack.com.evil.example/x",
    "https://evil.example/slack.com",
    "https://slack.com@evil.example/x",
    "https://evil.example\\@slack.com/x",
    "https://evil.example#@slack.com/",
    "http://127.0.0.1:8001/x",
    "https://127.0.0.1:8000/x",
    "http://localhost:8000/x",
    "file:///etc/passwd",
    "//slack.com/x",
    "",
]


@pytest.mark.parametrize("url", SLACKS)
def test_fault_1_slacks_hosts_and_the_configured_one_are_known(url: str) -> None:
    assert Transport("http://127.0.0.1:8000/api/", TOKEN).is_slack(url)


@pytest.mark.parametrize("url", NOT_SLACKS)
def test_fault_1_no_other_host_is_taken_for_slacks(url: str) -> None:
    assert not Transport("http://127.0.0.1:8000/api/", TOKEN).is_slack(url)


def test_fault_1_the_token_goes_to_no_foreign_host(
    own: Host, foreign: Host, no_proxies: pytest.MonkeyPatch
) -> None:
    slack = SlackClient(TOKEN, f"{own.url}/api/")
    own.leads_to["/leaving"] = f"{foreign.url}/stolen"
    own.leads_to["/staying"] = "/file"
    own.leads_to["/circling"] = "/circling"
    for url in (f"{foreign.url}/file", f"{own.url}/leaving"):
        with pytest.raises(NotInSlackError, match="outside Slack"):
            slack.download(url, BytesIO(), 100)
    with pytest.raises(SlackFaultError):
        slack.download(f"{own.url}/circling", BytesIO(), 100)
    into = BytesIO()
    slack.download(f"{own.url}/staying", into, 100)
    assert into.getvalue() == b"bytes"
    assert own.asked[-1] == ("/file", f"Bearer {TOKEN}")
    # Nor does an answer to a click, which is for the team's eyes, go elsewhere.
    with pytest.raises(SlackFaultError, match="not a host of Slack's"):
        slack.respond(f"{foreign.url}/respond", {"text": "Recorded: Exclude"})
    own.leads_to["/respond"] = f"{foreign.url}/respond"
    with pytest.raises(SlackFaultError, match="302"):
        slack.respond(f"{own.url}/respond", {"text": "Recorded: Exclude"})
    assert foreign.asked == []


def test_fault_2_a_download_is_cut_at_the_limit(own: Host, no_proxies: pytest.MonkeyPatch) -> None:
    slack = SlackClient(TOKEN, f"{own.url}/api/")
    own.body = b"x" * 1_000_000
    into = BytesIO()
    with pytest.raises(FileTooLargeError, match="several parts"):
        slack.download(f"{own.url}/file", into, 70_000)
    assert into.getvalue() == b"", "its declared length was enough to refuse it"


@pytest.mark.parametrize(
    ("environ", "url", "proxy"),
    [
        ({}, "https://slack.com/api/", None),
        ({"HTTPS_PROXY": "http://p:3128"}, "https://slack.com/api/", "http://p:3128"),
        ({"https_proxy": "p:3128"}, "wss://wss-primary.slack.com/link", "http://p:3128"),
        ({"HTTPS_PROXY": "http://p:3128"}, "http://127.0.0.1:8000/api/", None),
        ({"HTTP_PROXY": "http://p:3128"}, "http://127.0.0.1:8000/api/", "http://p:3128"),
        ({"HTTP_PROXY": "http://p:3128"}, "ws://127.0.0.1:8000/link", None),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "slack.com"}, "https://files.slack.com/", None),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "*"}, "https://files.slack.com/", None),
        ({"HTTPS_PROXY": "http://p", "no_proxy": "example.org"}, "https://slack.com/", "http://p"),
        ({"HTTPS_PROXY": ""}, "https://slack.com/", None),
    ],
)
def test_fault_42_the_proxy_is_the_one_that_the_environment_names(
    environ: dict[str, str], url: str, proxy: str | None, no_proxies: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        no_proxies.setenv(name, value)
    assert proxy_for(url) == proxy


def test_fault_42_a_proxy_that_wants_a_name_is_given_it(
    own: Host, no_proxies: pytest.MonkeyPatch
) -> None:
    no_proxies.setenv("HTTP_PROXY", own.url.replace("://", "://us%40er:pa%3Ass@"))
    SlackClient(TOKEN, "http://slack.example/api/").download(
        "http://slack.example/file", BytesIO(), 100
    )
    assert own.asked == [("http://slack.example/file", f"Bearer {TOKEN}")]
    assert own.proxy_names == [f"Basic {b64encode(b'us@er:pa:ss').decode()}"]
