"""Logging: one line an event to standard error, never a token, never a blind vote."""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Iterable
from typing import TextIO

log = logging.getLogger(__name__)

_TOKENS = re.compile(r"\bx(?:ox[a-z]|app)-[A-Za-z0-9-]{6,}")
_KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL
)
_BEARER = re.compile(r"(?i)\b(bearer|authorization[\"']?:?)\s+[\"']?[A-Za-z0-9._~+/-]{12,}=*")
# SQLAlchemy writes a failed statement's values into its message: they may be votes.
_PARAMETERS = re.compile(r"\[parameters: .*?\](?=\n|$)", re.DOTALL)
_HOOKS = re.compile(r"(?<=://)[^/@\s:]+:[^/@\s]+(?=@)")

QUIET = ("slack_bolt", "slack_sdk", "urllib3", "google", "gspread", "apscheduler", "sqlalchemy")
"""Libraries whose debug lines hold whole payloads, votes among them."""


BESIDE = (
    # Bolt finds SLACK_BOT_TOKEN in the environment beside the token it is handed.
    "As you gave `client` as well",
    # A click left without its ack, for Slack to warn: Bolt names the button, and so the vote.
    "Unhandled request",
)
"""How the warnings of libraries begin that are beside the point, or say too much."""


class Quieting(logging.Filter):
    """Drops what libraries say below WARNING, and their tracebacks.

    Bolt gives its loggers levels of their own.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line is worth keeping."""
        if record.name.partition(".")[0] not in QUIET:
            return True
        if record.exc_info:
            # A socket that breaks is no fault of ours to be traced: its line says enough.
            record.exc_info = record.exc_text = None
        return record.levelno >= logging.WARNING and not record.getMessage().startswith(BESIDE)


class Redacting(logging.Formatter):
    """Formats a line, its traceback included, with every secret struck out."""

    converter = staticmethod(time.gmtime)

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self._secrets = tuple(sorted({s for s in secrets if len(s) >= 8}, key=len, reverse=True))

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without secrets."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "[secret]")
        line = _TOKENS.sub("[token]", line)
        line = _KEYS.sub("[private key]", line)
        line = _HOOKS.sub("[credentials]", line)
        line = _PARAMETERS.sub("[parameters hidden]", line)
        return _BEARER.sub(r"\1 [token]", line)


def configure_logging(
    secrets: Iterable[str] = (), verbose: bool = False, stream: TextIO | None = None
) -> None:
    """Send our lines to standard error from INFO on (DEBUG when verbose), libraries' from WARNING."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Redacting(secrets))
    handler.addFilter(Quieting())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    threading.excepthook = _log_thread


def _log_thread(failed: threading.ExceptHookArgs) -> None:
    """Log what ended a thread as every other fault: where it arose, nothing that it held."""
    if failed.exc_value is not None and not issubclass(failed.exc_type, SystemExit):
        name = failed.thread.name if failed.thread is not None else "unknown"
        log_unexpected(f"the thread {name}", failed.exc_value)


def log_unexpected(what: str, error: BaseException) -> None:
    """Log where a fault arose, without its message: that may hold a vote or a token."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s failed: %s\n%s", what, type(error).__name__, where)
