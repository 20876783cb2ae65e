"""Wires the sheets' service to the configuration; imported late, because Google's libraries are big."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from screening.config import Installation
from screening.ports import Desk
from screening.sealing import Seal
from sheets.client import Account
from sheets.service import SheetService, service_for


def account_of(installation: Installation) -> Account:
    """Return the service account that the configuration names."""
    google = installation.google
    key = json.loads(google.credentials.get_secret_value())
    return Account(key, google.sheets_url, google.drive_url)


def sheet_service(
    installation: Installation, desk: Desk, sleep: Callable[[float], None] = time.sleep
) -> SheetService:
    """Return the service that keeps the sheets of an installation; nothing is sent yet.

    `sleep` is what a command waits with between two attempts.
    """
    key = installation.seal_key.get_secret_value()
    seal = Seal(key) if key else None  # reviews that are not blinded need none
    return service_for(desk, account_of(installation), seal, sleep=sleep)
