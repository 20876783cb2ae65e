"""Where the leads' cards of possible duplicates stand, so that each can follow what is decided elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.blocks.duplicate import all_judged_message, duplicate_message
from bot.blocks.kit import Message
from screening.ports import Transaction
from screening.review import Review

MOST_CARDS = 10
"""Cards remembered for each lead; a click on an older one is answered all the same."""


@dataclass(frozen=True, slots=True)
class PairCard:
    """A message in a lead's conversation with us, and the pair that it shows."""

    channel: str
    ts: str
    pair_id: str


def cards_of(tx: Transaction, member_id: str) -> list[PairCard]:
    """Return the cards of one lead, the oldest first."""
    return [PairCard(*card) for card in json.loads(tx.setting(_setting(member_id)) or "[]")]


def remember_card(tx: Transaction, member_id: str, card: PairCard) -> None:
    """Remember which pair a message shows from now on; "" when it asks no more."""
    cards = [c for c in cards_of(tx, member_id) if (c.channel, c.ts) != (card.channel, card.ts)]
    if card.pair_id:
        cards.append(card)
    kept = [(c.channel, c.ts, c.pair_id) for c in cards[-MOST_CARDS:]]
    tx.set_setting(_setting(member_id), json.dumps(kept))


def next_card(tx: Transaction, review: Review, told: str = "") -> tuple[Message, str]:
    """Return the card of the next possible pair and its ID, or the end of the list and ""."""
    waiting = [pair.pair_id for pair in tx.pairs(states=("possible",))]
    if not waiting:
        return all_judged_message(told), ""
    view = tx.duplicate_views(waiting[:1])[0]
    return duplicate_message(review, view, len(waiting), told), view.pair.pair_id


def _setting(member_id: str) -> str:
    return f"duplicate_cards:{member_id}"
