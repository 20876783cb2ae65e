"""Seals have one length, open only with their key and their vote, and say nothing of what they hold."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.sealing import PREFIX, Seal, SealError, is_sealed, new_key
from screening.stages import Stage
from screening.votes import NOTE_LENGTH, Choice, Vote

KEY = new_key()
AT = datetime(2026, 3, 2, tzinfo=UTC)


def a_vote(choice=Choice.EXCLUDE, reason="", note="", vote_id="V1") -> Vote:
    return Vote(vote_id, "peer", "R000001", Stage.FULL_TEXT, "U1", choice, AT, reason, note)


@given(
    st.sampled_from(Choice),
    st.text(st.characters(exclude_characters="\x00\x1f", codec="utf-8"), max_size=90),
    st.text(st.characters(exclude_characters="\x00\x1f", codec="utf-8"), max_size=NOTE_LENGTH),
)
@settings(max_examples=60, deadline=None)
def test_every_vote_comes_back_from_a_seal_of_one_length(choice, reason, note) -> None:
    seal = Seal(KEY)
    vote = a_vote(choice, reason, note)
    text = seal.seal(vote)
    assert len(text) == len(seal.seal(a_vote(Choice.INCLUDE)))
    assert is_sealed(text) and text.startswith(PREFIX)
    assert seal.open(text, "V1") == (choice, reason, note)


def test_the_longest_note_of_the_widest_letters_fits() -> None:
    seal = Seal(KEY)
    note = "\U0001f9ea" * NOTE_LENGTH
    vote = a_vote(Choice.EXCLUDE, "Wrong population", note)
    assert seal.open(seal.seal(vote), "V1") == (Choice.EXCLUDE, "Wrong population", note)


def test_votes_alike_are_sealed_unlike_and_the_same_vote_alike() -> None:
    seal = Seal(KEY)
    one, other = a_vote(vote_id="V1"), a_vote(vote_id="V2")
    assert seal.seal(one) == Seal(KEY).seal(one)
    start = len(PREFIX)
    pairs = zip(seal.seal(one)[start:], seal.seal(other)[start:], strict=True)
    assert sum(a == b for a, b in pairs) < 120


def test_a_seal_opens_only_for_its_vote_and_with_its_key() -> None:
    text = Seal(KEY).seal(a_vote())
    with pytest.raises(SealError, match="V2 does not open with this key"):
        Seal(KEY).open(text, "V2")
    with pytest.raises(SealError, match="WINNOW_SEAL_KEY"):
        Seal(new_key()).open(text, "V1")
    with pytest.raises(SealError):
        Seal(KEY).open(text[:-8] + "AAAAAAAA", "V1")
    with pytest.raises(SealError, match="version history"):
        Seal(KEY).open("include", "V1")


@pytest.mark.parametrize("key", ["", "abc", "not base64 at all!", "QUJD"])
def test_a_key_that_is_none_says_how_to_make_one(key: str) -> None:
    with pytest.raises(SealError, match=r"secrets\.token_bytes"):
        Seal(key)


def test_keys_may_be_written_url_safe_and_are_checked() -> None:
    Seal(KEY.replace("+", "-").replace("/", "_").rstrip("=")).check()
    assert new_key() != new_key()
