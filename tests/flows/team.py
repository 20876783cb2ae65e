"""A team at work in flow tests: members who read their cards and click visible labels."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.flows.installation import Installation
from tests.flows.standins import wait_until

Opinion = Callable[[str, str, str], str]
"""(member, title, stage) → the label to use: Include, Maybe, Exclude, or a reason at full text."""


def labels_of(message: dict[str, Any]) -> list[str]:
    """The visible labels of a message's buttons."""
    return [c["label"] for c in message["controls"] if c["type"] == "button"]


def newest_card(it: Installation, who: str) -> dict[str, Any] | None:
    """The newest message in the member's DM if it is a card."""
    for message in reversed(it.control.messages(who, "dm")):
        if labels_of(message):
            return message if "Skip" in labels_of(message) else None
    return None


def title_on(card: dict[str, Any]) -> str:
    """The title on a card."""
    found = re.search(r"Effects of .+? in cohort\d+", card["words"])
    assert found, f"no title on the card: {card['words']}"
    return found.group(0)


def stage_on(card: dict[str, Any]) -> str:
    """The stage of a card: a full-text card offers no maybe."""
    return "title_abstract" if "Maybe" in labels_of(card) else "full_text"


def ask_for_cards(it: Installation, who: str, size: int = 25) -> dict[str, Any] | None:
    """Ask for cards by the slash command; return the first card, None when there is none."""
    seen = len(it.control.messages(who, "dm"))
    it.control.command(who, f"next {size}", where="dm")
    wait_until(lambda: len(it.control.messages(who, "dm")) > seen, 15)
    return newest_card(it, who)


def use(it: Installation, who: str, card: dict[str, Any], label: str) -> dict[str, Any]:
    """Click a label on a card, or choose a reason; the answer must come without a warning."""
    place = {"where": "dm", "ts": card["ts"], "wait_ms": 8_000}
    if label in labels_of(card):
        used = it.control.click(who, label, **place)
    else:
        used = it.control.choose(who, label, action_id="screen.exclude_because", **place)
    assert used["warning"] is None, used
    return dict(used)


def work_through(
    it: Installation,
    who: str,
    opinion: Opinion,
    *,
    undo_every: int = 0,
    twice_every: int = 0,
    most: int = 500,
) -> int:
    """Vote on every card the member has; sometimes undo and vote again, or tap twice."""
    votes = 0
    for _ in range(most):
        card = newest_card(it, who)
        if card is None:
            return votes
        label = opinion(who, title_on(card), stage_on(card))
        votes += 1
        if undo_every and votes % undo_every == 0:
            use(it, who, card, "Include")
            card = newest_or_any(it, who)
            use(it, who, card, "Undo")
            card = wait_until(lambda: newest_card(it, who), 5)
        used = use(it, who, card, label)
        if twice_every and votes % twice_every == 0:
            it.control.post(f"envelopes/{used['envelope_id']}/redeliver")
    return votes


def newest_or_any(it: Installation, who: str) -> dict[str, Any]:
    """The newest message with buttons in the member's DM."""
    return next(m for m in reversed(it.control.messages(who, "dm")) if labels_of(m))


def write_ris(path: Path, titles: list[str]) -> Path:
    """Write a search export for the command line to import."""
    from tests.desks import ris

    path.write_bytes(ris(titles))
    return path
