"""The clocks: the machine's, and one that follows an offset read from localhost."""

from __future__ import annotations

import http.client
import ipaddress
import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from screening.errors import InvalidValueError, WinnowError

log = logging.getLogger(__name__)

READ_EVERY_SECONDS = 0.5
_TIMEOUT_SECONDS = 2.0


class ClockUnreachableError(WinnowError):
    """The address given with --clock does not tell an offset."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"The clock at {url} cannot be read ({reason}). Start the playground first, or leave "
            "--clock out."
        )


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present instant, UTC."""
        return datetime.now(UTC)


class OffsetClock:
    """The machine's clock plus an offset that a page on this machine may move.

    The offset is read in a thread of its own: telling the time never waits for the network. While
    the page cannot be reached, the last offset holds.
    """

    def __init__(
        self,
        read: Callable[[], float],
        system: Callable[[], datetime] | None = None,
        every_seconds: float = READ_EVERY_SECONDS,
    ) -> None:
        self._read = read
        self._system = system or SystemClock().now
        self._every = every_seconds
        self._offset = timedelta(seconds=read())
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def now(self) -> datetime:
        """Return the present instant with the offset, UTC."""
        return self._system() + self._offset

    def start(self) -> None:
        """Begin to follow the offset."""
        self._thread = threading.Thread(target=self._follow, name="clock", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop following."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=_TIMEOUT_SECONDS + 1)

    def _follow(self) -> None:
        reachable = True
        while not self._stopped.wait(self._every):
            try:
                self._offset = timedelta(seconds=self._read())
                reachable = True
            except WinnowError as error:
                if reachable:
                    log.warning("%s The last offset holds.", error)
                reachable = False


def offset_at(url: str) -> Callable[[], float]:
    """Return a function that reads the offset in seconds from `url`; loopback addresses only.

    The address answers with JSON that holds `offset_seconds`. Raises `InvalidValueError` for any
    address that is not this machine's: who can move the clock can make the bot post.
    """
    address = urlsplit(url)
    host = address.hostname or ""
    if address.scheme != "http" or not _is_loopback(host):
        raise InvalidValueError(
            "The clock's address",
            url,
            "Only this machine's own are accepted, such as http://127.0.0.1:8765/control/clock.",
        )
    path = address.path if address.path.strip("/") else "/control/clock"

    def read() -> float:
        connection = http.client.HTTPConnection(host, address.port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("GET", path, headers={"Accept": "application/json"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise ClockUnreachableError(url, f"HTTP {answer.status}")
            return float(json.loads(body)["offset_seconds"])
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
            raise ClockUnreachableError(url, str(error) or type(error).__name__) from error
        finally:
            connection.close()

    return read


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
