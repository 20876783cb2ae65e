"""The sheets' thread: it ends when told to, also while it waits for its quota."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sheets.client import SheetClient
from sheets.errors import UnreachableError
from sheets.quota import Quota
from sheets.service import SheetService
from tests.desks import make_desk, make_review


class Waiting:
    """A client that waits for its quota with every request."""

    def __init__(self, rest: Callable[[float], None], begun: threading.Event) -> None:
        self.quota = Quota(lambda: 0.0)
        self._rest, self._begun = rest, begun

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def request(*args: Any, **named: Any) -> None:
            self._begun.set()
            self._rest(3600.0)

        return request


def test_the_thread_ends_at_once_although_it_waits_for_its_quota(
    store, caplog: pytest.LogCaptureFixture
) -> None:
    begun, stop, wake = threading.Event(), threading.Event(), threading.Event()
    slept: list[float] = []

    def client(rest: Callable[[float], None]) -> SheetClient:
        return Waiting(rest, begun)  # type: ignore[return-value]

    desk = make_desk(store, replace(make_review(), spreadsheet="1abc"))
    service = SheetService(desk, client, None, sleep=slept.append)
    service.rest(7.0)
    assert slept == [7.0], "a command waits as it was told to"
    thread = threading.Thread(target=service.loop, args=(stop, wake), daemon=True)
    thread.start()
    assert begun.wait(5)
    with caplog.at_level(logging.WARNING):
        stop.set()
        thread.join(5)
    assert not thread.is_alive()
    assert caplog.records == []
    assert slept == [7.0]
    with pytest.raises(UnreachableError, match="being stopped"):
        service.rest(3600.0)
