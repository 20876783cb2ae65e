"""How long each gesture took: from the member's click to the ack and to what they saw next."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.ledger import Entry, Ledger

KEPT_CLICKS = 20_000
# Web API calls that a member sees the effect of.
VISIBLE = frozenset(
    {
        "chat.postMessage",
        "chat.postEphemeral",
        "chat.update",
        "chat.delete",
        "views.open",
        "views.push",
        "views.update",
        "views.publish",
    }
)


@dataclass(slots=True)
class Click:
    """One gesture of a member: times in milliseconds since it was made."""

    id: str
    kind: str
    at: float
    started: float
    ledger_seq: int
    member: str
    channel: str | None = None
    message_ts: str | None = None
    view_id: str | None = None
    action_id: str | None = None
    value: str | None = None
    envelope_id: str | None = None
    acked_ms: float | None = None
    first_response_ms: float | None = None
    responded_by: str | None = None
    warning: str | None = None
    http_calls_between: int = 0
    other_calls_between: dict[str, int] = field(default_factory=dict)
    seen: asyncio.Event = field(default_factory=asyncio.Event)

    def to_json(self) -> dict[str, Any]:
        """The gesture for a reader."""
        return {
            "id": self.id,
            "kind": self.kind,
            "at": self.at,
            "member": self.member,
            "channel": self.channel,
            "message_ts": self.message_ts,
            "view_id": self.view_id,
            "action_id": self.action_id,
            "value": self.value,
            "envelope_id": self.envelope_id,
            "acked_ms": self.acked_ms,
            "first_response_ms": self.first_response_ms,
            "responded_by": self.responded_by,
            "warning": self.warning,
            "http_calls_between": self.http_calls_between,
            "other_calls_between": self.other_calls_between,
        }


class Clicks:
    """The latest gestures, and which of them still wait for an answer."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._all: deque[Click] = deque(maxlen=KEPT_CLICKS)
        self._open: dict[str, Click] = {}
        self._number = 0

    def begin(self, kind: str, member: str, **facts: Any) -> Click:
        """Note a gesture at the moment it is made."""
        self._number += 1
        click = Click(
            id=f"click-{self._number}",
            kind=kind,
            at=time.time(),
            started=time.perf_counter(),
            ledger_seq=self._ledger.last_seq,
            member=member,
            **facts,
        )
        self._all.append(click)
        self._open[click.id] = click
        if len(self._open) > 500:  # gestures that nothing ever answered
            del self._open[next(iter(self._open))]
        return click

    def attribute(self, entry: Entry, method: str, args: dict[str, Any]) -> None:
        """Tell which gesture a Web API call belongs to: by member, channel or view."""
        if entry.interaction is not None or not self._open:
            return
        for click in reversed(self._open.values()):
            if (
                args.get("channel") in (click.channel, click.member)
                or click.member in (args.get("user"), args.get("user_id"))
                or (click.view_id is not None and args.get("view_id") == click.view_id)
            ):
                entry.interaction = click.id
                return

    def answered(self, click_id: str | None, by: str) -> None:
        """Note that the member now sees something; the first one counts."""
        click = self._open.pop(click_id or "", None)
        if click is None:
            return
        click.first_response_ms = round((time.perf_counter() - click.started) * 1_000, 3)
        click.responded_by = by
        others: Counter[str] = Counter()
        for entry in self._ledger.latest(click.ledger_seq):
            if entry.interaction == click.id:
                click.http_calls_between += 1
            else:
                others[f"{entry.service}:{entry.method}"] += 1
        click.other_calls_between = dict(others)
        click.seen.set()

    def since(self, at: float, limit: int = 10_000) -> list[Click]:
        """The gestures made after a moment (seconds since 1970), oldest first."""
        return [click for click in self._all if click.at > at][:limit]

    def clear(self) -> None:
        """Forget every gesture."""
        self._all.clear()
        self._open.clear()
