"""What the client makes of a token that Google does not give: a refused key, or a bad day."""

from __future__ import annotations

import random
from typing import Any

import pytest
import requests
from google.auth.exceptions import RefreshError
from google.oauth2._client import _can_retry, _handle_error_response

from sheets.client import RoutedClient, SheetClient
from sheets.errors import CredentialsError, SheetError, UnreachableError
from sheets.quota import Quota


def failing(status: int, answer: Any) -> RefreshError:
    """Return what google-auth raises when the token service answers so."""
    with pytest.raises(RefreshError) as raised:
        _handle_error_response(answer, _can_retry(status, answer))
    return raised.value


class Tokenless(requests.Session):
    """A session whose token cannot be renewed."""

    def __init__(self, error: RefreshError) -> None:
        super().__init__()
        self.error = error
        self.asked = 0

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        self.asked += 1
        raise self.error


def fault_of(error: RefreshError) -> tuple[SheetError, int]:
    """Return what a read raises, and how often it was tried."""
    session = Tokenless(error)
    http = RoutedClient(session, "http://localhost:1", "http://localhost:1")
    client = SheetClient(http, "bot@x", Quota(lambda: 0.0), lambda seconds: None, random.Random(1))
    with pytest.raises(SheetError) as raised:
        client.describe("1abc")
    return raised.value, session.asked


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (503, {"error": {"code": 503, "message": "The service is away.", "status": "UNAVAILABLE"}}),
        (502, {"error": {"code": 502, "message": "Bad gateway.", "status": "UNAVAILABLE"}}),
        (429, {"error": {"code": 429, "message": "Slower.", "status": "RESOURCE_EXHAUSTED"}}),
        (502, "<html><title>502</title></html>"),
        (500, {"error": "internal_failure"}),
        (400, {"error": "temporarily_unavailable", "error_description": "later"}),
        (504, ""),
    ],
)
def test_a_token_service_in_trouble_says_nothing_about_the_key(status: int, answer: Any) -> None:
    fault, asked = fault_of(failing(status, answer))
    assert isinstance(fault, UnreachableError)
    assert "<" not in str(fault)
    assert asked == 4


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}),
        (401, {"error": "invalid_client"}),
        (403, {"error": {"code": 403, "message": "Disabled.", "status": "PERMISSION_DENIED"}}),
    ],
)
def test_a_refused_key_is_told_at_once(status: int, answer: Any) -> None:
    fault, asked = fault_of(failing(status, answer))
    assert isinstance(fault, CredentialsError)
    assert "Create a new key" in str(fault)
    assert asked == 1
