"""The Web API of the Slack stand-in: what it gives, and each thing it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from playground.app import World, build_world, create_app
from playground.slack.limits import Rate, RateLimiter
from playground.slack.seed import WorkspaceSeed


@pytest.fixture
def world(tmp_path: Path) -> World:
    return build_world("http://testserver", tmp_path)


@pytest.fixture
def http(world: World) -> Iterator[TestClient]:
    with TestClient(create_app(world), raise_server_exceptions=True) as client:
        yield client


class Api:
    """Calls methods as the bot, in JSON or as a form."""

    def __init__(self, http: TestClient, token: str) -> None:
        self.http = http
        self.token = token

    def __call__(self, method: str, **args: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.raw(method, **args).json()
        return answer

    def raw(self, method: str, **args: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.http.post(f"/api/{method}", json=args, headers=headers)


@pytest.fixture
def api(world: World, http: TestClient) -> Api:
    return Api(http, world.slack.workspace.app.bot_token)


GENERAL = "C000GENERAL"
ANA = "U0000000ANA"


def test_auth_test_names_bot_and_scopes(api: Api, world: World) -> None:
    answer = api.raw("auth.test")
    assert answer.json()["user_id"] == world.slack.workspace.app.bot_user
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


def test_forms_tokens_and_unknown_things(api: Api, http: TestClient, world: World) -> None:
    token = world.slack.workspace.app.bot_token
    form = http.post("/api/users.info", data={"token": token, "user": ANA})
    assert form.json()["user"]["real_name"] == "Ana Ferreira"
    assert http.post("/api/users.info", data={"user": ANA}).json()["error"] == "not_authed"
    assert http.get(f"/api/auth.test?token={token}").json()["error"] == "not_authed"
    assert Api(http, "xoxb-wrong")("auth.test")["error"] == "invalid_auth"
    assert api("apps.connections.open")["error"] == "not_allowed_token_type"
    app = Api(http, world.slack.workspace.app.app_token)
    assert app("apps.connections.open")["url"].startswith("ws://testserver/link/?ticket=")
    assert app("chat.postMessage", channel=GENERAL, text="x")["error"] == "not_allowed_token_type"
    assert api("chat.shout")["error"] == "standin_unknown_method"
    unknown = api("chat.postMessage", channel=GENERAL, text="x", colour="red")
    assert (unknown["error"], unknown["argument"]) == ("standin_unknown_argument", "colour")
    missing = api("users.info")
    assert missing["error"] == "invalid_arguments"
    assert "missing required field: user" in missing["response_metadata"]["messages"][0]


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("chat.postMessage", {"channel": "C1", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": GENERAL}, "no_text"),
    ("chat.postMessage", {"channel": GENERAL, "text": "x" * 40_001}, "msg_too_long"),
    ("chat.postMessage", {"channel": GENERAL, "text": "<!channel>"}, "standin_broadcast_mention"),
    ("chat.postMessage", {"channel": GENERAL, "text": "a < b"}, "standin_unescaped_text"),
    (
        "chat.postMessage",
        {"channel": GENERAL, "text": "@here", "link_names": True},
        "standin_broadcast_mention",
    ),
    ("chat.postMessage", {"channel": GENERAL, "blocks": [{"type": "x"}]}, "invalid_blocks"),
    ("chat.postMessage", {"channel": GENERAL, "blocks": "["}, "invalid_blocks_format"),
    (
        "chat.postMessage",
        {"channel": GENERAL, "blocks": [{"type": "divider", "size": 1}]},
        "invalid_blocks",
    ),
    (
        "chat.postMessage",
        {"channel": GENERAL, "text": "x", "metadata": {"event_type": "a b"}},
        "invalid_metadata_format",
    ),
    (
        "chat.postMessage",
        {"channel": GENERAL, "text": "x", "metadata": {"event_type": "a"}},
        "invalid_metadata_format",
    ),
    ("chat.postEphemeral", {"channel": GENERAL, "user": "U1", "text": "x"}, "user_not_found"),
    ("chat.update", {"channel": GENERAL, "ts": "1.000001", "text": "x"}, "message_not_found"),
    ("chat.delete", {"channel": GENERAL, "ts": "1.000001"}, "message_not_found"),
    ("conversations.open", {}, "users_list_not_supplied"),
    ("conversations.open", {"users": "U1"}, "user_not_found"),
    ("conversations.history", {"channel": "C1"}, "channel_not_found"),
    ("conversations.history", {"channel": GENERAL, "cursor": "?"}, "invalid_cursor"),
    ("conversations.history", {"channel": GENERAL, "oldest": "yesterday"}, "invalid_ts_oldest"),
    ("conversations.history", {"channel": GENERAL, "limit": "many"}, "invalid_arguments"),
    ("conversations.list", {"types": "secret"}, "invalid_types"),
    ("users.info", {"user": "U1"}, "user_not_found"),
    ("views.open", {"trigger_id": "1.2.3", "view": {}}, "invalid_trigger_id"),
    ("views.update", {"view_id": "V1", "view": {}}, "not_found"),
    ("views.publish", {"user_id": "U1", "view": {}}, "user_not_found"),
    ("views.publish", {"user_id": ANA, "view": {"type": "modal"}}, "invalid_arguments"),
    ("files.info", {"file": "F1"}, "file_not_found"),
    ("files.completeUploadExternal", {"files": [{"id": "F1"}]}, "file_not_found"),
    ("files.getUploadURLExternal", {"filename": "a", "length": 0}, "invalid_arguments"),
]


@pytest.mark.parametrize(("method", "args", "error"), REFUSED)
def test_refusals(api: Api, method: str, args: dict[str, Any], error: str) -> None:
    answer = api(method, **args)
    assert answer["ok"] is False and answer["error"] == error, answer


def test_details_point_to_the_place(api: Api) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    answer = api("chat.postMessage", channel=GENERAL, blocks=blocks)
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    ]


def test_scopes_and_membership(api: Api, world: World) -> None:
    workspace = world.slack.workspace
    workspace.app.scopes.remove("chat:write")
    answer = api("chat.postMessage", channel=GENERAL, text="x")
    assert answer["error"] == "missing_scope" and answer["needed"] == "chat:write"
    assert "commands" in answer["provided"]
    workspace.app.scopes.append("chat:write")
    world.slack.people.leave("@app", "#general")
    assert api("chat.postMessage", channel=GENERAL, text="x")["error"] == "not_in_channel"
    assert api("conversations.history", channel=GENERAL)["error"] == "not_in_channel"


def test_update_delete_permalink_and_threads(api: Api) -> None:
    sent = api("chat.postMessage", channel=GENERAL, text="one")
    ts = sent["ts"]
    long = api("chat.update", channel=GENERAL, ts=ts, text="x" * 4_001)
    assert long["error"] == "msg_too_long"
    assert api("chat.update", channel=GENERAL, ts=ts, text="two")["message"]["edited"]
    line = [{"type": "divider"}]
    assert api("chat.update", channel=GENERAL, ts=ts, blocks=line)["message"]["text"] == "two"
    assert api("chat.update", channel=GENERAL, ts=ts, text="two")["message"]["blocks"]
    assert (
        "blocks" not in api("chat.update", channel=GENERAL, ts=ts, text="two", blocks=[])["message"]
    )
    reply = api("chat.postMessage", channel=GENERAL, text="below", thread_ts=ts)
    found = api("conversations.history", channel=GENERAL)["messages"]
    assert [(m["text"], m["reply_count"]) for m in found] == [("two", 1)]
    thread = api("conversations.replies", channel=GENERAL, ts=ts)["messages"]
    assert [m["text"] for m in thread] == ["two", "below"]
    link = api("chat.getPermalink", channel=GENERAL, message_ts=reply["ts"])["permalink"]
    assert f"p{reply['ts'].replace('.', '')}?thread_ts={ts}" in link
    api("chat.delete", channel=GENERAL, ts=ts)
    [left] = api("conversations.history", channel=GENERAL)["messages"]
    assert left["subtype"] == "tombstone"
    assert api("chat.update", channel=GENERAL, ts=ts, text="x")["error"] == "cant_update_message"


def test_what_a_person_types_is_escaped_and_linked(http: TestClient, world: World) -> None:
    said = {"as": "ana", "where": "#general", "text": "hi @ben, @Winnow, a < b, #screening"}
    ts = http.post("/control/say", json=said).json()["ts"]
    message = world.slack.workspace.conversations[GENERAL].messages[ts]
    app = next(m.id for m in world.slack.workspace.members.values() if m.name == "winnow")
    assert message.text == f"hi <@U0000000BEN>, <@{app}>, a &lt; b, <#C0SCREENING|screening>"


def test_history_span_follows_the_clock(api: Api, world: World) -> None:
    first = api("chat.postMessage", channel=GENERAL, text="today")["ts"]
    world.clock.move(86_400)
    second = api("chat.postMessage", channel=GENERAL, text="tomorrow")["ts"]
    assert 86_399 < float(second) - float(first) < 86_410
    after = api("conversations.history", channel=GENERAL, oldest=first)["messages"]
    assert [m["text"] for m in after] == ["tomorrow"]
    both = api("conversations.history", channel=GENERAL, oldest=first, inclusive=True)["messages"]
    assert [m["ts"] for m in both] == [second, first]
    until = api("conversations.history", channel=GENERAL, latest=second)["messages"]
    assert [m["ts"] for m in until] == [first]
    world.clock.move(-86_400)
    assert float(api("chat.postMessage", channel=GENERAL, text="again")["ts"]) > float(second)


def test_posting_in_one_channel_is_limited(api: Api) -> None:
    answers = [api.raw("chat.postMessage", channel=GENERAL, text="x") for _ in range(7)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert limited and limited[0].json()["error"] == "ratelimited"
    assert int(limited[0].headers["Retry-After"]) >= 1
    assert api("chat.postMessage", channel="C0SCREENING", text="x")["ok"]


def test_a_tier_is_limited_and_refills() -> None:
    now = 0.0
    limiter = RateLimiter(lambda: now)
    rate = Rate(20, 20)
    assert [limiter.wait_for("m", rate) for _ in range(21)] == [0] * 20 + [3]
    now = 3.0
    assert limiter.wait_for("m", rate) == 0
    assert limiter.wait_for("m", rate) == 3
    limiter.enabled = False
    assert limiter.wait_for("m", rate) == 0


def test_the_ledger_masks_tokens_and_counts(api: Api, http: TestClient, world: World) -> None:
    token = world.slack.workspace.app.bot_token
    http.post("/api/users.info", data={"token": token, "user": ANA})
    api("chat.shout")
    entries = http.get("/control/requests").json()["requests"]
    assert entries[0]["body"] == {"token": "xoxb-…", "user": ANA}
    assert entries[1]["error"] == "standin_unknown_method"
    counters = http.get("/control/requests/counters").json()
    assert counters["methods"]["slack:users.info"] == 1
    assert http.get("/control/requests", params={"since": 1}).json()["requests"][0]["seq"] == 2


def test_faults_strike_when_told(api: Api, http: TestClient) -> None:
    rule = {"service": "slack", "method": "chat.*", "status": 500, "times": 2, "skip": 1}
    number = http.post("/control/faults", json=rule).json()["id"]
    statuses = [api.raw("chat.postMessage", channel=GENERAL, text="x").status_code for _ in "1234"]
    assert statuses == [200, 500, 500, 200]
    assert http.delete(f"/control/faults/{number}").status_code == 404
    rule = {"service": "slack", "method": "users.info", "status": 429, "retry_after": 7}
    http.post("/control/faults", json=rule)
    answer = api.raw("users.info", user=ANA)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert http.post("/control/faults", json={"service": "x"}).status_code == 422


def test_control_openapi_and_refusals(http: TestClient) -> None:
    paths = http.get("/control/openapi.json").json()["paths"]
    assert {"/click", "/say", "/clock", "/faults", "/requests", "/see", "/files"} <= set(paths)
    refused = http.post("/control/say", json={"as": "eve", "where": "dm", "text": "x"})
    assert refused.status_code == 400
    assert "There is no member 'eve'. Members: ana, ben" in refused.json()["detail"]
    nothing = http.post("/control/click", json={"as": "ana", "label": "Include"})
    assert "ana sees nothing with label 'Include'" in nothing.json()["detail"]
    assert http.post("/control/clock", json={}).status_code == 422


def test_a_saved_world_comes_back(api: Api, world: World, tmp_path: Path) -> None:
    import orjson

    from playground.persistence import read_state, restore, snapshot, write_atomically

    api("chat.postMessage", channel=ANA, text="kept")
    api("views.publish", user_id=ANA, view={"type": "home", "blocks": [{"type": "divider"}]})
    write_atomically(tmp_path / "s.json", orjson.dumps(snapshot(world)))
    other = build_world("http://elsewhere", tmp_path)
    data = read_state(tmp_path / "s.json")
    assert data is not None
    restore(other, data)
    assert other.slack.workspace.app == world.slack.workspace.app
    assert other.slack.people.see("ana") == world.slack.people.see("ana")
    assert other.slack.workspace.base_url == "http://elsewhere"


def test_a_seed_makes_the_workspace(tmp_path: Path) -> None:
    seed = WorkspaceSeed.model_validate(
        {
            "members": [{"name": "zoe"}, {"name": "yan"}],
            "channels": [{"name": "lab", "members": ["zoe"], "private": True}],
            "app": {"name": "Other", "bot_name": "other", "commands": ["/other"]},
        }
    )
    world = build_world("http://x", tmp_path, seed=seed.model_dump())
    [lab] = [c for c in world.slack.workspace.conversations.values() if c.kind == "group"]
    assert len(lab.members) == 2
    assert world.slack.workspace.members[world.slack.workspace.app.bot_user].name == "other"


def test_the_document_names_real_routes(http: TestClient) -> None:
    import re

    text = (Path(__file__).parents[2] / "docs" / "playground.md").read_text(encoding="utf-8")
    paths = http.get("/control/openapi.json").json()["paths"]
    posted = re.findall(r"^\$ post (\S+) \'", text, re.MULTILINE)
    fetched = re.findall(r"\$C/([a-z/-]+)", text)
    assert len(posted) > 15
    assert {f"/{name}" for name in posted if "post" in paths[f"/{name}"]} == {
        f"/{name}" for name in posted
    }
    assert {f"/{name}" for name in fetched} <= set(paths) | {"/"}
