"""What the bot posts by itself: conflicts, digests, hand-outs; once each, also after faults."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.notifier import Notifier
from screening.gestures.batches import hand_out, request_batch
from screening.gestures.overview import compose_digest, digest_payload, prisma, prisma_payload
from screening.gestures.settling import settle_due
from screening.votes import Choice
from tests.desks import HandClock, vote
from tests.flows.botdesk import BotDesk, bot_at_work, bring, labels, words
from tests.flows.standins import Playground, running_playground, wait_until


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with running_playground(tmp_path_factory.mktemp("workspace")) as running:
        yield running


@pytest.fixture
def bot(workspace: Playground, tmp_path: Path) -> Iterator[BotDesk]:
    workspace.control.delete("faults")
    workspace.control.delete("rate-limits")
    with bot_at_work(workspace, tmp_path) as working:
        bring(working, 8)
        working.carry()
        yield working
    workspace.control.delete("faults")


def disagree(bot: BotDesk, *record_ids: str) -> None:
    """Have ben include and chloe exclude records, with notes, and let the votes settle."""
    for who in ("ben", "chloe"):
        request_batch(bot.desk, "peer", by=bot.ids[who], size=200, gesture_key=f"ask:{who}")
    for record_id in record_ids:
        vote(bot.desk, bot.ids["ben"], record_id, Choice.INCLUDE, note="fits <well>")
        vote(bot.desk, bot.ids["chloe"], record_id, Choice.EXCLUDE, note="not residents")
    bot.move(minutes=10)
    settle_due(bot.desk, "peer", at=bot.clock.now())


def channel(bot: BotDesk, who: str = "ana") -> list[dict[str, Any]]:
    """What stands in the channel since the bot began."""
    return bot.control.messages(who, "#screening")


def test_a_conflict_reveals_votes_and_notes_and_the_lead_ends_it(bot: BotDesk) -> None:
    before = len(channel(bot))
    disagree(bot, "R000001")
    assert bot.carry() == 1
    (posted,) = channel(bot)[before:]
    assert "Ben: Include · fits <well>" in words(posted)
    assert "Chloe: Exclude · not residents" in words(posted)
    assert labels(posted) == ["Include", "Exclude", "Abstract and more"]
    used = bot.control.click("ben", "Include", where="#screening", ts=posted["ts"], wait_ms=3000)
    assert used["acked"]
    told = [m for m in bot.control.messages("ben", "#screening") if m["is_ephemeral"]][-1]
    assert "cannot decide a conflict; Ana can" in words(told)
    bot.control.click("ana", "Exclude", where="#screening", ts=posted["ts"], wait_ms=3000)
    (ended,) = channel(bot)[before:]
    assert "Excluded by the lead, Ana." in words(ended)
    assert labels(ended) == []
    assert bot.carry() == 1
    assert len(channel(bot)) == before + 1


def test_a_voter_changes_their_mind_in_the_conflicts_modal(bot: BotDesk) -> None:
    before = len(channel(bot))
    disagree(bot, "R000001")
    bot.carry()
    (posted,) = channel(bot)[before:]
    bot.control.click("chloe", "Abstract and more", where="#screening", ts=posted["ts"])
    modal = wait_until(lambda: bot.control.see("chloe").get("modal"))
    assert "You voted Exclude." in str(modal)
    bot.control.submit("chloe", {"Your vote now": "Include"})
    assert bot.carry() == 1
    (ended,) = channel(bot)[before:]
    assert "Included after discussion" in words(ended)


def test_the_lead_decides_with_a_comment_in_the_modal(bot: BotDesk) -> None:
    before = len(channel(bot))
    disagree(bot, "R000001")
    bot.carry()
    (posted,) = channel(bot)[before:]
    bot.control.click("ana", "Abstract and more", where="#screening", ts=posted["ts"])
    wait_until(lambda: bot.control.see("ana").get("modal"))
    bot.control.submit("ana", {"Decision": "Include", "Comment": "they are residents"})
    bot.carry()
    (ended,) = channel(bot)[before:]
    assert "Included by the lead, Ana: they are residents" in words(ended)


def test_a_burst_of_conflicts_is_one_message_and_each_can_be_decided(bot: BotDesk) -> None:
    before = len(channel(bot))
    disagree(bot, *(f"R00000{n}" for n in range(1, 7)))
    assert bot.carry() == 6
    (posted,) = channel(bot)[before:]
    assert "6 new conflicts" in words(posted)
    assert labels(posted) == ["Open"] * 6
    with bot.desk.store.reading("peer") as tx:
        views = tx.conflict_views([c.conflict_id for c in tx.open_conflicts(None)])
    assert {view.thread for view in views} == {(bot.review.channel, posted["ts"])}
    first = posted["controls"][0]
    bot.control.click(
        "ana",
        where="#screening",
        ts=posted["ts"],
        action_id=first["action_id"],
        value=first["value"],
    )
    wait_until(lambda: bot.control.see("ana").get("modal"))
    bot.control.submit("ana", {"Decision": "Exclude"})
    bot.carry()
    (changed,) = channel(bot)[before:]
    assert "6 new conflicts, 1 resolved" in words(changed)
    answered = len(channel(bot))
    bot.control.command("ana", "conflicts", where="#screening")
    (listed,) = wait_until(lambda: channel(bot)[answered:])
    assert "5 open conflicts" in words(listed)
    assert len(labels(listed)) == 5


@pytest.mark.parametrize("kind", ["timeout_after_effect", "timeout_before_effect", "status"])
def test_a_message_is_posted_once_whatever_happens_to_its_answer(bot: BotDesk, kind: str) -> None:
    before = len(channel(bot))
    disagree(bot, "R000001")
    rule: dict[str, Any] = {"kind": kind, "hold_ms": 100}
    if kind == "status":
        rule = {"kind": kind, "status": 503}
    bot.control.fault(service="slack", method="chat.postMessage", times=1, **rule)
    assert bot.carry() == 0
    assert bot.waiting() == 1
    wait_until(bot.carry, 10, every=0.3)
    assert bot.waiting() == 0
    assert len(channel(bot)) == before + 1


@pytest.mark.parametrize("kind", ["timeout_after_effect", "timeout_before_effect"])
def test_a_burst_is_posted_once_whatever_happens_to_its_answer(bot: BotDesk, kind: str) -> None:
    before = len(channel(bot))
    disagree(bot, *(f"R00000{n}" for n in range(1, 7)))
    bot.control.fault(service="slack", method="chat.postMessage", kind=kind, times=1, hold_ms=100)
    assert bot.carry() == 0
    wait_until(bot.carry, 10, every=0.3)
    assert bot.waiting() == 0
    assert len(channel(bot)) == before + 1


def die_and_be_born_again(bot: BotDesk, monkeypatch: pytest.MonkeyPatch) -> Notifier:
    """End while Slack has a message that is not noted yet; return what starts in its place."""
    post = bot.slack.post

    def die_after(*args: Any, **named: Any) -> str:
        post(*args, **named)
        raise SystemExit

    monkeypatch.setattr(bot.slack, "post", die_after)
    with pytest.raises(SystemExit):
        bot.carry()
    monkeypatch.undo()
    return Notifier(
        bot.desk,
        bot.slack,
        sheet_link=lambda review, tab: "",
        draw=lambda kind, payload: b"",
        sleep=time.sleep,
        monotonic=time.monotonic,
    )


def test_a_bot_that_died_before_it_noted_a_message_does_not_repeat_it(
    bot: BotDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(channel(bot))
    disagree(bot, "R000001")
    reborn = die_and_be_born_again(bot, monkeypatch)
    assert reborn.run_once(bot.review) == 1
    assert len(channel(bot)) == before + 1


@pytest.mark.parametrize("ahead", [timedelta(days=200), timedelta(days=-200)])
def test_a_message_is_found_again_whatever_the_clock_of_who_caused_it(
    bot: BotDesk, monkeypatch: pytest.MonkeyPatch, ahead: timedelta
) -> None:
    """A file imported on another machine: its clock dates the item, the bot's dates the message."""
    before = len(channel(bot))
    elsewhere = replace(bot.desk, clock=HandClock(bot.clock.now() + ahead))
    bring(bot, 8, start=100, desk=elsewhere)
    reborn = die_and_be_born_again(bot, monkeypatch)
    bot.move(hours=5)
    assert reborn.run_once(bot.review) == 1
    assert len(channel(bot)) == before + 1


def test_the_figures_of_the_digest_lead_back_to_the_records(bot: BotDesk) -> None:
    before = len(channel(bot))
    disagree(bot, "R000001")
    bot.carry()
    bot.move(days=1)
    digest(bot, bot.clock.now().date())
    wait_until(bot.carry, 10, every=0.3)
    text = channel(bot)[before + 1]
    place = {"where": "#screening", "ts": text["ts"], "action_id": "records.behind"}
    bot.control.choose("ben", "Conflicts opened yesterday", **place)
    modal = wait_until(lambda: bot.control.see("ben").get("modal"))
    assert "1 record" in str(modal)
    assert "R000001" in str(modal)


def test_a_rate_limit_is_waited_for(bot: BotDesk) -> None:
    disagree(bot, "R000001")
    bot.control.fault(
        service="slack", method="chat.postMessage", status=429, retry_after=1, times=1
    )
    assert bot.carry() == 0
    assert bot.carry() == 0
    wait_until(bot.carry, 5, every=0.2)


def test_a_channel_that_is_closed_to_us_holds_up_nobody_else(
    bot: BotDesk, caplog: pytest.LogCaptureFixture
) -> None:
    bot.control.post("leave", who="@app", channel="#screening")
    try:
        disagree(bot, "R000001")
        with bot.desk.store.writing("peer") as tx:
            due = bot.clock.move(hours=1).isoformat()
            payload = {"reviewer_id": bot.ids["chloe"], "open": 7, "due": due}
            tx.enqueue("slack", "reminder", "r1", bot.clock.now(), payload)
        assert bot.carry() == 1
        assert "Invite the app to the channel" in caplog.text
        assert "7 open cards, due today" in words(bot.card("chloe"))
    finally:
        bot.control.post("join", who="@app", channel="#screening")


def test_a_batch_handed_out_is_a_card_in_the_direct_message(bot: BotDesk) -> None:
    hand_out(bot.desk, "peer", at=bot.clock.now())
    assert bot.carry() == 2
    card = bot.card("ben")
    assert "8 records at title/abstract for you, due" in words(card)
    assert "Include" in labels(card)


def digest(bot: BotDesk, day: date) -> None:
    with bot.desk.store.writing("peer") as tx:
        made = compose_digest(tx, bot.review, day=day, now=bot.clock.now())
        tx.enqueue("slack", "digest", day.isoformat(), bot.clock.now(), digest_payload(made))


def test_the_digest_is_text_first_and_a_failed_chart_never_doubles_it(bot: BotDesk) -> None:
    before = len(channel(bot))
    disagree(bot, "R000001")
    bot.carry()
    bot.move(days=1)
    digest(bot, bot.clock.now().date())
    bot.control.fault(service="slack", method="upload", status=500, times=1)
    assert bot.carry() == 0
    wait_until(bot.carry, 10, every=0.3)
    _, text, chart = channel(bot)[before:]
    assert "Yesterday: 2 votes" in words(text)
    assert "8 records = 0 included + 0 excluded + 1 in conflict + 7 undecided" in words(text)
    assert "1 open conflict, the oldest 1 day old" in words(text)
    assert "Ben (7), Chloe (7)" in words(text)
    assert chart["files"][0]["name"].endswith(".png")
    assert [kind for kind, _ in bot.drawn] == ["progress", "progress"]


def test_an_upload_that_arrived_without_an_answer_is_not_repeated(bot: BotDesk) -> None:
    before = len(channel(bot))
    disagree(bot, "R000001")
    bot.carry()
    bot.move(days=1)
    digest(bot, bot.clock.now().date())
    bot.control.fault(
        service="slack",
        method="files.completeUploadExternal",
        kind="timeout_after_effect",
        times=1,
        hold_ms=100,
    )
    assert bot.carry() == 0
    wait_until(bot.carry, 10, every=0.3)
    assert len(channel(bot)) == before + 3


def test_the_prisma_post_leads_back_to_the_records(bot: BotDesk) -> None:
    before = len(channel(bot))
    report = prisma(bot.desk, "peer")
    with bot.desk.store.writing("peer") as tx:
        day = bot.clock.now().date()
        payload = prisma_payload(report, day)
        tx.enqueue("slack", "prisma", day.isoformat(), bot.clock.now(), payload)
    assert bot.carry() == 1
    text, diagram = channel(bot)[before:]
    assert "Identified: 8 from databases" in words(text)
    assert diagram["files"]
    bot.control.choose(
        "ben",
        "Records from databases: 8",
        action_id="records.behind",
        where="#screening",
        ts=text["ts"],
    )
    # Another test's modal may still be open.
    wait_until(lambda: "R000008" in str(bot.control.see("ben").get("modal")))


def test_no_pending_vote_can_be_read_anywhere(bot: BotDesk) -> None:
    before = {who: len(channel(bot, who)) for who in ("ana", "chloe")}
    request_batch(bot.desk, "peer", by=bot.ids["ben"], gesture_key="ask")
    vote(bot.desk, bot.ids["ben"], "R000001", Choice.EXCLUDE, note="secret reason")
    bot.move(days=1)
    settle_due(bot.desk, "peer", at=bot.clock.now())
    digest(bot, bot.clock.now().date())
    bot.carry()
    for who in ("ana", "chloe"):
        bot.control.post("home", who=who)
        home = wait_until(lambda who=who: bot.control.see(who).get("home"))
        for text in ("status", "prisma", "conflicts", "team"):
            bot.control.command(who, text, where="#screening")
        wait_until(lambda who=who: len(channel(bot, who)) >= before[who] + 6)
        seen = str(home) + str(channel(bot, who)[before[who] :])
        assert "secret reason" not in seen
        assert "Exclude" not in seen
        assert "1 excluded" not in seen
