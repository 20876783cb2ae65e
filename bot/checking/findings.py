"""What a check found: a name, whether it is right, what was seen and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` is empty when nothing has to be done."""

    name: str
    state: State
    seen: str
    remedy: str = ""


Check = Callable[[], Iterator[Finding]]


def ok(name: str, seen: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(name, "ok", seen)


def wrong(name: str, seen: str, remedy: str) -> Finding:
    """Say that something keeps the bot from working."""
    return Finding(name, "wrong", seen, remedy)


def warning(name: str, seen: str, remedy: str) -> Finding:
    """Say that something works but not as well as it should."""
    return Finding(name, "warning", seen, remedy)
