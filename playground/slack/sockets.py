"""Socket Mode: WebSocket connections, and envelopes that each go to exactly one of them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from playground.faults import FaultRule
from playground.service import SEVER
from playground.slack.limits import ACK_SECONDS, CONNECTIONS, TICKET_SECONDS

if TYPE_CHECKING:
    from playground.app import World

logger = logging.getLogger(__name__)

REMEMBERED_ENVELOPES = 2_000
REFRESH_GRACE_SECONDS = 10.0


class NotConnected(Exception):
    """No socket is connected, so nothing can be delivered."""


class Disturbance(BaseModel):
    """Something that goes wrong with the next envelopes of a type.

    duplicate: deliver twice. delay: deliver `ms` later. reorder: hold `count` envelopes, then
    deliver them in reverse order. lose_ack: deliver, and ignore the ack.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["duplicate", "delay", "reorder", "lose_ack"]
    envelope_type: str = Field(default="*", description="interactive, events_api, slash_commands")
    times: int = Field(default=1, ge=1)
    ms: float = Field(default=0, ge=0)
    count: int = Field(default=2, ge=2, le=50)


@dataclass(slots=True)
class Envelope:
    """One delivery to the app, and what became of it."""

    id: str
    kind: str
    payload: dict[str, Any]
    accepts_response_payload: bool
    retry_attempt: int
    retry_reason: str | None
    at: float
    started: float
    acked: asyncio.Future[dict[str, Any]]
    sent_to: list[str] = field(default_factory=list)
    acked_ms: float | None = None
    acked_on: str | None = None
    ignore_ack: bool = False

    def wire(self) -> str:
        """The envelope as it goes over the socket."""
        body: dict[str, Any] = {
            "envelope_id": self.id,
            "payload": self.payload,
            "type": self.kind,
            "accepts_response_payload": self.accepts_response_payload,
        }
        if self.kind == "events_api":
            body["retry_attempt"] = self.retry_attempt
            body["retry_reason"] = self.retry_reason or ""
        return orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS).decode()

    def to_json(self) -> dict[str, Any]:
        """The envelope for a reader."""
        return {
            "id": self.id,
            "type": self.kind,
            "at": self.at,
            "retry_attempt": self.retry_attempt,
            "sent_to": self.sent_to,
            "acked_ms": self.acked_ms,
            "acked_on": self.acked_on,
            "payload": self.payload,
        }


@dataclass(slots=True)
class Connection:
    """One open socket."""

    id: str
    websocket: WebSocket
    opened: float
    leaving: bool = False

    def sever(self) -> None:
        """Close the TCP connection without a closing handshake, where the server allows it."""
        abort = self.websocket.scope.get(SEVER)
        if abort is not None:
            abort()


class SocketHub:
    """Every socket of the app, the tickets to open one, and the envelopes under way."""

    def __init__(
        self,
        world: World,
        app_id: Callable[[], str],
        secret: Callable[[int], str],
        monotonic: Callable[[], float] = time.monotonic,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self._world = world
        self._app_id = app_id
        self._secret = secret
        self._monotonic = monotonic
        self.ack_seconds = ack_seconds
        self._tickets: dict[str, float] = {}
        self.connections: list[Connection] = []
        self._turn = 0
        self._opened = 0
        self._envelopes: OrderedDict[str, Envelope] = OrderedDict()
        self._disturbances: list[Disturbance] = []
        self._held: list[Envelope] = []
        self._tasks: set[asyncio.Task[None]] = set()

    # -- connections ---------------------------------------------------------------------

    @property
    def is_connected(self) -> bool:
        """Whether any socket would take an envelope."""
        return bool(self.connections)

    def issue_ticket(self) -> str:
        """A WebSocket address that can be opened once, soon."""
        now = self._monotonic()
        self._tickets = {key: end for key, end in self._tickets.items() if end > now}
        ticket = self._secret(32)
        self._tickets[ticket] = now + TICKET_SECONDS
        host = self._world.base_url.replace("http", "ws", 1)
        return f"{host}/link/?ticket={ticket}&app_id={self._app_id()}"

    async def serve(self, websocket: WebSocket) -> None:
        """Speak Socket Mode on one WebSocket until it ends."""
        ticket = websocket.query_params.get("ticket", "")
        if self._tickets.pop(ticket, 0.0) < self._monotonic():
            await websocket.close(code=4001, reason="unknown or used ticket")
            return
        await websocket.accept()
        if len(self.connections) >= CONNECTIONS:
            await websocket.send_text(_disconnect("too_many_websockets"))
            await websocket.close()
            return
        self._opened += 1
        connection = Connection(f"S{self._opened}", websocket, time.time())
        self.connections.append(connection)
        try:
            await websocket.send_text(self._hello())
            while True:
                self._take_ack(await websocket.receive_text(), connection)
        except (WebSocketDisconnect, RuntimeError, OSError) as error:
            logger.debug("Socket %s ended: %r", connection.id, error)
        finally:
            self._forget(connection)

    def _hello(self) -> str:
        hello = {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self._app_id()},
            "debug_info": {
                "host": "applink-playground",
                "build_number": 1,
                "approximate_connection_time": 18_060,
            },
        }
        return orjson.dumps(hello).decode()

    def _forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)

    async def refresh(self) -> int:
        """Ask every socket to reconnect, as Slack does regularly; gives how many there were."""
        asked = tuple(self.connections)
        for connection in asked:
            connection.leaving = True
            await connection.websocket.send_text(_disconnect("refresh_requested"))
            self._spawn(self._close_later(connection))
        return len(asked)

    async def _close_later(self, connection: Connection) -> None:
        await asyncio.sleep(REFRESH_GRACE_SECONDS)
        if connection.websocket.client_state is WebSocketState.CONNECTED:
            await connection.websocket.close()

    def drop(self) -> int:
        """Break every socket without a word; gives how many there were."""
        dropped = tuple(self.connections)
        for connection in dropped:
            connection.sever()
            self._forget(connection)
        return len(dropped)

    async def stop(self) -> None:
        """Close everything."""
        for task in tuple(self._tasks):
            task.cancel()
        for connection in tuple(self.connections):
            connection.sever()
            self._forget(connection)

    # -- envelopes -----------------------------------------------------------------------

    async def deliver(
        self,
        kind: str,
        payload: dict[str, Any],
        *,
        accepts_response_payload: bool = False,
        retry_attempt: int = 0,
        retry_reason: str | None = None,
    ) -> Envelope:
        """Send an envelope to one socket and wait for the ack, at most `ack_seconds`.

        The envelope's `acked_ms` is None when no ack came in time.
        Raises NotConnected when there is no socket.
        """
        if not self.is_connected:
            raise NotConnected
        envelope = Envelope(
            id=self._envelope_id(),
            kind=kind,
            payload=payload,
            accepts_response_payload=accepts_response_payload,
            retry_attempt=retry_attempt,
            retry_reason=retry_reason,
            at=time.time(),
            started=time.perf_counter(),
            acked=asyncio.get_running_loop().create_future(),
        )
        self._envelopes[envelope.id] = envelope
        if len(self._envelopes) > REMEMBERED_ENVELOPES:
            self._envelopes.popitem(last=False)
        await self._send_disturbed(envelope)
        # Shielded: a late ack still finds its future, and is only noted.
        done, _ = await asyncio.wait({envelope.acked}, timeout=self.ack_seconds)
        if not done:
            envelope.ignore_ack = True
        return envelope

    async def redeliver(self, envelope_id: str) -> bool:
        """Send a remembered envelope once more, unchanged; False when it is not remembered."""
        envelope = self._envelopes.get(envelope_id)
        if envelope is None or not self.is_connected:
            return False
        await self._send(envelope)
        return True

    def disturb(self, disturbance: Disturbance) -> None:
        """Let something go wrong with the next envelopes."""
        self._disturbances.append(disturbance.model_copy())

    async def calm(self) -> None:
        """Take every disturbance back and deliver what was held."""
        self._disturbances.clear()
        held, self._held = self._held, []
        for envelope in held:
            await self._send(envelope)

    def disturbances(self) -> list[Disturbance]:
        """What is still to go wrong."""
        return list(self._disturbances)

    def recent(self, limit: int = 200) -> list[Envelope]:
        """The latest envelopes, oldest first."""
        return list(self._envelopes.values())[-limit:]

    def _envelope_id(self) -> str:
        raw = self._secret(32)
        return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _take_disturbance(self, kind: str) -> Disturbance | None:
        for disturbance in self._disturbances:
            if fnmatchcase(kind, disturbance.envelope_type):
                if disturbance.kind != "reorder":
                    disturbance.times -= 1
                    if disturbance.times <= 0:
                        self._disturbances.remove(disturbance)
                return disturbance
        return None

    async def _send_disturbed(self, envelope: Envelope) -> None:
        disturbance = self._take_disturbance(envelope.kind)
        if disturbance is None:
            await self._send(envelope)
        elif disturbance.kind == "duplicate":
            await self._send(envelope)
            self._spawn(self._send_later(envelope, disturbance.ms))
        elif disturbance.kind == "delay":
            self._spawn(self._send_later(envelope, disturbance.ms))
        elif disturbance.kind == "lose_ack":
            envelope.ignore_ack = True
            await self._send(envelope)
        else:
            self._held.append(envelope)
            if len(self._held) >= disturbance.count:
                disturbance.times -= 1
                if disturbance.times <= 0:
                    self._disturbances.remove(disturbance)
                held, self._held = self._held, []
                for waiting in reversed(held):
                    await self._send(waiting)

    async def _send_later(self, envelope: Envelope, ms: float) -> None:
        await asyncio.sleep(ms / 1_000)
        await self._send(envelope)

    async def _send(self, envelope: Envelope) -> None:
        delay = self._world.faults.delay_ms("slack", "socket")
        if delay:
            await asyncio.sleep(delay / 1_000)
        rule = self._world.faults.take("slack", "socket")
        connection = self._next_connection()
        if connection is None:
            return
        if rule is not None and self._is_lost(rule, connection, envelope):
            return
        try:
            await connection.websocket.send_text(envelope.wire())
            envelope.sent_to.append(connection.id)
        except (WebSocketDisconnect, RuntimeError, OSError) as error:
            logger.debug("Socket %s took no envelope: %r", connection.id, error)
            self._forget(connection)
            await self._send(envelope)

    def _is_lost(self, rule: FaultRule, connection: Connection, envelope: Envelope) -> bool:
        """Let a fault strike an envelope; True when it is not sent at all."""
        if rule.kind == "timeout_after_effect":
            envelope.ignore_ack = True
            return False
        if rule.kind in ("drop_socket", "status"):
            connection.sever()
            self._forget(connection)
        return True

    def _next_connection(self) -> Connection | None:
        staying = [connection for connection in self.connections if not connection.leaving]
        ready = staying or self.connections
        if not ready:
            return None
        self._turn += 1
        return ready[self._turn % len(ready)]

    def _take_ack(self, text: str, connection: Connection) -> None:
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            logger.warning("A socket sent something that is not JSON: %.80r", text)
            return
        envelope_id = message.get("envelope_id") if isinstance(message, dict) else None
        envelope = self._envelopes.get(str(envelope_id))
        if envelope is None or envelope.acked.done() or envelope.ignore_ack:
            return
        envelope.acked_ms = round((time.perf_counter() - envelope.started) * 1_000, 3)
        envelope.acked_on = connection.id
        payload = message.get("payload")
        envelope.acked.set_result(payload if isinstance(payload, dict) else {})


def _disconnect(reason: str) -> str:
    message = {
        "type": "disconnect",
        "reason": reason,
        "debug_info": {"host": "applink-playground"},
    }
    return orjson.dumps(message).decode()
