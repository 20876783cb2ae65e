"""Web API: chat.* and reactions.add."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.slack import messages
from playground.slack.calls import Call
from playground.slack.errors import SlackError
from playground.slack.limits import (
    MESSAGE_CHARACTERS,
    POSTING_IN_CHANNEL,
    POSTING_IN_WORKSPACE,
    UPDATE_CHARACTERS,
)
from playground.slack.workspace import Conversation, Message


def post_message(call: Call) -> dict[str, Any]:
    """chat.postMessage: to a channel, or to a member's DM by user ID."""
    conversation = _target(call, str(call.args["channel"]))
    _may_post(call, conversation)
    call.slack.check_rate(f"post:{conversation.id}", POSTING_IN_CHANNEL)
    call.slack.check_rate("post", POSTING_IN_WORKSPACE)
    content = messages.checked_content(call.slack, call.args, MESSAGE_CHARACTERS)
    message = messages.post(
        call.slack,
        conversation,
        call.workspace.app.bot_user,
        **content,
        thread_ts=messages.thread_in(conversation, call.args.get("thread_ts")),
        by_app=True,
        username=call.args.get("username"),
        reply_broadcast=bool(call.args.get("reply_broadcast")),
    )
    return {
        "channel": conversation.id,
        "ts": message.ts,
        "message": messages.shown(call.workspace, message, with_metadata=True),
    }


def post_ephemeral(call: Call) -> dict[str, Any]:
    """chat.postEphemeral: seen by one member of the channel."""
    conversation = _target(call, str(call.args["channel"]))
    _may_post(call, conversation)
    user = str(call.args["user"])
    if user not in call.workspace.members:
        raise SlackError("user_not_found")
    if user not in conversation.members:
        raise SlackError("user_not_in_channel")
    content = messages.checked_content(call.slack, call.args, MESSAGE_CHARACTERS)
    message = messages.post(
        call.slack,
        conversation,
        call.workspace.app.bot_user,
        **content,
        thread_ts=messages.thread_in(conversation, call.args.get("thread_ts")),
        by_app=True,
        ephemeral_to=user,
    )
    return {"message_ts": message.ts}


def update_message(call: Call) -> dict[str, Any]:
    """chat.update: replace the app's own message."""
    conversation = call.workspace.visible_channel(call.args["channel"])
    message = _own(call, conversation, "cant_update_message")
    # docs chat.update: blocks and attachments that are not sent are kept; [] removes them.
    kept = {"text": message.text} if "text" not in call.args and message.text else {}
    content = messages.checked_content(call.slack, {**kept, **call.args}, UPDATE_CHARACTERS)
    for name, stood in (("blocks", message.blocks), ("attachments", message.attachments)):
        if name not in call.args:
            content[name] = stood
    messages.change(call.slack, conversation, message, content)
    if "file_ids" in call.args:
        message.files = list(call.args["file_ids"])
    return {
        "channel": conversation.id,
        "ts": message.ts,
        "text": message.text,
        "message": messages.shown(call.workspace, message, with_metadata=True),
    }


def delete_message(call: Call) -> dict[str, Any]:
    """chat.delete: take the app's own message away."""
    conversation = call.workspace.visible_channel(call.args["channel"])
    message = _own(call, conversation, "cant_delete_message")
    messages.delete(call.slack, conversation, message)
    return {"channel": conversation.id, "ts": message.ts}


def get_permalink(call: Call) -> dict[str, Any]:
    """chat.getPermalink: an address that opens the message in the playground."""
    conversation = call.workspace.visible_channel(call.args["channel"])
    message = _found(conversation, str(call.args["message_ts"]))
    base = f"{call.slack.world.base_url}/archives/{conversation.id}"
    link = f"{base}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={conversation.id}"
    return {"channel": conversation.id, "permalink": link}


def add_reaction(call: Call) -> dict[str, Any]:
    """reactions.add: by the app."""
    conversation = call.workspace.visible_channel(call.args["channel"])
    message = _found(conversation, str(call.args["timestamp"]))
    users = message.reactions.setdefault(str(call.args["name"]), [])
    bot = call.workspace.app.bot_user
    if bot in users:
        raise SlackError("already_reacted")
    users.append(bot)
    call.slack.events.reaction_added(bot, str(call.args["name"]), message)
    call.slack.world.changed("slack")
    return {}


def _target(call: Call, channel: str) -> Conversation:
    if channel in call.workspace.members and channel.startswith("U"):
        bot = call.workspace.app.bot_user
        return call.workspace.direct([channel, bot], now=call.slack.world.clock.timestamp())
    return call.workspace.visible_channel(channel)


def _may_post(call: Call, conversation: Conversation) -> None:
    if call.workspace.app.bot_user not in conversation.members:
        raise SlackError("not_in_channel")


def _found(conversation: Conversation, ts: str) -> Message:
    message = conversation.messages.get(ts)
    if message is None or message.ephemeral_to is not None:
        # Ephemeral messages have no permalink, reaction or update (platform-limits.md).
        raise SlackError("message_not_found")
    return message


def _own(call: Call, conversation: Conversation, error: str) -> Message:
    message = _found(conversation, str(call.args["ts"]))
    if not message.by_app or message.subtype == "tombstone":
        raise SlackError(error)
    return message


HANDLERS: dict[str, Callable[[Call], dict[str, Any]]] = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update_message,
    "chat.delete": delete_message,
    "chat.getPermalink": get_permalink,
    "reactions.add": add_reaction,
}
