"""The stand-in for Google: spreadsheets that speak the Sheets and Drive wire protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

if TYPE_CHECKING:
    from playground.app import World


class GoogleStandIn:
    """Spreadsheets, and the wire protocols in front of them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.router = APIRouter()
        self.control = APIRouter()

    def to_json(self) -> dict[str, Any]:
        """The state as plain JSON values."""
        return {}

    def from_json(self, data: dict[str, Any]) -> None:
        """Take over a saved state."""

    def addresses(self) -> dict[str, str]:
        """Base URLs that a gspread program needs."""
        return {}


def build(world: World) -> GoogleStandIn:
    """The stand-in of a world, without any spreadsheet."""
    return GoogleStandIn(world)
