"""What cards, answers and refusals say is so: each sentence can be followed by whoever reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import actions
from bot.blocks.card import shown_message
from bot.blocks.commands import COMMANDS, unknown_command
from bot.blocks.digest import reminder_message
from bot.blocks.home import member_home
from bot.blocks.importing import summary_message
from bot.blocks.meaning import meant
from bot.face import NoReviewError
from bot.routes import CLICKS, any_of
from screening.errors import WinnowError
from screening.policies import check_can_vote, check_is_lead, check_is_member, check_source_name
from screening.stages import Stage, Status
from screening.views import Shown, VoteView
from tests.desks import BEN, CHLOE, LEAD, OLA, make_review
from tests.unit.test_blocks import NOW, RECORD, REPORT, SUMMARY, card_of, home_of, vote_of


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


def home_blocks(*votes: VoteView, who: str = BEN, **more: str) -> list[dict]:
    """The Home tab of somebody with these last votes."""
    review = make_review()
    view = home_of(who, last_votes=votes)
    return list(member_home(review, view, REPORT, NOW, **more)["blocks"])


def test_fault_25_change_is_offered_only_where_a_vote_can_be_changed() -> None:
    pending = VoteView(vote_of(), "Pending", True, False, Status.PENDING)
    discussed = VoteView(vote_of(), "Discussed", True, True, Status.CONFLICT)
    decided = VoteView(vote_of(), "Settled matter", True, False, Status.DECIDED)
    blocks = home_blocks(pending, discussed, decided)
    menus = {b["text"]["text"]: "accessory" in b for b in blocks if "Exclude* " in str(b)}
    assert list(menus.values()) == [True, True, False]
    assert [text.endswith("· decided") for text in menus] == [False, False, True]
    blocks = home_blocks(pending, who=OLA)
    assert not [b for b in blocks if "Pending" in str(b) and "accessory" in b]


@pytest.mark.parametrize(
    ("action_id", "neighbour"),
    [
        (actions.CHANGE, "My last votes"),
        (actions.HOME_CONTINUE, "Refresh"),
        (actions.DUPLICATE_SHOW, "possible duplicates* to check"),
    ],
)
def test_fault_25_what_is_told_on_home_stands_beside_its_button(
    action_id: str, neighbour: str
) -> None:
    vote = VoteView(vote_of(), "Pending", True, False, Status.PENDING)
    blocks = home_blocks(vote, who=LEAD, told="What became of it.", beside=action_id)
    (place,) = [n for n, block in enumerate(blocks) if "What became of it." in str(block)]
    assert neighbour in str(blocks[place - 1])


def test_fault_20_each_action_is_heard_by_its_own_listener() -> None:
    names = [action_id for action_id, _ in CLICKS]
    for name in (*names, f"{actions.VOTE}.include", f"{actions.CONFLICT_DECIDE}.exclude"):
        heard = [each for each in names if any_of(each).search(name)]
        assert heard == [name if name in names else name.rpartition(".")[0]]


def test_fault_20_the_undo_of_a_report_names_it() -> None:
    shown = Shown("peer", card_of(), recorded_title="A report", reported="A9")
    *_, line = shown_message(make_review(), shown, NOW).blocks
    assert line["text"]["text"] == "Recorded: Not retrieved “A report”"
    assert line["accessory"]["action_id"] == actions.UNDO_NOT_RETRIEVED
    assert line["accessory"]["value"] == "peer|A9"


def test_fault_21_the_reminder_says_only_what_will_happen() -> None:
    told = str(reminder_message(make_review(), 3, NOW, NOW).blocks)
    assert "is offered to colleagues first" in told
    assert "goes to a colleague" not in told


@pytest.mark.parametrize("name", ["", "  "])
def test_a_field_left_empty_is_missing_and_not_named_by_two_quotes(name: str) -> None:
    with pytest.raises(WinnowError) as refused:
        check_source_name(name)
    assert str(refused.value) == (
        "The source's name is missing. Choose a source or write its name."
    )
