"""What cards, answers and refusals say is so: each sentence can be followed by whoever reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.blocks.card import shown_message
from bot.blocks.commands import COMMANDS, unknown_command
from bot.blocks.importing import summary_message
from bot.blocks.meaning import meant
from bot.face import NoReviewError
from screening.errors import WinnowError
from screening.policies import check_can_vote, check_is_lead, check_is_member
from screening.stages import Stage
from screening.views import Shown
from tests.desks import BEN, CHLOE, OLA, make_review
from tests.unit.test_blocks import NOW, RECORD, SUMMARY, card_of


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"doi": "", "pmid": "", "urls": ()}, "No abstract came with this record._"),
        ({"doi": "10.1/x"}, "the title's link may have one"),
        ({"doi": "", "pmid": "1234"}, "the title's link may have one"),
        ({"doi": "", "pmid": "", "urls": ("https://a.example/1",)}, "link may have one"),
        ({"doi": "", "pmid": "", "urls": ("ftp:nowhere",)}, "No abstract came with this record._"),
    ],
)
def test_fault_23_a_link_is_promised_only_where_there_is_one(given: dict, said: str) -> None:
    record = replace(RECORD, abstract="", **given)
    shown = shown_message(make_review(), Shown("peer", card_of(record)), NOW)
    assert said in str(shown.blocks)
    assert ("https://" in str(shown.blocks)) == ("may have one" in str(shown.blocks))


def test_fault_23_a_cut_abstract_promises_no_link() -> None:
    record = replace(RECORD, abstract="word " * 3_000, doi="", pmid="")
    shown = shown_message(make_review(), Shown("peer", card_of(record)), NOW)
    assert "(cut at 9,000 characters)" in str(shown.blocks)
    assert "link" not in str(shown.blocks)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("export", "winnow export"),
        ("paper", "dropping its PDF in the thread"),
        ("note", "the Note button"),
        ("disagreements", "/winnow conflicts"),
        ("holiday", "/winnow pause"),
        ("upload", "/winnow import"),
        ("stauts", "/winnow status"),
        ("nxt", "/winnow next"),
        ("conflict", "/winnow conflicts"),
        ("expert", ""),
        ("paused?", "/winnow pause"),
        ("xyzzy", ""),
        ("rest", ""),
    ],
)
def test_fault_29_a_suggestion_is_by_meaning_or_there_is_none(word: str, said: str) -> None:
    assert (said in meant(word, COMMANDS)) if said else meant(word, COMMANDS) == ""
    told = unknown_command(word).text
    assert told.startswith(f"There is no command “{word}”.")
    assert ("Did you mean" in told) == said.startswith("/winnow")


def test_fault_29_the_button_after_a_batch_promises_no_number() -> None:
    card = card_of(stage=Stage.FULL_TEXT)
    finished = shown_message(make_review(), Shown("peer", None, batch=card.batch), NOW)
    labels = [e["text"]["text"] for b in finished.blocks for e in b.get("elements", ())]
    assert labels == ["Next batch"]


def test_fault_29_the_sum_of_an_import_tells_pairs_from_records() -> None:
    two = replace(SUMMARY, possible=2, problems=())
    told = str(summary_message(make_review(), two, pairs=1).blocks)
    assert "2 to check" in told
    assert "1 pair now waits for the lead, one card at a time" in told
    assert "waits" not in str(summary_message(make_review(), two, pairs=0).blocks)


def refusals() -> list[str]:
    """What people are told who may not do something."""
    review = make_review()
    away = replace(review, members=tuple(replace(m, active=False) for m in review.members[1:2]))
    late = replace(review.members[2], stages=frozenset({Stage.FULL_TEXT}))
    only_late = replace(review, members=(review.members[0], late))
    told = []
    for refused in (
        lambda: check_is_member(review, "U0EVA"),
        lambda: check_is_member(away, BEN),
        lambda: check_is_lead(review, BEN, "decide a conflict"),
        lambda: check_can_vote(review, OLA, Stage.FULL_TEXT),
        lambda: check_can_vote(only_late, CHLOE, Stage.TITLE_ABSTRACT),
    ):
        with pytest.raises(WinnowError) as raised:
            refused()
        told.append(str(raised.value))
    return [*told, str(NoReviewError("U0EVA"))]


def test_fault_29_a_refusal_speaks_to_the_person_and_names_whom_to_ask() -> None:
    for told in refusals():
        assert told.startswith("You are "), told
        assert "[[" not in told, told
        assert "Ask " in told or told.endswith("Ana can."), told
    assert "U0EVA" in refusals()[0]
    assert "You are a reviewer in this review and cannot decide a conflict; Ana can." in refusals()
