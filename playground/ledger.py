"""The ledger of every request that a stand-in received, to see what a program really sent."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import takewhile
from typing import Any
from urllib.parse import parse_qsl

import orjson

KEPT_BODY_BYTES = 65_536
_SECRET_KEYS = frozenset({"token", "access_token", "assertion", "authorization"})
_SECRET_TEXT = re.compile(r"\b(xox[a-z]-|xapp-)[A-Za-z0-9-]+")


@dataclass(slots=True)
class Entry:
    """One request: what came in and what went out."""

    seq: int
    at: float
    clock: float
    service: str
    method: str
    http_method: str
    path: str
    raw_body: bytes = b""
    content_type: str = ""
    body_bytes: int = 0
    status: int | None = None
    duration_ms: float | None = None
    error: str | None = None
    fault: str | None = None
    interaction: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The entry for a reader: body parsed, tokens masked."""
        return {
            "seq": self.seq,
            "at": self.at,
            "clock": self.clock,
            "service": self.service,
            "method": self.method,
            "http_method": self.http_method,
            "path": self.path,
            "status": self.status,
            "duration_ms": self.duration_ms,
            "error": self.error,
            "fault": self.fault,
            "interaction": self.interaction,
            "body_bytes": self.body_bytes,
            "body": readable_body(self.raw_body, self.content_type, self.body_bytes),
        }


def readable_body(raw: bytes, content_type: str, size: int) -> Any:
    """A request body for a reader: JSON or form fields parsed, tokens masked, long ones named."""
    if size > len(raw):
        return {"not_kept": f"{size:,} bytes; the ledger keeps bodies up to {KEPT_BODY_BYTES:,}"}
    if not raw:
        return None
    kind = content_type.partition(";")[0].strip()
    try:
        if kind == "application/json":
            return masked(orjson.loads(raw))
        if kind == "application/x-www-form-urlencoded":
            return masked(dict(parse_qsl(raw.decode(), keep_blank_values=True)))
        return masked(raw.decode())
    except ValueError:  # not the JSON or the UTF-8 it claimed to be: shown by its size
        return {"unreadable": f"{size:,} bytes of {kind or 'an unnamed type'}"}


def masked(value: Any) -> Any:
    """The same value with every token replaced by the kind of token it was."""
    if isinstance(value, str):
        return _SECRET_TEXT.sub(r"\1…", value)
    if isinstance(value, Mapping):
        return {
            key: "…" if key in _SECRET_KEYS and not _is_slack_token(item) else masked(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def _is_slack_token(value: Any) -> bool:
    return isinstance(value, str) and bool(_SECRET_TEXT.match(value))


@dataclass(slots=True)
class Ledger:
    """The last `capacity` requests, and counters of all of them."""

    capacity: int = 50_000
    _entries: deque[Entry] = field(init=False)
    _next_seq: int = 1
    _counts: Counter[str] = field(default_factory=Counter)
    _errors: Counter[str] = field(default_factory=Counter)
    _statuses: Counter[int] = field(default_factory=Counter)
    _minutes: dict[str, Counter[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._entries = deque(maxlen=self.capacity)

    def open(
        self,
        *,
        at: float,
        clock: float,
        service: str,
        method: str,
        http_method: str,
        path: str,
        body: bytes = b"",
        content_type: str = "",
    ) -> Entry:
        """Write down a request at its arrival."""
        entry = Entry(
            seq=self._next_seq,
            at=at,
            clock=clock,
            service=service,
            method=method,
            http_method=http_method,
            path=path,
            raw_body=body if len(body) <= KEPT_BODY_BYTES else b"",
            content_type=content_type,
            body_bytes=len(body),
        )
        self._next_seq += 1
        self._entries.append(entry)
        name = f"{service}:{method}"
        self._counts[name] += 1
        self._minutes.setdefault(name, Counter())[int(at // 60)] += 1
        return entry

    def close(self, entry: Entry, *, status: int, duration_ms: float) -> None:
        """Write down how the request ended (status 0: the connection was closed unanswered)."""
        entry.status = status
        entry.duration_ms = round(duration_ms, 3)
        self._statuses[status] += 1
        if entry.error is not None:
            self._errors[f"{entry.service}:{entry.method}:{entry.error}"] += 1

    @property
    def last_seq(self) -> int:
        """The number of the latest request."""
        return self._next_seq - 1

    def since(
        self, seq: int = 0, *, method: str = "*", service: str = "*", limit: int = 1_000
    ) -> list[Entry]:
        """The entries after number `seq` whose method and service match, oldest first."""
        found = [
            entry
            for entry in self.latest(seq)
            if fnmatchcase(entry.method, method) and fnmatchcase(entry.service, service)
        ]
        return found[:limit]

    def latest(self, seq: int) -> list[Entry]:
        """The entries after number `seq`, oldest first, without looking at the older ones."""
        found = list(takewhile(lambda entry: entry.seq > seq, reversed(self._entries)))
        found.reverse()
        return found

    def counters(self) -> dict[str, Any]:
        """Counts by method, error, status and minute since the last clear; never dropped."""
        return {
            "last_seq": self.last_seq,
            "methods": dict(self._counts),
            "errors": dict(self._errors),
            "statuses": {str(status): n for status, n in self._statuses.items()},
            "per_minute": {
                name: {str(minute * 60): n for minute, n in sorted(minutes.items())}
                for name, minutes in self._minutes.items()
            },
        }

    def clear(self) -> None:
        """Forget every entry and counter; the numbering goes on."""
        self._entries.clear()
        for counter in (self._counts, self._errors, self._statuses, self._minutes):
            counter.clear()
