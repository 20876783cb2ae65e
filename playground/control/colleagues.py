"""Control of the simulated colleagues: let them vote along, stop them, or take single steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from playground.colleagues import Colleagues

if TYPE_CHECKING:
    from playground.app import World


class ColleaguesSet(BaseModel):
    """Whether the colleagues vote along, and who they are."""

    active: bool
    names: list[str]


class Switching(BaseModel):
    """Let them begin or stop."""

    model_config = ConfigDict(extra="forbid")

    active: bool


class Stepping(BaseModel):
    """Let one colleague use the next thing on their newest card, `times` times."""

    model_config = ConfigDict(extra="forbid")

    who: str
    times: int = Field(default=1, ge=1, le=1_000)


class Stepped(BaseModel):
    """The labels that were used, in order; it ends early when nothing was left to use."""

    used: list[str]


def colleagues_routes(world: World) -> APIRouter:
    """The routes under /control/colleagues."""
    routes = APIRouter(prefix="/colleagues", tags=["colleagues"])

    def crew() -> Colleagues:
        if world.colleagues is None:
            raise HTTPException(404, "This playground was started without --colleagues.")
        return world.colleagues

    @routes.get("")
    async def who_votes_along() -> ColleaguesSet:
        """Whether they vote along now."""
        return ColleaguesSet(active=crew().active, names=crew().names)

    @routes.put("")
    async def switch(body: Switching) -> ColleaguesSet:
        """Begin or stop."""
        crew().set(body.active)
        return ColleaguesSet(active=crew().active, names=crew().names)

    @routes.post("/step")
    async def step(body: Stepping) -> Stepped:
        """Let one of them do the next thing."""
        used: list[str] = []
        for _ in range(body.times):
            label = await crew().step(body.who)
            if not label:
                break
            used.append(label)
        return Stepped(used=used)

    return routes
