"""What can keep the demo from starting, each with its remedy."""

from __future__ import annotations

from pathlib import Path

from screening.errors import WinnowError


class NotADemoFolderError(WinnowError):
    """A folder that the demo did not make: nothing in it is touched."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{str(folder)!r} holds files that are not a demo's, so nothing was changed. "
            "Name another folder with --folder."
        )


class ProcessFailedError(WinnowError):
    """One of the two processes ended before it was ready."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(f"{name} did not start: {_last_line(log)} (all of it: {log})")


class PlaygroundRefusedError(WinnowError):
    """The playground did not do what the demo asked of it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"The playground refused {path}: {reason}. Start over with `winnow demo --reset`."
        )


class DemoRunsError(WinnowError):
    """A demo already runs in the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"A demo already runs in {str(folder)!r}. Stop it with Ctrl-C, or name another folder "
            "with --folder."
        )


class PortTakenError(WinnowError):
    """Another program listens on the port, often an earlier demo."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is taken, perhaps by a demo that still runs. Stop it with Ctrl-C, or name "
            "another port with --port."
        )


class NoPlaygroundError(WinnowError):
    """The playground's packages are not installed."""

    def __init__(self) -> None:
        super().__init__(
            "The demo needs the playground. Install it with: pip install --editable '.[playground]'"
        )


def _last_line(log: Path) -> str:
    try:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        lines = []
    return lines[-1].strip() if lines else "it said nothing"
