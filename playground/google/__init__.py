"""The stand-in for Google: spreadsheets that speak the Sheets and Drive wire protocols."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from playground.google.api import SheetsApi
from playground.google.control import control_routes
from playground.google.drive import DriveApi
from playground.google.hands import SheetHands
from playground.google.library import Library
from playground.google.quota import Quota
from playground.google.routes import GoogleRoutes
from playground.google.state import Saved, read
from playground.google.tokens import Tokens

if TYPE_CHECKING:
    from playground.app import World

KEY_FILE = "service-account.json"


class GoogleStandIn:
    """Spreadsheets, the wire protocols in front of them, and the hands of the people in them."""

    def __init__(self, world: World) -> None:
        self.world = world
        dice = random.SystemRandom()
        self.library = Library(world.clock, dice, lambda: world.changed("google"))
        # Tokens and quotas live in real time, as the programs that use them do.
        self.tokens = Tokens(time.time, dice)
        self.quota = Quota(time.monotonic)
        self.api = SheetsApi(self.library)
        self.drive = DriveApi(self.library)
        self.hands = SheetHands(self.library, self.tokens.email)
        self.router = GoogleRoutes(self).router()
        self.control = control_routes(self)
        self._saved = Saved()

    def to_json(self) -> dict[str, Any]:
        """The state, for `orjson.dumps`."""
        return {"private_key": self.tokens.private_key_pem(), **self._saved.write(self.library)}

    def from_json(self, data: dict[str, Any]) -> None:
        """Take over a saved state."""
        if data.get("private_key"):
            self.tokens.load_key(data["private_key"])
        read(self.library, data)

    def key_file(self) -> dict[str, str]:
        """The content of the service account's key file."""
        return self.tokens.key_file(self.world.base_url)

    def write_key_file(self) -> Path:
        """Write the key file into the world's folder, readable by its owner only."""
        path = self.world.data_dir / KEY_FILE
        path.touch(mode=0o600, exist_ok=True)
        path.chmod(0o600)
        path.write_bytes(orjson.dumps(self.key_file(), option=orjson.OPT_INDENT_2))
        return path

    def addresses(self) -> dict[str, str]:
        """Base URLs, the service account and its key file, for a gspread program."""
        base = self.world.base_url
        return {
            "sheets_api_url": base,
            "drive_api_url": base,
            "google_token_url": f"{base}/token",
            "google_service_account": self.tokens.email,
            "google_key_file": str(self.write_key_file()),
        }


def build(world: World) -> GoogleStandIn:
    """The stand-in of a world, without any spreadsheet."""
    return GoogleStandIn(world)
