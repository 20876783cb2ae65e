"""Keeping the world's state in one file across restarts, never half-written."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from playground.app import World

logger = logging.getLogger(__name__)

FORMAT = 1
PRIVATE = 0o600
DEBOUNCE_SECONDS = 0.4


class StateFileError(Exception):
    """The state file cannot be read as one."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path} is not a playground state: {problem}. Move it away to start new.")


def snapshot(world: World) -> dict[str, Any]:
    """The whole state as plain JSON values."""
    return {
        "format": FORMAT,
        "offset_seconds": world.clock.offset,
        "slack": world.slack.to_json(),
        "google": world.google.to_json(),
    }


def restore(world: World, data: dict[str, Any]) -> None:
    """Put a snapshot's state into the world."""
    world.clock.offset = float(data["offset_seconds"])
    world.slack.from_json(data["slack"])
    world.google.from_json(data["google"])


def read_state(path: Path) -> dict[str, Any] | None:
    """The state in a file, or None when there is no file."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise StateFileError(path, str(error)) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise StateFileError(path, f"its format is not {FORMAT}")
    return data


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file's content so that a reader sees the old or the new, nothing between.

    It holds tokens and sealed votes: only its owner may read it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


class Saver:
    """Writes the state soon after each change, and at the end."""

    def __init__(self, world: World, path: Path) -> None:
        self._world = world
        self._path = path
        self._dirty = asyncio.Event()
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        world.changed.connect(self._mark)

    def _mark(self, _part: str) -> None:
        self._dirty.set()

    def start(self) -> None:
        """Begin to watch for changes."""
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """Stop watching and write the last state."""
        if self._task is not None:
            self._task.cancel()
        await self.save()

    async def save(self) -> Path:
        """Write the state now."""
        async with self._lock:
            self._dirty.clear()
            content = orjson.dumps(snapshot(self._world), option=orjson.OPT_NON_STR_KEYS)
            await asyncio.to_thread(write_atomically, self._path, content)
        return self._path

    async def _watch(self) -> None:
        pause = DEBOUNCE_SECONDS
        while True:
            await self._dirty.wait()
            await asyncio.sleep(pause)
            started = time.perf_counter()
            try:
                await self.save()
            except OSError:
                logger.exception("The state could not be written to %s; trying again.", self._path)
                self._dirty.set()
            # A large state takes long to write: keep that under a fifth of the time.
            pause = max(DEBOUNCE_SECONDS, 4 * (time.perf_counter() - started))
