"""How much of a file the readers will take, so that no file can exhaust the machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Bounds on one file; sizes in bytes unless the name says otherwise.

    A file over `file_bytes` is refused, and so is a workbook that unpacks to more than
    `unpacked_bytes` or more than `unpacking_ratio` times its packed size. A field over
    `field_chars` characters is kept and reported. Past `problems`, further ones are counted
    and summed up in one sentence. A malformed quote in a CSV is searched for its end over at
    most `row_lines` lines and `row_chars` characters.
    """

    file_bytes: int = 512 * 1024 * 1024
    unpacked_bytes: int = 200_000_000
    unpacking_ratio: int = 500
    field_chars: int = 1_000_000
    problems: int = 1_000
    row_lines: int = 2_000
    row_chars: int = 8_000_000
    sample_bytes: int = 1024 * 1024
