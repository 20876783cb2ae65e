"""The Socket Mode connection: opened for sure, watched, and closed after what is under way."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.proxies import proxy_for
from bot.slack_faults import SlackFaultError, fault_of

log = logging.getLogger(__name__)

RECEIVE_BYTES = 65_536
"""By default 1,024: a refresh between two pieces would cut an envelope in two."""

LISTENER_THREADS = 20
HELLO_SECONDS = 10.0
DRAIN_SECONDS = 3.0
"""As long as Slack waits for an ack: whoever clicked has been warned by then."""

OPEN = "apps.connections.open"


class SocketClient(SocketModeClient):
    """slack_sdk's client that neither sleeps out of sight nor takes a closed door for an open one.

    `connections` is how many connections the app has, as Slack's hello says.
    """

    def __init__(
        self, app_token: str, web_client: WebClient, concurrency: int = LISTENER_THREADS
    ) -> None:
        self.connections = 0
        self._said_hello = threading.Event()
        self._reason = "no answer"
        self._not_before = 0.0
        self._unanswered = 0
        self._changed = threading.Condition()
        super().__init__(
            app_token,
            logger=logging.getLogger("slack_sdk.socket_mode"),
            web_client=web_client,
            ping_interval=10,
            receive_buffer_size=RECEIVE_BYTES,
            concurrency=concurrency,
            on_message_listeners=[self._hear_hello],
            on_error_listeners=[self._note_reason],
        )

    def issue_new_wss_url(self) -> str:
        """Ask for an address; raises `SlackFaultError`, also while Slack wants us to wait.

        slack_sdk would sleep for as long as Slack says, deaf to everything.
        """
        left = self._not_before - time.monotonic()
        if left > 0:
            raise SlackFaultError(OPEN, "ratelimited", retry_after=left)
        try:
            answer = self.web_client.apps_connections_open(app_token=self.app_token)
        except SlackApiError as error:
            fault = fault_of(OPEN, error)
            self._not_before = time.monotonic() + fault.retry_after
            raise fault from error
        url = str(answer["url"])
        # By itself the SDK sends every socket through HTTPS_PROXY, whatever NO_PROXY says.
        self.proxy = proxy_for(url)
        return url

    def connect_for_sure(self, seconds: float = HELLO_SECONDS) -> None:
        """Connect, and wait until Slack says hello. Raises `SlackFaultError`.

        slack_sdk logs that a websocket could not be opened, and goes on as if it were.
        """
        try:
            self.connect()
        except SlackFaultError:
            raise
        except Exception as error:
            raise SlackFaultError(OPEN, type(error).__name__, unclear=True) from error
        if not (self.is_connected() and self._said_hello.wait(seconds)):
            raise SlackFaultError("websocket", self._reason, unclear=True)

    def enqueue_message(self, message: str) -> None:
        """Count an envelope as unanswered until its listeners have returned."""
        if '"envelope_id"' in message:
            self._count(1)
        super().enqueue_message(message)

    def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        """Have an envelope answered."""
        try:
            super().run_message_listeners(message, raw_message)
        finally:
            if '"envelope_id"' in raw_message:
                self._count(-1)

    def wait_for_answers(self, seconds: float) -> bool:
        """Wait until no envelope is unanswered; False when that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._unanswered <= 0, seconds)

    def _count(self, change: int) -> None:
        with self._changed:
            self._unanswered += change
            self._changed.notify_all()

    def _hear_hello(self, message: str) -> None:
        if '"hello"' not in message:
            return
        try:
            said = json.loads(message)
        except ValueError:
            return
        if isinstance(said, dict) and said.get("type") == "hello":
            self.connections = int(said.get("num_connections") or 0)
            self._said_hello.set()

    def _note_reason(self, error: Exception) -> None:
        self._reason = type(error).__name__


class Socket:
    """A Socket Mode connection that is up, until it is closed or mended."""

    def __init__(self, client: SocketClient) -> None:
        self._client = client

    @property
    def connected(self) -> bool:
        """Whether the connection is up at this moment."""
        return bool(self._client.is_connected())

    @property
    def connections(self) -> int:
        """How many connections Slack counts with the app's token, this one included."""
        return self._client.connections

    def mend(self) -> None:
        """Connect again at once when the connection broke without a word.

        slack_sdk gives a broken connection up only after five failed pings, 50 s in which Slack
        tells everybody who clicks that the app does not respond. Raises `SlackFaultError`.
        """
        client = self._client
        session = client.current_session
        if session is None or not session.is_active():
            return
        try:
            session.ping(f"{session.session_id}:{time.time()}")
        except (OSError, SlackClientError, AttributeError) as error:
            log.warning("The socket broke (%s); connecting again", type(error).__name__)
            session.disconnect()
            _connecting(client.connect_to_new_endpoint)

    def close(self) -> None:
        """Disconnect once every click that arrived is answered, or Slack no longer waits for it."""
        client = self._client
        if not client.wait_for_answers(DRAIN_SECONDS):
            log.warning("Some clicks were not answered before the socket was closed")
        # What slack_sdk logs of its threads while they end is of no use to anybody.
        client.logger.disabled = True
        try:
            client.close()
        except AttributeError as error:  # after two quick reconnects
            log.info("The socket was already closed (%s).", error)
        finally:
            client.logger.disabled = False


def run_socket(app: App, app_token: str, *, concurrency: int = LISTENER_THREADS) -> Socket:
    """Connect by Socket Mode; return once Slack said hello. Raises `SlackFaultError`."""
    client = SocketClient(app_token, app.client, concurrency)

    def handle(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        began = time.time()
        send_response(client, request, run_bolt_app(app, request), began)

    client.socket_mode_request_listeners.append(handle)
    socket = Socket(client)
    try:
        client.connect_for_sure()
    except SlackFaultError:
        socket.close()
        raise
    return socket


def _connecting(connect: Callable[[], object]) -> None:
    try:
        connect()
    except SlackFaultError:
        raise
    except Exception as error:
        raise SlackFaultError(OPEN, type(error).__name__, unclear=True) from error
