"""Looks into the sheet before the first import into an empty store: it may hold the review already."""

from __future__ import annotations

import os
from pathlib import Path

from screening.errors import WinnowError
from screening.pairing import SheetHoldsReviewError, holds_records, refusal
from screening.ports import Desk
from screening.review import Review


def check_before_import(desk: Desk, review: Review, config_path: Path) -> str:
    """Raise `SheetHoldsReviewError` when the store is empty and its review's sheet is not.

    Google is asked only while the store is empty, or once the sheet was refused, and only once.
    Returns "" or, when it could not be asked, why: the import may go on, for a sheet that holds
    what the store does not know is never written.
    """
    with desk.store.reading(review.review_id) as tx:
        if holds_records(tx) and not refusal(tx):
            return ""
    if not review.spreadsheet:
        return ""
    # Google's libraries load only where Google is asked: most imports need neither.
    from bot.sheetwork import sheet_service
    from screening.config import ConfigurationError, load_config
    from sheets.errors import NotOwnSheetError, SheetError, UnreachableError

    def no_second_try(seconds: float) -> None:
        raise UnreachableError("it did not answer at once")

    try:
        installation = load_config(config_path, os.environ)
        sheet_service(installation, desk, no_second_try).look(review.review_id)
    except NotOwnSheetError as error:
        raise SheetHoldsReviewError(str(error)) from error
    except (SheetError, ConfigurationError) as error:
        return _unseen(review, error)
    return ""


def _unseen(review: Review, error: WinnowError) -> str:
    why = str(error).splitlines()[0].rstrip(":")
    return (
        f"Google could not be asked whether the spreadsheet {review.spreadsheet!r} holds the review "
        f"already ({why}). If its store was lost, do not go on: `winnow rebuild` brings it back."
    )
