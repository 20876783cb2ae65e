"""The Slack app: Bolt set up once, every listener bound."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult

from bot import actions
from bot.blocks.commands import sentence
from bot.bounded import BoundedReader
from bot.face import Face, google_sheet_address
from bot.logs import log_unexpected
from bot.routes import register
from bot.slack import SlackClient, web_client
from bot.slack_faults import SlackFaultError
from bot.socket_mode import LISTENER_THREADS
from screening.ports import Desk
from screening.review import Review

log = logging.getLogger(__name__)

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
    reader: BoundedReader | None = None,
) -> Face:
    """Return what listeners are handed; two threads by default for what takes long."""
    background = background or ThreadPoolExecutor(2, thread_name_prefix="background")
    reader = reader or BoundedReader()
    return Face(desk, slack, background, sheet_address, wake, reader=reader)


def build_app(face: Face, *, listener_threads: int = LISTENER_THREADS) -> App:
    """Return the Bolt app with every listener registered.

    Slack is asked once who the app is (one auth.test); no event asks again. Bolt's own five threads
    would leave the sixth click unacknowledged while five wait for the database.
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
