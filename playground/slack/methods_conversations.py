"""Web API: conversations.* and users.conversations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from playground.slack import messages
from playground.slack.calls import Call, page_of
from playground.slack.errors import SlackError
from playground.slack.workspace import Conversation, Message

_TYPES = {
    "public_channel": "channel",
    "private_channel": "group",
    "im": "im",
    "mpim": "mpim",
}
_HISTORY_SCOPE = {
    "channel": "channels:history",
    "group": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}
_READ_SCOPE = {
    "channel": "channels:read",
    "group": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}


def open_conversation(call: Call) -> dict[str, Any]:
    """conversations.open: the DM with one member, or a group message with several."""
    bot = call.workspace.app.bot_user
    if call.args.get("channel"):
        found = call.workspace.visible_channel(call.args["channel"])
        return {"channel": {"id": found.id}, "no_op": True, "already_open": True}
    users = call.args.get("users") or []
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 8:  # docs conversations.open: 1 to 8 users
        raise SlackError("too_many_users")
    for user in users:
        member = call.workspace.members.get(user)
        if member is None:
            raise SlackError("user_not_found")
        if member.is_bot:
            raise SlackError("cannot_dm_bot")
    _require(call, "im:write" if len(users) == 1 else "mpim:write")
    made = call.workspace.direct([*users, bot], now=call.slack.world.clock.timestamp())
    call.slack.world.changed("slack")
    if call.args.get("return_im"):
        return {"channel": shown(call, made)}
    return {"channel": {"id": made.id}}


def info(call: Call) -> dict[str, Any]:
    """conversations.info."""
    found = call.workspace.visible_channel(call.args["channel"])
    _require(call, _READ_SCOPE[found.kind])
    body = shown(call, found)
    if call.args.get("include_num_members"):
        body["num_members"] = len(found.members)
    return {"channel": body}


def list_conversations(call: Call) -> dict[str, Any]:
    """conversations.list: every public channel, and the app's other conversations."""
    kinds = _kinds(call)
    bot = call.workspace.app.bot_user
    found = [
        conversation
        for conversation in call.workspace.conversations.values()
        if conversation.kind in kinds
        and (conversation.kind == "channel" or bot in conversation.members)
    ]
    page, following = page_of(found, call.args, 999)
    return _paged("channels", [shown(call, one) for one in page], following)


def of_user(call: Call) -> dict[str, Any]:
    """users.conversations: those a member, or the app, is in."""
    kinds = _kinds(call)
    user = str(call.args.get("user") or call.workspace.app.bot_user)
    if user not in call.workspace.members:
        raise SlackError("user_not_found")
    bot = call.workspace.app.bot_user
    found = [
        conversation
        for conversation in call.workspace.of_member(user)
        if conversation.kind in kinds
        and (conversation.kind == "channel" or bot in conversation.members)
    ]
    page, following = page_of(found, call.args, 999)
    return _paged("channels", [shown(call, one) for one in page], following)


def members(call: Call) -> dict[str, Any]:
    """conversations.members."""
    found = call.workspace.visible_channel(call.args["channel"])
    _require(call, _READ_SCOPE[found.kind])
    page, following = page_of(found.members, call.args, 999)
    return _paged("members", page, following)


def history(call: Call) -> dict[str, Any]:
    """conversations.history: newest first, without the replies in threads."""
    found = _readable(call)
    replies: dict[str, list[Message]] = defaultdict(list)
    top: list[Message] = []
    for message in found.messages.values():
        if message.ephemeral_to is not None:
            continue
        if message.is_reply:
            replies[message.thread_ts or ""].append(message)
        if not message.is_reply or message.reply_broadcast:
            top.append(message)
    spanned = _in_span(call, top)
    spanned.reverse()
    page, following = page_of(spanned, call.args, 999)
    return {
        **_messages(call, page, following, replies),
        "pin_count": 0,
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }


def replies(call: Call) -> dict[str, Any]:
    """conversations.replies: the message and its thread, oldest first."""
    found = _readable(call)
    parent = found.messages.get(str(call.args["ts"]))
    if parent is None or parent.ephemeral_to is not None:
        raise SlackError("thread_not_found")
    below = found.replies(parent.ts)
    thread = [parent, *_in_span(call, below)]
    page, following = page_of(thread, call.args, 999)
    return _messages(call, page, following, {parent.ts: below})


def shown(call: Call, conversation: Conversation) -> dict[str, Any]:
    """A conversation as the Web API shows it."""
    bot = call.workspace.app.bot_user
    body: dict[str, Any] = {
        "id": conversation.id,
        "created": conversation.created,
        "is_archived": False,
        "is_im": conversation.kind == "im",
        "is_mpim": conversation.kind == "mpim",
        "is_org_shared": False,
        "context_team_id": call.workspace.team_id,
    }
    if conversation.kind == "im":
        others = [member for member in conversation.members if member != bot]
        return {
            **body,
            "user": others[0] if others else bot,
            "is_user_deleted": False,
            "is_open": True,
        }
    empty = {"value": "", "creator": "", "last_set": 0}
    return {
        **body,
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": conversation.kind == "channel",
        "is_group": conversation.kind == "group",
        "is_private": conversation.kind != "channel",
        "is_general": conversation.name == "general",
        "is_member": bot in conversation.members,
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "unlinked": 0,
        "creator": conversation.creator,
        "topic": {**empty, "value": conversation.topic},
        "purpose": empty,
        "num_members": len(conversation.members),
    }


def _kinds(call: Call) -> set[str]:
    types = call.args.get("types") or ["public_channel"]
    unknown = [name for name in types if name not in _TYPES]
    if unknown:
        raise SlackError("invalid_types")
    kinds = {_TYPES[name] for name in types}
    for kind in kinds:
        _require(call, _READ_SCOPE[kind])
    return kinds


def _require(call: Call, scope: str) -> None:
    call.slack.check_scopes((scope,), call.workspace.app.scopes)


def _readable(call: Call) -> Conversation:
    found = call.workspace.visible_channel(call.args["channel"])
    _require(call, _HISTORY_SCOPE[found.kind])
    if call.workspace.app.bot_user not in found.members:
        raise SlackError("not_in_channel")
    return found


def _in_span(call: Call, found: list[Message]) -> list[Message]:
    oldest = _moment(call, "oldest")
    latest = _moment(call, "latest")
    inclusive = bool(call.args.get("inclusive"))

    def within(message: Message) -> bool:
        ts = _micros(message.ts)
        after = oldest is None or ts > oldest or (inclusive and ts == oldest)
        before = latest is None or ts < latest or (inclusive and ts == latest)
        return after and before

    return [message for message in found if within(message)]


def _moment(call: Call, name: str) -> int | None:
    text = str(call.args.get(name) or "")
    if text in ("", "0", "now"):
        return None
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise SlackError(f"invalid_ts_{name}")
    return _micros(text)


def _micros(ts: str) -> int:
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int((fraction + "000000")[:6])


def _messages(
    call: Call, page: list[Message], following: str, replies: dict[str, list[Message]]
) -> dict[str, Any]:
    with_metadata = bool(call.args.get("include_all_metadata"))
    found = [
        messages.shown(
            call.workspace,
            message,
            with_metadata=with_metadata,
            replies=replies.get(message.ts),
        )
        for message in page
    ]
    body: dict[str, Any] = {"messages": found, "has_more": bool(following)}
    if following:
        body["response_metadata"] = {"next_cursor": following}
    return body


def _paged(name: str, items: list[Any], following: str) -> dict[str, Any]:
    return {name: items, "response_metadata": {"next_cursor": following}}


HANDLERS: dict[str, Callable[[Call], dict[str, Any]]] = {
    "conversations.open": open_conversation,
    "conversations.info": info,
    "conversations.list": list_conversations,
    "conversations.members": members,
    "conversations.history": history,
    "conversations.replies": replies,
    "users.conversations": of_user,
}
