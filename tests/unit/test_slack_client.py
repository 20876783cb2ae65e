"""The one place that calls Slack: what it makes of answers and of their absence."""

from __future__ import annotations

from http.client import RemoteDisconnected
from types import SimpleNamespace
from typing import Any
from urllib.error import URLError

import pytest

from bot.slack import SlackClient
from bot.slack_faults import SlackFaultError

IDENTITY = {"bot_id": "B1", "user_id": "U0APP", "team_id": "T1"}
MESSAGES = {"messages": [{"ts": "2.0", "user": "U0APP"}, {"ts": "1.0", "user": "U0BEN"}]}


def answering(monkeypatch: pytest.MonkeyPatch, **answers: list[Any]) -> SlackClient:
    """A client whose methods answer with these, one after the other; errors are raised."""
    client = SlackClient("xoxb-1", "http://localhost:1/api/")
    for name, given in answers.items():
        left = list(given)

        def method(left: list[Any] = left, **arguments: Any) -> Any:
            answer = left.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return SimpleNamespace(data=answer)

        method.__name__ = name
        monkeypatch.setattr(client.web, name, method)
    return client


def test_messages_are_never_read_without_knowing_which_are_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = answering(
        monkeypatch,
        auth_test=[URLError("away"), IDENTITY],
        conversations_history=[MESSAGES, MESSAGES],
    )
    with pytest.raises(SlackFaultError, match=r"auth_test: URLError"):
        client.history("C1")
    for _ in range(2):
        assert [posted.own for posted in client.history("C1")] == [True, False]


def test_an_answer_that_was_not_waited_for_differs_from_a_broken_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults = [TimeoutError(), RemoteDisconnected(), URLError(TimeoutError())]
    client = answering(monkeypatch, auth_test=faults)
    told = []
    for _ in faults:
        with pytest.raises(SlackFaultError) as raised:
            client.identity()
        told.append((raised.value.unclear, raised.value.under_way, raised.value.permanent))
    assert told == [(True, True, False), (True, False, False), (True, False, False)]
