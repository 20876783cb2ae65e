"""`/winnow` does nothing with words that it does not understand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.face import Face
from bot.listeners.slash import ANSWERS, winnow
from bot.payloads import Command
from screening.errors import InvalidValueError


def said(text: str) -> None:
    """Say a command to a bot that has nothing to answer with."""
    nowhere = cast(Face, SimpleNamespace())

    def ack(*arguments: Any, **told: Any) -> None:
        raise LookupError(told)

    winnow(nowhere, Command("U1", "C1", text, "key"), ack)


@pytest.mark.parametrize(
    ("text", "named", "remedy"),
    [
        (
            "next 2 two",
            "The word 'two'",
            "write /winnow next or /winnow next 10, in the channel of",
        ),
        ("next 2 two more", "The words 'two more'", "write /winnow next or"),
        ("pause off", "The word 'off'", "/winnow resume"),
        ("STATUS of ben", "The words 'of ben'", "write /winnow status."),
    ],
)
def test_surplus_words_are_named_and_nothing_is_done(text: str, named: str, remedy: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        said(text)
    assert str(raised.value).startswith(f"{named} cannot be used. Nothing was done: ")
    assert remedy in str(raised.value)


@pytest.mark.parametrize("word", sorted(ANSWERS))
def test_no_command_ignores_a_word(word: str) -> None:
    with pytest.raises(InvalidValueError, match="more' cannot be used"):
        said(f"{word} and more")


@pytest.mark.parametrize("text", ["next", "next 10", "pause", "status"])
def test_what_is_understood_goes_on(text: str) -> None:
    with pytest.raises(AttributeError, match="review_for"):
        said(text)
