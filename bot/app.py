"""The Slack app: Bolt set up once, every listener bound, connected by Socket Mode."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode import SocketModeClient

from bot import actions
from bot.blocks.commands import sentence
from bot.face import Face, google_sheet_address
from bot.logs import log_unexpected
from bot.proxies import proxy_for
from bot.routes import register
from bot.slack import SlackClient, SlackFaultError, web_client
from screening.ports import Desk
from screening.review import Review

log = logging.getLogger(__name__)

RECEIVE_BYTES = 65_536
LISTENER_THREADS = 20
"""Bolt's own five would leave the sixth click unacknowledged while five wait for the database."""

UNEXPECTED = (
    "Something went wrong on our side, so your click may not have been recorded. "
    "Use /winnow next to see where you are."
)


def make_face(
    desk: Desk,
    slack: SlackClient,
    *,
    background: Executor | None = None,
    sheet_address: Callable[[Review, str], str] = google_sheet_address,
    wake: Callable[[str], None] = lambda review_id: None,
) -> Face:
    """Return what listeners are handed; two threads by default for what takes long."""
    background = background or ThreadPoolExecutor(2, thread_name_prefix="background")
    return Face(desk, slack, background, sheet_address, wake)


def build_app(face: Face, *, listener_threads: int = LISTENER_THREADS) -> App:
    """Return the Bolt app with every listener registered.

    Slack is asked once who the app is (one auth.test); no event asks again.
    """
    identity = face.slack.identity()
    token = face.slack.web.token

    def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team_id,
            bot_token=token,
            bot_id=identity.bot_id,
            bot_user_id=identity.user_id,
        )

    app = App(
        name="winnow",
        client=web_client(face.slack.api_url),
        authorize=authorize,
        # Socket Mode is authenticated by its own connection; there is nothing to verify a request by.
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        listener_executor=ThreadPoolExecutor(listener_threads, thread_name_prefix="listener"),
    )
    app.error(lambda error, body: _unexpected(face, error, body))
    register(app, face)
    return app


class Socket:
    """A Socket Mode connection that can be closed without surprises."""

    def __init__(self, handler: SocketModeHandler) -> None:
        self._handler = handler

    @property
    def connected(self) -> bool:
        """Whether the connection is up at this moment."""
        return bool(self._handler.client.is_connected())

    def mend(self) -> None:
        """Connect anew at once when the connection broke without a word.

        slack_sdk gives a broken connection up only after five failed pings, 50 s in which Slack
        tells everybody who clicks that the app does not respond. Raises `SlackFaultError`.
        """
        client = self._handler.client
        session = client.current_session
        if session is None or not session.is_active():
            return
        try:
            session.ping(f"{session.session_id}:{time.time()}")
        except (OSError, SlackClientError) as error:
            log.warning("The socket broke (%s); connecting anew", type(error).__name__)
            session.disconnect()
            _connecting(client.connect_to_new_endpoint)

    def close(self) -> None:
        """Disconnect; slack_sdk may stumble here after quick reconnects, which harms nothing."""
        try:
            self._handler.close()  # type: ignore[no-untyped-call]
        except AttributeError as error:
            log.info("The socket was already closed (%s).", error)


def run_socket(app: App, app_token: str, *, concurrency: int = LISTENER_THREADS) -> Socket:
    """Connect by Socket Mode; return once connected. Raises `SlackFaultError` when refused."""
    handler = SocketModeHandler(app, app_token, concurrency=concurrency)
    # By default 1,024 bytes at a time: a refresh between two pieces would cut an envelope in two.
    handler.client.receive_buffer_size = RECEIVE_BYTES
    _reach_by_proxy(handler.client)
    _connecting(handler.connect)
    return Socket(handler)


def _reach_by_proxy(client: SocketModeClient) -> None:
    """Have each connection take the proxy that is meant for its own address.

    By itself the SDK sends every socket through HTTPS_PROXY, whatever NO_PROXY says.
    """
    issue = client.issue_new_wss_url

    def issued() -> str:
        url = issue()
        client.proxy = proxy_for(url)
        return url

    client.issue_new_wss_url = issued  # type: ignore[method-assign]


def _connecting(connect: Callable[[], object]) -> None:
    try:
        connect()
    except Exception as error:
        raise SlackFaultError("apps.connections.open", _cause(error)) from error


def _cause(error: Exception) -> str:
    response = getattr(error, "response", None)
    data = getattr(response, "data", None)
    if isinstance(data, dict) and data.get("error"):
        return str(data["error"])
    return type(error).__name__


def _unexpected(face: Face, error: Exception, body: dict[str, Any]) -> None:
    """Log a fault that no listener expected, and tell the person; the click stays unacknowledged."""
    named = body.get("command") or body.get("type") or "payload"
    acted = [actions.told(str(each.get("action_id"))) for each in body.get("actions") or ()]
    log_unexpected(" ".join([str(named), *acted]), error)
    url = body.get("response_url")
    if url:
        told = {"response_type": "ephemeral", "replace_original": False}
        try:
            face.slack.respond(str(url), {**told, **sentence(UNEXPECTED).payload()})
        except SlackFaultError as fault:
            log.warning("Nor could the person be told (%s).", fault.error)
