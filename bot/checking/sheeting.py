"""Checks Google: the service account's key, and that each review's spreadsheet can be edited."""

from __future__ import annotations

from collections.abc import Iterator

from bot.checking.findings import Finding, ok, wrong
from bot.sheetwork import sheet_service
from screening.config import Installation
from screening.ports import Desk
from sheets.errors import CredentialsError, SheetError, SheetNotSharedError


def check_sheets(installation: Installation, desk: Desk) -> Iterator[Finding]:
    """Read each spreadsheet, and write its own title back to it: only an editor may."""
    service = sheet_service(installation, desk)
    for review in desk.each_review():
        name = f"sheet of {review.review_id}"
        try:
            found = service.check(review.review_id)
        except SheetNotSharedError as error:
            yield wrong(name, str(error), "Share the spreadsheet with it as an editor.")
        except CredentialsError as error:
            yield wrong("Google key", str(error), "Create a new key for the service account.")
            return
        except SheetError as error:
            yield wrong(name, str(error), "")
        else:
            new = f"; `winnow run` adds {len(found.missing)} things" if found.missing else ""
            yield ok(name, f"“{found.title}” can be edited by {found.account}{new}")
