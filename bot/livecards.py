"""Where each member's card to vote on stands: one message a review, so that no second one stays alive."""

from __future__ import annotations

from dataclasses import dataclass

from screening.ports import Transaction


@dataclass(frozen=True, slots=True)
class Place:
    """A message in a member's conversation with us."""

    channel: str
    ts: str


def live_card(tx: Transaction, member_id: str) -> Place | None:
    """Return the message that shows the member's card, None when none is known to."""
    channel, _, ts = (tx.setting(_setting(member_id)) or "").partition("|")
    return Place(channel, ts) if ts else None


def set_live_card(tx: Transaction, member_id: str, place: Place | None) -> None:
    """Remember which message shows the member's card from now on; None when none does."""
    tx.set_setting(_setting(member_id), f"{place.channel}|{place.ts}" if place else "")


def _setting(member_id: str) -> str:
    return f"live_card:{member_id}"
