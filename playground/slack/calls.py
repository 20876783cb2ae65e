"""One call of a Web API method: what came in, and reading its arguments."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request

from playground.slack.errors import SlackError
from playground.slack.methods import ArgumentType, Method

if TYPE_CHECKING:
    from playground.ledger import Entry
    from playground.slack import SlackStandIn
    from playground.slack.workspace import Workspace

Item = TypeVar("Item")


@dataclass(slots=True)
class Call:
    """A call that passed every check: the stand-in, the arguments, the ledger's entry."""

    slack: SlackStandIn
    args: dict[str, Any]
    entry: Entry
    is_app_token: bool

    @property
    def workspace(self) -> Workspace:
        """The workspace."""
        return self.slack.workspace


async def sent_arguments(request: Request) -> dict[str, Any]:
    """What a request carries: its query, and its JSON or form body. Raises SlackError."""
    found: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/json" and body:
        try:
            sent = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise SlackError("invalid_json") from error
        if not isinstance(sent, dict):
            raise SlackError("json_not_object")
        found.update(sent)
    elif kind == "application/x-www-form-urlencoded":
        found.update(parse_qsl(body.decode(), keep_blank_values=True))
    elif kind == "multipart/form-data":
        found.update(await request.form())
    elif body:
        raise SlackError("invalid_form_data")
    return found


def read_arguments(sent: dict[str, Any], method: Method, name: str) -> dict[str, Any]:
    """The arguments in their types.

    Raises SlackError: standin_unknown_argument (real Slack ignores one it does not know),
    invalid_arguments for a missing one or a wrong type.
    """
    # Bolt's client sends `team_id` with every call (slack_sdk WebClient(team_id=…)).
    takes: dict[str, ArgumentType] = {"team_id": "str", **(method.takes or {})}
    unknown = [key for key in sent if key not in takes and key != "token"]
    if unknown:
        known = ", ".join(sorted(takes)) or "none"
        raise SlackError(
            "standin_unknown_argument",
            [f"[ERROR] {name} takes no argument {key!r} (known: {known})" for key in unknown],
            argument=unknown[0],
        )
    missing = [key for key in method.needs if sent.get(key) in (None, "")]
    if missing:
        raise SlackError(
            "invalid_arguments", [f"[ERROR] missing required field: {key}" for key in missing]
        )
    return {
        key: _typed(key, value, takes[key])
        for key, value in sent.items()
        if key != "token" and value is not None
    }


def _typed(key: str, value: Any, kind: ArgumentType) -> Any:
    if kind == "str":
        return value if isinstance(value, str) else str(value)
    if kind == "json":
        return _json(key, value) if isinstance(value, str) else value
    if kind == "csv":
        parts = value if isinstance(value, list) else str(value).split(",")
        return [str(part).strip() for part in parts if str(part).strip()]
    if kind == "bool":
        return _flag(key, value)
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise SlackError(
            "invalid_arguments", [f"[ERROR] must be integer [json-pointer:/{key}]"]
        ) from error


def _flag(key: str, value: Any) -> bool:
    text = str(value).lower()
    if text in ("true", "1"):
        return True
    if text in ("false", "0"):
        return False
    raise SlackError("invalid_arguments", [f"[ERROR] must be boolean [json-pointer:/{key}]"])


def _json(key: str, value: str) -> Any:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError as error:
        if key == "blocks":
            raise SlackError("invalid_blocks_format") from error
        raise SlackError(
            "invalid_arguments", [f"[ERROR] must be valid JSON [json-pointer:/{key}]"]
        ) from error


def page_of(items: Sequence[Item], args: dict[str, Any], most: int) -> tuple[list[Item], str]:
    """A page of a list, and the cursor of the next one ("" at the end)."""
    limit = min(int(args.get("limit") or 100), most)
    if limit < 1:
        raise SlackError("invalid_limit")
    start = _offset(args.get("cursor") or "")
    page = list(items[start : start + limit])
    end = start + limit
    following = base64.b64encode(f"offset:{end}".encode()).decode() if end < len(items) else ""
    return page, following


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        name, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if name != "offset":
            raise ValueError(cursor)
        return int(number)
    except ValueError as error:
        raise SlackError("invalid_cursor") from error
