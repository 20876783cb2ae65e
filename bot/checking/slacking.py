"""Checks Slack: both tokens, the app's scopes, the clock, each review's channel and members."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.checking.findings import Finding, ok, warning, wrong
from screening.config import Installation
from screening.ports import Clock
from screening.review import Review

SCOPES = (
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "users:read",
)
"""The bot scopes that manifest.yaml asks for."""

MOST_SKEW = 60.0
"""Seconds: Slack refuses nothing for it, but posts would come at the wrong time."""


class Answer(Protocol):
    """What the SDK gives back."""

    data: Any
    headers: Mapping[str, Any]


class SlackRefusal(Exception):
    """A method answered `ok: false`, or not at all."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


def check_slack(installation: Installation, machine: Clock) -> Iterator[Finding]:
    """Ask Slack who we are, what we may do, and about every channel and member.

    `machine` is the machine's own clock, which is compared with Slack's.
    """
    client = WebClient(
        token=installation.slack.bot_token.get_secret_value(),
        base_url=installation.slack.api_url,
        timeout=10,
        retry_handlers=[],
    )
    try:
        answer = _asked(client.auth_test)
    except SlackRefusal as refusal:
        remedy = "Copy the token from the Slack app's page OAuth & Permissions."
        if refusal.error.startswith("unreachable"):
            remedy = "Check the network, and installation.slack.api_url."
        yield wrong("bot token", refusal.error, remedy)
        return
    who = answer.data
    yield ok("bot token", f"{who.get('user')} in {who.get('team')}")
    yield from _scopes(answer.headers)
    yield from _skew(answer.headers, machine)
    yield from _app_token(client, installation)
    for review in installation.reviews.values():
        yield from _channel(client, review)
        yield from _members(client, review)


def _scopes(headers: Mapping[str, Any]) -> Iterator[Finding]:
    told = _header(headers, "x-oauth-scopes")
    if told is None:
        yield warning("scopes", "Slack did not say which the app has", "")
        return
    missing = sorted(set(SCOPES) - {scope.strip() for scope in told.split(",")})
    if missing:
        yield wrong(
            "scopes",
            f"missing: {', '.join(missing)}",
            "Update the app from manifest.yaml and reinstall it to the workspace.",
        )
    else:
        yield ok("scopes", "all that the bot needs")


def _skew(headers: Mapping[str, Any], machine: Clock) -> Iterator[Finding]:
    told = _header(headers, "date")
    try:
        theirs = parsedate_to_datetime(told or "")
    except ValueError:
        yield warning("clock", "Slack did not tell the time", "")
        return
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    skew = (machine.now() - theirs).total_seconds()
    seen = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} Slack's"
    if abs(skew) > MOST_SKEW:
        yield wrong("clock", seen, "Set this machine's clock, for example with NTP.")
    else:
        yield ok("clock", seen)


def _app_token(client: WebClient, installation: Installation) -> Iterator[Finding]:
    token = installation.slack.app_token.get_secret_value()
    try:
        _asked(client.apps_connections_open, app_token=token)
    except SlackRefusal as refusal:
        yield wrong(
            "app token",
            refusal.error,
            "Switch Socket Mode on, and create an app-level token with connections:write.",
        )
        return
    yield ok("app token", "Socket Mode can be opened")


def _channel(client: WebClient, review: Review) -> Iterator[Finding]:
    name = f"channel of {review.review_id}"
    try:
        channel = _asked(client.conversations_info, channel=review.channel).data["channel"]
    except SlackRefusal as refusal:
        yield wrong(
            name,
            f"{review.channel}: {refusal.error}",
            "Copy the channel's ID from its About page; for a private one, invite the app first.",
        )
        return
    label = f"#{channel.get('name', review.channel)}"
    if channel.get("is_archived"):
        yield wrong(name, f"{label} is archived", "Unarchive it, or name another channel.")
    elif not channel.get("is_member"):
        yield wrong(name, f"the app is not in {label}", f"In {label}, type: /invite @winnow")
    else:
        yield ok(name, f"{label}, the app is in it")


def _members(client: WebClient, review: Review) -> Iterator[Finding]:
    name = f"team of {review.review_id}"
    faults = 0
    for member in review.members:
        if not member.active:
            continue
        try:
            user = _asked(client.users_info, user=member.member_id).data["user"]
        except SlackRefusal as refusal:
            seen, remedy = refusal.error, "Copy the member ID from the person's Slack profile."
        else:
            if user.get("deleted"):
                seen, remedy = "left the workspace", "Set active = false for them."
            elif user.get("is_bot"):
                seen, remedy = "is a bot", "Name a person."
            else:
                continue
        faults += 1
        yield wrong(name, f"{member.name} ({member.member_id}): {seen}", remedy)
    if not faults:
        yield ok(name, f"{len([m for m in review.members if m.active])} members found in Slack")


def _asked(method: Callable[..., Any], **arguments: Any) -> Answer:
    try:
        answer: Answer = method(**arguments)
    except SlackApiError as error:
        raise SlackRefusal(str(error.response.get("error", "refused"))) from error
    except (SlackClientError, OSError) as error:
        raise SlackRefusal(f"unreachable ({type(error).__name__})") from error
    return answer


def _header(headers: Mapping[str, Any], name: str) -> str | None:
    for key, value in headers.items():
        if key.lower() == name:
            return str(value[0] if isinstance(value, list) else value)
    return None
