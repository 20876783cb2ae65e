"""Triggers, modals, Home and response_urls of the Slack stand-in, at their limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from playground.app import World, build_world, create_app
from playground.slack.interactions import address_of, new_response_url

ANA = "U0000000ANA"
GENERAL = "C000GENERAL"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return build_world("http://testserver", tmp_path)


@pytest.fixture
def http(world: World) -> Iterator[TestClient]:
    with TestClient(create_app(world)) as client:
        client.headers["Authorization"] = f"Bearer {world.slack.workspace.app.bot_token}"
        yield client


def call(http: TestClient, method: str, **args: Any) -> dict[str, Any]:
    answer: dict[str, Any] = http.post(f"/api/{method}", json=args).json()
    return answer


def modal(**more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "T"},
        "blocks": [{"type": "divider"}],
        **more,
    }


def trigger(world: World) -> str:
    return world.slack.triggers.issue(ANA).id


def test_a_trigger_is_used_once_and_soon(http: TestClient, world: World) -> None:
    first = trigger(world)
    refused = call(http, "views.open", trigger_id=first, view=modal(colour=1))
    assert refused["error"] == "invalid_arguments"
    assert call(http, "views.open", trigger_id=first, view=modal())["ok"]
    again = call(http, "views.open", trigger_id=first, view=modal())
    assert again["error"] == "exchanged_trigger_id"
    late = world.slack.triggers.issue(ANA)
    late.expires -= 10
    assert call(http, "views.open", trigger_id=late.id, view=modal())["error"] == (
        "expired_trigger_id"
    )


def test_the_stack_is_three_deep(http: TestClient, world: World) -> None:
    below = call(http, "views.push", trigger_id=trigger(world), view=modal())
    assert below["error"] == "not_found"
    root = call(http, "views.open", trigger_id=trigger(world), view=modal())["view"]
    second = call(http, "views.push", trigger_id=trigger(world), view=modal())["view"]
    assert (second["previous_view_id"], second["root_view_id"]) == (root["id"], root["id"])
    assert call(http, "views.push", trigger_id=trigger(world), view=modal())["ok"]
    fourth = call(http, "views.push", trigger_id=trigger(world), view=modal())
    assert fourth["error"] == "push_limit_reached"
    assert http.post("/control/close", json={"as": "ana"}).json()["sent"] is False
    assert http.get("/control/see", params={"as": "ana"}).json()["modal_depth"] == 2


def test_external_ids_hashes_and_size(http: TestClient, world: World) -> None:
    opened = call(http, "views.open", trigger_id=trigger(world), view=modal(external_id="e1"))
    doubled = call(http, "views.push", trigger_id=trigger(world), view=modal(external_id="e1"))
    assert doubled["error"] == "duplicate_external_id"
    changed = call(http, "views.update", external_id="e1", view=modal(callback_id="c"))
    assert changed["view"]["callback_id"] == "c"
    old_hash = opened["view"]["hash"]
    stale = call(http, "views.update", external_id="e1", view=modal(), hash=old_hash)
    assert stale["error"] == "hash_conflict"
    large = [{"type": "section", "text": {"type": "plain_text", "text": "x" * 2_900}}] * 100
    refused = call(http, "views.update", external_id="e1", view=modal(blocks=large))
    assert refused["error"] == "view_too_large"
    home = {"type": "home", "blocks": []}
    first = call(http, "views.publish", user_id=ANA, view=home)["view"]["hash"]
    assert call(http, "views.publish", user_id=ANA, view=home, hash=first)["ok"]
    conflict = call(http, "views.publish", user_id=ANA, view=home, hash=first)
    assert conflict["error"] == "hash_conflict"


def response_url(world: World, ts: str | None = None) -> str:
    conversation = world.slack.workspace.conversations[GENERAL]
    url = new_response_url(
        world.slack.workspace,
        kind="actions",
        user=ANA,
        channel=GENERAL,
        now=world.clock.timestamp(),
        secret=world.slack.secret,
        message=conversation.messages[ts] if ts else None,
    )
    address = address_of(url, world.base_url, world.slack.workspace.team_id)
    return address.removeprefix(world.base_url)


def test_a_response_url_adds_replaces_and_deletes(http: TestClient, world: World) -> None:
    ts = call(http, "chat.postMessage", channel=GENERAL, text="one")["ts"]
    url = response_url(world, ts)
    messages = world.slack.workspace.conversations[GENERAL].messages
    http.post(url, json={"text": "only ana"})
    http.post(url, json={"text": "all", "response_type": "in_channel"})
    http.post(url, json={"text": "two", "replace_original": True})
    assert [(m.text, m.ephemeral_to) for m in messages.values()] == [
        ("two", None),
        ("only ana", ANA),
        ("all", None),
    ]
    refused = http.post(url, json={"text": "x", "colour": "red"})
    assert refused.json()["error"] == "standin_unknown_argument"
    assert http.post(url, json={}).json()["error"] == "no_text"
    assert http.post(url, content=b"{").json()["error"] == "invalid_payload"
    http.post(url, json={"delete_original": True})
    assert ts not in messages
    gone = http.post(url, json={"text": "x", "replace_original": True})
    assert (gone.status_code, gone.json()["error"]) == (404, "message_not_found")
    wrong = url[:-4] + "0000"
    assert http.post(wrong, json={"text": "x"}).status_code == 404


def test_ephemeral_messages_are_out_of_reach_of_chat_update(http: TestClient) -> None:
    sent = call(http, "chat.postEphemeral", channel=GENERAL, user=ANA, text="x")
    for method, args in (
        ("chat.update", {"ts": sent["message_ts"], "text": "y"}),
        ("chat.delete", {"ts": sent["message_ts"]}),
        ("chat.getPermalink", {"message_ts": sent["message_ts"]}),
    ):
        assert call(http, method, channel=GENERAL, **args)["error"] == "message_not_found"
    assert call(http, "conversations.history", channel=GENERAL)["messages"] == []


def test_home_of_a_member_without_sockets_warns(http: TestClient) -> None:
    block = {
        "type": "actions",
        "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": ":mag: Continue"}},
            {
                "type": "static_select",
                "placeholder": {"type": "plain_text", "text": "Pick"},
                "options": [{"text": {"type": "plain_text", "text": "One"}, "value": "1"}],
            },
        ],
    }
    call(http, "views.publish", user_id=ANA, view={"type": "home", "blocks": [block]})
    clicked = http.post(
        "/control/click", json={"as": "ana", "place": "home", "label": "continue"}
    ).json()
    assert clicked["warning"] and not clicked["sent"]
    chosen = {"as": "ana", "place": "home", "label": "Pick", "choice": "one"}
    assert http.post("/control/choose", json=chosen).json()["warning"]
    home = http.get("/control/see", params={"as": "ana"}).json()["home"]
    [values] = home["state"]["values"].values()
    assert next(iter(values.values()))["selected_option"]["value"] == "1"
    wrong = http.post("/control/choose", json={**chosen, "choice": "Two"})
    assert wrong.json()["detail"] == "'Two' is not on offer; there is One."
