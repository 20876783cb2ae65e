"""spreadsheets.batchUpdate: one handler a kind of request, all or none of them applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from playground.google.content import Draft
from playground.google.errors import GoogleError, invalid, standin
from playground.google.requests import cells, data, looks, ranges, sheets
from playground.google.tabs import Json

Handler = Callable[[Draft, Mapping[str, Any]], Json]

HANDLERS: Final[Mapping[str, Handler]] = {
    **cells.HANDLERS,
    **data.HANDLERS,
    **looks.HANDLERS,
    **ranges.HANDLERS,
    **sheets.HANDLERS,
}


def apply_requests(draft: Draft, requests: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Apply requests to a draft in their order; gives one reply each.

    The bodies are already checked against the API's messages. Raises GoogleError (400) for the
    first request that cannot be applied; the draft is then of no use.
    """
    if not requests:
        raise invalid("Must specify at least one request.")
    replies = []
    for index, request in enumerate(requests):
        if not request:
            raise invalid(f"Invalid requests[{index}]: No request set.")
        ((kind, body),) = request.items()
        handler = HANDLERS.get(kind)
        if handler is None:
            raise standin(
                "unsupported_request",
                f"requests[{index}].{kind} is a real kind of request, but not one that the "
                "stand-in plays.",
            )
        try:
            replies.append(handler(draft, body))
        except GoogleError as error:
            if error.message.startswith("standin_"):
                raise
            raise GoogleError(
                error.code,
                f"Invalid requests[{index}].{kind}: {error.message}",
                error.status,
                error.details,
            ) from error
    return replies
