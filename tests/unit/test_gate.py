"""Whatever value a button, form or command carries: outsiders learn and change nothing, members no harm."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_bolt import App
from slack_bolt.request import BoltRequest

from bot import actions
from bot.app import build_app, make_face
from bot.gate import OF_NO_REVIEW
from bot.listeners.slash import ANSWERS
from bot.routes import CLICKS, COMMAND, SUBMISSIONS
from bot.slack import Identity, SlackClient
from screening.gestures.batches import request_batch
from screening.gestures.settling import settle_due
from screening.members import Member, Role
from screening.ports import Desk
from store import open_store
from tests.desks import BEN, CHLOE, LEAD, bring, make_desk, make_review, vote
from tests.flows.standins import wait_until

STRANGER, ELSEWHERE = "U0STRANGER", "U0ELSEWHERE"
SECRET = "Effects of"
"""How the title of each record begins."""


@dataclass
class Recorder:
    """Slack, as far as listeners call it: everything said is written down."""

    said: list[str] = field(default_factory=list)
    views: list[Any] = field(default_factory=list)
    api_url: str = "http://localhost:9/api/"
    web: Any = field(default_factory=lambda: SimpleNamespace(token="xoxb-1"))

    def identity(self) -> Identity:
        return Identity("B1", "U0APP", "T1", "team", "https://team.slack.com/")

    def dm(self, user: str) -> str:
        return f"D{user}"

    def open_view(self, trigger_id: str, view: Any) -> None:
        self.views.append(view)

    def __getattr__(self, name: str) -> Any:
        return lambda *given, **more: self.said.append(str((name, given, more)))


@dataclass
class Bench:
    """An app with a review under way and another one beside it; what was there before is known."""

    app: App
    desk: Desk
    slack: Recorder
    database: Path
    ids: dict[str, str]

    def contents(self) -> list[str]:
        """All that the store holds, but marks of gestures and of what is shown to whom."""
        with sqlite3.connect(self.database) as connection:
            lines = list(connection.iterdump())
        marks = ("last_review", '"gestures"', "live_card:")
        return [line for line in lines if not any(mark in line for mark in marks)]

    def send(self, body: dict[str, Any]) -> Any:
        """Send a payload as Slack does; return the acknowledgement."""
        self.slack.said.clear()
        self.slack.views.clear()
        request = BoltRequest(body=body, mode="socket_mode")
        return self.app.dispatch(request)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    database = tmp_path_factory.mktemp("gate") / "store.sqlite3"
    store = open_store(f"sqlite:///{database}")
    desk = make_desk(store)
    other = make_review(
        review_id="other", channel="C0OTHER", members=(Member(ELSEWHERE, "Eva", Role.LEAD),)
    )
    cast(dict[str, Any], desk.reviews)["other"] = other
    bring(desk, 6)
    for who in (BEN, CHLOE):
        request_batch(desk, "peer", by=who, gesture_key=f"next:{who}")
    with desk.store.reading("peer") as tx:
        mine = {each.record_id: each for each in tx.open_assignments(reviewer_id=BEN)}
    first, second = sorted(mine)[:2]
    vote(desk, BEN, first, "include")
    vote(desk, CHLOE, first, "exclude")
    vote(desk, BEN, second, "include")
    settle_due(desk, "peer", at=desk.clock.now() + timedelta(hours=1))
    with desk.store.reading("peer") as tx:
        conflict = tx.open_conflicts(1)[0].conflict_id
        own = tx.current_vote(first, tx.conflict(conflict).stage, BEN)
    ids = {
        "assignment": mine[sorted(mine)[2]].assignment_id,
        "conflict": conflict,
        "vote": own.vote_id,
        "record": first,
    }
    slack = Recorder()
    face = make_face(desk, cast(SlackClient, slack), background=ThreadPoolExecutor(1))
    yield Bench(build_app(face), desk, slack, database, ids)
    store.close()


ACTIONS = [action_id for action_id, _ in CLICKS]
FORMS = [callback_id for callback_id, _, _ in SUBMISSIONS]

TRUE_VALUES = [
    "{review}",
    "{review}|title_abstract",
    "{review}|records_screened",
    "{review}|next 5",
    "{review}|{assignment}",
    "{review}|{vote}",
    "{review}|{conflict}",
    "{review}|{assignment}|include",
    "{review}|{conflict}|include",
    "{review}|{vote}|exclude|",
    "{review}|F1|abc|f.ris",
]
"""What buttons carry, with the IDs of what is there."""

GARBAGE = [
    "",
    "|",
    "|||||",
    "peer",
    "peer|",
    "nowhere|A1|include|x",
    "PEER|A1|include|x",
    "peer|A000000000|include|x",
    "peer|' OR 1=1 --|include|x",
    "peer|{assignment}|withdrawn|x",
    "peer|{assignment}|\x00|x",
    "peer|\x00|include|x",
    "\ud800|\udfff|include",
    "peer|{conflict}|pending|x",
    "peer|{vote}|maybe not|zzz",
    "peer|" + "9" * 1_900 + "|include|x",
    "peer|" + "x|" * 200_000,
    "<!channel>|<@U1>|*_~`",
]
"""What no button carries."""

HARMLESS = {
    # These mean what they say for a member, whatever follows the review.
    actions.HOME_CONTINUE, actions.NEXT_BATCH, actions.REVIEW_CHOOSE, actions.HOME_REVIEW,
    actions.SKIP, actions.DUPLICATE_SHOW,
}  # fmt: skip


def click(action_id: str, value: str, user: str, where: str = "D1") -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": user},
        "channel": {"id": where},
        "message": {"ts": "17.5"},
        "response_url": "https://hooks.slack.com/actions/1",
        "trigger_id": "t1",
        "actions": [
            {"action_id": action_id, "block_id": "b", "value": value, "action_ts": f"{hash(value)}"}
        ],
    }


def form(callback_id: str, kept: str, user: str, text: str = "include") -> dict[str, Any]:
    fields = ("note", "outcome", "comment", "choice", "source", "other", "kind", "searched")
    return {
        "type": "view_submission",
        "user": {"id": user},
        "view": {
            "id": f"V{hash((kept, text))}",
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": kept,
            "state": {"values": {name: {name: {"value": text}} for name in fields}},
        },
    }


def command(text: str, user: str, where: str = "C0SCREEN") -> dict[str, Any]:
    return {
        "command": COMMAND,
        "text": text,
        "user_id": user,
        "channel_id": where,
        "trigger_id": f"t{hash(text)}",
        "response_url": "https://hooks.slack.com/commands/1",
    }


def told(bench: Bench, answer: Any) -> str:
    """All that somebody was told: the acknowledgement, messages, modals."""
    return " ".join([str(answer.body), *bench.slack.said, str(bench.slack.views)])


def nothing_happens(bench: Bench, body: dict[str, Any], log: pytest.LogCaptureFixture) -> str:
    before = bench.contents()
    log.clear()
    answer = bench.send(body)
    assert answer.status == 200, "it was not acknowledged"
    # A click is acknowledged first and answered then.
    wait_until(lambda: answer.body or bench.slack.said, 3, every=0.005)
    assert [r for r in log.records if r.levelno >= logging.ERROR] == []
    assert bench.contents() == before
    assert bench.slack.views == []
    return told(bench, answer)


@pytest.mark.parametrize("user", [STRANGER, ELSEWHERE])
@pytest.mark.parametrize("action_id", ACTIONS)
def test_fault_6_no_button_serves_outsiders(
    action_id: str, user: str, bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    for value in TRUE_VALUES:
        body = click(action_id, value.format(review="peer", **bench.ids), user)
        said = nothing_happens(bench, body, caplog)
        assert SECRET not in said
        assert action_id in OF_NO_REVIEW or "not on the team" in said, (value, said)


@pytest.mark.parametrize("user", [BEN, LEAD, STRANGER])
@pytest.mark.parametrize("action_id", ACTIONS)
def test_fault_6_no_button_takes_garbage(
    action_id: str, user: str, bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    for value in GARBAGE:
        if user != STRANGER and action_id in HARMLESS and value.startswith("peer"):
            continue
        if action_id == actions.RECORDS_BEHIND and value.startswith("peer|"):
            continue  # a list of no records
        if action_id == actions.IMPORT_ASK and user == LEAD and value.count("|") > 2:
            continue  # the form; the file is asked for when it is sent
        filled = value.replace("{", "").replace("}", "") if user == STRANGER else value
        for name, ident in bench.ids.items():
            filled = filled.replace("{" + name + "}", ident)
        if action_id == actions.CONFLICT_OPEN and filled.startswith(
            f"peer|{bench.ids['conflict']}"
        ):
            continue
        said = nothing_happens(bench, click(action_id, filled, user), caplog)
        assert len(said) < 20_000


@pytest.mark.parametrize("action_id", ACTIONS)
def test_fault_6_no_button_reaches_into_another_review(
    action_id: str, bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    for value in TRUE_VALUES:
        if "|" not in value or action_id in (actions.RECORDS_BEHIND, *HARMLESS):
            continue
        if action_id == actions.CRITERIA and "title_abstract" in value:
            continue  # their own review's
        if action_id == actions.IMPORT_ASK and "f.ris" in value:
            continue
        body = click(action_id, value.format(review="other", **bench.ids), ELSEWHERE)
        assert SECRET not in nothing_happens(bench, body, caplog)


KEPT: list[dict[str, str]] = [
    {},
    {"review": "nowhere"},
    {"review": ""},
    {"review": "peer"},
    {"review": "peer", "conflict": "C1", "vote": "V1", "assignment": "A1"},
    {"review": "peer", "conflict": "\x00", "vote": "\x00", "assignment": "\x00", "sha": "\x00"},
    {"review": "peer", "conflict": "x" * 9_000, "vote": "x" * 9_000, "assignment": "x" * 9_000},
]


@pytest.mark.parametrize("callback_id", FORMS)
def test_fault_6_no_form_takes_what_is_forged(
    callback_id: str, bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    mine = {**bench.ids, "review": "peer", "channel": "C1", "ts": "1", "url": "", "value": "x"}
    said = nothing_happens(bench, form(callback_id, json.dumps(mine), STRANGER), caplog)
    assert "not on the team" in said
    theirs = json.dumps({**mine, "review": "other"})
    if callback_id != actions.IMPORT_VIEW:
        said = nothing_happens(bench, form(callback_id, theirs, ELSEWHERE), caplog)
        assert "errors" in said
        assert SECRET not in said
    for kept in ("", "{", "[1]", "null", *map(json.dumps, KEPT)):
        for user in (LEAD, BEN, STRANGER):
            said = nothing_happens(bench, form(callback_id, kept, user, "\x00"), caplog)
            assert "errors" in said
    for text in ("\x00", "x" * 100_000, "nonsense|\ud800"):
        said = nothing_happens(bench, form(callback_id, json.dumps(mine), LEAD, text), caplog)
        assert "errors" in said


@pytest.mark.parametrize("word", sorted(ANSWERS))
def test_fault_6_no_command_serves_outsiders_or_takes_garbage(
    word: str, bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    for user, where in ((STRANGER, "C0SCREEN"), (STRANGER, "D1"), (ELSEWHERE, "C0SCREEN")):
        said = nothing_happens(bench, command(word, user, where), caplog)
        assert "not on the team" in said
        assert SECRET not in said
    for rest in ("\x00", "x" * 100_000, "\ud800", "-1 -1", "٣ ٣", "' OR 1=1"):
        nothing_happens(bench, command(f"{word} {rest}", BEN), caplog)


def test_fault_6_criteria_open_for_the_team(bench: Bench) -> None:
    bench.send(click(actions.CRITERIA, "peer|title_abstract", BEN))
    assert len(bench.slack.views) == 1
    review = bench.desk.review("peer")
    left = tuple(replace(m, active=m.member_id != BEN) for m in review.members)
    cast(dict[str, Any], bench.desk.reviews)["peer"] = replace(review, members=left)
    try:
        bench.send(click(actions.CRITERIA, "peer|title_abstract", BEN))
        assert bench.slack.views == [], "nor for who has left it"
    finally:
        cast(dict[str, Any], bench.desk.reviews)["peer"] = review
