"""The one place that calls Slack: Web API methods, response_urls, files; its errors say what they mean."""

from __future__ import annotations

import json
import logging
import ssl
import threading
from collections.abc import Callable, Mapping
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
from bot.slack_faults import (
    FileTooLargeError,
    NotInSlackError,
    SlackFaultError,
    fault_of,
    seconds_of,
)
from bot.transport import ForeignHostError, TooMuchError, Transport

log = logging.getLogger(__name__)

API_SECONDS = 10
"""How long an answer is waited for: clicks wait behind it, so it is short of what Slack may take."""
RESPOND_SECONDS = 4.0
DOWNLOAD_SECONDS = 120.0


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
            after = seconds_of(response.headers.get("Retry-After"))
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
