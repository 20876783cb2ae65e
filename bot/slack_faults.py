"""What can go wrong with Slack: refused for good, asked too often, in trouble itself, the wrong file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slack_sdk.errors import SlackApiError

from screening.errors import WinnowError

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


def fault_of(method: str, error: SlackApiError) -> SlackFaultError:
    """Say what a refusal of the SDK means: asked too often, in trouble itself, or refused for good."""
    response = error.response
    status = getattr(response, "status_code", 200)
    data = getattr(response, "data", {})
    name = str(data.get("error", "")) if isinstance(data, Mapping) else ""
    if status == 429 or name in ("ratelimited", "rate_limited"):
        headers = getattr(response, "headers", {}) or {}
        after = headers.get("Retry-After") or headers.get("retry-after")
        return SlackFaultError(method, "ratelimited", retry_after=seconds_of(after))
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


def seconds_of(value: object) -> float:
    """Return the seconds of a Retry-After header; Slack writes whole seconds."""
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    try:
        return max(1.0, float(str(value)))
    except ValueError:
        return 1.0
