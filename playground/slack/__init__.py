"""The stand-in for Slack: a workspace that speaks the Web API and Socket Mode."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from playground.slack.clicks import Clicks
from playground.slack.errors import SlackError
from playground.slack.events import Events
from playground.slack.files import Upload
from playground.slack.interactions import Triggers
from playground.slack.limits import Rate, RateLimiter
from playground.slack.people import People
from playground.slack.seed import WorkspaceSeed
from playground.slack.sockets import SocketHub
from playground.slack.webapi import routes
from playground.slack.workspace import Workspace, new_workspace, workspace_from_json

if TYPE_CHECKING:
    from playground.app import World


def random_hex(characters: int) -> str:
    """Random hexadecimal characters."""
    return secrets.token_hex((characters + 1) // 2)[:characters]


class SlackStandIn:
    """A Slack workspace, and the wire protocols in front of it.

    `workspace` is the state, `people` does what members do, `hub` holds the sockets.
    """

    def __init__(
        self,
        world: World,
        seed: WorkspaceSeed,
        secret: Callable[[int], str] = random_hex,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.world = world
        self.secret = secret
        self.workspace = new_workspace(seed, world.base_url, world.clock.timestamp(), secret)
        self.limiter = RateLimiter(monotonic)
        self.limiter.enabled = self.workspace.rate_limits
        self.triggers = Triggers(monotonic, secret)
        self.clicks = Clicks(world.ledger)
        self.events = Events(self)
        self.hub = SocketHub(world, lambda: self.workspace.app.id, secret, monotonic)
        self.uploads: dict[str, Upload] = {}
        self.people = People(self)
        self.router = routes(self)

    def short_id(self) -> str:
        """An ID for a block or an action that the app did not name, as Slack makes them."""
        return self.secret(5)

    def check_rate(self, key: str, rate: Rate) -> None:
        """Count a call; raises SlackError ratelimited (429 with Retry-After) over the limit."""
        wait = self.limiter.wait_for(key, rate)
        if wait:
            raise SlackError("ratelimited", status=429, retry_after=wait)

    def check_scopes(self, needed: Iterable[str], granted: list[str]) -> None:
        """Raise SlackError missing_scope unless one of the scopes needed was granted."""
        wanted = list(needed)
        if wanted and not set(wanted) & set(granted):
            raise SlackError("missing_scope", needed=wanted[0], provided=",".join(granted))

    async def start(self) -> None:
        """Begin; the sockets come by themselves."""

    async def stop(self) -> None:
        """Close every socket and give up what was still to be delivered."""
        self.events.stop()
        await self.hub.stop()

    def addresses(self) -> dict[str, str]:
        """Base URL and tokens that a Bolt program needs."""
        app = self.workspace.app
        return {
            "slack_api_url": f"{self.world.base_url}/api/",
            "bot_token": app.bot_token,
            "app_token": app.app_token,
            "signing_secret": app.signing_secret,
        }

    def to_json(self) -> dict[str, Any]:
        """The workspace's state; its parts are dataclasses, which orjson writes as they are."""
        return {item.name: getattr(self.workspace, item.name) for item in fields(Workspace)}

    def from_json(self, data: dict[str, Any]) -> None:
        """Take over a saved state, under this world's base URL."""
        self.workspace = workspace_from_json(data)
        self.workspace.base_url = self.world.base_url
        self.limiter.enabled = self.workspace.rate_limits


def build(world: World, seed: Any = None) -> SlackStandIn:
    """The stand-in of a world, from a workspace seed (a mapping) or the default one."""
    return SlackStandIn(world, WorkspaceSeed.model_validate(seed or {}))
