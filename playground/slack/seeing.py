"""What a member sees, as JSON for /control and for tests."""

from __future__ import annotations

from typing import Any

from playground.slack.blocks import interactive_elements
from playground.slack.finding import labels_of, options_of, text_of
from playground.slack.interactions import view_field
from playground.slack.messages import shown
from playground.slack.workspace import Conversation, Member, Message, View, Workspace


def controls_of(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The buttons, menus and fields of some blocks: type, label, IDs, value, options."""
    found = []
    for block in blocks:
        for element in interactive_elements(block):
            labels = labels_of(block, element)
            control: dict[str, Any] = {
                "type": element["type"],
                "label": labels[-1] if block.get("type") == "input" and labels else "",
                "block_id": block["block_id"],
                "action_id": element["action_id"],
            }
            if not control["label"] and labels:
                control["label"] = labels[0]
            if "value" in element:
                control["value"] = element["value"]
            options = options_of(element)
            if options:
                control["options"] = [
                    {"label": text_of(option["text"]), "value": option["value"]}
                    for option in options
                ]
            found.append(control)
    return found


def plain_text(blocks: list[dict[str, Any]]) -> str:
    """The words of some blocks, a line each, to search in."""
    lines: list[str] = []
    for block in blocks:
        _collect(block, lines)
    return "\n".join(line for line in lines if line)


def _collect(value: Any, lines: list[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, lines)
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            lines.append(value["text"])
        if value.get("type") == "image":
            lines.append(str(value.get("alt_text", "")))
        for item in value.values():
            if isinstance(item, dict | list):
                _collect(item, lines)


def message_seen(workspace: Workspace, message: Message, member: Member) -> dict[str, Any]:
    """A message as a member sees it: with what is only theirs, and what can be used on it."""
    author = workspace.members.get(message.user)
    return {
        **shown(workspace, message, with_metadata=True),
        "user_name": author.name if author else message.user,
        "is_ephemeral": message.ephemeral_to is not None,
        "warning": message.warnings.get(member.id),
        "words": plain_text(message.blocks) or message.text,
        "controls": controls_of(message.blocks),
        "chosen": message.drafts.get(member.id, {}),
    }


def conversation_seen(
    workspace: Workspace, conversation: Conversation, member: Member, limit: int
) -> dict[str, Any]:
    """A conversation as a member sees it: the latest messages, oldest first."""
    visible = [
        message for message in conversation.messages.values() if message.is_seen_by(member.id)
    ]
    return {
        "id": conversation.id,
        "name": title_for(workspace, conversation, member),
        "kind": conversation.kind,
        "topic": conversation.topic,
        "members": [
            workspace.members[ident].name
            for ident in conversation.members
            if ident in workspace.members
        ],
        "messages": [message_seen(workspace, message, member) for message in visible[-limit:]],
    }


def title_for(workspace: Workspace, conversation: Conversation, member: Member) -> str:
    """What a member calls a conversation: #channel, or the others' names."""
    if not conversation.is_direct:
        return f"#{conversation.name}"
    others = [ident for ident in conversation.members if ident != member.id] or [member.id]
    return ", ".join(workspace.members[ident].name for ident in others)


def view_seen(workspace: Workspace, view: View | None) -> dict[str, Any] | None:
    """A modal or Home as a member sees it."""
    if view is None:
        return None
    return {
        **view_field(view, workspace),
        "errors": view.errors,
        "warning": view.warning,
        "words": plain_text(view.blocks),
        "controls": controls_of(view.blocks),
    }
