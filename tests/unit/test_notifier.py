"""The notifier over a real store and a Slack of its own clock: each message once, whatever Slack does."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.posts import is_outdated
from bot.slack_faults import SlackFaultError
from screening.gestures.batches import request_batch
from screening.gestures.duplicates import judge_pair
from screening.gestures.overview import compose_digest, digest_payload
from screening.members import Member, Role
from screening.views import DuplicatePair, OutboxItem
from store import SqlStore
from tests.desks import BEN, LEAD, bring, make_desk, make_review
from tests.notifying import (
    ARCHIVED,
    CHANNEL,
    CUT,
    LATE,
    FakeSlack,
    Post,
    carrier,
    disagree,
    imports_done,
    post,
    store,
)

__all__ = ["post", "store"]


@pytest.mark.parametrize("lands_after", [0.5, 2.0, 13.0, 100.0])
def test_a_message_whose_answer_was_late_is_not_repeated(post: Post, lands_after: float) -> None:
    post.slack.answers = [(LATE, lands_after)]
    disagree(post, "R000001")
    post.carry_for(300)
    assert len(post.slack.sent) == 1
    assert post.waiting() == []
    assert post.slack.looks < 12


def test_a_burst_whose_answer_was_late_is_not_repeated(post: Post) -> None:
    post.slack.answers = [(LATE, 20.0)]
    disagree(post, *(f"R00000{n}" for n in range(1, 7)))
    post.carry_for(300)
    assert len(post.slack.sent) == 1
    assert post.waiting() == []


def test_a_message_that_never_arrived_is_repeated_at_the_end(post: Post) -> None:
    post.slack.answers = [(LATE, None), (CUT, None)]
    disagree(post, "R000001")
    post.carry_for(100)
    assert post.slack.sent == []
    post.carry_for(60)
    assert len(post.slack.sent) == 1
    assert post.waiting() == []


@pytest.mark.parametrize("lands_after", [None, 0.0, 1.5])
def test_a_broken_connection_delays_a_message_by_seconds(
    post: Post, lands_after: float | None
) -> None:
    post.slack.answers = [(CUT, lands_after)]
    disagree(post, "R000001")
    post.carry_for(8, step=0.5)
    assert len(post.slack.sent) == 1
    assert post.waiting() == []


def test_what_another_process_was_sending_is_left_alone_for_as_long_as_it_waits(
    post: Post,
) -> None:
    disagree(post, "R000001")
    with post.desk.store.writing("peer") as tx:
        seqs = [item.seq for item in tx.outbox("slack", 9)]
        tx.fail_outbox(seqs, "sending", post.desk.clock.now())
    post.carry_for(10)
    assert post.slack.sent == []
    post.carry_for(5)
    assert len(post.slack.sent) == 1
    assert post.waiting() == []


def test_messages_for_an_archived_channel_hold_up_no_others(post: Post) -> None:
    post.slack.refused[CHANNEL] = ARCHIVED
    imports_done(post, 250)
    due = post.desk.clock.now().isoformat()
    request_batch(post.desk, "peer", by=BEN, size=3, gesture_key="k")
    post.enqueue("reminder", "r1", reviewer_id=BEN, open=3, due=due)
    post.carry_for(3)
    assert [each.channel for each in post.slack.sent] == [f"D{BEN}"]
    del post.slack.refused[CHANNEL]
    post.carry_for(1300, step=60)
    assert post.waiting() == []
    assert len(post.slack.sent) == 251


@pytest.mark.parametrize(("burst", "naps", "sent"), [(False, 3, 2), (True, 1, 0)])
def test_who_is_told_to_stop_sends_nothing_more(
    post: Post, burst: bool, naps: int, sent: int
) -> None:
    if burst:
        disagree(post, *(f"R00000{n}" for n in range(1, 7)))
    else:
        imports_done(post, 6)
    stop, wake = threading.Event(), threading.Event()

    def told() -> None:
        nonlocal naps
        naps -= 1
        if not naps:
            stop.set()
            wake.set()

    post.slack.meanwhile = told
    post.notifier.run(stop, wake, lambda: True)
    assert len(post.slack.sent) == sent
    assert [item.attempts for item in post.items()] == [0] * (6 - sent)


@pytest.mark.parametrize("burst", [False, True])
def test_two_who_carry_at_once_send_each_message_once(post: Post, burst: bool) -> None:
    """A leader that lost the lock has read the outbox, and waits, while the next one carries."""
    if burst:
        disagree(post, *(f"R00000{n}" for n in range(1, 7)))
    else:
        imports_done(post, 6)
    keys = {f"peer/{item.kind}/{item.key}" for item in post.items()}
    post.slack.meanwhile = post.restarted().carry
    post.carry()
    assert sorted(post.slack.keys()) == sorted(keys)
    assert post.waiting() == []


@pytest.mark.parametrize("lands_after", [0.0, 30.0])
def test_one_announcement_in_doubt_does_not_take_a_burst_apart(
    post: Post, lands_after: float
) -> None:
    post.slack.answers = [(LATE, lands_after)]
    disagree(post, "R000001")
    post.carry()
    disagree(post, *(f"R00000{n}" for n in range(2, 8)))
    post.carry_for(200)
    assert [each.text[:15] for each in post.slack.sent] == ["Conflict at tit", "6 new conflicts"]
    assert post.waiting() == []


def digest(post: Post, day: int) -> None:
    """Let a day's digest, of a review in which nothing happened, wait for the channel."""
    with post.desk.store.writing("peer") as tx:
        date_ = date(2026, 3, day)
        made = compose_digest(tx, post.desk.review("peer"), day=date_, now=post.desk.clock.now())
        payload = digest_payload(made)
        tx.enqueue("slack", "digest", date_.isoformat(), post.desk.clock.now(), payload)


def test_after_an_outage_of_days_only_the_last_digest_is_posted(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    post.slack.refused[CHANNEL] = CUT
    for day in range(2, 6):
        digest(post, day)
        post.carry_for(60, step=10)
        post.desk.clock.move(days=1)  # type: ignore[attr-defined]
    post.desk.clock.move(hours=-20)  # type: ignore[attr-defined]
    del post.slack.refused[CHANNEL]
    post.carry_for(700, step=10)
    assert post.slack.keys() == ["peer/digest/2026-03-05"]
    assert post.waiting() == []
    assert "digest of peer, due 2026-03-04, could not be posted in time" in caplog.text


def item(at: datetime, reviewer: str = "", seq: int = 1) -> OutboxItem:
    payload: dict[str, object] = {"reviewer_id": reviewer} if reviewer else {}
    return OutboxItem(seq, "peer", "slack", "reminder", f"r{seq}", payload, at)


@pytest.mark.parametrize(
    ("newer", "hours", "catch_up", "outdated"),
    [
        ([], 11.9, 12, False),
        ([], 12.1, 12, True),
        ([], 0.1, 0, False),
        ([], 0.2, 0, True),
        ([], -5, 12, False),
        (["U1"], 1, 12, True),
        (["U2"], 1, 12, False),
    ],
)
def test_a_post_is_outdated_when_late_or_overtaken(
    newer: list[str], hours: float, catch_up: float, outdated: bool
) -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    others = [item(at, who, 2 + n) for n, who in enumerate(newer)]
    now = at + timedelta(hours=hours)
    assert is_outdated(item(at, "U1"), others, now, timedelta(hours=catch_up)) is outdated


EVE = "U0EVE"


@pytest.fixture
def two_leads(store: SqlStore) -> Post:
    """A review with two leads, who are to be asked about a possible duplicate."""
    review = make_review()
    review = replace(review, members=(*review.members, Member(EVE, "Eve", Role.LEAD)))
    desk, slack = make_desk(store, review), FakeSlack()
    bring(desk, 8)
    made = Post(desk, slack, carrier(desk, slack))
    made.carry()
    slack.sent.clear()
    with desk.store.writing("peer") as tx:
        pair = DuplicatePair("P1", "peer", "R000001", "R000002", "possible", 0.9, "", "possible")
        tx.add_pair(pair)
    made.enqueue("possible_duplicate", "P1", pair_id="P1")
    return made


def test_a_lead_who_left_keeps_no_question_from_the_others(
    two_leads: Post, caplog: pytest.LogCaptureFixture
) -> None:
    post = two_leads
    post.slack.refused[LEAD] = SlackFaultError("conversations_open", "user_disabled")
    post.carry_for(20)
    assert [each.channel for each in post.slack.sent] == [f"D{EVE}"]
    assert post.waiting() == []
    assert "set active = false for them" in caplog.text


def test_a_lead_who_cannot_be_asked_yet_is_asked_later(two_leads: Post) -> None:
    post = two_leads
    post.slack.refused[LEAD] = CUT
    post.carry_for(20)
    assert [each.channel for each in post.slack.sent] == [f"D{EVE}"]
    del post.slack.refused[LEAD]
    post.carry_for(40)
    assert [each.channel for each in post.slack.sent] == [f"D{EVE}", f"D{LEAD}"]
    assert post.waiting() == []


def test_a_question_waits_while_no_lead_can_be_reached(two_leads: Post) -> None:
    post = two_leads
    for who in (LEAD, EVE):
        post.slack.refused[who] = SlackFaultError("conversations_open", "user_disabled")
    post.carry_for(100)
    assert post.waiting() == ["possible_duplicate"]


def decided(post: Post, pair_id: str, by: str = LEAD) -> None:
    judge_pair(
        post.desk, "peer", by=by, pair_id=pair_id, verdict="different", gesture_key=f"tab {pair_id}"
    )


def another_pair(post: Post) -> None:
    with post.desk.store.writing("peer") as tx:
        pair = DuplicatePair("P2", "peer", "R000003", "R000004", "possible", 0.9, "", "possible")
        tx.add_pair(pair)


def test_the_leads_cards_follow_a_verdict_given_elsewhere(two_leads: Post) -> None:
    post = two_leads
    another_pair(post)
    post.carry_for(5)
    assert {each.channel for each in post.slack.sent} == {f"D{EVE}", f"D{LEAD}"}
    decided(post, "P1")
    post.carry_for(5)
    for _, _, said in post.slack.updated:
        assert "Ana decided. Kept apart: R000001 and R000002" in said
        assert "R000003" in said and "1 pair to check" in said
    places = {f"D{who}" for who in (LEAD, EVE)}
    assert {channel for channel, _, _ in post.slack.updated} == places
    post.slack.updated.clear()
    decided(post, "P2", EVE)
    post.restarted().carry_for(5)
    assert {channel for channel, _, _ in post.slack.updated} == places
    assert all("No possible duplicates are left" in said for _, _, said in post.slack.updated)
    assert all("Eve decided. Kept apart" in said for _, _, said in post.slack.updated)
    assert post.waiting() == []
    assert len(post.slack.sent) == 2


def test_a_card_that_is_gone_keeps_no_other_from_following(two_leads: Post) -> None:
    post = two_leads
    post.carry_for(5)
    places = [(each.channel, f"{n}.0") for n, each in enumerate(post.slack.sent, 1)]
    post.slack.gone.add(places[0])
    decided(post, "P1")
    post.carry_for(5)
    assert [(channel, ts) for channel, ts, _ in post.slack.updated] == places[1:]
    assert post.waiting() == []


def test_a_verdict_before_the_card_was_posted_asks_nobody(two_leads: Post) -> None:
    post = two_leads
    decided(post, "P1")
    post.carry_for(5)
    assert (post.slack.sent, post.slack.updated, post.waiting()) == ([], [], [])


@pytest.mark.parametrize(
    ("blinding", "words"), [("open", "no longer blind"), ("sealed", "votes are blind")]
)
def test_fault_5_another_blinding_is_told_in_the_channel(
    post: Post, blinding: str, words: str
) -> None:
    post.enqueue("blinding_changed", "B1", blinding=blinding)
    post.carry()
    (sent,) = post.slack.sent
    assert sent.channel == CHANNEL
    assert words in sent.text
    assert post.waiting() == []
