"""Reading search exports: bytes in, records and problems out."""

from __future__ import annotations

from screening.reading.decoding import decode
from screening.reading.exports import FORMATS, iter_export, read_export
from screening.reading.limits import ReadingLimits

__all__ = ["FORMATS", "ReadingLimits", "decode", "iter_export", "read_export"]
