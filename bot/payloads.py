"""What Slack sends, parsed into values: clicks, commands, submitted modals, dropped files."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from screening.errors import GarbledError

_MENTION = re.compile(r"<@[UW][A-Z0-9]+(\|[^>]*)?>")
_COMMAND = re.compile(r"^\s*/?winnow\b[\s,:]*", re.IGNORECASE)

EXPORT_ENDINGS = frozenset(
    [
        "ris",
        "nbib",
        "medline",
        "txt",
        "csv",
        "tsv",
        "tab",
        "xlsx",
        "xml",
        "bib",
        "bibtex",
        "enw",
        "ciw",
        "isi",
        "enl",
        "zip",
    ]
)
"""How the names of search exports end; what else is dropped is none of our business."""


class PayloadError(ValueError):
    """Slack sent something that a listener cannot understand; a fault of ours or of a stand-in."""


@dataclass(frozen=True, slots=True)
class Click:
    """A button pressed or a menu's option chosen.

    `gesture_key` is the same when Slack delivers the click twice. `response_url` is "" on the Home
    tab and in modals.
    """

    user_id: str
    action_id: str
    value: str
    gesture_key: str
    block_id: str = ""
    channel_id: str = ""
    message_ts: str = ""
    thread_ts: str = ""
    response_url: str = ""
    trigger_id: str = ""
    on_home: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: its first word, and the others."""

    user_id: str
    channel_id: str
    text: str
    gesture_key: str
    response_url: str = ""
    trigger_id: str = ""

    @property
    def word(self) -> str:
        """The subcommand in lower case; "help" when there is none."""
        words = self.text.split()
        return words[0].lower() if words else "help"

    @property
    def arguments(self) -> list[str]:
        """What follows the subcommand."""
        return self.text.split()[1:]


@dataclass(frozen=True, slots=True)
class Submission:
    """A modal that was submitted; `values` by block_id, `kept` what we put into private_metadata."""

    user_id: str
    gesture_key: str
    values: Mapping[str, str]
    kept: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file in a message; `is_external` when Slack only links to it, wherever it is kept."""

    file_id: str
    name: str
    size: int
    url: str
    permalink: str
    mimetype: str = ""
    is_external: bool = False

    @property
    def extension(self) -> str:
        """The name's ending in lower case, without the dot."""
        stem, dot, ending = self.name.rpartition(".")
        return ending.lower() if dot and stem else ""


@dataclass(frozen=True, slots=True)
class Drop:
    """A message that brought files."""

    user_id: str
    channel_id: str
    ts: str
    thread_ts: str
    in_dm: bool
    files: tuple[DroppedFile, ...] = field(default=())

    @property
    def exports(self) -> list[DroppedFile]:
        """The files that may be search exports, by their names."""
        return [file for file in self.files if file.extension in EXPORT_ENDINGS]


@dataclass(frozen=True, slots=True)
class Saying:
    """Words written to the app: in its direct message, or with a mention; `text` is without it."""

    user_id: str
    channel_id: str
    ts: str
    thread_ts: str
    text: str
    in_dm: bool


def parse_click(body: Mapping[str, Any]) -> Click:
    """Parse a block_actions payload; its first action counts, as Slack sends one."""
    try:
        action = body["actions"][0]
        user_id = str(body["user"]["id"])
        action_id = str(action["action_id"])
    except (KeyError, IndexError, TypeError) as error:
        raise PayloadError("a block_actions payload without action or user") from error
    container = body.get("container") or {}
    message = body.get("message") or {}
    message_ts = str(message.get("ts") or container.get("message_ts") or "")
    view = body.get("view") or {}
    where = message_ts or str(view.get("id") or "")
    value = action.get("value")
    if value is None:
        value = (action.get("selected_option") or {}).get("value", "")
    return Click(
        user_id=user_id,
        action_id=action_id,
        value=str(value),
        gesture_key=f"{action.get('action_ts', '')}:{action_id}:{user_id}:{where}",
        block_id=str(action.get("block_id", "")),
        channel_id=str((body.get("channel") or {}).get("id") or container.get("channel_id") or ""),
        message_ts=message_ts,
        thread_ts=str(message.get("thread_ts") or ""),
        response_url=str(body.get("response_url") or ""),
        trigger_id=str(body.get("trigger_id") or ""),
        on_home=view.get("type") == "home",
    )


def parse_command(body: Mapping[str, Any]) -> Command:
    """Parse a slash command."""
    try:
        user_id, channel_id = str(body["user_id"]), str(body["channel_id"])
    except KeyError as error:
        raise PayloadError(f"a slash command without {error}") from error
    trigger_id = str(body.get("trigger_id") or "")
    return Command(
        user_id=user_id,
        channel_id=channel_id,
        text=str(body.get("text") or "").strip(),
        gesture_key=f"command:{trigger_id}:{user_id}",
        response_url=str(body.get("response_url") or ""),
        trigger_id=trigger_id,
    )


def parse_submission(body: Mapping[str, Any]) -> Submission:
    """Parse a view_submission; a field's value is its text, its date or its chosen option's value."""
    try:
        view, user_id = body["view"], str(body["user"]["id"])
        state = view.get("state", {}).get("values", {})
    except (KeyError, TypeError, AttributeError) as error:
        raise PayloadError("a view_submission without view or user") from error
    values = {
        str(block_id): _field_value(next(iter(fields.values()), {}))
        for block_id, fields in state.items()
    }
    return Submission(
        user_id=user_id,
        gesture_key=f"view:{view.get('id', '')}:{user_id}",
        values=values,
        kept=read_kept(str(view.get("private_metadata") or "")),
    )


def parse_drop(body: Mapping[str, Any]) -> Drop | None:
    """Parse a message event; None when it brought no file or nobody's."""
    event = body.get("event") or {}
    if event.get("subtype") != "file_share" or not event.get("files") or not event.get("user"):
        return None
    files = tuple(parse_file(each) for each in event["files"] if isinstance(each, dict))
    return Drop(
        user_id=str(event["user"]),
        channel_id=str(event.get("channel", "")),
        ts=str(event.get("ts", "")),
        thread_ts=str(event.get("thread_ts") or ""),
        in_dm=event.get("channel_type") == "im",
        files=files,
    )


def parse_file(file: Mapping[str, Any]) -> DroppedFile:
    """Parse a file as events, messages and files.info show it."""
    size = file.get("size")
    return DroppedFile(
        file_id=str(file.get("id", "")),
        name=str(file.get("name") or file.get("title") or "file"),
        size=size if isinstance(size, int) else 0,
        url=str(file.get("url_private_download") or file.get("url_private") or ""),
        permalink=str(file.get("permalink") or ""),
        mimetype=str(file.get("mimetype") or ""),
        is_external=bool(file.get("is_external")) or file.get("mode") == "external",
    )


def parse_saying(body: Mapping[str, Any]) -> Saying | None:
    """Parse words written to the app; None for an app's, for changes, and where a file came along."""
    event = body.get("event") or {}
    if event.get("subtype") or event.get("bot_id") or event.get("files"):
        return None
    if not event.get("user") or not event.get("ts"):
        return None
    text = _MENTION.sub(" ", str(event.get("text") or ""))
    return Saying(
        user_id=str(event["user"]),
        channel_id=str(event.get("channel", "")),
        ts=str(event["ts"]),
        thread_ts=str(event.get("thread_ts") or ""),
        text=_COMMAND.sub("", html.unescape(text)).strip().rstrip("?!. "),
        in_dm=event.get("channel_type") == "im",
    )


class Kept(dict[str, str]):
    """What a modal kept; asked for what is not there, it raises `GarbledError`."""

    def __missing__(self, key: str) -> str:
        raise GarbledError


def keep(**values: str) -> str:
    """Return values as private_metadata; a short JSON object of texts."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def read_kept(text: str) -> Kept:
    """Return what `keep` wrote; empty when there is nothing."""
    try:
        read = json.loads(text) if text else {}
    except ValueError as error:
        raise PayloadError("private_metadata that is not ours") from error
    if not isinstance(read, dict):
        raise PayloadError("private_metadata that is not ours")
    return Kept({str(key): str(value) for key, value in read.items()})


def _field_value(state: Mapping[str, Any]) -> str:
    chosen = state.get("selected_option")
    if isinstance(chosen, dict):
        return str(chosen.get("value", ""))
    return str(state.get("value") or state.get("selected_date") or "").strip()
