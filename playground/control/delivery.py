"""Control of delivery: sockets, envelopes, gestures' timing, the app's scopes, addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from playground.control.machinery import Done
from playground.slack.sockets import Disturbance

if TYPE_CHECKING:
    from playground.app import World


class SocketSeen(BaseModel):
    """An open socket."""

    id: str
    opened: float
    leaving: bool


class EnvelopeSeen(BaseModel):
    """An envelope and what became of it."""

    id: str
    type: str
    at: float
    retry_attempt: int
    sent_to: list[str]
    acked_ms: float | None
    acked_on: str | None
    payload: dict[str, Any]


class ClickSeen(BaseModel):
    """A gesture and how long it took, in ms since it was made."""

    id: str
    kind: str
    at: float
    member: str
    channel: str | None
    message_ts: str | None
    view_id: str | None
    action_id: str | None
    value: str | None
    envelope_id: str | None
    acked_ms: float | None
    first_response_ms: float | None
    responded_by: str | None
    warning: str | None
    http_calls_between: int = Field(description="this gesture's own calls up to the response")
    other_calls_between: dict[str, int] = Field(description="calls of others meanwhile")


class AppSettings(BaseModel):
    """What of the app is changed; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    scopes: list[str] | None = None
    events: list[str] | None = None
    commands: list[str] | None = None
    event_retry_seconds: list[float] | None = None
    ack_seconds: float | None = Field(default=None, gt=0, le=60)
    rate_limits: bool | None = None


class AppSeen(BaseModel):
    """The app as it is installed."""

    id: str
    name: str
    bot_user: str
    bot_id: str
    team_id: str
    scopes: list[str]
    events: list[str]
    commands: list[str] | None
    event_retry_seconds: list[float]
    ack_seconds: float
    rate_limits: bool


class Counted(BaseModel):
    """How many it was."""

    count: int


def delivery_routes(world: World) -> APIRouter:
    """The routes for sockets, envelopes, gestures, the app and the addresses."""
    routes = APIRouter(tags=["delivery"])
    slack = world.slack

    def app_seen() -> AppSeen:
        workspace = slack.workspace
        app = workspace.app
        return AppSeen(
            id=app.id,
            name=app.name,
            bot_user=app.bot_user,
            bot_id=app.bot_id,
            team_id=workspace.team_id,
            scopes=app.scopes,
            events=app.events,
            commands=app.commands,
            event_retry_seconds=workspace.event_retry_seconds,
            ack_seconds=slack.hub.ack_seconds,
            rate_limits=workspace.rate_limits,
        )

    @routes.get("/addresses")
    async def addresses() -> dict[str, str]:
        """Base URLs, tokens and files to connect with."""
        return world.addresses()

    @routes.get("/app")
    async def read_app() -> AppSeen:
        """The app as it is installed: scopes, events, commands."""
        return app_seen()

    @routes.put("/app")
    async def change_app(settings: AppSettings) -> AppSeen:
        """Grant or take scopes, events and commands; set delivery times."""
        workspace = slack.workspace
        if settings.scopes is not None:
            workspace.app.scopes = settings.scopes
        if settings.events is not None:
            workspace.app.events = settings.events
        if "commands" in settings.model_fields_set:
            workspace.app.commands = settings.commands
        if settings.event_retry_seconds is not None:
            workspace.event_retry_seconds = settings.event_retry_seconds
        if settings.ack_seconds is not None:
            slack.hub.ack_seconds = settings.ack_seconds
        if settings.rate_limits is not None:
            workspace.rate_limits = slack.limiter.enabled = settings.rate_limits
        world.changed("slack")
        return app_seen()

    @routes.get("/sockets")
    async def list_sockets() -> list[SocketSeen]:
        """The open Socket Mode connections."""
        return [
            SocketSeen(id=one.id, opened=one.opened, leaving=one.leaving)
            for one in slack.hub.connections
        ]

    @routes.post("/sockets/refresh")
    async def refresh_sockets() -> Counted:
        """Ask every socket to reconnect, as Slack does regularly."""
        return Counted(count=await slack.hub.refresh())

    @routes.post("/sockets/drop")
    async def drop_sockets() -> Counted:
        """Break every socket without a word."""
        return Counted(count=slack.hub.drop())

    @routes.get("/envelopes")
    async def list_envelopes(
        type: str | None = None, limit: Annotated[int, Query(ge=1, le=2_000)] = 200
    ) -> list[EnvelopeSeen]:
        """The latest envelopes, when each was acked and by which socket."""
        found = [one for one in slack.hub.recent(2_000) if type in (None, one.kind)]
        return [EnvelopeSeen.model_validate(one.to_json()) for one in found[-limit:]]

    @routes.post("/envelopes/disturb")
    async def disturb(disturbance: Disturbance) -> list[Disturbance]:
        """Duplicate, delay or reorder the next envelopes, or lose their acks."""
        slack.hub.disturb(disturbance)
        return slack.hub.disturbances()

    @routes.delete("/envelopes/disturb")
    async def calm() -> Done:
        """Take every disturbance back and deliver what was held."""
        await slack.hub.calm()
        return Done()

    @routes.post("/envelopes/{envelope_id}/redeliver")
    async def redeliver(envelope_id: str) -> Done:
        """Deliver an envelope once more, unchanged."""
        if not await slack.hub.redeliver(envelope_id):
            raise HTTPException(404, f"No envelope {envelope_id} is remembered, or no socket is.")
        return Done()

    @routes.get("/clicks")
    async def list_clicks(
        since: Annotated[float, Query(description="seconds since 1970")] = 0.0,
        limit: Annotated[int, Query(ge=1, le=20_000)] = 10_000,
    ) -> list[ClickSeen]:
        """Every gesture with the times to its ack and to its first response."""
        return [
            ClickSeen.model_validate(click.to_json()) for click in slack.clicks.since(since, limit)
        ]

    @routes.delete("/clicks")
    async def clear_clicks() -> Done:
        """Forget every gesture."""
        slack.clicks.clear()
        return Done()

    @routes.delete("/rate-limits")
    async def reset_rate_limits() -> Done:
        """Fill every bucket of the rate limits."""
        slack.limiter.reset()
        return Done()

    return routes
