"""Checks Slack: both tokens, the app's scopes, the clock, each review's channel and members."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk import WebClient

from bot.checking.asking import Slack, SlackRefusal, header
from bot.checking.findings import Finding, ok, warning, wrong
from bot.slack import API_SECONDS, web_client
from bot.slack_faults import SlackFaultError
from bot.socket_mode import Socket, SocketClient
from screening.config import Installation
from screening.ports import Clock
from screening.review import Review

SCOPES = (
    "app_mentions:read",
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


NO_WEBSOCKET = (
    "Let this machine open wss:// connections to Slack (wss-primary.slack.com, port 443), or set "
    "HTTPS_PROXY to a proxy that does."
)

NOWHERE = frozenset({"channel_not_found", "invalid_arguments"})
NOBODY = frozenset({"user_not_found", "user_not_visible", "invalid_arguments"})
"""Errors that say that a channel's, and a member's, ID is wrong."""


def check_slack(
    installation: Installation, machine: Clock, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Finding]:
    """Ask Slack who we are, what we may do, and about every channel and member.

    `machine` is the machine's own clock, which is compared with Slack's; `sleep` waits where Slack
    asks for it, so that a large team is looked at slowly rather than not at all.
    """
    token = installation.slack.bot_token.get_secret_value()
    client = web_client(installation.slack.api_url, token, API_SECONDS)
    slack = Slack(client, sleep)
    try:
        answer = slack.ask(client.auth_test)
    except SlackRefusal as refusal:
        own = "Copy the token from the Slack app's page OAuth & Permissions."
        yield wrong("bot token", refusal.error, refusal.remedy(own))
        return
    who = answer.data
    yield ok("bot token", f"{who.get('user')} in {who.get('team')}")
    yield from _scopes(answer.headers)
    yield from _skew(answer.headers, machine)
    yield from _app_token(slack, installation)
    for review in installation.reviews.values():
        yield from _channel(slack, review)
        yield from _members(slack, review)


def _scopes(headers: Mapping[str, Any]) -> Iterator[Finding]:
    told = header(headers, "x-oauth-scopes")
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
    told = header(headers, "date")
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


def _app_token(slack: Slack, installation: Installation) -> Iterator[Finding]:
    token = installation.slack.app_token.get_secret_value()
    try:
        slack.ask(slack.client.apps_connections_open, app_token=token)
    except SlackRefusal as refusal:
        own = "Switch Socket Mode on, and create an app-level token with connections:write."
        yield wrong("app token", refusal.error, refusal.remedy(own))
        return
    yield ok("app token", "Socket Mode is on")
    yield _websocket(token, slack.client)


def _websocket(token: str, client: WebClient) -> Finding:
    """Open the connection that clicks come through: a network may let requests out and not this."""
    socket = SocketClient(token, client, concurrency=1)
    try:
        socket.connect_for_sure()
    except SlackFaultError as fault:
        return wrong("websocket", str(fault), NO_WEBSOCKET)
    finally:
        Socket(socket).close()
    others = socket.connections - 1
    if others > 1:
        return warning(
            "websocket",
            f"opens; {others} other connections are open with this token",
            "Each click goes to one of them: stop every Winnow that does not share this store.",
        )
    beside = "; one other connection is open: a running Winnow's" if others == 1 else ""
    return ok("websocket", f"opens{beside}")


def _channel(slack: Slack, review: Review) -> Iterator[Finding]:
    name = f"channel of {review.review_id}"
    try:
        found = slack.ask(slack.client.conversations_info, channel=review.channel)
    except SlackRefusal as refusal:
        own = "Copy the channel's ID from its About page; for a private one, invite the app first."
        yield wrong(name, f"{review.channel}: {refusal.error}", refusal.remedy(own, NOWHERE))
        return
    channel = found.data["channel"]
    label = f"#{channel.get('name', review.channel)}"
    if channel.get("is_archived"):
        yield wrong(name, f"{label} is archived", "Unarchive it, or name another channel.")
    elif not channel.get("is_member"):
        yield wrong(name, f"the app is not in {label}", f"In {label}, type: /invite @winnow")
    else:
        yield ok(name, f"{label}, the app is in it")


def _members(slack: Slack, review: Review) -> Iterator[Finding]:
    name = f"team of {review.review_id}"
    active = [member for member in review.members if member.active]
    faults = 0
    for place, member in enumerate(active):
        try:
            user = slack.user(member.member_id)
        except SlackRefusal as refusal:
            if refusal.unwell or refusal.unreachable:
                # It says nothing about this person, and the others would fare the same.
                seen = f"{place} of {len(active)} members looked at, then: {refusal.error}"
                yield wrong(name, seen, refusal.remedy(""))
                return
            seen = refusal.error
            remedy = refusal.remedy("Copy the member ID from the person's Slack profile.", NOBODY)
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
        yield ok(name, f"{len(active)} members found in Slack")
