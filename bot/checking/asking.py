"""Asks Slack on behalf of `winnow check`: patiently, each member once, telling outages from refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack_faults import fault_of

PATIENCE = 180.0
"""Seconds spent waiting, over a whole check, for Slack to take more requests."""

LATER = "Slack is not answering as it should: try again later. Nothing has to be changed."


class Answer(Protocol):
    """What the SDK gives back."""

    data: Any
    headers: Mapping[str, Any]


class SlackRefusal(Exception):
    """A method answered `ok: false`, or not at all.

    `unwell` is true when Slack itself is in trouble, so that the refusal says nothing about what
    was asked; `unreachable` when no answer came.
    """

    def __init__(self, error: str, *, unwell: bool = False, unreachable: bool = False) -> None:
        super().__init__(error)
        self.error = error
        self.unwell = unwell
        self.unreachable = unreachable

    def remedy(self, own: str, meant_by: frozenset[str] | None = None) -> str:
        """Return what to do; `own` mends what was asked for.

        `own` is only named for the errors in `meant_by`, where those are given.
        """
        if self.unreachable:
            return "Check the network, and installation.slack.api_url."
        if self.unwell:
            return LATER
        if meant_by is None or self.error in meant_by:
            return own
        if self.error == "missing_scope":
            return "Update the app from manifest.yaml and reinstall it to the workspace."
        return f"Look up what Slack means by {self.error}: https://docs.slack.dev/reference/methods"


class Slack:
    """Slack's methods, asked one at a time; `sleep` waits that many seconds."""

    def __init__(self, client: WebClient, sleep: Callable[[float], None]) -> None:
        self.client = client
        self._sleep = sleep
        self._patience = PATIENCE
        self._users: dict[str, Mapping[str, Any] | SlackRefusal] = {}

    def user(self, member_id: str) -> Mapping[str, Any]:
        """Return a person's profile; who is on two teams is asked for once. Raises `SlackRefusal`."""
        found = self._users.get(member_id)
        if found is None:
            try:
                found = self.ask(self.client.users_info, user=member_id).data["user"]
            except SlackRefusal as refusal:
                if refusal.unwell or refusal.unreachable:
                    raise
                found = refusal
            self._users[member_id] = found
        if isinstance(found, SlackRefusal):
            raise found
        return found

    def ask(self, method: Callable[..., Any], **arguments: Any) -> Answer:
        """Call a method, as often as it takes when there were too many. Raises `SlackRefusal`."""
        while True:
            try:
                answer: Answer = method(**arguments)
            except SlackApiError as error:
                fault = fault_of(method.__name__, error)
                if not self._waited(fault.retry_after):
                    raise SlackRefusal(fault.error, unwell=not fault.permanent) from error
            except (SlackClientError, HTTPException, OSError) as error:
                raise SlackRefusal(
                    f"unreachable ({type(error).__name__})", unreachable=True
                ) from error
            else:
                return answer

    def _waited(self, seconds: float) -> bool:
        """Wait as long as Slack wants; False when it did not ask to, or for more than we have."""
        if not 0 < seconds <= self._patience:
            return False
        self._patience -= seconds
        self._sleep(seconds)
        return True


def header(headers: Mapping[str, Any], name: str) -> str | None:
    """Return a header of an answer; `name` is in lower case."""
    for key, value in headers.items():
        if key.lower() == name:
            return str(value[0] if isinstance(value, list) else value)
    return None
