"""What the command line is built of: clocks, identifiers, logging."""

from __future__ import annotations

import http.server
import io
import json
import logging
import re
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.checking.slacking import SCOPES
from bot.clocks import ClockUnreachableError, OffsetClock, offset_at
from bot.ids import time_ordered_ids
from bot.logs import Redacting, configure_logging
from screening.errors import InvalidValueError


def test_check_asks_for_the_scopes_of_the_manifest() -> None:
    manifest = (Path(__file__).parents[2] / "manifest.yaml").read_text()
    listed = manifest.split("    bot:\n")[1].split("settings:")[0]
    assert sorted(SCOPES) == sorted(re.findall(r"(?m)^      - ([a-z_:]+)", listed))


class Standing:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


def test_ids_sort_as_they_were_made_even_when_the_clock_goes_back() -> None:
    clock = Standing()
    new_id = time_ordered_ids(clock)
    made = [new_id("V") for _ in range(100)]
    clock.time += timedelta(days=3)
    made += [new_id("V") for _ in range(100)]
    clock.time -= timedelta(days=5)
    made += [new_id("V") for _ in range(100)]
    assert made == sorted(made)
    assert len(set(made)) == 300
    assert all(len(each) == 21 and each.isalnum() for each in made)


def test_ids_of_threads_differ() -> None:
    new_id = time_ordered_ids(Standing())
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.extend(new_id("A") for _ in range(200)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1600


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/clock",
        "http://10.0.0.7:8765/control/clock",
        "https://127.0.0.1/clock",
        "http://127.0.0.1.example.org/clock",
        "http://localhost.example.org/",
        "file:///etc/passwd",
        "clock",
    ],
)
def test_only_this_machine_may_move_the_clock(url: str) -> None:
    with pytest.raises(InvalidValueError, match="this machine"):
        offset_at(url)


@pytest.fixture
def page() -> Iterator[tuple[str, dict[str, object]]]:
    answer: dict[str, object] = {"offset_seconds": 86_400.0}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200 if self.path == "/control/clock" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", answer
    server.shutdown()
    server.server_close()


def test_offset_is_read_and_followed(page: tuple[str, dict[str, object]]) -> None:
    url, answer = page
    clock = OffsetClock(offset_at(url), every_seconds=0.01)
    clock.start()
    ahead = clock.now() - datetime.now(UTC)
    assert abs(ahead - timedelta(days=1)) < timedelta(seconds=1)
    answer["offset_seconds"] = 0
    waiting = threading.Event()
    for _ in range(200):
        if abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1):
            break
        waiting.wait(0.01)
    else:
        pytest.fail("the clock did not follow")
    answer.clear()  # no offset any more: the last one holds
    waiting.wait(0.05)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
    clock.stop()


def test_unreachable_clock_is_a_sentence(page: tuple[str, dict[str, object]]) -> None:
    with pytest.raises(ClockUnreachableError, match="HTTP 404"):
        offset_at(f"{page[0]}/elsewhere")()
    with pytest.raises(ClockUnreachableError, match="cannot be read"):
        offset_at("http://127.0.0.1:1/")()


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-1234567890-abcdefghij",
        "xapp-1-A0B1C2-999-aaaabbbbcccc",
        "postgresql://winnow:hunter2222@db/winnow",
        "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----",
        "Authorization: Bearer ya29.abcdefghijklmnop",
        "the-seal-key-itself-0123456789",
        "[SQL: INSERT INTO votes]\n[parameters: {'choice': 'hunter2222'}]",
    ],
)
def test_no_secret_reaches_the_log(secret: str) -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 1, "failed with %s", (secret,), None)
    line = Redacting(["the-seal-key-itself-0123456789"]).format(record)
    for part in ("1234567890-ab", "aaaabbbb", "hunter2222", "MIIEvQ", "ya29", "seal-key-itself"):
        assert part not in line
    assert line.startswith(datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H"))


def test_tracebacks_are_redacted_and_libraries_quiet() -> None:
    stream = io.StringIO()
    before = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        configure_logging(verbose=True, stream=stream)
        logging.getLogger("slack_sdk.web").debug("payload with a vote: include")
        try:
            raise RuntimeError("xoxb-1234567890-abcdefghij")
        except RuntimeError:
            logging.getLogger("bot").error("it failed", exc_info=sys.exc_info())
    finally:
        logging.getLogger().handlers[:], level = before
        logging.getLogger().setLevel(level)
    assert "include" not in stream.getvalue()
    assert "RuntimeError: [token]" in stream.getvalue()
