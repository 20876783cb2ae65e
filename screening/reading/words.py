"""Lets tables of tags be written as lines of words, which stay readable when there are hundreds."""

from __future__ import annotations


def words(*lines: str) -> tuple[str, ...]:
    """Give the words of the lines in order."""
    return tuple(word for line in lines for word in line.split())
