"""Faults that a person can act on: each class writes its own sentence, value and remedy included."""

from __future__ import annotations


class WinnowError(Exception):
    """Base of every fault that is told to a person as it stands."""


class UnreadableFileError(WinnowError):
    """A file that no reader can make sense of; nothing of it was recorded."""

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        super().__init__(f"{name} cannot be read: {reason}. {remedy}")
        self.name = name
