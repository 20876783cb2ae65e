"""Slack or the database failing half-way: nobody is left without a word, and no word is wrong."""

from __future__ import annotations

import logging
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any, cast

import pytest
from slack_bolt import App
from slack_bolt.request import BoltRequest

from bot import actions
from bot.app import build_app, make_face
from bot.bounded import BoundedReader
from bot.face import Face
from bot.listeners.files import attach, dropped
from bot.livecards import Place, live_card, set_live_card
from bot.logs import configure_logging
from bot.payloads import Drop, DroppedFile, keep
from bot.slack import SlackClient
from bot.slack_faults import SlackFaultError
from screening.errors import StoreBusyError, UnreadableFileError
from screening.gestures.batches import request_batch
from screening.gestures.conflicts import resolve_conflict
from screening.gestures.settling import settle_due
from screening.gestures.voting import show_card
from screening.ports import Desk, Transaction
from screening.stages import Outcome, Stage
from store import SqlStore, open_store
from tests.desks import BEN, CHLOE, LEAD, bring, make_desk, vote
from tests.flows.standins import wait_until
from tests.notifying import FakeSlack, Post, carrier
from tests.unit.test_gate import Recorder, click, command, form


class AtOnce(Executor):
    """A background that is in front."""

    def submit(self, fn: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*given, **named))
        return done


@dataclass
class Flaky(Recorder):
    """Slack, some of whose methods fail; `struck` is called when one does."""

    failing: set[str] = field(default_factory=set)
    struck: Callable[[], object] = lambda: None
    where: str = ""

    def fail(self, method: str) -> None:
        if method in self.failing:
            self.struck()
            raise SlackFaultError(method, "HTTP 500", unclear=True)

    def dm(self, user: str) -> str:
        self.fail("dm")
        return self.where or f"D{user}"

    def respond(self, url: str, body: dict[str, Any]) -> None:
        if body.get("replace_original"):
            self.fail("replace")
        self.said.append(str(body))

    def update(self, channel: str, ts: str, message: Any) -> None:
        self.fail("update")
        self.said.append(str(message))

    def message_at(self, channel: str, ts: str) -> None:
        self.fail("message_at")


@dataclass
class Bench:
    """An app over a real store and a Slack that fails where a test says so."""

    app: App
    face: Face
    desk: Desk
    slack: Flaky

    def send(self, body: dict[str, Any]) -> Any:
        answer = self.app.dispatch(BoltRequest(body=body, mode="socket_mode"))
        wait_until(lambda: answer.body or self.slack.said, 5, every=0.01)
        return answer

    def votes(self, who: str) -> int:
        with self.desk.store.reading("peer") as tx:
            return len(tx.unsettled_votes(reviewer_id=who))

    def assignment(self, who: str) -> str:
        card = show_card(self.desk, "peer", by=who).card
        assert card is not None
        return card.assignment.assignment_id


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    store = open_store(f"sqlite:///{tmp_path}/store.sqlite3")
    desk, slack = make_desk(store), Flaky()
    bring(desk, 6)
    for who in (BEN, CHLOE):
        request_batch(desk, "peer", by=who, gesture_key=f"next:{who}")
    face = make_face(desk, cast(SlackClient, slack), background=AtOnce())
    yield Bench(build_app(face), face, desk, slack)
    store.close()


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes the database deaf from then on."""

    def refuse(*given: Any) -> AbstractContextManager[Transaction]:
        raise StoreBusyError(2)

    def strike() -> None:
        monkeypatch.setattr(SqlStore, "reading", refuse)
        monkeypatch.setattr(SqlStore, "writing", refuse)

    return strike


def test_fault_7g_a_vote_that_is_recorded_is_never_said_to_be_lost(bench, deaf) -> None:
    bench.slack.failing, bench.slack.struck = {"replace"}, deaf
    bench.send(click(actions.VOTE + ".include", f"peer|{bench.assignment(BEN)}|include", BEN))
    wait_until(lambda: bench.slack.said, 5)
    assert "Your click was taken" in bench.slack.said[-1]
    assert "nothing was recorded" not in str(bench.slack.said)


def test_fault_7g_a_home_that_cannot_be_read_says_so(bench, deaf) -> None:
    deaf()
    event = {"type": "app_home_opened", "user": BEN, "tab": "home"}
    bench.send({"type": "event_callback", "event": event})
    wait_until(lambda: bench.slack.said, 5)
    assert "The database did not answer" in bench.slack.said[-1]
    assert actions.HOME_REFRESH in bench.slack.said[-1]


def on_home(action_id: str, value: str) -> dict[str, Any]:
    body = click(action_id, value, BEN)
    return {**body, "view": {"type": "home", "id": "V1"}, "message": {}, "response_url": ""}


def test_fault_7g_a_click_on_a_home_that_cannot_be_read_is_answered(bench, deaf) -> None:
    deaf()
    bench.send(on_home(actions.HOME_CONTINUE, "peer"))
    (said,) = bench.slack.said
    assert "nothing was recorded" in said


def test_fault_7g_a_click_that_is_not_recorded_is_answered_once(bench, deaf) -> None:
    stream = StringIO()
    body = click(actions.VOTE + ".include", f"peer|{bench.assignment(BEN)}|include", BEN)
    deaf()
    with logged_as_at_work(stream):
        answer = bench.send(body)
    assert answer.status != 200, "Slack has to warn"
    assert "screen.vote: The database did not answer" in stream.getvalue()
    assert "include" not in stream.getvalue()
    (said,) = bench.slack.said
    assert "nothing was recorded" in said
    assert "older version" not in said


@contextmanager
def logged_as_at_work(stream: StringIO) -> Iterator[None]:
    """Log as the running bot does, into a stream."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, threading.excepthook
    configure_logging(stream=stream)
    try:
        yield
    finally:
        root.handlers[:], threading.excepthook = handlers, hook
        root.setLevel(level)


def test_fault_25_an_old_button_on_the_home_tab_is_answered_there(bench) -> None:
    bench.send(on_home("home.of_an_older_version", "peer"))
    wait_until(lambda: bench.slack.said, 5)
    assert "This button is from an older version" in bench.slack.said[-1]


@pytest.mark.parametrize("failing", [{"replace", "update"}, {"replace"}])
def test_fault_25_a_refusal_is_said_though_no_card_can_be_shown(bench, failing) -> None:
    vote(bench.desk, BEN, "R000001", "include")
    with bench.desk.store.reading("peer") as tx:
        old = tx.unsettled_votes(reviewer_id=BEN)[-1].vote_id
    settle_due(bench.desk, "peer", at=bench.desk.clock.now() + timedelta(hours=1))
    bench.slack.failing = failing
    bench.send(click(actions.UNDO, f"peer|{old}", BEN))
    wait_until(lambda: bench.slack.said, 5)
    assert "the vote has settled" in bench.slack.said[-1]


def test_fault_25_a_leads_form_on_a_conflict_that_ended_meanwhile_says_so(bench) -> None:
    vote(bench.desk, BEN, "R000001", "include")
    vote(bench.desk, CHLOE, "R000001", "exclude")
    settle_due(bench.desk, "peer", at=bench.desk.clock.now() + timedelta(hours=1))
    with bench.desk.store.reading("peer") as tx:
        conflict_id = tx.open_conflicts(1)[0].conflict_id
    kept = keep(review="peer", conflict=conflict_id)
    ended = {"by": LEAD, "conflict_id": conflict_id, "gesture_key": "message"}
    resolve_conflict(bench.desk, "peer", outcome=Outcome.INCLUDE, **ended)
    answer = bench.send(form(actions.CONFLICT_VIEW, kept, LEAD, "exclude"))
    assert "This conflict ended meanwhile: included by Ana." in answer.body
    # Their own decision, sent once more, is no fault.
    assert "errors" not in str(
        bench.app.dispatch(
            BoltRequest(body=form(actions.CONFLICT_VIEW, kept, LEAD, "include"), mode="socket_mode")
        ).body
    )


def test_fault_30_an_undo_whose_card_slack_refuses_is_done_once_and_said(bench) -> None:
    for record_id in ("R000001", "R000002"):
        vote(bench.desk, BEN, record_id, "include")
        bench.desk.clock.move(seconds=1)
    count = bench.votes(BEN)
    bench.slack.failing = {"dm"}
    answer = bench.send(command("undo", BEN))
    assert "Taken back: *Include*" in answer.body
    assert "in our direct message" in answer.body
    wait_until(lambda: bench.slack.said, 5)
    assert "may be done all the same" in bench.slack.said[-1]
    assert bench.votes(BEN) == count - 1


def test_fault_30_a_command_that_comes_twice_names_no_other_vote(bench) -> None:
    for record_id in ("R000001", "R000002"):
        vote(bench.desk, BEN, record_id, "include")
        bench.desk.clock.move(seconds=1)
    # A vote settles with the next one; both are young again.
    count = bench.votes(BEN)
    bench.send(command("undo", BEN))
    vote(bench.desk, BEN, "R000003", "exclude")
    answer = bench.send(command("undo", BEN))
    assert "Taken back" not in answer.body
    assert "came twice" in answer.body
    assert bench.votes(BEN) >= count - 1


def test_fault_30_a_card_is_remembered_in_the_conversation_that_took_it(bench) -> None:
    def post(channel: str, message: Any, **more: Any) -> str:
        bench.slack.where = "D0RESTORED"
        return "9.9"

    bench.slack.post = post
    bench.face.post_card(BEN, show_card(bench.desk, "peer", by=BEN))
    with bench.desk.store.reading("peer") as tx:
        assert live_card(tx, BEN) == Place("D0RESTORED", "9.9")


REPORT = DroppedFile("F1", "report.pdf", 9, "https://files.slack.com/1", "https://x.slack.com/1")
EXPORT = replace(REPORT, name="export.ris")


def test_fault_26_a_report_that_slack_does_not_let_us_attach_is_answered(bench) -> None:
    bench.slack.failing = {"message_at"}
    attach(bench.face, Drop(BEN, "D1", "2.0", "1.0", True, (REPORT,)))
    assert "drop it again" in bench.slack.said[-1]


def drop_of(name: str) -> dict[str, Any]:
    file = {"id": "F1", "name": name, "size": 9, "url_private": "https://files.slack.com/1"}
    event = {"subtype": "file_share", "user": BEN, "channel": "C0SCREEN", "ts": "1.0"}
    return {"event": {**event, "files": [file]}}


def test_fault_7g_an_export_dropped_while_the_database_is_deaf_is_answered(bench, deaf) -> None:
    deaf()
    dropped(bench.face, drop_of("export.ris"))
    assert "The database did not answer" in bench.slack.said[-1]


def test_fault_44_an_export_that_cannot_be_put_down_is_answered(bench, monkeypatch, caplog) -> None:
    def full(*given: Any) -> None:
        raise OSError(28, "No space left on device", "/secret/folder")

    monkeypatch.setattr(BoundedReader, "understand", full)
    dropped(bench.face, drop_of("export.ris"))
    (said,) = [each for each in bench.slack.said if "export.ris" in each]
    assert "Something went wrong on our side" in said
    assert "/secret" not in said
    assert any("reading a search export failed" in line for line in caplog.messages)
    dropped(bench.face, drop_of("export.ris"))
    assert len([each for each in bench.slack.said if "export.ris" in each]) == 1


def test_fault_2_a_reader_that_dies_before_it_hears_is_a_fault_of_the_file(monkeypatch) -> None:
    class DeadAtOnce(subprocess.Popen):
        def __init__(self, command: Any, **more: Any) -> None:
            super().__init__(["false"], **more)
            # Seen as ended only when it is waited for below.
            super().wait()

    monkeypatch.setattr("bot.bounded.subprocess.Popen", DeadAtOnce)
    with pytest.raises(UnreadableFileError, match="the reader failed on it"):
        BoundedReader().understand(b"TY  - JOUR", "export.ris")


class VotedMeanwhile(FakeSlack):
    """A Slack that hears a vote while a card is drawn again."""

    vote: Callable[[], object] = staticmethod(lambda: None)

    def update(self, channel: str, ts: str, message: Any) -> None:
        self.vote()
        super().update(channel, ts, message)


def test_fault_26_a_card_voted_on_while_it_is_drawn_again_does_not_come_back(bench) -> None:
    desk, slack = bench.desk, VotedMeanwhile()
    post = Post(desk, slack, carrier(desk, slack))
    post.carry()
    slack.updated.clear()
    old = bench.assignment(BEN)
    with desk.store.writing("peer") as tx:
        set_live_card(tx, BEN, Place("D1", "1.0"))
        record_id = tx.assignment(old).record_id
    post.enqueue("card_changed", old, reviewer_id=BEN, assignment_id=old)
    post.carry()
    assert [old in shown for _, _, shown in slack.updated] == [True]
    slack.updated.clear()

    def once() -> None:
        slack.vote = lambda: None
        vote(desk, BEN, record_id, "exclude")

    slack.vote = once
    post.enqueue("card_changed", f"{old}/2", reviewer_id=BEN, assignment_id=old)
    post.carry()
    assert [f"|{old}|include" in shown for _, _, shown in slack.updated] == [True, False]
    assert screening_open(desk, old) is False


def screening_open(desk: Desk, assignment_id: str) -> bool:
    with desk.store.reading("peer") as tx:
        held = tx.open_assignments(reviewer_id=BEN, stage=Stage.TITLE_ABSTRACT)
    return assignment_id in [each.assignment_id for each in held]
