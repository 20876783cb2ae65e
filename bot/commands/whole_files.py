"""Writes a command's result so that a full disk leaves the old file or none, never half a file."""

from __future__ import annotations

from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` under `path` once all of it is written. Raises `OSError` that names `path`."""
    is_stream = path.exists() and not path.is_file()  # /dev/stdout, a pipe
    part = path if is_stream else path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(data)
        if not is_stream:
            part.replace(path)
    except OSError as error:
        if not is_stream:
            part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
