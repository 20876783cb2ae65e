"""Fetches a dropped search export: checked before, cut at the limit, on the disk while it is read."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.payloads import DroppedFile
from bot.slack import SlackClient
from bot.slack_faults import FileTooLargeError, NotInSlackError
from screening.errors import WinnowError

LARGEST_EXPORT = 100_000_000
"""Bytes. The largest exports that databases give in one file have about 80 MB (20,000 records)."""


class NoRoomError(WinnowError):
    """The file could not be put down on this machine."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"The file could not be put down in {tempfile.gettempdir()} ({error.strerror}). "
            "Whoever runs Winnow can make room there; then try again."
        )


@dataclass(frozen=True, slots=True)
class Fetched:
    """A search export on the disk; gone when its `with` block ends."""

    path: Path
    sha256: str


@contextmanager
def fetched(slack: SlackClient, file: DroppedFile) -> Iterator[Fetched]:
    """Give a file of Slack's for the length of a `with` block.

    Raises `NotInSlackError` and `FileTooLargeError` before anything is fetched where Slack says so
    of the file, and `SlackFaultError`.
    """
    if file.is_external:
        raise NotInSlackError("another service")
    if file.size > LARGEST_EXPORT:
        raise FileTooLargeError(LARGEST_EXPORT)
    with tempfile.NamedTemporaryFile(prefix="winnow-") as place:
        try:
            slack.download(file.url, place, LARGEST_EXPORT)
            place.flush()
            place.seek(0)
            digest = hashlib.file_digest(place, "sha256").hexdigest()
        except OSError as error:
            raise NoRoomError(error) from error
        yield Fetched(Path(place.name), digest)
