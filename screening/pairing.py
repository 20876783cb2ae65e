"""What a store remembers of the sheet that shows it: which sheet is its own, and why one was refused."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from screening.errors import WinnowError
from screening.ports import Desk, Store, Transaction
from screening.review import Review
from screening.views import SheetLag

SHEET_IDENTITY = "sheet_identity"
"""Setting: the text that this store writes into its sheets; "" or none before the first one."""

SHEET_REFUSED = "sheet_refused"
"""Setting: why nothing is written to the sheet, as a sentence; "" or none when all is well."""

SHEET_TROUBLE = "sheet_trouble"
"""Setting: what keeps rows from the sheet, as a sentence; "" or none when they are carried."""

BEHIND = timedelta(minutes=2)
"""Rows that have waited longer are told of: in an ordinary minute, some always wait."""


class SheetHoldsReviewError(WinnowError):
    """An import into an empty store, though the sheet was not found empty."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Nothing was imported. {reason}")


def holds_records(tx: Transaction) -> bool:
    """Whether the review's store holds anything that a sheet could show."""
    return bool(tx.imports() or tx.records_after("", 1))


def unnamed_reviews(store: Store, named: Collection[str]) -> list[str]:
    """Return the IDs of reviews that the store holds and the configuration does not name."""
    return [each for each in store.review_ids() if each not in named]


def refusal(tx: Transaction) -> str:
    """Return why nothing is written to the sheet, "" when all is well."""
    return tx.setting(SHEET_REFUSED) or ""


def lag(tx: Transaction, now: datetime) -> SheetLag | None:
    """Return how far the sheet is behind and why, None while it is not."""
    first = next(iter(tx.outbox("sheet", 1)), None)
    if first is None or now - first.created_at < BEHIND:
        return None
    return SheetLag(tx.outbox_size("sheet"), first.created_at, tx.setting(SHEET_TROUBLE) or "")


def note_trouble(desk: Desk, review_id: str, sentence: str) -> None:
    """Keep what keeps rows from the sheet, for those who ask; "" when they are carried again."""
    with desk.store.reading(review_id) as tx:
        if (tx.setting(SHEET_TROUBLE) or "") == sentence:
            return
    with desk.store.writing(review_id) as tx:
        tx.set_setting(SHEET_TROUBLE, sentence)


def check_sheet_seen(tx: Transaction, review: Review) -> None:
    """Raise `SheetHoldsReviewError` where an import could be the end of what the sheet holds.

    That is: the sheet was refused, or the store is empty and never saw an empty sheet.
    """
    if not review.spreadsheet:
        return
    refused = refusal(tx)
    if refused:
        raise SheetHoldsReviewError(refused)
    if not tx.setting(SHEET_IDENTITY) and not holds_records(tx):
        raise SheetHoldsReviewError(
            "The store holds no records yet, and Winnow has not been able to look into the shared "
            "sheet since it started: it may hold the review already. Try again in a minute; "
            "`winnow check` tells what keeps Winnow from the sheet."
        )
