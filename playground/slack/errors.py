"""The one exception by which a Web API method refuses, as Slack's `{"ok": false}` answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SlackError(Exception):
    """A refusal with Slack's error name; `details` go into response_metadata.messages."""

    def __init__(
        self,
        error: str,
        details: Sequence[str] = (),
        *,
        status: int = 200,
        retry_after: int | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(error)
        self.error = error
        self.details = list(details)
        self.status = status
        self.retry_after = retry_after
        self.fields = fields

    def answer(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {"ok": False, "error": self.error, **self.fields}
        if self.details:
            body["response_metadata"] = {"messages": self.details}
        return body


class PersonError(Exception):
    """A member cannot do that in the playground: a sentence that says why."""
