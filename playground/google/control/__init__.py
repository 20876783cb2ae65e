"""The control routes of the sheet: everything that a person can do there, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from playground.google.control.cells import cells_routes
from playground.google.control.files import files_routes
from playground.google.control.machinery import machinery_routes
from playground.google.control.order import order_routes
from playground.google.control.tabs import tabs_routes

if TYPE_CHECKING:
    from playground.google import GoogleStandIn


def control_routes(standin: GoogleStandIn) -> APIRouter:
    """All control routes under /sheets."""
    routes = APIRouter()
    for part in (machinery_routes, files_routes, cells_routes, order_routes, tabs_routes):
        routes.include_router(part(standin))
    return routes
