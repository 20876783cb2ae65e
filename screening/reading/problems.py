"""Collects what went wrong in one file, so that thousands of faults stay a readable list."""

from __future__ import annotations

from screening.records import Problem, further_problems


class ProblemLog:
    """The problems of one reading in the order met; past `limit` they are only counted."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: list[Problem] = []
        self._taken = 0
        self._uncounted = 0

    def add(self, message: str, line: int | None = None) -> None:
        """Note one problem, with the line (from 1) it was met on where there is one."""
        if len(self._kept) < self._limit:
            self._kept.append(Problem(message, line))
        else:
            self._uncounted += 1

    def take_new(self) -> list[Problem]:
        """Give the problems noted since the last call."""
        new = self._kept[self._taken :]
        self._taken = len(self._kept)
        return new

    def closing(self) -> list[Problem]:
        """Give the one sentence that stands for the problems past the limit, if any."""
        if not self._uncounted:
            return []
        return [Problem(further_problems(self._uncounted))]
