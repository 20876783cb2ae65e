"""Acts of a person that fall between two requests of a program, so that a race is a test and not luck."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message

from playground.faults import Service


class Interlude(BaseModel):
    """One act, and the request before which it happens, once.

    `verb` and `body` are what would be posted to /control; `skip` lets so many matching requests
    through first.
    """

    model_config = ConfigDict(extra="forbid")

    service: Service = "google"
    method: str = Field(default="*", description="a shell pattern, as in a fault")
    skip: int = Field(default=0, ge=0)
    verb: str = Field(description="a path under /control, such as sheets/ID/columns/insert")
    body: dict[str, Any] = Field(default_factory=dict)


class StoredInterlude(BaseModel):
    """An act as it stands: how many requests matched, and how it was answered once it happened."""

    interlude: Interlude
    seen: int = 0
    status: int | None = None
    answer: str = ""


class Interludes:
    """Every act that waits for its request, and those that happened, oldest first."""

    def __init__(self) -> None:
        self._stored: list[StoredInterlude] = []

    def add(self, interlude: Interlude) -> None:
        """Let an act wait for its request."""
        self._stored.append(StoredInterlude(interlude=interlude))

    def list(self) -> list[StoredInterlude]:
        """All acts, those that happened too."""
        return list(self._stored)

    def clear(self) -> None:
        """Forget every act."""
        self._stored.clear()

    async def play(self, app: ASGIApp, service: Service, method: str) -> None:
        """Do what is to happen before this request."""
        for stored in tuple(self._stored):
            act = stored.interlude
            if stored.status is not None or act.service != service:
                continue
            if not fnmatchcase(method, act.method):
                continue
            stored.seen += 1
            if stored.seen > act.skip:
                stored.status, stored.answer = 0, ""
                stored.status, stored.answer = await _post(app, act.verb, act.body)


async def _post(app: ASGIApp, verb: str, body: dict[str, Any]) -> tuple[int, str]:
    """Post to an application in this process; give the status and the text of its answer."""
    path = "/" + verb.strip("/")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
    }
    status, parts = 0, []

    async def receive() -> Message:
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return status, b"".join(parts).decode()
