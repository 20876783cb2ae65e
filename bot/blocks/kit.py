"""Blocks, elements and views as Slack takes them; what breaks one of Slack's limits raises here.

Raw block dictionaries are written nowhere else. Lengths are counted in UTF-16 units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.blocks.text import clip, one_line, width

Block = dict[str, Any]
Style = Literal["", "primary", "danger"]

SECTION = 3_000
FIELD = 2_000
CONTEXT = 2_000
HEADER = 150
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
OPTION = 75
OPTION_VALUE = 150
OPTIONS = 100
PLACEHOLDER = 150
NAME = 255
VIEW_TITLE = 24
PRIVATE_METADATA = 3_000
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
FALLBACK = 3_000
TOTAL = 12_000
"""Characters of text in one message: Slack documents none for blocks together, and cuts text at 40,000."""


class BlockLimitError(ValueError):
    """A builder made something that Slack would refuse: a fault of ours, not of the person."""

    def __init__(self, what: str, limit: int, actual: int) -> None:
        super().__init__(f"{what} has {actual}, and Slack takes at most {limit}")


@dataclass(frozen=True, slots=True)
class Message:
    """A message to send: its blocks, and the text read aloud and shown in notifications."""

    text: str
    blocks: tuple[Block, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """Return the arguments that chat.postMessage and a response_url share."""
        payload: dict[str, Any] = {"text": self.text, "blocks": list(self.blocks)}
        if not self.blocks:
            del payload["blocks"]
        return payload


def message(text: str, blocks: Sequence[Block] = ()) -> Message:
    """Return a message; `text` is mrkdwn already made safe."""
    _check("A message", MESSAGE_BLOCKS, len(blocks))
    _check("A message's fallback text", FALLBACK, width(text))
    return Message(text, tuple(blocks))


def section(text: str, accessory: Block | None = None, *, expand: bool = True) -> Block:
    """Return a section of mrkdwn; `expand` shows all of it without a "see more"."""
    made: Block = {"type": "section", "text": mrkdwn(text, SECTION)}
    if expand:
        made["expand"] = True
    if accessory is not None:
        made["accessory"] = accessory
    return made


def fields(texts: Sequence[str]) -> Block:
    """Return a section of two columns, ten fields at most."""
    _check("A section's fields", 10, len(texts))
    return {"type": "section", "fields": [mrkdwn(text, FIELD) for text in texts]}


def context(*texts: str) -> Block:
    """Return small grey print."""
    _check("A context block", 10, len(texts))
    return {"type": "context", "elements": [mrkdwn(text, CONTEXT) for text in texts]}


def header(text: str) -> Block:
    """Return a headline of plain text."""
    return {"type": "header", "text": plain(text, HEADER)}


def divider() -> Block:
    """Return a rule."""
    return {"type": "divider"}


def actions(block_id: str, *elements: Block) -> Block:
    """Return a row of buttons and menus."""
    _check("An actions block", 25, len(elements))
    _check("A block_id", NAME, width(block_id))
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(
    text: str,
    action_id: str,
    value: str,
    *,
    style: Style = "",
    url: str = "",
    label: str = "",
    confirm: Block | None = None,
) -> Block:
    """Return a button; `label` is what a screen reader says, cut to Slack's length."""
    _check("A button's value", BUTTON_VALUE, width(value))
    _check("An action_id", NAME, width(action_id))
    made: Block = {
        "type": "button",
        "text": plain(text, BUTTON_TEXT),
        "action_id": action_id,
        "value": value,
    }
    if style:
        made["style"] = style
    if url:
        made["url"] = url
    if label:
        made["accessibility_label"] = cut_plain(label, BUTTON_TEXT)
    if confirm is not None:
        made["confirm"] = confirm
    return made


def option(text: str, value: str) -> Block:
    """Return a menu's option; a longer text is cut, a longer value is refused."""
    _check("An option's value", OPTION_VALUE, width(value))
    return {"text": plain(cut_plain(text, OPTION), OPTION), "value": value}


def select(
    placeholder: str,
    action_id: str,
    options: Sequence[Block],
    *,
    initial: Block | None = None,
) -> Block:
    """Return a menu of one choice, of 1 to 100 options."""
    _check("A menu", OPTIONS, len(options))
    _check("A menu without options", 0, 0 if options else 1)
    made: Block = {
        "type": "static_select",
        "placeholder": plain(placeholder, PLACEHOLDER),
        "action_id": action_id,
        "options": list(options),
    }
    if initial is not None:
        made["initial_option"] = initial
    return made


def text_input(
    action_id: str, *, initial: str = "", multiline: bool = False, longest: int = 3_000
) -> Block:
    """Return a field to write in."""
    made: Block = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": multiline,
        "max_length": longest,
    }
    if initial:
        made["initial_value"] = initial
    return made


def date_input(action_id: str) -> Block:
    """Return a field for a date."""
    return {"type": "datepicker", "action_id": action_id}


def input_block(
    block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False
) -> Block:
    """Return a labelled field of a modal."""
    made: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, FIELD),
        "element": element,
        "optional": optional,
    }
    if hint:
        made["hint"] = plain(hint, FIELD)
    return made


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str = "",
    submit: str = "",
    close: str = "Close",
    private_metadata: str = "",
) -> Block:
    """Return a modal view."""
    _check("A modal", VIEW_BLOCKS, len(blocks))
    _check("private_metadata", PRIVATE_METADATA, width(private_metadata))
    view: Block = {
        "type": "modal",
        "title": plain(title, VIEW_TITLE),
        "blocks": list(blocks),
        "close": plain(close, VIEW_TITLE),
        "private_metadata": private_metadata,
    }
    if callback_id:
        view["callback_id"] = callback_id
    if submit:
        view["submit"] = plain(submit, VIEW_TITLE)
    return view


def home_view(blocks: Sequence[Block], private_metadata: str = "") -> Block:
    """Return a Home tab."""
    _check("A Home tab", VIEW_BLOCKS, len(blocks))
    return {"type": "home", "blocks": list(blocks), "private_metadata": private_metadata}


def mrkdwn(text: str, limit: int) -> Block:
    """Return an mrkdwn text object; verbatim, so that Slack links no name or channel by itself."""
    _check("A text", limit, width(text))
    _check("An empty text", 0, 0 if text else 1)
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str, limit: int) -> Block:
    """Return a plain text object."""
    _check(f"The plain text {text[:30]!r}", limit, width(text))
    _check("An empty plain text", 0, 0 if text else 1)
    return {"type": "plain_text", "text": text, "emoji": False}


def cut_plain(text: str, limit: int) -> str:
    """Return text from outside on one line, cut for a plain text object; never empty."""
    return clip(one_line(text), limit) or "–"


def _check(what: str, limit: int, actual: int) -> None:
    if actual > limit:
        raise BlockLimitError(what, limit, actual)
