"""Posting, changing and showing messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playground.slack import blocks as block_kit
from playground.slack import mrkdwn
from playground.slack.errors import SlackError
from playground.slack.files import file_field
from playground.slack.workspace import Conversation, Message, Workspace

if TYPE_CHECKING:
    from playground.slack import SlackStandIn

_EVENT_TYPE = re.compile(r"[A-Za-z0-9_.\-]{1,255}")
KEPT_IN_CONVERSATION = 20_000


def checked_content(
    slack: SlackStandIn, args: dict[str, Any], most_characters: int
) -> dict[str, Any]:
    """Text, blocks, attachments and metadata of a message to post, checked as Slack checks them.

    Raises SlackError: no_text, msg_too_long, invalid_blocks, invalid_blocks_format,
    invalid_metadata_format, or a stand-in's own error.
    """
    text = args.get("text") or ""
    if len(text) > most_characters:
        raise SlackError("msg_too_long")
    attachments = args.get("attachments") or []
    markdown = args.get("markdown_text")
    sent = args.get("blocks")
    if markdown is not None:
        if text or sent:
            raise SlackError("markdown_text_conflict")
        if len(markdown) > 12_000:
            raise SlackError("msg_too_long")
        sent = [{"type": "markdown", "text": markdown}]
    if not text.strip() and not sent and not attachments:
        raise SlackError("no_text")
    named = bool(args.get("link_names")) or args.get("parse") == "full"
    if text and (found := mrkdwn.problem_with(text, link_names=named)):
        raise SlackError(found[0], [f"[ERROR] {found[1]} [json-pointer:/text]"])
    content: dict[str, Any] = {"text": text, "blocks": [], "attachments": []}
    if sent is not None:
        if not isinstance(sent, list):
            raise SlackError("invalid_blocks_format")
        refuse(block_kit.check_blocks(sent, "message"), "invalid_blocks")
        content["blocks"] = block_kit.filled_in(sent, slack.short_id)
    content["attachments"] = _checked_attachments(attachments)
    if args.get("metadata") is not None:
        content["metadata"] = checked_metadata(args["metadata"])
    return content


def refuse(problems: list[block_kit.Problem], error: str) -> None:
    """Raise SlackError when there are problems.

    The error is Slack's own when Slack would refuse too, else the stand-in's.
    """
    if not problems:
        return
    own = [problem.error for problem in problems if problem.error is not None]
    only_own = len(own) == len(problems) and block_kit.UNKNOWN_FIELD not in own
    raise SlackError(own[0] if only_own else error, [str(problem) for problem in problems])


def _checked_attachments(attachments: Any) -> list[dict[str, Any]]:
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > 100:  # docs chat.postMessage: too_many_attachments
        raise SlackError("too_many_attachments")
    for number, attachment in enumerate(attachments):
        pointer = f"/attachments/{number}/blocks"
        refuse(
            block_kit.check_blocks(attachment.get("blocks", []), "message", pointer),
            "invalid_blocks",
        )
        for name in ("text", "pretext", "fallback"):
            found = mrkdwn.problem_with(str(attachment.get(name, "")))
            if found:
                raise SlackError(found[0], [f"[ERROR] {found[1]} in an attachment's {name}"])
    return attachments


def checked_metadata(metadata: Any) -> dict[str, Any]:
    """Message metadata, if it has the form that Slack asks for."""
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    kind = metadata.get("event_type") if isinstance(metadata, dict) else None
    if not isinstance(kind, str) or not _EVENT_TYPE.fullmatch(kind):
        raise SlackError("invalid_metadata_format", ["[ERROR] event_type must be a short name"])
    if not isinstance(payload, dict):
        raise SlackError("invalid_metadata_format", ["[ERROR] event_payload must be an object"])
    unknown = set(metadata) - {"event_type", "event_payload", "entities"}
    if unknown:
        raise SlackError("invalid_metadata_format", [f"[ERROR] unknown: {sorted(unknown)}"])
    return {"event_type": kind, "event_payload": payload}


def post(
    slack: SlackStandIn,
    conversation: Conversation,
    user: str,
    *,
    text: str,
    blocks: list[dict[str, Any]] | None = None,
    attachments: list[dict[str, Any]] | None = None,
    metadata: dict[str, Any] | None = None,
    thread_ts: str | None = None,
    files: list[str] | None = None,
    subtype: str | None = None,
    by_app: bool = False,
    username: str | None = None,
    reply_broadcast: bool = False,
    ephemeral_to: str | None = None,
) -> Message:
    """Put a message into a conversation and tell whoever listens."""
    message = Message(
        ts=slack.workspace.next_ts(slack.world.clock.timestamp()),
        channel=conversation.id,
        user=user,
        text=text,
        blocks=blocks or [],
        attachments=attachments or [],
        metadata=metadata,
        thread_ts=thread_ts,
        files=files or [],
        subtype=subtype,
        by_app=by_app,
        username=username,
        reply_broadcast=reply_broadcast,
        ephemeral_to=ephemeral_to,
    )
    messages = conversation.messages
    messages[message.ts] = message
    if len(messages) > KEPT_IN_CONVERSATION:
        del messages[next(iter(messages))]
    if ephemeral_to is None:
        slack.events.message_posted(conversation, message)
    slack.world.changed("slack")
    return message


def thread_in(conversation: Conversation, thread_ts: str | None) -> str | None:
    """The thread that a reply goes into: None, the top level, where there is no such message.

    Slack posts such a reply at the top level, with no error (slack-go/slack issue 1571).
    """
    parent = conversation.messages.get(str(thread_ts)) if thread_ts else None
    return None if parent is None else parent.thread_ts or parent.ts


def change(
    slack: SlackStandIn, conversation: Conversation, message: Message, content: dict[str, Any]
) -> None:
    """Replace a message's content, as chat.update and response_url do."""
    before = None if message.ephemeral_to else shown(slack.workspace, message)
    message.text = content["text"]
    message.blocks = content["blocks"]
    message.attachments = content["attachments"]
    if "metadata" in content:
        message.metadata = content["metadata"]
    message.warnings.clear()
    message.drafts.clear()
    now = slack.workspace.next_ts(slack.world.clock.timestamp())
    message.edited_ts = now
    if before is not None:
        slack.events.message_changed(conversation, message, before)
    slack.world.changed("slack")


def delete(slack: SlackStandIn, conversation: Conversation, message: Message) -> None:
    """Take a message away; one with replies leaves a tombstone, as in Slack."""
    before = None if message.ephemeral_to else shown(slack.workspace, message)
    if message.ephemeral_to is None and conversation.replies(message.ts):
        message.subtype = "tombstone"
        message.text = "This message was deleted."
        message.blocks, message.attachments, message.files = [], [], []
        message.metadata = None
    else:
        del conversation.messages[message.ts]
    if before is not None:
        slack.events.message_deleted(conversation, message.ts, before)
    slack.world.changed("slack")


def shown(
    workspace: Workspace,
    message: Message,
    *,
    with_metadata: bool = False,
    replies: list[Message] | None = None,
) -> dict[str, Any]:
    """A message as the Web API and the events show it."""
    body: dict[str, Any] = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": workspace.team_id,
    }
    if message.subtype is not None:
        body["subtype"] = message.subtype
    if message.by_app:
        body["bot_id"] = workspace.app.bot_id
        body["app_id"] = workspace.app.id
        body["bot_profile"] = {
            "id": workspace.app.bot_id,
            "app_id": workspace.app.id,
            "name": workspace.app.name,
            "team_id": workspace.team_id,
            "deleted": False,
        }
    if message.blocks:
        body["blocks"] = message.blocks
    if message.attachments:
        body["attachments"] = message.attachments
    if message.thread_ts is not None:
        body["thread_ts"] = message.thread_ts
        if message.is_reply:
            body["parent_user_id"] = _parent_user(workspace, message)
    if message.edited_ts is not None:
        body["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.files:
        body["files"] = [
            file_field(workspace.files[ident], workspace)
            for ident in message.files
            if ident in workspace.files
        ]
    if message.reactions:
        body["reactions"] = [
            {"name": name, "users": users, "count": len(users)}
            for name, users in message.reactions.items()
        ]
    if with_metadata and message.metadata is not None:
        body["metadata"] = message.metadata
    if replies:
        body["thread_ts"] = message.ts
        body["reply_count"] = len(replies)
        body["reply_users"] = sorted({reply.user for reply in replies})
        body["reply_users_count"] = len(body["reply_users"])
        body["latest_reply"] = replies[-1].ts
    return body


def _parent_user(workspace: Workspace, message: Message) -> str | None:
    conversation = workspace.conversations.get(message.channel)
    parent = conversation.messages.get(message.thread_ts or "") if conversation else None
    return parent.user if parent else None
