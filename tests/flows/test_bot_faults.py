"""Faults that use has found in the conversation with the bot, through the front door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.blocks.kit import Message
from screening.gestures.batches import hand_out, release_expired
from screening.gestures.fulltext import attach_full_text
from screening.gestures.settling import settle_due
from tests.flows.botdesk import BotDesk, bot_at_work, bring, labels, words
from tests.flows.standins import Playground, running_playground, wait_until


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with running_playground(tmp_path_factory.mktemp("workspace")) as running:
        yield running


@pytest.fixture
def bot(workspace: Playground, tmp_path: Path) -> Iterator[BotDesk]:
    with bot_at_work(workspace, tmp_path) as working:
        yield working


def ask(bot: BotDesk, who: str, size: int = 25) -> dict[str, Any]:
    """Ask for a card by the command; return its message."""
    seen = {m["ts"] for m in bot.dm(who)}
    bot.control.command(who, f"next {size}", where="#screening")
    wait_until(lambda: [m for m in bot.dm(who) if m["ts"] not in seen])
    return bot.card(who)


def tap(bot: BotDesk, who: str, label: str, ts: str = "") -> dict[str, Any]:
    """Tap a button of a card, by default the newest; return the message as it is then."""
    ts = ts or bot.card(who)["ts"]
    used = bot.control.click(who, label, where="dm", ts=ts, wait_ms=5000)
    assert used["warning"] is None, used
    return at(bot, who, ts)


def at(bot: BotDesk, who: str, ts: str) -> dict[str, Any]:
    return next(m for m in bot.dm(who) if m["ts"] == ts)


def alive(bot: BotDesk, who: str, since: str) -> list[str]:
    """The messages from `since` on that show a card to vote on."""
    return [m["ts"] for m in bot.dm(who) if m["ts"] >= since and "Skip" in labels(m)]


def test_fault_24_there_is_never_a_second_live_card(bot: BotDesk) -> None:
    bring(bot, 4)
    first = ask(bot, "ben")["ts"]
    second = ask(bot, "ben")["ts"]
    assert first != second
    wait_until(lambda: alive(bot, "ben", first) == [second])
    assert words(at(bot, "ben", first)) == (
        "Your cards go on in another message of this conversation."
    )
    tap(bot, "ben", "Exclude")
    assert alive(bot, "ben", first) == [second]
    # The end of a batch is no card, and the next one does not touch it.
    for label in ("Exclude", "Exclude", "Exclude"):
        tap(bot, "ben", label)
    assert alive(bot, "ben", first) == []
    assert "Batch finished" in words(at(bot, "ben", second))


def test_fault_24_a_tap_on_an_old_copy_says_what_stands_and_the_card_goes_on_there(
    bot: BotDesk,
) -> None:
    bring(bot, 4)
    old = ask(bot, "ben")["ts"]
    stale = next(c for c in bot.card("ben")["controls"] if c["label"] == "Include")
    second = ask(bot, "ben")["ts"]
    wait_until(lambda: alive(bot, "ben", old) == [second])
    tap(bot, "ben", "Exclude")
    # As on a phone that still shows the old copy.
    named = {name: stale[name] for name in ("action_id", "block_id", "value")}
    bot.slack.update(bot.slack.dm(bot.ids["ben"]), old, card_of(at(bot, "ben", second), named))
    shown = tap(bot, "ben", "Include", old)
    assert "is “exclude” already, so this click changed nothing. Undo takes it back." in words(
        shown
    )
    wait_until(lambda: alive(bot, "ben", old) == [old])
    with bot.desk.store.reading("peer") as tx:
        (vote,) = tx.last_votes(bot.ids["ben"], 5)
    assert vote.vote.choice == "exclude"


def card_of(message: dict[str, Any], include: dict[str, Any]) -> Message:
    """A message like the one given, but with the Include button of another card."""
    blocks = [
        {**block, "block_id": include["block_id"]}
        | {
            "elements": [
                {**each, "value": include["value"]}
                if each.get("action_id") == include["action_id"]
                else each
                for each in block["elements"]
            ]
        }
        if any(e.get("action_id") == include["action_id"] for e in block.get("elements", ()))
        else block
        for block in message["blocks"]
    ]
    return Message("an old copy", tuple(blocks))


def test_fault_24_a_note_that_comes_too_late_stays_in_its_form(bot: BotDesk) -> None:
    bring(bot, 3)
    ask(bot, "ben")
    bot.control.click("ben", "Note", where="dm", wait_ms=3000)
    wait_until(lambda: bot.control.see("ben").get("modal"))
    tap(bot, "ben", "Exclude")
    bot.control.submit("ben", {"Your note on this record": "see table 3"})
    modal = wait_until(lambda: bot.control.see("ben").get("modal"))
    wait_until(lambda: "voted on this record already" in str(bot.control.see("ben").get("modal")))
    assert "see table 3" in str(bot.control.see("ben"))
    assert modal is not None
    assert "Your note" not in words(bot.card("ben"))


def test_fault_24_what_a_tap_did_stands_beside_the_buttons(bot: BotDesk) -> None:
    bring(bot, 3)
    ask(bot, "ben")
    shown = tap(bot, "ben", "Skip")
    blocks = [str(block) for block in shown["blocks"]]
    (place,) = [n for n, block in enumerate(blocks) if "Skipped: the card comes back" in block]
    assert "'Skip'" in blocks[place - 1]


def answers(bot: BotDesk, who: str, where: str, text: str, count: int = 1) -> list[dict[str, Any]]:
    """Say something; return what the app answered."""
    seen = {m["ts"] for m in bot.control.messages(who, where)}
    bot.control.say(who, where, text)

    def new() -> list[dict[str, Any]]:
        app = "U0000WINNOW"
        found = bot.control.messages(who, where)
        return [m for m in found if m["ts"] not in seen and m["user"] == app]

    wait_until(lambda: len(new()) >= count)
    return new()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("hi", "Hello. Write one of these here"),
        ("Help!", "Hello. Write one of these here"),
        ("status?", "3 records = 0 included"),
        ("@winnow status", "3 records = 0 included"),
        ("/winnow status", "3 records = 0 included"),
        ("r000002", "R000002"),
        ("R000099", "There is no record 'R000099' in this review."),
        (
            "could you export it",
            "“could you export it” is no command of mine. Exports are made where",
        ),
        ("next 2 two", "The word 'two'"),
        ("I'm away next week", "Did you mean /winnow pause?"),
    ],
)
def test_fault_28_words_in_the_direct_message_are_answered_once(
    bot: BotDesk, text: str, answer: str
) -> None:
    bring(bot, 3)
    (told,) = answers(bot, "ben", "dm", text)
    assert answer in words(told)
    assert not told["is_ephemeral"]


def test_fault_28_next_in_the_direct_message_brings_the_card(bot: BotDesk) -> None:
    bring(bot, 3)
    told, card = answers(bot, "ben", "dm", "Next 2", count=2)
    assert words(told) == "Your card is here."
    assert "1 of 2" in words(card)
    with bot.desk.store.reading("peer") as tx:
        (first, _) = tx.open_assignments(reviewer_id=bot.ids["ben"])
    tap(bot, "ben", "Exclude", card["ts"])
    (told,) = answers(bot, "ben", "dm", first.record_id)
    assert "Title/abstract: undecided\nYour vote at title/abstract: Exclude" in words(told)
    (told,) = answers(bot, "chloe", "dm", first.record_id)
    assert "Exclude" not in words(told), "a pending vote is its voter's own"


def test_fault_28_a_mention_in_the_channel_is_answered_to_whoever_wrote_it(bot: BotDesk) -> None:
    bring(bot, 3)
    (told,) = answers(bot, "ben", "#screening", "@winnow status")
    assert told["is_ephemeral"]
    assert "3 records = 0 included" in words(told)
    seen = len(bot.control.messages("ben", "#screening"))
    bot.control.say("ben", "#screening", "status of my coffee: empty")
    (told,) = answers(bot, "ben", "#screening", "@winnow")
    assert "Hello." in words(told)
    assert len(bot.control.messages("ben", "#screening")) == seen + 3


def test_fault_28_a_stranger_is_told_whom_to_ask(bot: BotDesk) -> None:
    bot.control.post("members", name="fay", channels=["#screening"])
    (told,) = answers(bot, "fay", "dm", "hi")
    assert words(told).startswith("You are not on the team of any review here. Ask")
    assert "[[" not in words(told)


def test_fault_26_a_card_shows_its_report_at_once_to_all_who_hold_it(bot: BotDesk) -> None:
    bring(bot, 1)
    for who in ("ben", "chloe"):
        ask(bot, who)
        tap(bot, who, "Include")
    bot.move(minutes=10)
    settle_due(bot.desk, "peer", at=bot.clock.now())
    mine, theirs = ask(bot, "ben")["ts"], ask(bot, "chloe")["ts"]
    assert "not attached yet" in words(at(bot, "ben", mine))
    seen = len(bot.dm("ben"))
    bot.control.post(
        "files", who="ben", where="dm", name="report.pdf", text="%PDF-1.4", thread_ts=mine
    )
    wait_until(lambda: "open the report" in words(at(bot, "ben", mine)))
    assert "not attached yet" not in words(at(bot, "ben", mine))
    assert "Skip" in labels(at(bot, "ben", mine))
    bot.carry()
    assert "open the report" in words(at(bot, "chloe", theirs))
    assert len(bot.dm("ben")) >= seen
    assert bot.waiting() == 0
    # The lead takes the link out of the sheet again: the cards follow.
    attach_full_text(
        bot.desk, "peer", by=bot.ids["ana"], record_id="R000001", link="", gesture_key="sheet"
    )
    tap(bot, "chloe", "Include")
    bot.carry()
    assert "not attached yet" in words(at(bot, "ben", mine))
    assert "Skip" not in labels(at(bot, "chloe", theirs)), "a card voted on does not come back"


def test_fault_24_a_new_batch_puts_the_card_that_ran_out_to_rest(bot: BotDesk) -> None:
    bring(bot, 6)
    old = ask(bot, "ben", 2)["ts"]
    bot.move(days=9)
    release_expired(bot.desk, "peer", at=bot.clock.now())
    hand_out(bot.desk, "peer", at=bot.clock.now())
    bot.carry()
    (new,) = wait_until(lambda: [ts for ts in alive(bot, "ben", old) if ts != old])
    wait_until(lambda: alive(bot, "ben", old) == [new])
    assert "for you, due" in words(at(bot, "ben", new)).splitlines()[0]
    assert words(at(bot, "ben", old)) == "Your cards go on in a newer message."
    # It is remembered where that card stands: asking again puts it to rest in turn.
    newest = ask(bot, "ben")["ts"]
    wait_until(lambda: alive(bot, "ben", old) == [newest])
