"""Screening through the front door: real clicks in, what Slack was asked to show out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screening.stages import Stage
from tests.desks import ris
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


def start(bot: BotDesk, who: str, size: int = 25) -> dict:
    seen = len(bot.dm(who))
    bot.control.command(who, f"next {size}", where="#screening")
    wait_until(lambda: len(bot.dm(who)) > seen)
    return bot.card(who)


def tap(bot: BotDesk, who: str, label: str) -> dict:
    used = bot.control.click(who, label, where="dm", wait_ms=5000)
    assert used["warning"] is None, used
    return bot.card(who)


def test_a_card_comes_by_direct_message_and_the_command_says_so_once(bot: BotDesk) -> None:
    bring(bot, 3)
    card = start(bot, "ben")
    assert {"Include", "Maybe", "Exclude", "Note", "Skip", "Criteria"} <= set(labels(card))
    assert "1 of 3, due" in words(card)
    told = [m for m in bot.control.messages("ben", "#screening") if m["is_ephemeral"]]
    assert len(told) == 1
    assert "our direct message" in told[0]["words"]


def test_a_vote_is_one_http_call_and_shows_the_next_card(bot: BotDesk) -> None:
    bring(bot, 3)
    first = start(bot, "ben")
    before = len(bot.control.requests())
    second = tap(bot, "ben", "Exclude")
    assert second["ts"] == first["ts"]
    assert "2 of 3" in words(second)
    assert "Recorded: Exclude" in words(second)
    asked = [r["method"] for r in bot.control.requests()[before:]]
    assert asked == ["response_url"]


def test_undo_brings_the_card_back(bot: BotDesk) -> None:
    bring(bot, 3)
    first = start(bot, "ben")
    tap(bot, "ben", "Include")
    again = tap(bot, "ben", "Undo")
    assert "Your vote was taken back." in words(again)
    assert words(again).splitlines()[0] == words(first).splitlines()[0]
    assert "Undo" not in labels(again)


def test_a_batch_ends_with_a_summary_and_the_next_one_tap_away(bot: BotDesk) -> None:
    bring(bot, 3)
    start(bot, "ben", 2)
    tap(bot, "ben", "Include")
    end = tap(bot, "ben", "Exclude")
    assert "Batch finished. You voted on 2 records" in words(end)
    assert labels(end) == ["Next batch", "Undo"]
    assert "1 of 1" in words(tap(bot, "ben", "Next batch"))
    tap(bot, "ben", "Maybe")
    nothing = tap(bot, "ben", "Next batch")
    assert "Nothing is left for you" in words(nothing)


def test_a_note_goes_into_the_vote(bot: BotDesk) -> None:
    bring(bot, 2)
    start(bot, "ben")
    bot.control.click("ben", "Note", where="dm", wait_ms=3000)
    wait_until(lambda: bot.control.see("ben").get("modal"))
    bot.control.submit("ben", {"Your note on this record": "dose <unclear> & odd"})
    wait_until(lambda: "Your note: dose <unclear> & odd" in words(bot.card("ben")))
    tap(bot, "ben", "Exclude")
    with bot.desk.store.reading("peer") as tx:
        (vote,) = tx.last_votes(bot.ids["ben"], 5)
    assert vote.vote.note == "dose <unclear> & odd"


def test_criteria_are_one_tap_away(bot: BotDesk) -> None:
    bring(bot, 1)
    start(bot, "ben")
    bot.control.click("ben", "Criteria", where="dm", wait_ms=3000)
    modal = wait_until(lambda: bot.control.see("ben").get("modal"))
    assert "Medical residents" in str(modal)


def test_a_colleagues_card_is_refused_in_a_sentence_for_that_person_only(bot: BotDesk) -> None:
    bring(bot, 1)
    bot.control.command("dev", "next", where="#screening")
    (told,) = wait_until(
        lambda: [m for m in bot.control.messages("dev", "#screening") if m["is_ephemeral"]]
    )
    assert "You are an observer" in words(told)
    assert "observer" not in str(bot.control.messages("ben", "#screening"))


def test_full_text_excludes_with_a_reason_in_one_gesture(bot: BotDesk) -> None:
    bring(bot, 2)
    for who in ("ben", "chloe"):
        start(bot, who)
        tap(bot, who, "Include")
        tap(bot, who, "Include")
    from screening.gestures.settling import settle_due

    bot.clock.move(minutes=10)
    settle_due(bot.desk, "peer", at=bot.clock.now())
    card = start(bot, "ben")
    assert "Full text 1 of 2" in words(card)
    assert "Maybe" not in labels(card)
    used = bot.control.choose(
        "ben", "No outcomes", action_id="screen.exclude_because", where="dm", wait_ms=5000
    )
    assert used["warning"] is None
    after = bot.card("ben")
    assert "Recorded: Exclude (No outcomes)" in words(after)
    end = tap(bot, "ben", "Not retrieved")
    assert "Recorded: Not retrieved “" in words(end)
    assert "“Not retrieved” was taken back." in words(tap(bot, "ben", "Undo"))


def test_a_pdf_dropped_in_the_thread_of_a_card_is_attached(bot: BotDesk) -> None:
    bring(bot, 1)
    from screening.gestures.settling import settle_due

    for who in ("ben", "chloe"):
        start(bot, who)
        tap(bot, who, "Include")
    bot.clock.move(minutes=10)
    settle_due(bot.desk, "peer", at=bot.clock.now())
    card = start(bot, "ben")
    bot.control.post(
        "files", who="ben", where="dm", name="report.pdf", text="%PDF-1.4", thread_ts=card["ts"]
    )
    wait_until(lambda: "Attached to R000001" in str(bot.control.messages("ben", "dm")))
    with bot.desk.store.reading("peer") as tx:
        view = tx.record("R000001")
    assert view is not None
    assert view.lead_cells["Full-text link"].startswith("http")


def test_hostile_titles_stay_text(bot: BotDesk) -> None:
    title = "<!channel> *bold* =IMPORTXML(1) & <https://evil|x> :smile: `code`"
    from screening.gestures.importing import import_export
    from screening.sources import Source

    import_export(
        bot.desk,
        "peer",
        by=bot.ids["ana"],
        file_name="x.ris",
        data=ris([title]),
        source=Source("MEDLINE"),
    )
    card = start(bot, "ben")
    assert "<!channel>" in words(card)
    assert "&lt;!channel&gt;" in str(card["blocks"])
    bot.carry()


def test_a_click_that_the_database_did_not_take_is_not_acknowledged(
    bot: BotDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.listeners import voting
    from screening.errors import StoreBusyError

    bring(bot, 1)
    start(bot, "ben")

    def busy(*args: object, **named: object) -> None:
        raise StoreBusyError(2)

    monkeypatch.setattr(voting, "cast_vote", busy)
    used = bot.control.click("ben", "Include", where="dm", wait_ms=5000)
    assert not used["acked"]
    assert "did not answer within 2 s" in str(bot.dm("ben"))


def test_an_unexpected_fault_is_told_logged_and_not_acknowledged(
    bot: BotDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from bot.listeners import voting

    bring(bot, 1)
    start(bot, "ben")

    secret = "ben: " + "exclude"

    def broken(*args: object, **named: object) -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr(voting, "cast_vote", broken)
    used = bot.control.click("ben", "Include", where="dm", wait_ms=5000)
    assert not used["acked"]
    assert "Something went wrong on our side" in str(bot.dm("ben"))
    assert "RuntimeError" in caplog.text
    assert secret not in caplog.text


def test_home_shows_work_and_changes_a_vote(bot: BotDesk) -> None:
    bring(bot, 3)
    start(bot, "ben")
    tap(bot, "ben", "Exclude")
    bot.control.post("home", who="ben")
    wait_until(lambda: "2 open cards" in words(bot.control.see("ben").get("home") or {"words": ""}))
    assert "My last votes" in words(bot.control.see("ben")["home"])
    used = bot.control.choose("ben", "Include", action_id="screen.change", place="home")
    assert used["warning"] is None
    wait_until(lambda: "Your vote was changed." in words(bot.control.see("ben")["home"]))
    with bot.desk.store.reading("peer") as tx:
        (vote,) = tx.last_votes(bot.ids["ben"], 5)
    assert vote.vote.choice == "include"
    assert vote.vote.stage is Stage.TITLE_ABSTRACT


def test_somebody_on_no_team_is_told_whom_to_ask(bot: BotDesk) -> None:
    bot.control.post("members", name="eva", channels=["#screening"])
    bot.control.post("home", who="eva")
    home = wait_until(lambda: bot.control.see("eva").get("home"))
    assert "not on the team" in words(home)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("status", "3 records = 0 included + 0 excluded + 0 in conflict + 3 undecided"),
        ("prisma", "Every identity of the flow diagram holds."),
        ("conflicts", "No conflict is open."),
        ("team", "Ben (reviewer): no cards yet"),
        ("import", "Drop the search export"),
        ("pause", "Paused: your open cards went back"),
        ("resume", "Cards are handed to you again."),
        ("undo", "There is nothing to undo"),
        ("help", "/winnow next: your next card"),
        ("", "/winnow next: your next card"),
        ("conflict", "Did you mean /winnow conflicts?"),
        ("next many", "Write it in digits"),
        ("next 900", "Ask for 1 to 200."),
        ("next 2 two", "The word 'two' cannot be used. Nothing was done"),
    ],
)
def test_every_command_answers_in_one_ephemeral_message(
    bot: BotDesk, text: str, answer: str
) -> None:
    bring(bot, 3)
    before = len(bot.control.messages("ben", "#screening"))
    bot.control.command("ben", text, where="#screening")
    messages = wait_until(lambda: bot.control.messages("ben", "#screening")[before:] or None)
    assert len(messages) == 1
    assert messages[0]["is_ephemeral"]
    assert answer in words(messages[0])


@pytest.fixture
def bot_of_two(workspace: Playground, tmp_path: Path) -> Iterator[BotDesk]:
    with bot_at_work(workspace, tmp_path, also="burnout") as working:
        yield working


def test_a_member_of_two_reviews_is_asked_once_which_is_meant(bot_of_two: BotDesk) -> None:
    bot = bot_of_two
    bring(bot, 2)
    seen = len(bot.dm("ben"))
    bot.control.command("ben", "next", where="dm")
    (asked,) = wait_until(lambda: bot.dm("ben")[seen:])
    assert "Which review?" in words(asked)
    bot.control.choose("ben", "Peer mentoring", action_id="review.choose", where="dm", wait_ms=5000)
    wait_until(lambda: "1 of 2" in words(bot.card("ben")))
    seen = len(bot.dm("ben"))
    bot.control.command("ben", "next", where="dm")
    wait_until(lambda: len(bot.dm("ben")) > seen + 1)
    (told,) = [m for m in bot.dm("ben")[seen:] if m["is_ephemeral"]]
    assert "You still have 2 open cards; here is the next. Your card is here." in words(told)
    assert "1 of 2" in words(bot.card("ben"))


def test_the_home_tab_switches_between_reviews(bot_of_two: BotDesk) -> None:
    bot = bot_of_two
    bot.control.post("home", who="ben")
    wait_until(lambda: "home.review" in str(bot.control.see("ben").get("home")))
    bot.control.choose("ben", "Burnout", action_id="home.review", place="home")
    wait_until(lambda: words(bot.control.see("ben")["home"]).startswith("Burnout"))


def test_a_click_is_heard_once_though_slack_sends_it_twice(bot: BotDesk) -> None:
    bring(bot, 3)
    start(bot, "ben")
    bot.control.post("envelopes/disturb", kind="duplicate", envelope_type="interactive")
    tap(bot, "ben", "Include")
    wait_until(lambda: "2 of 3" in words(bot.card("ben")))
    bot.control.delete("envelopes/disturb")
    with bot.desk.store.reading("peer") as tx:
        assert len(tx.last_votes(bot.ids["ben"], 9)) == 1


def test_a_card_is_shown_though_its_response_url_fails(bot: BotDesk) -> None:
    bring(bot, 3)
    start(bot, "ben")
    bot.control.fault(service="slack", method="response_url", status=500, times=1)
    bot.control.click("ben", "Include", where="dm", wait_ms=3000)
    wait_until(lambda: "2 of 3" in words(bot.card("ben")))


def test_a_late_second_try_does_not_bring_an_old_card_back(bot: BotDesk) -> None:
    bring(bot, 4)
    start(bot, "ben")
    bot.control.fault(
        service="slack", method="response_url", kind="timeout_after_effect", hold_ms=500, times=1
    )
    bot.control.click("ben", "Include", where="dm")
    wait_until(lambda: "2 of 4" in words(bot.card("ben")))
    tap(bot, "ben", "Exclude")
    wait_until(lambda: bot.control.requests(method="chat.update"))
    assert "3 of 4" in words(bot.card("ben"))


def test_a_card_comes_although_slack_asks_for_a_moment(bot: BotDesk) -> None:
    bring(bot, 3)
    bot.control.fault(
        service="slack", method="chat.postMessage", status=429, retry_after=1, times=1
    )
    assert "1 of 3" in words(start(bot, "ben"))
