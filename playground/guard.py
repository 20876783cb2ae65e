"""Turns away requests that another web page makes a browser send to this machine.

A page anywhere can make a browser speak to localhost: it can give its own name our address (DNS
rebinding), post a form, or open a WebSocket. The server sees it in the headers, which no page can
forge: Host names whom the browser thinks it speaks to, Origin (MDN, "Origin") and Sec-Fetch-Site
(W3C, "Fetch Metadata") say whose page asks. Programs send neither of the last two.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

_POLICY_VIOLATION = 1008  # RFC 6455, 7.4.1


class Guard:
    """An ASGI layer that answers only requests to an allowed name and from its own pages.

    `hosts` are names that are allowed beside the loopback's: localhost, 127.0.0.0/8 and ::1.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        self._app = app
        self._hosts = frozenset(name.lower() for name in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        problem = self._problem(Headers(scope=scope), scope)
        if problem is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            # Closed before it was accepted: the server answers the handshake with 403.
            await WebSocketClose(_POLICY_VIOLATION, problem)(scope, receive, send)
        else:
            await PlainTextResponse(problem, 403)(scope, receive, send)

    def _problem(self, headers: Headers, scope: Scope) -> str | None:
        """Why a request is turned away, None when it is not."""
        host = headers.get("host", "")
        name = _name(host)
        if not (name in self._hosts or _is_loopback(name)):
            return (
                f"The playground answers only to the names of this machine, not to {host!r}. "
                f"To serve that name too, start it with --allow-host {name or 'NAME'}."
            )
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2].lower() != host.lower():
            return f"The playground answers no page of another origin, such as {origin!r}."
        site = headers.get("sec-fetch-site", "none")
        if site in ("cross-site", "same-site") and not _is_followed_link(headers, scope):
            return f"The playground answers no page of another origin ({site})."
        return None


def _name(host: str) -> str:
    """The host's name without its port, "" when the header makes no sense."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _is_followed_link(headers: Headers, scope: Scope) -> bool:
    """Whether somebody followed a link to the page, which changes nothing; a frame is no link."""
    return (
        scope.get("method") == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )
