"""Has images drawn in a process of their own: matplotlib would cost the bot its memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

SECONDS = 60.0


class DrawingError(Exception):
    """An image could not be drawn; the text before it says everything."""


def draw(kind: str, payload: Mapping[str, Any], form: str = "png") -> bytes:
    """Return an image of kind "progress" or "flow", drawn in another process.

    Raises `DrawingError` when that takes longer than a minute or fails.
    """
    job = json.dumps({"kind": kind, "form": form, "payload": payload}).encode()
    command = [sys.executable, "-m", "bot.charts"]
    try:
        done = subprocess.run(command, input=job, capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DrawingError(f"{kind}: {type(error).__name__}") from error
    if done.returncode or not done.stdout:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise DrawingError(f"{kind}: {last[0] if last else 'nothing was drawn'}")
    return done.stdout
