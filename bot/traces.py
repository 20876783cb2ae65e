"""Looks in Slack for what an attempt may have left there, by the key in a message's metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.posts import Step, message_key
from bot.slack import Posted, SlackClient
from screening.views import OutboxItem

SKEW = timedelta(hours=1)
"""How far Slack's clock may be from ours when a message is looked for."""
PAGE = 200
PAGES = 25
"""Together more than a busy channel holds between the first attempt and the last."""


def find_step(slack: SlackClient, item: OutboxItem, step: Step) -> Posted | None:
    """Return the message by which a step already stands in Slack, None when it does not."""
    for posted in posted_since(slack, [item], step.channel):
        if step.file:
            if step.file in posted.files:
                return posted
        elif not posted.files and carries(posted, item):
            return posted
    return None


def posted_since(slack: SlackClient, items: Sequence[OutboxItem], channel: str) -> list[Posted]:
    """Return what we posted since the first of these items was first tried."""
    oldest = (min(item.tried_at or item.created_at for item in items) - SKEW).timestamp()
    found = slack.history(channel, oldest=f"{oldest:.6f}", limit=PAGE, pages=PAGES)
    return [posted for posted in found if posted.own]


def carries(posted: Posted, item: OutboxItem) -> bool:
    """Tell whether a message announces an item, alone or among others."""
    return message_key(item) in told_by(posted)


def told_by(posted: Posted) -> list[str]:
    """Return the keys of the items that a message announces."""
    payload: Mapping[str, Any] = posted.metadata
    return [str(key) for key in payload.get("keys") or (payload.get("key") or "",)]
