"""Answers to a response_url: replace or delete the message, or add one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response

from playground.service import json_response, ledger_entry
from playground.slack import messages
from playground.slack.errors import SlackError
from playground.slack.interactions import check_response_url
from playground.slack.limits import MESSAGE_CHARACTERS
from playground.slack.workspace import Conversation, Message, ResponseUrl

if TYPE_CHECKING:
    from playground.slack import SlackStandIn

# slack_sdk WebhookClient.send, and thread_ts and link_names from the docs of response_url.
_KNOWN = frozenset(
    {
        "text",
        "blocks",
        "attachments",
        "response_type",
        "replace_original",
        "delete_original",
        "unfurl_links",
        "unfurl_media",
        "metadata",
        "thread_ts",
        "link_names",
        "parse",
        "mrkdwn",
    }
)


async def answer(slack: SlackStandIn, request: Request) -> Response:
    """One POST to a response_url."""
    entry = ledger_entry(request)
    try:
        url = check_response_url(
            slack.workspace.response_urls.get(request.path_params["ident"]),
            request.path_params["secret"],
            slack.world.clock.timestamp(),
        )
        entry.interaction = url.interaction
        body = _body(await request.body(), request.headers.get("content-type", ""))
        respond(slack, url, body)
    except SlackError as error:
        entry.error = error.error
        # The status of a refused content is (m); 404 of a used or expired address is not.
        return json_response(error.answer(), 400 if error.status == 200 else error.status)
    slack.clicks.answered(url.interaction, "response_url")
    return json_response({"ok": True})


def _body(raw: bytes, content_type: str) -> dict[str, Any]:
    try:
        if content_type.startswith("application/x-www-form-urlencoded"):
            found = orjson.loads(dict(parse_qsl(raw.decode())).get("payload", ""))
        else:
            found = orjson.loads(raw)
    except ValueError as error:
        raise SlackError("invalid_payload") from error
    if not isinstance(found, dict):
        raise SlackError("invalid_payload")
    unknown = sorted(set(found) - _KNOWN)
    if unknown:
        raise SlackError(
            "standin_unknown_argument",
            [f"[ERROR] a response_url takes no {name!r}" for name in unknown],
            argument=unknown[0],
        )
    return found


def respond(slack: SlackStandIn, url: ResponseUrl, body: dict[str, Any]) -> Message | None:
    """Carry out an answer; counts as one of the five uses once it is accepted."""
    conversation = slack.workspace.conversations.get(url.channel)
    if conversation is None:
        raise SlackError("channel_not_found", status=404)
    original = conversation.messages.get(url.message_ts or "")
    if body.get("delete_original"):
        if original is None:
            raise SlackError("message_not_found", status=404)
        url.uses += 1
        messages.delete(slack, conversation, original)
        return None
    kind = body.get("response_type", "ephemeral")
    if kind not in ("ephemeral", "in_channel"):
        raise SlackError("invalid_arguments", [f"[ERROR] response_type {kind!r} is not known"])
    content = messages.checked_content(slack, body, MESSAGE_CHARACTERS)
    if body.get("replace_original") and url.message_ts is not None:
        if original is None:
            raise SlackError("message_not_found", status=404)
        url.uses += 1
        messages.change(slack, conversation, original, content)
        return original
    url.uses += 1
    return _added(slack, url, conversation, body, content, is_public=kind == "in_channel")


def _added(
    slack: SlackStandIn,
    url: ResponseUrl,
    conversation: Conversation,
    body: dict[str, Any],
    content: dict[str, Any],
    *,
    is_public: bool,
) -> Message:
    return messages.post(
        slack,
        conversation,
        slack.workspace.app.bot_user,
        **content,
        thread_ts=messages.thread_in(conversation, body.get("thread_ts") or url.thread_ts),
        by_app=True,
        ephemeral_to=None if is_public else url.user,
    )
