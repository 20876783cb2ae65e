"""Faults and latency that a test or a person injects into either stand-in."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Service = Literal["slack", "google"]
FaultKind = Literal["status", "timeout_before_effect", "timeout_after_effect", "drop_socket"]


class FaultRule(BaseModel):
    """One fault: which requests it hits, what happens to them, and how often.

    `method` is a shell pattern over the method's name: a Web API method (`chat.*`),
    `response_url`, `socket` (an envelope about to be sent), `upload`, or a Google method.
    """

    model_config = ConfigDict(extra="forbid")

    service: Service
    method: str = "*"
    kind: FaultKind = "status"
    status: int = Field(default=503, ge=200, le=599)
    retry_after: int | None = Field(default=None, ge=0)
    error: str | None = None
    times: int = Field(default=1, ge=-1, description="-1: until it is removed")
    skip: int = Field(default=0, ge=0, description="let so many matching requests through first")
    hold_ms: int = Field(default=0, ge=0, description="hold the connection before closing it")


class Latency(BaseModel):
    """Milliseconds by which matching requests are delayed."""

    model_config = ConfigDict(extra="forbid")

    service: Service
    method: str = "*"
    ms: float = Field(ge=0)


class StoredFault(BaseModel):
    """A fault as it stands: its number, the rule and how often it has struck."""

    id: int
    rule: FaultRule
    seen: int = 0
    struck: int = 0


class StoredLatency(BaseModel):
    """A latency as it stands."""

    id: int
    latency: Latency


class Faults:
    """Every fault and latency that is set at the moment."""

    def __init__(self) -> None:
        self._next_id = 1
        self._faults: dict[int, StoredFault] = {}
        self._latencies: dict[int, StoredLatency] = {}

    def add(self, item: FaultRule | Latency) -> int:
        """Set a fault or a latency; gives the number to remove it by."""
        number = self._next_id
        self._next_id += 1
        if isinstance(item, Latency):
            self._latencies[number] = StoredLatency(id=number, latency=item)
        else:
            self._faults[number] = StoredFault(id=number, rule=item)
        return number

    def list(self) -> list[StoredFault]:
        """The faults that can still strike, oldest first."""
        return list(self._faults.values())

    def latencies(self) -> tuple[StoredLatency, ...]:
        """The latencies that are set, oldest first."""
        return tuple(self._latencies.values())

    def remove(self, number: int) -> bool:
        """Take a fault or a latency away; False when there is none of that number."""
        found = self._faults.pop(number, None) or self._latencies.pop(number, None)
        return found is not None

    def clear(self) -> None:
        """Take every fault and latency away."""
        self._faults.clear()
        self._latencies.clear()

    def take(self, service: Service, method: str) -> FaultRule | None:
        """The fault that strikes this request, if any; counts it, and drops a used-up one."""
        for stored in tuple(self._faults.values()):
            rule = stored.rule
            if rule.service != service or not fnmatchcase(method, rule.method):
                continue
            stored.seen += 1
            if stored.seen <= rule.skip:
                continue
            stored.struck += 1
            if rule.times != -1 and stored.struck >= rule.times:
                del self._faults[stored.id]
            return rule
        return None

    def delay_ms(self, service: Service, method: str) -> float:
        """The latency of this request: the latest matching one that was set."""
        for stored in reversed(tuple(self._latencies.values())):
            latency = stored.latency
            if latency.service == service and fnmatchcase(method, latency.method):
                return latency.ms
        return 0.0
