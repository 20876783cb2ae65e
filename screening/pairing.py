"""What a store remembers of the sheet that shows it: which sheet is its own, and why one was refused."""

from __future__ import annotations

from screening.errors import WinnowError
from screening.ports import Desk, Transaction
from screening.review import Review

SHEET_IDENTITY = "sheet_identity"
"""Setting: the text that this store writes into its sheets; "" or none before the first one."""

SHEET_REFUSED = "sheet_refused"
"""Setting: why nothing is written to the sheet, as a sentence; "" or none when all is well."""


class SheetHoldsReviewError(WinnowError):
    """An import into an empty store, though the sheet was not found empty."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Nothing was imported. {reason}")


def holds_records(tx: Transaction) -> bool:
    """Whether the review's store holds anything that a sheet could show."""
    return bool(tx.imports() or tx.records_after("", 1))


def unnamed_reviews(desk: Desk) -> list[str]:
    """Return the IDs of reviews that the store holds and the configuration does not name."""
    return [each for each in desk.store.review_ids() if each not in desk.reviews]


def refusal(tx: Transaction) -> str:
    """Return why nothing is written to the sheet, "" when all is well."""
    return tx.setting(SHEET_REFUSED) or ""


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
