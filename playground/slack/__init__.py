"""The stand-in for Slack: a workspace that speaks the Web API and Socket Mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

if TYPE_CHECKING:
    from playground.app import World


class SlackStandIn:
    """A Slack workspace, and the wire protocols in front of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.router = APIRouter()

    async def start(self) -> None:
        """Begin to deliver."""

    async def stop(self) -> None:
        """Close every socket."""

    def addresses(self) -> dict[str, str]:
        """Base URL and tokens that a Bolt program needs."""
        return {"slack_api_url": f"{self.world.base_url}/api/"}

    def to_json(self) -> dict[str, Any]:
        """The workspace's state as plain JSON values."""
        return {}

    def from_json(self, data: dict[str, Any]) -> None:
        """Take over a saved state."""


def build(world: World, seed: Any = None) -> SlackStandIn:
    """The stand-in of a world, from a workspace seed or the default one."""
    return SlackStandIn(world)
