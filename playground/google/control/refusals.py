"""How a refused gesture is answered over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import HTTPException

from playground.google.errors import GoogleError
from playground.google.people import HandsRefused

_STATUS = {"not_found": 404, "no_access": 403, "protected": 403, "warning": 409, "validation": 422}


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a refusal into an HTTP answer: `{"detail": {"reason", "message"}}`."""
    try:
        yield
    except HandsRefused as refused:
        code = _STATUS.get(refused.reason, 400)
        detail = {"reason": refused.reason, "message": refused.message}
        raise HTTPException(code, detail) from refused
    except GoogleError as error:
        detail = {"reason": "invalid", "message": error.message}
        raise HTTPException(400, detail) from error
