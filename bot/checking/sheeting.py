"""Checks Google: the service account's key, and that each review's spreadsheet can be edited."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator

from bot.checking.findings import Finding, ok, wrong
from screening.config import Installation
from sheets.client import Account, SheetClient, connect
from sheets.errors import SheetError, SheetNotSharedError
from sheets.quota import Quota


def check_sheets(installation: Installation) -> Iterator[Finding]:
    """Read each spreadsheet, and write its own title back to it: only an editor may."""
    google = installation.google
    account = Account(
        json.loads(google.credentials.get_secret_value()), google.sheets_url, google.drive_url
    )
    try:
        client = connect(account, Quota(time.monotonic), time.sleep, random.Random())
    except SheetError as error:
        yield wrong("Google key", str(error), "Create a new key for the service account.")
        return
    for review in installation.reviews.values():
        yield _one(client, account.email, f"sheet of {review.review_id}", review.spreadsheet)


def _one(client: SheetClient, email: str, name: str, spreadsheet: str) -> Finding:
    try:
        title = client.describe(spreadsheet, urgent=True)["properties"]["title"]
        same = {"updateSpreadsheetProperties": {"properties": {"title": title}, "fields": "title"}}
        client.write(spreadsheet, [same], urgent=True)
    except SheetNotSharedError as error:
        return wrong(name, str(error), f"Share the spreadsheet with {email} as an editor.")
    except SheetError as error:
        return wrong(name, str(error), "")
    return ok(name, f"“{title}” can be edited")
