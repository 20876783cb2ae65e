"""Control of the machinery: clock, faults, latency, the ledger of requests, saved state."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from playground.faults import FaultRule, Latency, StoredFault, StoredLatency
from playground.interludes import Interlude, StoredInterlude

if TYPE_CHECKING:
    from playground.app import World


class ClockMove(BaseModel):
    """Move the clock by `seconds`, or to a moment; exactly one of the two."""

    model_config = ConfigDict(extra="forbid")

    seconds: float | None = None
    to: datetime | None = None

    @model_validator(mode="after")
    def _one(self) -> ClockMove:
        if (self.seconds is None) == (self.to is None):
            raise ValueError("give either `seconds` or `to`")
        return self


class ClockReading(BaseModel):
    """What the playground's clock shows."""

    now: datetime
    offset_seconds: float


class Number(BaseModel):
    """The number by which a fault or a latency is removed."""

    id: int


class FaultsSet(BaseModel):
    """Every fault and latency that is set."""

    faults: list[StoredFault]
    latencies: list[StoredLatency]


class LedgerEntry(BaseModel):
    """One request that a stand-in received."""

    seq: int
    at: float
    clock: float
    service: str
    method: str
    http_method: str
    path: str
    status: int | None = Field(description="0: the connection was closed without an answer")
    duration_ms: float | None
    error: str | None
    fault: str | None
    interaction: str | None
    body_bytes: int
    body: Any


class LedgerPage(BaseModel):
    """Requests after a number, oldest first."""

    last_seq: int
    requests: list[LedgerEntry]


class Done(BaseModel):
    """It is done."""

    done: bool = True


class SavedState(BaseModel):
    """Where the state was written; null when the playground keeps it in memory only."""

    path: str | None


def machinery_routes(world: World) -> APIRouter:
    """The routes for clock, faults, ledger and state."""
    routes = APIRouter(tags=["machinery"])

    @routes.get("/clock")
    async def read_clock() -> ClockReading:
        """What the playground's clock shows."""
        return ClockReading(now=world.clock.now(), offset_seconds=world.clock.offset)

    @routes.post("/clock")
    async def move_clock(move: ClockMove) -> ClockReading:
        """Move the clock by seconds, or to a moment."""
        if move.to is not None:
            world.clock.move_to(move.to)
        else:
            world.clock.move(move.seconds or 0.0)
        world.changed("clock")
        return ClockReading(now=world.clock.now(), offset_seconds=world.clock.offset)

    @routes.get("/faults")
    async def list_faults() -> FaultsSet:
        """The faults and latencies that are set."""
        return FaultsSet(faults=world.faults.list(), latencies=list(world.faults.latencies()))

    @routes.post("/faults")
    async def add_fault(rule: FaultRule) -> Number:
        """Inject a fault; gives its number."""
        return Number(id=world.faults.add(rule))

    @routes.post("/latency")
    async def add_latency(latency: Latency) -> Number:
        """Delay matching requests; gives its number."""
        return Number(id=world.faults.add(latency))

    @routes.delete("/faults/{number}")
    async def remove_fault(number: int) -> Done:
        """Take one fault or latency away."""
        if not world.faults.remove(number):
            raise HTTPException(404, f"There is no fault or latency {number}.")
        return Done()

    @routes.delete("/faults")
    async def clear_faults() -> Done:
        """Take every fault and latency away."""
        world.faults.clear()
        return Done()

    @routes.get("/interludes")
    async def list_interludes() -> list[StoredInterlude]:
        """Acts that are to happen before a request, and those that happened."""
        return world.interludes.list()

    @routes.post("/interludes")
    async def add_interlude(interlude: Interlude) -> Done:
        """Do something as a person just before a program's request."""
        world.interludes.add(interlude)
        return Done()

    @routes.delete("/interludes")
    async def clear_interludes() -> Done:
        """Forget every act."""
        world.interludes.clear()
        return Done()

    @routes.get("/requests")
    async def list_requests(
        since: Annotated[int, Query(ge=0)] = 0,
        method: str = "*",
        service: str = "*",
        limit: Annotated[int, Query(ge=1, le=50_000)] = 1_000,
    ) -> LedgerPage:
        """Requests that the stand-ins received, oldest first, tokens masked."""
        entries = world.ledger.since(since, method=method, service=service, limit=limit)
        found = [LedgerEntry.model_validate(entry.to_json()) for entry in entries]
        return LedgerPage(last_seq=world.ledger.last_seq, requests=found)

    @routes.get("/requests/counters")
    async def count_requests() -> dict[str, Any]:
        """Counts by method, error, status and minute; never dropped."""
        return world.ledger.counters()

    @routes.delete("/requests")
    async def clear_requests() -> Done:
        """Forget every request and counter."""
        world.ledger.clear()
        return Done()

    @routes.post("/state/save")
    async def save_state() -> SavedState:
        """Write the state file now."""
        path = await world.save() if world.save is not None else None
        return SavedState(path=str(path) if path else None)

    return routes
