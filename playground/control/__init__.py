"""The HTTP API by which a program does in the playground what a person can do there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from playground.control.colleagues import colleagues_routes
from playground.control.delivery import delivery_routes
from playground.control.machinery import machinery_routes
from playground.control.workspace import workspace_routes
from playground.slack.errors import PersonError

if TYPE_CHECKING:
    from playground.app import World


def create_control(world: World) -> FastAPI:
    """The application mounted at /control; its OpenAPI covers exactly these verbs."""
    control = FastAPI(
        title="Playground control",
        description="Everything that a person or a fault can do in the playground.",
    )

    async def cannot(_: Request, error: Exception) -> Response:
        return JSONResponse({"detail": str(error)}, status_code=400)

    control.add_exception_handler(PersonError, cannot)
    control.include_router(workspace_routes(world))
    control.include_router(delivery_routes(world))
    control.include_router(machinery_routes(world))
    control.include_router(colleagues_routes(world))
    control.include_router(world.google.control)
    return control
