"""What Slack sends when a member does something: triggers, response_urls and payloads."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from playground.slack.blocks import interactive_elements
from playground.slack.errors import SlackError
from playground.slack.limits import (
    RESPONSE_URL_SECONDS,
    RESPONSE_URL_USES,
    TRIGGER_SECONDS,
)
from playground.slack.workspace import Conversation, Member, Message, ResponseUrl, View, Workspace

CLIENT: ContextVar[str] = ContextVar("CLIENT", default="")
"""The client, such as a browser tab, in which the member now does something; "" for a program."""

KEPT_TRIGGERS = 5_000
KEPT_RESPONSE_URLS = 5_000


@dataclass(slots=True)
class Trigger:
    """A trigger_id: whose it is, in which client it arose, when it ends, whether it was used."""

    id: str
    user: str
    expires: float
    interaction: str | None
    view_id: str | None = None
    client: str = ""
    used: bool = False


class Triggers:
    """Every trigger_id; each is good for one use within three seconds of real time."""

    def __init__(self, monotonic: Callable[[], float], secret: Callable[[int], str]) -> None:
        self._monotonic = monotonic
        self._secret = secret
        self._triggers: dict[str, Trigger] = {}

    def issue(
        self, user: str, *, interaction: str | None = None, view_id: str | None = None
    ) -> Trigger:
        """A new trigger of a member, from inside a view if `view_id` is given."""
        if len(self._triggers) >= KEPT_TRIGGERS:
            for old in list(self._triggers)[: KEPT_TRIGGERS // 2]:
                del self._triggers[old]
        first = int(self._secret(10), 16)
        ident = f"{first}.{first // 7}.{self._secret(32)}"
        expires = self._monotonic() + TRIGGER_SECONDS
        trigger = Trigger(ident, user, expires, interaction, view_id, CLIENT.get())
        self._triggers[ident] = trigger
        return trigger

    def check(self, ident: Any) -> Trigger:
        """The trigger, if it can still be used; raises Slack's errors when it cannot."""
        trigger = self._triggers.get(str(ident))
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._monotonic() > trigger.expires:
            raise SlackError("expired_trigger_id")
        return trigger


def new_response_url(
    workspace: Workspace,
    *,
    kind: str,
    user: str,
    channel: str,
    now: float,
    secret: Callable[[int], str],
    message: Message | None = None,
    interaction: str | None = None,
) -> ResponseUrl:
    """A new response_url; the oldest are forgotten when there are very many."""
    urls = workspace.response_urls
    if len(urls) >= KEPT_RESPONSE_URLS:
        for old in list(urls)[: KEPT_RESPONSE_URLS // 2]:
            del urls[old]
    made = ResponseUrl(
        id=str(int(secret(11), 16)),
        secret=secret(24),
        kind=kind,
        user=user,
        channel=channel,
        expires=now + RESPONSE_URL_SECONDS,
        message_ts=message.ts if message else None,
        thread_ts=message.thread_ts if message and message.is_reply else None,
        interaction=interaction,
    )
    urls[made.id] = made
    return made


def check_response_url(url: ResponseUrl | None, secret: str, now: float) -> ResponseUrl:
    """The response_url, if it can be used; raises Slack's errors (404) when it cannot."""
    if url is None or url.secret != secret:
        raise SlackError("invalid_url", status=404)
    if now > url.expires:
        raise SlackError("expired_url", status=404)
    if url.uses >= RESPONSE_URL_USES:
        raise SlackError("used_url", status=404)
    return url


def address_of(url: ResponseUrl, base_url: str, team_id: str) -> str:
    """The address of a response_url."""
    return f"{base_url}/{url.kind}/{team_id}/{url.id}/{url.secret}"


# -- payloads ----------------------------------------------------------------------------


def user_field(member: Member, team_id: str) -> dict[str, Any]:
    """The `user` of an interaction."""
    return {
        "id": member.id,
        "username": member.name,
        "name": member.name,
        "team_id": team_id,
    }


def common_fields(workspace: Workspace, member: Member, trigger: Trigger) -> dict[str, Any]:
    """What every interaction carries."""
    return {
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "user": user_field(member, workspace.team_id),
        "api_app_id": workspace.app.id,
        "token": workspace.app.verification_token,
        "trigger_id": trigger.id,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_name(conversation: Conversation) -> str:
    """How interactions and commands call a conversation."""
    return {"im": "directmessage", "group": "privategroup"}.get(
        conversation.kind, conversation.name
    )


def view_field(view: View, workspace: Workspace) -> dict[str, Any]:
    """A view as Slack shows it to the app, with what the member filled in."""
    body: dict[str, Any] = {
        "id": view.id,
        "team_id": workspace.team_id,
        "type": view.kind,
        "blocks": view.blocks,
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "state": {"values": state_values(view.blocks, view.draft)},
        "hash": view.hash,
        "title": view.title,
        "clear_on_close": view.clear_on_close,
        "notify_on_close": view.notify_on_close,
        "close": view.close,
        "submit": view.submit,
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": workspace.app.id,
        "external_id": view.external_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.app.bot_id,
    }
    if view.kind == "home":
        body["title"] = {"type": "plain_text", "text": "View Title", "emoji": True}
    return body


# The field that holds an element's state, and the field of the element it starts from.
STATE_FIELDS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}


def initial_state(element: dict[str, Any]) -> dict[str, Any]:
    """The state of an element before anybody touched it."""
    name, start = STATE_FIELDS[element["type"]]
    empty: Any = [] if name.endswith(("options", "users", "files")) else None
    if name in ("selected_conversations", "selected_channels"):
        empty = []
    return {"type": element["type"], name: element.get(start, empty)}


def state_values(
    blocks: list[dict[str, Any]], draft: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """`state.values` of a message or a view: what stands in each of its elements."""
    values: dict[str, dict[str, Any]] = {}
    for block in blocks:
        for element in interactive_elements(block):
            if element["type"] not in STATE_FIELDS:
                continue
            block_id, action_id = block["block_id"], element["action_id"]
            chosen = draft.get(block_id, {}).get(action_id)
            values.setdefault(block_id, {})[action_id] = chosen or initial_state(element)
    return values


def action_field(
    block: dict[str, Any], element: dict[str, Any], chosen: dict[str, Any], action_ts: str
) -> dict[str, Any]:
    """One entry of `actions`: the element that was used, with what was chosen."""
    action: dict[str, Any] = {
        "type": element["type"],
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "action_ts": action_ts,
    }
    for name in ("text", "value", "style", "url", "confirm", "placeholder"):
        if element["type"] == "button" and name in element:
            action[name] = element[name]
    if element["type"] != "button" and "placeholder" in element:
        action["placeholder"] = element["placeholder"]
    start = STATE_FIELDS.get(element["type"], ("", ""))[1]
    if start and start in element:
        action[start] = element[start]
    action.update({key: value for key, value in chosen.items() if key != "type"})
    return action
