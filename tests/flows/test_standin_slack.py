"""A real Bolt app in Socket Mode against the Slack stand-in, driven through /control."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.flows.standins import Playground, wait_until

pytestmark = pytest.mark.slow

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*A title*"}}


def buttons(*labels: str) -> dict[str, Any]:
    return {
        "type": "actions",
        "block_id": "votes",
        "elements": [
            {
                "type": "button",
                "action_id": f"vote.{label.lower()}",
                "value": label.lower(),
                "text": {"type": "plain_text", "text": label},
            }
            for label in labels
        ],
    }


def modal(title: str = "Note", **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "note",
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": "Save"},
        "blocks": [
            {
                "type": "input",
                "block_id": "note",
                "label": {"type": "plain_text", "text": "Your note"},
                "element": {"type": "plain_text_input", "action_id": "text"},
            }
        ],
        **more,
    }


class Bot:
    """A Bolt app whose listeners a test fills in before `connect`."""

    def __init__(self, playground: Playground) -> None:
        self.client = WebClient(playground.bot_token, base_url=playground.slack_api_url)
        self.app = App(client=self.client, raise_error_for_unhandled_request=False)
        self.app.event("message")(lambda ack: None)
        self._playground = playground
        self.handlers: list[SocketModeHandler] = []

    def connect(self) -> SocketModeHandler:
        handler = SocketModeHandler(
            self.app,
            self._playground.app_token,
            web_client=WebClient(
                self._playground.app_token, base_url=self._playground.slack_api_url
            ),
            ping_interval=1,
        )
        before = len(self._playground.control.get("sockets"))
        handler.connect()
        self.handlers.append(handler)
        wait_until(lambda: len(self._playground.control.get("sockets")) > before)
        return handler

    def close(self) -> None:
        for handler in self.handlers:
            try:
                handler.close()
            except AttributeError:  # slack_sdk after two quick reconnects
                logging.getLogger(__name__).info("the client was between two sockets")


@pytest.fixture
def bot(playground: Playground) -> Iterator[Bot]:
    made = Bot(playground)
    yield made
    made.close()


def user(playground: Playground, name: str) -> str:
    members = playground.control.get("members")
    return next(member["id"] for member in members if member["name"] == name)


def test_a_command_answers_and_a_card_replaces_itself(playground: Playground, bot: Bot) -> None:
    control = playground.control

    @bot.app.command("/winnow")
    def status(ack: Callable[..., None], command: dict[str, Any]) -> None:
        ack(text=f"You said {command['text']} in {command['channel_name']}")

    @bot.app.action("vote.include")
    def include(ack: Any, respond: Any, body: dict[str, Any], action: dict[str, Any]) -> None:
        assert body["message"]["blocks"][1]["block_id"] == "votes"
        assert body["container"]["channel_id"] == body["channel"]["id"]
        assert action["value"] == "include" and action["block_id"] == "votes"
        ack()
        respond(text="next", blocks=[SECTION, buttons("Exclude"), SECTION], replace_original=True)

    bot.connect()
    outcome = control.command("ana", "status", where="#screening")
    assert outcome["acked"] and outcome["responded_by"] == "ack:command"
    shown = control.messages("ana", "#screening")[-1]
    assert shown["text"] == "You said status in screening" and shown["is_ephemeral"]
    assert control.messages("ben", "#screening") == []

    channel = bot.client.conversations_open(users=user(playground, "ana"))["channel"]["id"]
    card = bot.client.chat_postMessage(
        channel=channel, text="card", blocks=[SECTION, buttons("Include", "Exclude")]
    )
    outcome = control.click("ana", "Include", wait_ms=3000)
    assert outcome["message_ts"] == card["ts"]
    assert outcome["responded_by"] == "response_url"
    assert outcome["http_calls_between"] == 1
    assert outcome["warning"] is None
    assert 0 < outcome["response_ms"] < 1000
    [message] = control.messages("ana", "dm")
    assert message["ts"] == card["ts"] and message["text"] == "next"
    assert [item["label"] for item in message["controls"]] == ["Exclude"]
    [click] = [one for one in control.get("clicks") if one["kind"] == "block_actions"]
    assert click["first_response_ms"] == outcome["response_ms"]


def test_modals_open_update_push_and_show_errors(playground: Playground, bot: Bot) -> None:
    control = playground.control
    seen: list[dict[str, Any]] = []

    @bot.app.command("/winnow")
    def open_it(ack: Any, client: WebClient, command: dict[str, Any]) -> None:
        ack()
        opened = client.views_open(trigger_id=command["trigger_id"], view=modal())
        with pytest.raises(SlackApiError) as caught:
            client.views_open(trigger_id=command["trigger_id"], view=modal())
        seen.append({"again": caught.value.response["error"]})
        view = opened["view"]
        client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Renamed"))
        with pytest.raises(SlackApiError) as caught:
            client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Late"))
        seen.append({"stale": caught.value.response["error"]})

    @bot.app.view("note")
    def saved(ack: Any, view: dict[str, Any]) -> None:
        text = view["state"]["values"]["note"]["text"]["value"]
        if text == "bad":
            ack(response_action="errors", errors={"note": "Say more."})
        elif text == "next":
            ack(response_action="push", view=modal("Second", callback_id="second"))
        else:
            ack()

    @bot.app.view("second")
    def second(ack: Any) -> None:
        ack(response_action="clear")

    bot.connect()
    control.command("ana", "note")
    wait_until(lambda: len(seen) == 2)
    assert seen == [{"again": "exchanged_trigger_id"}, {"stale": "hash_conflict"}]
    assert control.see("ana")["modal"]["title"]["text"] == "Renamed"

    assert control.submit("ana")["errors"] == {"note": "Please complete this required field."}
    assert control.submit("ana", {"Your note": "bad"})["errors"] == {"note": "Say more."}
    assert control.submit("ana", {"Your note": "next"})["responded_by"] == "ack:push"
    assert control.see("ana")["modal_depth"] == 2
    control.submit("ana", {"text": "fine"})
    assert control.see("ana")["modal"] is None


def test_home_file_history_and_metadata(playground: Playground, bot: Bot) -> None:
    control = playground.control
    events: list[dict[str, Any]] = []

    @bot.app.event("app_home_opened")
    def opened(event: dict[str, Any], client: WebClient) -> None:
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [SECTION]})

    @bot.app.event("file_shared")
    def shared(event: dict[str, Any]) -> None:
        events.append(event)

    bot.connect()
    control.post("home", who="ben")
    home = wait_until(lambda: control.see("ben")["home"])
    assert home["words"] == "*A title*"

    channel = next(c["id"] for c in control.get("channels") if c["name"] == "screening")
    bot.client.chat_postMessage(
        channel=channel,
        text="digest",
        metadata={"event_type": "digest", "event_payload": {"key": "r1:2026-01-05"}},
    )
    uploaded = bot.client.files_upload_v2(
        channel=channel, filename="flow.png", content=b"\x89PNG", title="Flow", alt_txt="flow"
    )
    info = bot.client.files_info(file=uploaded["file"]["id"])["file"]
    assert (info["title"], info["size"], info["mimetype"]) == ("Flow", 4, "image/png")
    got = httpx.get(
        info["url_private"], headers={"Authorization": f"Bearer {playground.bot_token}"}
    )
    assert got.content == b"\x89PNG"
    assert "Sign in" in httpx.get(info["url_private"]).text

    dropped = control.post(
        "files", who="ana", where="#screening", name="export.ris", text="TY  - JOUR\nER  - \n"
    )
    wait_until(lambda: events)
    # Of the app's own file Bolt tells no listener: it ignores events that the bot caused.
    assert [event["file_id"] for event in events] == [dropped["file_id"]]

    history = bot.client.conversations_history(channel=channel, include_all_metadata=True)
    newest, middle, oldest = history["messages"]
    assert newest["subtype"] == "file_share" and newest["files"][0]["name"] == "export.ris"
    assert middle["files"][0]["title"] == "Flow"
    assert oldest["metadata"]["event_payload"] == {"key": "r1:2026-01-05"}
    assert "metadata" not in bot.client.conversations_history(channel=channel)["messages"][2]
    pages = [
        message["ts"]
        for page in bot.client.conversations_history(channel=channel, limit=1)
        for message in page["messages"]
    ]
    assert pages == [newest["ts"], middle["ts"], oldest["ts"]]


def test_a_click_without_an_ack_warns_and_events_come_again(
    playground: Playground, bot: Bot
) -> None:
    control = playground.control
    control.put("app", ack_seconds=0.4)
    attempts: list[str] = []

    @bot.app.action("vote.include")
    def slow(ack: Any) -> None:
        time.sleep(0.8)
        ack()

    @bot.app.event("file_shared")
    def shared(request: Any) -> None:
        attempts.append(request.headers.get("x-slack-retry-num", ["0"])[0])

    bot.client.chat_postMessage(
        channel=user(playground, "ana"), text="card", blocks=[buttons("Include")]
    )
    outcome = control.click("ana", "Include")
    assert not outcome["sent"] and "isn't responding" in outcome["warning"]
    bot.connect()
    outcome = control.click("ana", "Include")
    assert outcome["sent"] and not outcome["acked"] and outcome["warning"]
    assert control.messages("ana", "dm")[0]["warning"] == outcome["warning"]
    assert control.command("ana", "x", command="/nothing")["warning"].endswith(
        '"operation_timeout"'
    )

    control.post("envelopes/disturb", {"kind": "lose_ack", "envelope_type": "events_api"})
    control.post("envelopes/disturb", {"kind": "lose_ack", "envelope_type": "events_api"})
    control.post("files", who="ana", where="#general", name="a.txt", text="a")
    wait_until(lambda: "1" in attempts, 5)


def test_two_sockets_refresh_drop_and_duplicates(playground: Playground, bot: Bot) -> None:
    control = playground.control
    handled: list[str] = []
    lock = threading.Lock()

    @bot.app.action("vote.include")
    def include(ack: Any, body: dict[str, Any]) -> None:
        with lock:
            handled.append(body["trigger_id"])
        ack()

    bot.client.chat_postMessage(
        channel=user(playground, "ana"), text="card", blocks=[buttons("Include")]
    )
    bot.connect()
    bot.connect()
    for _ in range(10):
        assert control.click("ana", "Include")["acked"]
    assert len(handled) == len(set(handled)) == 10
    sent = [one["sent_to"] for one in control.get("envelopes", type="interactive")]
    assert all(len(places) == 1 for places in sent)
    assert len({places[0] for places in sent}) == 2

    handled.clear()
    control.post("envelopes/disturb", {"kind": "duplicate", "envelope_type": "interactive"})
    control.click("ana", "Include")
    wait_until(lambda: len(handled) == 2)
    assert len(set(handled)) == 1

    old = {one["id"] for one in control.get("sockets")}
    assert control.post("sockets/refresh")["count"] == 2
    wait_until(lambda: len({one["id"] for one in control.get("sockets")} - old) == 2)
    # slack_sdk may lose an ack while it swaps its sockets; the next click must arrive.
    wait_until(lambda: control.click("ana", "Include")["acked"], 15)

    assert control.post("sockets/drop")["count"] >= 2
    wait_until(lambda: control.get("sockets"), 15)
    wait_until(lambda: control.click("ana", "Include")["acked"], 15)


def test_response_url_five_uses_and_faults(playground: Playground, bot: Bot) -> None:
    control = playground.control
    urls: list[str] = []

    @bot.app.action("vote.include")
    def include(ack: Any, body: dict[str, Any]) -> None:
        ack()
        urls.append(body["response_url"])

    bot.client.chat_postMessage(
        channel=user(playground, "ana"), text="card", blocks=[buttons("Include")]
    )
    bot.connect()
    control.click("ana", "Include")
    url = wait_until(lambda: urls)[0]
    for number in range(5):
        assert httpx.post(url, json={"text": f"{number}"}).json() == {"ok": True}
    sixth = httpx.post(url, json={"text": "6"})
    assert (sixth.status_code, sixth.json()["error"]) == (404, "used_url")

    control.click("ana", "Include")
    fresh = wait_until(lambda: urls[1:])[0]
    broken = httpx.post(fresh, json={"text": "&lt;", "blocks": [{"type": "nothing"}]})
    assert broken.json()["error"] == "invalid_blocks"
    control.fault(service="slack", method="response_url", kind="status", status=503)
    assert httpx.post(fresh, json={"text": "x"}).status_code == 503
    control.fault(service="slack", method="response_url", kind="timeout_after_effect")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(fresh, json={"text": "after"})
    assert control.messages("ana", "dm")[-1]["text"] == "after"
    control.fault(service="slack", method="response_url", kind="timeout_before_effect")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(fresh, json={"text": "before"})
    assert control.messages("ana", "dm")[-1]["text"] == "after"
    control.fault(service="slack", method="socket", kind="drop_socket")
    control.put("app", ack_seconds=0.3)
    assert control.click("ana", "Include")["warning"]
    wait_until(lambda: control.get("sockets"), 15)

    control.post("clock", {"seconds": 31 * 60})
    expired = httpx.post(fresh, json={"text": "x"})
    assert (expired.status_code, expired.json()["error"]) == (404, "expired_url")
    faults = [one for one in control.requests(method="response_url") if one["fault"]]
    assert [one["status"] for one in faults] == [503, 0, 0]


def test_state_survives_a_kill(tmp_path: Any) -> None:
    from tests.flows.standins import running_playground

    with running_playground(tmp_path, state=True) as playground:
        control = playground.control
        control.post("clock", {"seconds": 3600})
        client = WebClient(playground.bot_token, base_url=playground.slack_api_url)
        client.chat_postMessage(
            channel=user(playground, "ana"), text="kept", blocks=[buttons("Include")]
        )
        control.post("files", who="ana", where="#general", name="a.txt", text="content")
        before = control.see("ana")
        facts = playground.facts
        saved = Path(playground.arguments[playground.arguments.index("--state") + 1])
        wait_until(lambda: saved.exists() and b"a.txt" in saved.read_bytes())
        playground.kill()
        playground.restart()
        assert playground.facts == facts
        assert playground.control.see("ana") == before
        assert playground.control.get("clock")["offset_seconds"] == pytest.approx(3600)
