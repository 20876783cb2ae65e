"""What is recorded but not yet carried to the sheet or to Slack.

Each change of an item gives it a new, higher number (`seq`). Whoever carries it finishes the number
that they read, so that an item changed again in the meantime stays waiting.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from screening.views import OutboxItem
from store.imports import Imports
from store.part import IDS, PIECE, REVIEW, ROWS, pieces, putting
from store.schema import outbox

KEY = ("review_id", "channel", "kind", "item_key")
CHANGED = ("seq", "payload", "attempts", "error", "tried_at")
_WAITING = (
    select(outbox)
    .where(
        outbox.c.review_id == REVIEW,
        outbox.c.channel == bindparam("of_channel"),
        outbox.c.seq > bindparam("after"),
    )
    .order_by(outbox.c.seq)
    .limit(bindparam("most"))
)
_WAITING_OF_KINDS = _WAITING.where(outbox.c.kind.in_(bindparam("kinds", expanding=True)))
_ATTEMPTS = select(outbox.c.seq, outbox.c.attempts).where(
    outbox.c.review_id == REVIEW, outbox.c.seq.in_(IDS)
)
_FINISH = delete(outbox).where(outbox.c.review_id == REVIEW, outbox.c.seq.in_(IDS))
_FAIL = (
    update(outbox)
    .where(outbox.c.review_id == REVIEW, outbox.c.seq.in_(IDS))
    .values(
        attempts=outbox.c.attempts + 1,
        error=bindparam("what"),
        tried_at=func.coalesce(outbox.c.tried_at, bindparam("at", type_=outbox.c.tried_at.type)),
    )
)
_SIZE = select(func.count()).where(
    outbox.c.review_id == REVIEW, outbox.c.channel == bindparam("of_channel")
)


class Outbox(Imports):
    """Items to carry, kept in the transaction that makes them necessary."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Written at the end of the transaction, or before the outbox is read within it.
        self._items: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.enqueued = 0

    def enqueue(
        self,
        channel: str,
        kind: str,
        key: str,
        at: datetime,
        payload: Mapping[str, object] | None = None,
    ) -> None:
        """Put something into the outbox; an item that already waits is brought up to date."""
        # Removed first, so that the newest change is also the last in order.
        self._items.pop((channel, kind, key), None)
        self._items[channel, kind, key] = {"payload": dict(payload or {}), "created_at": at}
        self.enqueued += 1
        if len(self._items) >= ROWS:
            self._write_items()

    def enqueue_rows(self, tab: str, keys: Iterable[str], at: datetime) -> None:
        """Put many rows of a tab of the sheet into the outbox."""
        for key in keys:
            self.enqueue("sheet", tab, key, at)

    def outbox(
        self, channel: str, limit: int, kinds: Collection[str] = (), after: int = 0
    ) -> list[OutboxItem]:
        """Return what waits, by `seq`, behind `after`; only of the given kinds when any are named."""
        self._write_items()
        named: dict[str, Any] = {"of_channel": channel, "most": limit, "after": after}
        if kinds:
            rows = self._all(_WAITING_OF_KINDS, **named, kinds=list(kinds))
        else:
            rows = self._all(_WAITING, **named)
        return [
            OutboxItem(
                seq=row.seq,
                review_id=row.review_id,
                channel=row.channel,
                kind=row.kind,
                key=row.item_key,
                payload=row.payload,
                created_at=row.created_at,
                attempts=row.attempts,
                tried_at=row.tried_at,
            )
            for row in rows
        ]

    def finish_outbox(self, seqs: Collection[int]) -> None:
        """Take out what was carried; an item changed since it was read has a new number and stays."""
        self._write_items()
        for piece in pieces(seqs, PIECE):
            self._run(_FINISH, ids=piece)

    def fail_outbox(self, seqs: Collection[int], error: str, at: datetime) -> None:
        """Note that carrying was tried in vain; the items stay."""
        self._write_items()
        for piece in pieces(seqs, PIECE):
            self._run(_FAIL, ids=piece, what=error, at=at)

    def claim_outbox(self, items: Collection[OutboxItem], at: datetime) -> set[int]:
        """Count an attempt of the items that are as they were read; return their numbers.

        What is left out was changed, carried or tried by another process since.
        """
        self._write_items()
        read = {item.seq: item.attempts for item in items}
        taken = {
            row.seq
            for piece in pieces(read, PIECE)
            for row in self._all(_ATTEMPTS, ids=piece)
            if row.attempts == read[row.seq]
        }
        self.fail_outbox(taken, "sending", at)
        return taken

    def outbox_size(self, channel: str) -> int:
        """Return how many items wait."""
        self._write_items()
        return int(self._value(_SIZE, of_channel=channel))

    def _write_items(self) -> None:
        """Write the items put in since the last time."""
        if not self._items:
            return
        numbers = self._reserve("outbox", len(self._items))
        rows = [
            {
                "review_id": self.review_id,
                "channel": channel,
                "kind": kind,
                "item_key": key,
                "seq": seq,
                "attempts": 0,
                "error": "",
                "tried_at": None,
                **values,
            }
            for seq, ((channel, kind, key), values) in zip(
                numbers, self._items.items(), strict=True
            )
        ]
        self._items.clear()
        # `created_at` stays, so that a row's lag is told from its first change on.
        self._connection.execute(putting(self._dialect, outbox, KEY, CHANGED), rows)
