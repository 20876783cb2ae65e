"""The HTTP API by which a program does in the playground what a person can do there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from playground.control.machinery import machinery_routes

if TYPE_CHECKING:
    from playground.app import World


def create_control(world: World) -> FastAPI:
    """The application mounted at /control; its OpenAPI covers exactly these verbs."""
    control = FastAPI(
        title="Playground control",
        description="Everything that a person or a fault can do in the playground.",
    )
    control.include_router(machinery_routes(world))
    if world.has_google:
        control.include_router(world.google.control)
    return control
