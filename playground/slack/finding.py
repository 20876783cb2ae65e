"""Finding the button or the menu that a person means, by ID or by what is written on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.slack.blocks import interactive_elements
from playground.slack.errors import PersonError
from playground.slack.workspace import Conversation, Member, Message, View, Workspace

SEARCHED_MESSAGES = 500
_EMOJI_NAME = re.compile(r":[a-z0-9_+\-]+:")
_EDGES = re.compile(r"^[^\w(]+|[^\w)%?!.…]+$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to use: by ID, by value, or by the visible label."""

    action_id: str | None = None
    value: str | None = None
    block_id: str | None = None
    label: str | None = None

    def __str__(self) -> str:
        named = {
            "label": self.label,
            "action_id": self.action_id,
            "value": self.value,
            "block_id": self.block_id,
        }
        return ", ".join(f"{key} {item!r}" for key, item in named.items() if item is not None)


@dataclass(frozen=True, slots=True)
class Found:
    """An element, its block, and the option meant when an overflow menu was named by option."""

    block: dict[str, Any]
    element: dict[str, Any]
    option: dict[str, Any] | None = None


def plain_label(text: str) -> str:
    """A label without emoji and case: `:white_check_mark: Include` is `include`."""
    bare = _EMOJI_NAME.sub("", text).strip()
    previous = None
    while previous != bare:
        previous, bare = bare, _EDGES.sub("", bare)
    return (bare or text).casefold()


def text_of(item: Any) -> str:
    """The text of a text object, or nothing."""
    return str(item.get("text", "")) if isinstance(item, dict) else ""


def options_of(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Every option of a menu, those in groups included."""
    found = list(element.get("options", []))
    for group in element.get("option_groups", []):
        found += group.get("options", [])
    return found


def labels_of(block: dict[str, Any], element: dict[str, Any]) -> list[str]:
    """What a person would call an element: its text, its placeholder, its input's label."""
    labels = [text_of(element.get("text")), element.get("accessibility_label", "")]
    labels.append(text_of(element.get("placeholder")))
    if block.get("type") == "input":
        labels.append(text_of(block.get("label")))
    return [label for label in labels if label]


def find_in(blocks: list[dict[str, Any]], wanted: Wanted) -> Found | None:
    """The first element of some blocks that fits."""
    for block in blocks:
        if wanted.block_id is not None and block.get("block_id") != wanted.block_id:
            continue
        for element in interactive_elements(block):
            found = _fits(block, element, wanted)
            if found is not None:
                return found
    return None


def _fits(block: dict[str, Any], element: dict[str, Any], wanted: Wanted) -> Found | None:
    if wanted.action_id is not None and element.get("action_id") != wanted.action_id:
        return None
    options = options_of(element) if element["type"] == "overflow" else []
    if wanted.value is not None and element.get("value") != wanted.value:
        named = [option for option in options if option["value"] == wanted.value]
        return Found(block, element, named[0]) if named else None
    if wanted.label is None:
        return Found(block, element)
    label = plain_label(wanted.label)
    if label in map(plain_label, labels_of(block, element)):
        return Found(block, element)
    named = [option for option in options if plain_label(text_of(option["text"])) == label]
    return Found(block, element, named[0]) if named else None


def find_message(
    workspace: Workspace,
    member: Member,
    wanted: Wanted,
    conversation: Conversation | None = None,
    ts: str | None = None,
) -> tuple[Conversation, Message, Found]:
    """The newest message that the member sees and that has the element; raises PersonError."""
    places = [conversation] if conversation else list(workspace.of_member(member.id))
    best: tuple[Conversation, Message, Found] | None = None
    for place in places:
        for message in _newest_first(place, ts):
            if best is not None and message.ts < best[1].ts:
                break
            found = find_in(message.blocks, wanted) if message.is_seen_by(member.id) else None
            if found is not None:
                best = (place, message, found)
                break
    if best is None:
        where = f"message {ts}" if ts else conversation.name if conversation else "any conversation"
        raise PersonError(f"{member.name} sees nothing with {wanted} in {where}.")
    return best


def _newest_first(conversation: Conversation, ts: str | None) -> Iterator[Message]:
    if ts is not None:
        if ts in conversation.messages:
            yield conversation.messages[ts]
        return
    for number, message in enumerate(reversed(conversation.messages.values())):
        if number >= SEARCHED_MESSAGES:
            return
        yield message


def find_in_view(view: View | None, wanted: Wanted, member: Member, place: str) -> Found:
    """The element of a view; raises PersonError when there is no view or no such element."""
    if view is None:
        raise PersonError(f"{member.name} has no {place} open.")
    found = find_in(view.blocks, wanted)
    if found is None:
        known = [
            label
            for block in view.blocks
            for element in interactive_elements(block)
            for label in labels_of(block, element)[:1]
        ]
        raise PersonError(f"The {place} has nothing with {wanted}; it has {', '.join(known)}.")
    return found
