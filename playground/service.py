"""The one wrapper around every request of either stand-in: latency, faults, limits, ledger."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from playground.faults import FaultRule, Service

if TYPE_CHECKING:
    from playground.app import World
    from playground.ledger import Entry

Handler = Callable[[Request], Awaitable[Response]]
LimitCheck = Callable[[Request], Response | None]

SEVER = "playground.sever"
_GOOGLE_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class ConnectionSevered(Exception):
    """The stand-in closed the connection without an answer, as a fault asked it to."""


class Severable:
    """The outermost ASGI layer: lets a handler close the client's connection unanswered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            # `send` is uvicorn's own bound method here, so its cycle and transport are in reach.
            owner = getattr(send, "__self__", None)
            transport = getattr(owner, "transport", None)
            if transport is not None:
                scope[SEVER] = transport.abort
        await self._app(scope, receive, send)


def ledger_entry(request: Request) -> Entry:
    """The ledger's entry of a request that runs inside `serve`."""
    entry: Entry = request.scope["playground.entry"]
    return entry


def json_response(
    content: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """A JSON answer, written with orjson."""
    return Response(
        orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS),
        status_code=status,
        headers=headers,
        media_type="application/json",
    )


async def serve(
    world: World,
    service: Service,
    method: str,
    request: Request,
    handler: Handler,
    *,
    limit: LimitCheck | None = None,
) -> Response:
    """Answer one request of a stand-in.

    In this order: write it into the ledger, wait for the latency, do what a person was to do just
    before it, let a fault strike, ask `limit` (a refusal such as 429, or None), run the handler, write down how it ended.
    A handler reads the entry with `ledger_entry(request)` and may set its `error`.
    """
    started = time.perf_counter()
    entry = world.ledger.open(
        at=time.time(),
        clock=world.clock.timestamp(),
        service=service,
        method=method,
        http_method=request.method,
        path=request.url.path,
        body=await request.body(),
        content_type=request.headers.get("content-type", ""),
    )
    request.scope["playground.entry"] = entry
    status = 0
    try:
        response = await _answer(world, service, method, request, handler, limit, entry)
        status = response.status_code
        return response
    finally:
        if entry.fault in ("drop_socket", "timeout_before_effect", "timeout_after_effect"):
            status = 0
        world.ledger.close(
            entry, status=status, duration_ms=(time.perf_counter() - started) * 1_000
        )


async def _answer(
    world: World,
    service: Service,
    method: str,
    request: Request,
    handler: Handler,
    limit: LimitCheck | None,
    entry: Entry,
) -> Response:
    delay = world.faults.delay_ms(service, method)
    if delay:
        await asyncio.sleep(delay / 1_000)
    if world.control is not None:
        await world.interludes.play(world.control, service, method)
    rule = world.faults.take(service, method)
    if rule is not None:
        entry.fault = rule.kind
        if rule.kind == "status":
            entry.error = rule.error or f"fault_{rule.status}"
            return fault_response(service, rule)
        if rule.kind in ("timeout_before_effect", "drop_socket"):
            return await sever(request, rule.hold_ms)
    if limit is not None and (refusal := limit(request)) is not None:
        return refusal
    response = await handler(request)
    if rule is not None:
        return await sever(request, rule.hold_ms)
    return response


async def sever(request: Request, hold_ms: int) -> Response:
    """Hold the connection `hold_ms`, then close it without an answer."""
    if hold_ms:
        await asyncio.sleep(hold_ms / 1_000)
    abort = request.scope.get(SEVER)
    if abort is None:
        raise ConnectionSevered("a fault closed this connection without an answer")
    abort()
    # Let the server notice the closed connection, so that it discards the answer below.
    for _ in range(3):
        await asyncio.sleep(0)
    return Response(status_code=503)


def fault_response(service: Service, rule: FaultRule) -> Response:
    """The answer of a `status` fault, in the shape that the service gives its errors."""
    headers: dict[str, str] = {}
    if rule.retry_after is not None:
        headers["Retry-After"] = str(rule.retry_after)
    if service == "google":
        name = rule.error or _GOOGLE_STATUS.get(rule.status, "UNKNOWN")
        error = {"code": rule.status, "message": "A fault was injected.", "status": name}
        return json_response({"error": error}, rule.status, headers)
    if rule.status == 429:
        headers.setdefault("Retry-After", "1")
        return json_response({"ok": False, "error": rule.error or "ratelimited"}, 429, headers)
    if rule.status in (500, 503):
        name = "internal_error" if rule.status == 500 else "service_unavailable"
        return json_response({"ok": False, "error": rule.error or name}, rule.status, headers)
    return json_response({"ok": False, "error": rule.error or "fatal_error"}, rule.status, headers)
