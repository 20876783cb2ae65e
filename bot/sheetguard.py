"""Looks into the sheet before the first import into an empty store: it may hold the review already."""

from __future__ import annotations

import os
from pathlib import Path

from screening.errors import WinnowError
from screening.pairing import SheetHoldsReviewError, holds_records, refusal
from screening.ports import Desk
from screening.review import Review


class SheetUnseenError(WinnowError):
    """The store is empty, and Google cannot be asked whether the sheet is."""

    def __init__(self, review: Review, option: str, error: WinnowError) -> None:
        super().__init__(
            "Nothing was imported: the store holds no records yet, and Google could not be asked "
            f"whether the spreadsheet {review.spreadsheet!r} holds the review already. Try again "
            f"when it can be asked, or add {option} if you know that the sheet is a new one. What "
            f"kept Winnow from asking: {error}"
        )


def check_before_import(desk: Desk, review: Review, config_path: Path, option: str) -> None:
    """Raise unless an import cannot be the end of what the sheet holds.

    Google is asked only while the store is empty, or once the sheet was refused. `option` is the
    option that keeps it from being asked. Raises `SheetHoldsReviewError` and `SheetUnseenError`.
    """
    with desk.store.reading(review.review_id) as tx:
        if holds_records(tx) and not refusal(tx):
            return
    if not review.spreadsheet:
        return
    # Google's libraries load only where Google is asked: most imports need neither.
    from bot.sheetwork import sheet_service
    from screening.config import ConfigurationError, load_config
    from sheets.errors import NotOwnSheetError, SheetError

    try:
        sheet_service(load_config(config_path, os.environ), desk).look(review.review_id)
    except NotOwnSheetError as error:
        raise SheetHoldsReviewError(str(error)) from error
    except (SheetError, ConfigurationError) as error:
        raise SheetUnseenError(review, option, error) from error
