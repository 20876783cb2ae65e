"""Writing records as any format that is read, so that what came in can go out again."""

from __future__ import annotations

from screening.writing.exports import FORMATS, write_export
from screening.writing.losses import LOSSES
from screening.writing.raw import write_raw

__all__ = ["FORMATS", "LOSSES", "write_export", "write_raw"]
