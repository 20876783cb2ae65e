"""The one place that calls Slack: Web API methods, response_urls, files; its errors say what they mean."""

from __future__ import annotations

import json
import logging
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import IO, Any
from urllib.error import URLError
from urllib.parse import urlsplit

import urllib3
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.blocks.kit import Block, Message
from bot.proxies import proxy_for
from bot.transport import ForeignHostError, TooMuchError, Transport
from screening.errors import WinnowError

log = logging.getLogger(__name__)

API_SECONDS = 10
"""How long an answer is waited for: clicks wait behind it, so it is short of what Slack may take."""
RESPOND_SECONDS = 4.0
DOWNLOAD_SECONDS = 120.0

UNWELL = frozenset(
    {
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
"""Errors of a good request at a bad moment."""

_REMEDIES = {
    "channel_not_found": "Check the review's channel in the configuration and invite the app to it.",
    "not_in_channel": "Invite the app to the channel: /invite @winnow.",
    "is_archived": "Unarchive the channel, or name another in the configuration.",
    "invalid_auth": "Check the bot token.",
    "not_authed": "Set the bot token.",
    "account_inactive": "Reinstall the app: its token was revoked.",
    "token_revoked": "Reinstall the app: its token was revoked.",
    "missing_scope": "Reinstall the app with the scopes of manifest.yaml.",
    "restricted_action": "Ask a workspace admin to let the app post here.",
    "user_not_found": "Check the member ID in the configuration.",
    "user_disabled": "The member left the workspace: set active = false for them.",
    "cannot_dm_bot": "A bot is configured as a member: name a person.",
    "file_not_found": "The file was deleted; drop it again.",
    "file_deleted": "The file was deleted; drop it again.",
}


class SlackFaultError(Exception):
    """A call to Slack failed.

    `permanent`: repeating it cannot help before somebody acts, `remedy` says how. `unclear`: it may
    have taken effect all the same; `under_way`: it may do so even later, for only the answer was not
    waited for. `retry_after`: seconds Slack asks to wait, 0 when it did not ask.
    """

    def __init__(
        self,
        method: str,
        error: str,
        *,
        unclear: bool = False,
        under_way: bool = False,
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(f"{method}: {error}")
        self.error = error
        self.unclear = unclear = unclear or under_way
        self.under_way = under_way
        self.retry_after = retry_after
        self.permanent = not unclear and not retry_after
        self.remedy = _REMEDIES.get(error, "")


class NotInSlackError(WinnowError):
    """A file that is kept elsewhere: nothing is fetched there, and nobody there learns our token."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"The file is kept at {where[:100]}, outside Slack, and I fetch nothing from there. "
            "Download it and drop the file itself."
        )


class FileTooLargeError(WinnowError):
    """A file of more bytes than are fetched."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The file is larger than {limit / 1e6:,.0f} MB. "
            "Export the search in several parts and drop each."
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the app is in its workspace."""

    bot_id: str
    user_id: str
    team_id: str
    team: str
    url: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A message found in a conversation: where it stands and the metadata it carries."""

    ts: str
    metadata: Mapping[str, Any]
    files: tuple[str, ...]
    blocks: tuple[Block, ...]
    own: bool


class SlackClient:
    """Slack as the bot uses it; safe to share between threads."""

    def __init__(self, token: str, api_url: str = "https://slack.com/api/") -> None:
        self.api_url = api_url if api_url.endswith("/") else api_url + "/"
        self.web = web_client(self.api_url, token, API_SECONDS)
        self._transport = Transport(self.api_url, token)
        self._dms: dict[str, str] = {}
        self._lock = threading.Lock()
        self._identity: Identity | None = None

    def identity(self) -> Identity:
        """Return who the app is; asked once."""
        if self._identity is None:
            answer = self._call(self.web.auth_test)
            self._identity = Identity(
                answer.get("bot_id", ""),
                answer["user_id"],
                answer["team_id"],
                answer.get("team", ""),
                answer.get("url", ""),
            )
        return self._identity

    def post(
        self,
        channel: str,
        message: Message,
        *,
        thread_ts: str = "",
        metadata: Mapping[str, Any] | None = None,
    ) -> str:
        """Post a message; return its ts."""
        arguments: dict[str, Any] = {"channel": channel, **message.payload()}
        arguments |= {"unfurl_links": False, "unfurl_media": False}
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        if metadata:
            arguments["metadata"] = metadata
        try:
            return str(self._call(self.web.chat_postMessage, **arguments)["ts"])
        except SlackFaultError as fault:
            member = self._forget_dm(channel) if fault.error == "channel_not_found" else None
            if member is None:
                raise
        # Slack was restored, or the conversation is another one now: open it again.
        arguments["channel"] = self.dm(member)
        return str(self._call(self.web.chat_postMessage, **arguments)["ts"])

    def post_ephemeral(
        self, channel: str, user: str, message: Message, *, thread_ts: str = ""
    ) -> None:
        """Post a message that only one member of the channel sees."""
        arguments: dict[str, Any] = {"channel": channel, "user": user, **message.payload()}
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        self._call(self.web.chat_postEphemeral, **arguments)

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message of ours."""
        payload = message.payload()
        payload.setdefault("blocks", [])
        self._call(self.web.chat_update, channel=channel, ts=ts, **payload)

    def open_view(self, trigger_id: str, view: Block) -> None:
        """Open a modal; the trigger is good for three seconds and once."""
        self._call(self.web.views_open, trigger_id=trigger_id, view=view)

    def publish_home(self, user: str, view: Block) -> None:
        """Show a member their Home tab."""
        self._call(self.web.views_publish, user_id=user, view=view)

    def dm(self, user: str) -> str:
        """Return the ID of our direct message with a member, opened at need and remembered."""
        with self._lock:
            known = self._dms.get(user)
        if known is None:
            known = str(self._call(self.web.conversations_open, users=user)["channel"]["id"])
            with self._lock:
                self._dms[user] = known
        return known

    def _forget_dm(self, channel: str) -> str | None:
        """Forget a direct message; return whose it was, None when it was nobody's."""
        with self._lock:
            member = next((who for who, known in self._dms.items() if known == channel), None)
            if member is not None:
                del self._dms[member]
        return member

    def history(
        self, channel: str, *, oldest: str = "0", latest: str = "", limit: int = 100, pages: int = 5
    ) -> list[Posted]:
        """Return messages of a conversation, newest first, with their metadata."""
        # Asked first, and a failure passed on: without it no message would look like ours.
        own = self.identity().user_id
        found: list[Posted] = []
        arguments: dict[str, Any] = {
            "channel": channel,
            "oldest": oldest,
            "inclusive": True,
            "include_all_metadata": True,
            "limit": limit,
        }
        if latest:
            arguments["latest"] = latest
        for _ in range(pages):
            answer = self._call(self.web.conversations_history, **arguments)
            found += [_posted(each, own) for each in answer.get("messages", ())]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor or len(found) >= limit * pages:
                break
            arguments["cursor"] = cursor
        return found

    def message_at(self, channel: str, ts: str) -> Posted | None:
        """Return one message, None when it is gone."""
        found = self.history(channel, oldest=ts, latest=ts, limit=1, pages=1)
        return next((each for each in found if each.ts == ts), None)

    def upload(
        self, channel: str, name: str, data: bytes, *, title: str, alt: str, thread_ts: str = ""
    ) -> None:
        """Share a file in a conversation, in the three steps of the Web API."""
        ticket = self._call(
            self.web.files_getUploadURLExternal, filename=name, length=len(data), alt_txt=alt
        )
        kind, patience = "application/octet-stream", urllib3.Timeout(connect=5, read=60)
        self._send("upload", str(ticket["upload_url"]), data, kind, patience)
        arguments: dict[str, Any] = {"channel_id": channel}
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        files = [{"id": ticket["file_id"], "title": title}]
        self._call(self.web.files_completeUploadExternal, files=files, **arguments)

    def file(self, file_id: str) -> Mapping[str, Any]:
        """Return what Slack knows of a file."""
        found: Mapping[str, Any] = self._call(self.web.files_info, file=file_id)["file"]
        return found

    def download(self, url: str, into: IO[bytes], limit: int) -> None:
        """Write a private file's bytes, no more than `limit`.

        Raises `NotInSlackError` and `FileTooLargeError` as well as `SlackFaultError`.
        """
        try:
            status = self._transport.download(url, into, limit, seconds=DOWNLOAD_SECONDS)
        except ForeignHostError as error:
            raise NotInSlackError(error.host) from error
        except TooMuchError as error:
            raise FileTooLargeError(limit) from error
        except urllib3.exceptions.HTTPError as error:
            raise SlackFaultError("download", type(error).__name__, unclear=True) from error
        if status != 200:
            raise SlackFaultError("download", f"HTTP {status}", unclear=status >= 500)

    def respond(self, url: str, body: Mapping[str, Any]) -> None:
        """Answer an interaction through its response_url: the one call between a click and its card."""
        self._send(
            "response_url",
            url,
            json.dumps(body).encode(),
            "application/json; charset=utf-8",
            urllib3.Timeout(connect=2, read=RESPOND_SECONDS),
        )

    def warm(self) -> None:
        """Open the first connection before anybody clicks; a failure here changes nothing."""
        parts = urlsplit(self.api_url)
        try:
            self._transport.request("HEAD", f"{parts.scheme}://{parts.netloc}/", timeout=2)
        except urllib3.exceptions.HTTPError as error:
            log.debug("no connection could be opened ahead: %s", type(error).__name__)

    def close(self) -> None:
        """Close idle connections."""
        self._transport.close()

    def _send(
        self, method: str, url: str, body: bytes, kind: str, timeout: urllib3.Timeout
    ) -> None:
        """Post a body to an address that Slack gave; `method` names it in errors."""
        try:
            response = self._transport.request(
                "POST", url, body=body, headers={"Content-Type": kind}, timeout=timeout
            )
        except ForeignHostError as error:
            raise SlackFaultError(method, str(error)) from error
        except urllib3.exceptions.HTTPError as error:
            raise SlackFaultError(method, type(error).__name__, unclear=True) from error
        if response.status == 429:
            after = _seconds(response.headers.get("Retry-After"))
            raise SlackFaultError(method, "ratelimited", retry_after=after)
        if response.status >= 500:
            raise SlackFaultError(method, f"HTTP {response.status}", unclear=True)
        if response.status >= 300:
            said = response.data[:80].decode("utf-8", "replace")
            raise SlackFaultError(method, said or f"HTTP {response.status}")

    def _call(self, function: Callable[..., Any], **arguments: Any) -> Mapping[str, Any]:
        method = function.__name__
        try:
            data = function(**arguments).data
        except SlackApiError as error:
            raise fault_of(method, error) from error
        except TimeoutError as error:
            # Nothing came back in time. (A connection that was never made is a URLError.)
            raise SlackFaultError(method, type(error).__name__, under_way=True) from error
        except (URLError, HTTPException, ConnectionError, ssl.SSLError) as error:
            raise SlackFaultError(method, type(error).__name__, unclear=True) from error
        except (SlackClientError, ValueError) as error:
            what = f"an answer that cannot be read ({type(error).__name__})"
            raise SlackFaultError(method, what, unclear=True) from error
        return data if isinstance(data, dict) else {}


def web_client(api_url: str, token: str | None = None, seconds: int = 30) -> WebClient:
    """Return slack_sdk's client, reaching Slack as the environment's proxy variables say.

    It does not retry: it would repeat a post whose answer was lost, and so double it.
    """
    client = WebClient(token=token, base_url=api_url, timeout=seconds, retry_handlers=[])
    # By itself it takes HTTPS_PROXY for http:// addresses too.
    client.proxy = proxy_for(api_url)
    return client


def _posted(message: Mapping[str, Any], own_id: str) -> Posted:
    metadata = message.get("metadata") or {}
    return Posted(
        str(message["ts"]),
        metadata.get("event_payload") or {},
        tuple(str(each.get("name", "")) for each in message.get("files") or ()),
        tuple(message.get("blocks") or ()),
        message.get("user") == own_id,
    )


def fault_of(method: str, error: SlackApiError) -> SlackFaultError:
    """Say what a refusal of the SDK means: asked too often, in trouble itself, or refused for good."""
    response = error.response
    status = getattr(response, "status_code", 200)
    data = getattr(response, "data", {})
    name = str(data.get("error", "")) if isinstance(data, Mapping) else ""
    if status == 429 or name in ("ratelimited", "rate_limited"):
        headers = getattr(response, "headers", {}) or {}
        after = headers.get("Retry-After") or headers.get("retry-after")
        return SlackFaultError(method, "ratelimited", retry_after=_seconds(after))
    if status == 504:
        return SlackFaultError(method, "HTTP 504", under_way=True)
    if status >= 500 and name not in UNWELL:
        # The body is often a page for people: its beginning explains nothing.
        return SlackFaultError(method, f"HTTP {status}", unclear=True)
    if name in UNWELL:
        return SlackFaultError(method, name, unclear=True)
    fault = SlackFaultError(method, name or f"HTTP {status}")
    fault.remedy = fault.remedy or _details(data)
    return fault


def _details(data: object) -> str:
    if not isinstance(data, Mapping):
        return ""
    messages: Sequence[object] = (data.get("response_metadata") or {}).get("messages") or ()
    needed = data.get("needed")
    told = [str(message)[:200] for message in messages[:3]]
    return "; ".join([*told, *([f"scope needed: {needed}"] if needed else [])])


def _seconds(value: object) -> float:
    """Return the seconds of a Retry-After header; Slack writes whole seconds."""
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    try:
        return max(1.0, float(str(value)))
    except ValueError:
        return 1.0
