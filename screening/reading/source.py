"""Bytes in memory and files on disk behind one face, so that a large file is read as a stream."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from screening.errors import UnreadableFileError
from screening.reading.limits import ReadingLimits


@dataclass(frozen=True, slots=True)
class Source:
    """One export: its name for people, its size in bytes and where its content is."""

    name: str
    content: bytes | Path
    size: int

    def open(self) -> BinaryIO:
        """Open the content for reading from its start."""
        if isinstance(self.content, Path):
            return self.content.open("rb")
        return BytesIO(self.content)

    def head(self, size: int) -> bytes:
        """Give the first `size` bytes."""
        with self.open() as stream:
            return stream.read(size)


def source_of(data: bytes | Path, name: str, limits: ReadingLimits) -> Source:
    """Wrap `data`; raises UnreadableFileError when it is missing, empty or over the limit."""
    if isinstance(data, Path):
        if not data.is_file():
            raise UnreadableFileError(name, "there is no such file", "Check the path.")
        size = data.stat().st_size
    else:
        data = bytes(data)
        size = len(data)
    if size == 0:
        raise UnreadableFileError(name, "it is empty", "Export the search again.")
    if size > limits.file_bytes:
        raise UnreadableFileError(
            name,
            f"it has {size / 1e6:,.0f} MB and at most {limits.file_bytes / 1e6:,.0f} MB are read",
            "Export the search in several parts and import each.",
        )
    return Source(name, data, size)
