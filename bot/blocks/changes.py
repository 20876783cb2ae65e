"""What the channel is told when a review's settings change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.blocks.kit import Message, context, message, section
from bot.blocks.text import outside
from screening.review import Review

_BLINDING = {
    "open": (
        "votes are no longer blind: each is in the sheet in the clear as soon as it is cast",
        "Votes cast until now stay sealed until their record is decided.",
    ),
    "sealed": (
        "votes are blind: each is sealed in the sheet until its record is decided",
        "Votes that were shown already stay in the clear.",
    ),
}


def blinding_message(review: Review, payload: Mapping[str, Any]) -> Message:
    """Return the word that votes cast from now on are shown otherwise than those before."""
    blinding = str(payload["blinding"])
    what, rest = _BLINDING[blinding]
    text = f"*{outside(review.title, 300)}*: from now on {what}."
    note = f'{rest} The configuration says `blinding = "{blinding}"`.'
    return message(f"{text} {rest}", [section(text), context(note)])
