"""A team at work in flow tests: members who read their cards and click visible labels."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.flows.installation import Installation
from tests.flows.standins import ControlError, wait_until

Opinion = Callable[[str, str, str], str]
"""(member, title, stage) → the label to use: Include, Maybe, Exclude, or a reason at full text."""


LATEST = 20
"""Messages of a conversation in which members look for their card."""


def labels_of(message: dict[str, Any]) -> list[str]:
    """The visible labels of a message's buttons."""
    return [c["label"] for c in message["controls"] if c["type"] == "button"]


def newest_card(it: Installation, who: str) -> dict[str, Any] | None:
    """The newest message in the member's DM if it is a card."""
    for message in reversed(it.control.messages(who, "dm", limit=LATEST)):
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
    told = wait_until(lambda: it.control.messages(who, "dm")[seen:], 15)
    if is_promised(told):
        return dict(wait_until(lambda: newest_card(it, who), 15))
    return newest_card(it, who)


def is_promised(told: list[dict[str, Any]]) -> bool:
    """Tell whether an answer says that a card is in the DM; it is posted right after the answer."""
    return any("Your card is" in message["words"] for message in told)


def use(it: Installation, who: str, card: dict[str, Any], label: str) -> dict[str, Any]:
    """Click a label on a card, or choose a reason; the answer must come without a warning."""
    place = {"where": "dm", "ts": card["ts"], "wait_ms": 8_000}
    if label in labels_of(card):
        used = it.control.click(who, label, **place)
    else:
        used = it.control.choose(who, label, action_id="screen.exclude_because", **place)
    assert used["warning"] is None, used
    return dict(used)


PATIENCE = 45.0
"""Seconds for which a person goes on looking at the card and clicking again."""


@dataclass(slots=True)
class Journal:
    """What the members did, as they would tell it afterwards."""

    recorded: list[tuple[str, str]] = field(default_factory=list)
    """(member, assignment) of each vote that Slack acknowledged."""
    meant: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """(member, title, stage) → the label last used and not undone."""
    warnings: int = 0
    """How often Slack showed a warning, or nothing changed, and a member tried again."""


def insist(
    it: Installation, who: str, card: dict[str, Any], label: str, journal: Journal
) -> dict[str, Any] | None:
    """Use a label as a person would when things go wrong: look at the card again, click again.

    Returns the last outcome, None when the card showed that an earlier click had taken effect.
    """
    if label in labels_of(card):
        find = lambda c: c["type"] == "button" and c["label"] == label  # noqa: E731
    else:
        find = lambda c: c["action_id"] == "screen.exclude_because"  # noqa: E731
    wanted = next(c for c in card["controls"] if find(c))
    # By its IDs: the same label on the next card is another button.
    place = {"where": "dm", "ts": card["ts"], "wait_ms": 3_500}
    place |= {name: wanted.get(name) for name in ("action_id", "block_id", "value")}
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if wanted["type"] == "button":
                used = it.control.click(who, **place)
            else:
                used = it.control.choose(who, label, **place)
        except ControlError:  # the card changed under the finger
            used = None
        shown = message_at(it, who, card["ts"])
        # By the values, which name the card: drawn afresh, the same button has another block.
        changed = values_of(wanted) not in [values_of(c) for c in shown["controls"] if find(c)]
        if used is not None and used["warning"] is None and label not in ("Undo", "Skip"):
            journal.recorded.append((who, assignment_of(card)))
        if changed:
            return used
        journal.warnings += 1
        time.sleep(0.3)
    raise AssertionError(f"{who} could not use {label!r} within {PATIENCE:g} s: {shown['words']}")


def values_of(control: dict[str, Any]) -> tuple[Any, Any]:
    """What a button or a menu stands for."""
    return control.get("value"), control.get("options")


def message_at(it: Installation, who: str, ts: str) -> dict[str, Any]:
    """One message of the member's DM as it is shown now."""
    return next(m for m in it.control.messages(who, "dm", limit=LATEST) if m["ts"] == ts)


def assignment_of(card: dict[str, Any]) -> str:
    """The assignment that a card is about, from its Skip button."""
    value = next(c["value"] for c in card["controls"] if c["label"] == "Skip")
    return str(value).split("|")[1]


def vote_patiently(
    it: Installation,
    who: str,
    opinion: Opinion,
    journal: Journal,
    *,
    undo_every: int = 0,
    most: int = 500,
) -> int:
    """Vote on up to `most` cards, whatever happens meanwhile; write down what was meant."""
    votes = 0
    while votes < most and (card := newest_card(it, who)) is not None:
        title, stage = title_on(card), stage_on(card)
        label = opinion(who, title, stage)
        votes += 1
        if undo_every and votes % undo_every == 0:
            insist(it, who, card, "Include", journal)
            card = message_at(it, who, card["ts"])
            if "Undo" in labels_of(card):
                insist(it, who, card, "Undo", journal)
                card = message_at(it, who, card["ts"])
        # Shown without Undo, the next card says that the vote was recorded before the bot died.
        if "Skip" in labels_of(card) and title_on(card) == title:
            insist(it, who, card, label, journal)
            journal.meant[who, title, stage] = label
        else:
            journal.meant[who, title, stage] = "Include"
    return votes


def ask_patiently(it: Installation, who: str, size: int) -> dict[str, Any] | None:
    """Ask for cards by the slash command, again while no answer comes."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        seen = len(it.control.messages(who, "dm"))
        asked = it.control.command(who, f"next {size}", where="dm")
        if asked["warning"] is None:
            with contextlib.suppress(TimeoutError):  # no answer, or a card promised that never came
                told = wait_until(lambda since=seen: it.control.messages(who, "dm")[since:], 3)
                if is_promised(told):
                    return dict(wait_until(lambda: newest_card(it, who), 3))
                if not any("try again" in message["words"] for message in told):
                    return newest_card(it, who)
        time.sleep(0.3)
    raise AssertionError(f"{who} was not answered within {PATIENCE:g} s")


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
    return next(m for m in reversed(it.control.messages(who, "dm", limit=LATEST)) if labels_of(m))


def write_ris(path: Path, titles: list[str]) -> Path:
    """Write a search export for the command line to import."""
    from tests.desks import ris

    path.write_bytes(ris(titles))
    return path
