"""What `winnow check` says of Slack: a large team, an outage, a wrong ID, each with its own remedy."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from bot.checking.asking import LATER
from bot.checking.findings import Finding
from bot.checking.slacking import SCOPES, check_slack
from screening.config import read_config
from tests.unit.test_config import ENVIRON

Reply = tuple[int, dict[str, str], str]
MANY = [f"U{number:010}" for number in range(30)]


class Machine:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Service:
    """Slack's Web API as far as a check asks; `rule` may answer a method in its own way."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.slept: list[float] = []
        self.rule: Callable[[str, str], Reply | None] = lambda method, what: None
        self.url = ""

    def answer(self, method: str, form: dict[str, list[str]]) -> Reply:
        what = (form.get("user") or form.get("channel") or [""])[0]
        self.asked.append((method, what))
        ruled = self.rule(method, what)
        if ruled is not None:
            return ruled
        channel = {"id": what, "name": "screening", "is_member": True}
        body = {"ok": True, "user": {"id": what}, "channel": channel, "team": "Team", "url": "ws:"}
        return 200, {"x-oauth-scopes": ",".join(SCOPES)}, json.dumps(body)

    def check(self, text: str) -> list[Finding]:
        slack = f'[installation.slack]\napi_url = "{self.url}"\n'
        installation = read_config(slack + text, ENVIRON, folder=Path())
        return list(check_slack(installation, Machine(), self.slept.append))


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = parse_qs(self.rfile.read(length).decode())
            status, headers, body = made.answer(self.path.rpartition("/")[2], form)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST  # noqa: N815

        def log_message(self, format: str, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}/api/"
    yield made
    server.shutdown()
    server.server_close()


def review(name: str, members: list[str]) -> str:
    people = "".join(
        f'[[reviews.members]]\nid = "{member}"\nname = "{member}"\n'
        f'role = "{"lead" if place == 0 else "reviewer"}"\n'
        for place, member in enumerate(members)
    )
    place = "C0123ABCDE" + name.upper()
    return f'[[reviews]]\nid = "{name}"\ntitle = "{name}"\nchannel = "{place}"\nspreadsheet = "1A{name}aaaaaaaaaa"\n{people}'


def refused(error: str) -> Reply:
    return 200, {}, json.dumps({"ok": False, "error": error})


def of(findings: list[Finding], name: str) -> list[Finding]:
    return [finding for finding in findings if finding.name == name]


def test_who_is_on_two_teams_is_asked_for_once(service: Service) -> None:
    findings = service.check(review("a", MANY) + review("b", MANY[:5]))
    assert [f.seen for f in findings if f.name.startswith("team")] == [
        "30 members found in Slack",
        "5 members found in Slack",
    ]
    people = [what for method, what in service.asked if method == "users.info"]
    assert people == MANY


def test_a_large_team_is_asked_for_as_slowly_as_slack_wants(service: Service) -> None:
    told = iter([(429, {"Retry-After": "7"}, '{"ok": false, "error": "ratelimited"}')] * 2)
    service.rule = lambda method, what: next(told, None) if what == MANY[20] else None
    (team,) = of(service.check(review("a", MANY)), "team of a")
    assert team == Finding("team of a", "ok", "30 members found in Slack")
    assert service.slept == [7.0, 7.0]


@pytest.mark.parametrize(
    ("reply", "seen"),
    [
        ((429, {"Retry-After": "30"}, '{"ok": false, "error": "ratelimited"}'), "ratelimited"),
        ((503, {}, "<html>Bad day</html>"), "HTTP 503"),
        ((503, {}, '{"ok": false, "error": "service_unavailable"}'), "service_unavailable"),
        (refused("internal_error"), "internal_error"),
    ],
)
def test_an_outage_blames_neither_token_nor_people(
    service: Service, reply: Reply, seen: str
) -> None:
    service.rule = lambda method, what: reply if what == MANY[2] else None
    (team,) = of(service.check(review("a", MANY)), "team of a")
    assert (team.state, team.seen, team.remedy) == (
        "wrong",
        f"2 of 30 members looked at, then: {seen}",
        LATER,
    )
    assert sum(service.slept) <= 180
    service.rule = lambda method, what: reply
    (token,) = service.check(review("a", MANY))
    assert (token.name, token.seen, token.remedy) == ("bot token", seen, LATER)


def test_each_refusal_has_the_remedy_that_mends_it(service: Service) -> None:
    said = {MANY[1]: "user_not_found", MANY[2]: "missing_scope", MANY[3]: "odd"}
    service.rule = lambda method, what: refused(said[what]) if what in said else None
    findings = of(service.check(review("a", MANY)), "team of a")
    assert [finding.remedy.split(":")[0] for finding in findings] == [
        "Copy the member ID from the person's Slack profile.",
        "Update the app from manifest.yaml and reinstall it to the workspace.",
        "Look up what Slack means by odd",
    ]
    service.rule = lambda method, what: refused("invalid_auth")
    (token,) = service.check(review("a", MANY))
    assert token.remedy.startswith("Copy the token")


def test_no_answer_is_a_matter_of_the_network(service: Service) -> None:
    service.url = "http://127.0.0.1:1/api/"
    (token,) = service.check(review("a", MANY))
    assert token.seen.startswith("unreachable")
    assert token.remedy.startswith("Check the network")
