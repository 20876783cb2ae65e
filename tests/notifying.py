"""A notifier over a real store and a Slack that tests bend: late, cut off, archived, with its own clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.blocks.kit import Message
from bot.notifier import Notifier
from bot.slack import Posted
from bot.slack_faults import SlackFaultError
from screening.gestures.batches import request_batch
from screening.gestures.imported import summary_of
from screening.gestures.settling import settle_due
from screening.ports import Desk
from screening.views import OutboxItem
from screening.votes import Choice
from store import SqlStore, open_store
from tests.desks import BEN, CHLOE, bring, make_desk, vote

CHANNEL = "C0SCREEN"
LATE = SlackFaultError("chat_postMessage", "TimeoutError", under_way=True)
CUT = SlackFaultError("chat_postMessage", "RemoteDisconnected", unclear=True)
ARCHIVED = SlackFaultError("chat_postMessage", "is_archived")


@dataclass
class Sent:
    """A message that Slack took; it is to be seen from `seen_at` on."""

    seen_at: float
    channel: str
    text: str
    metadata: Mapping[str, Any]


@dataclass
class FakeSlack:
    """What a test makes of Slack. `answers`: faults and delays of the next posts, None = no fault."""

    now: float = 0.0
    sent: list[Sent] = field(default_factory=list)
    answers: list[tuple[SlackFaultError, float | None]] = field(default_factory=list)
    refused: dict[str, SlackFaultError] = field(default_factory=dict)
    looks: int = 0
    gone: set[tuple[str, str]] = field(default_factory=set)
    updated: list[tuple[str, str, str]] = field(default_factory=list)

    meanwhile: Callable[[], object] | None = None

    def sleep(self, seconds: float) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
            self.meanwhile = meanwhile
        self.now += seconds

    def dm(self, user: str) -> str:
        if user in self.refused:
            raise self.refused[user]
        return f"D{user}"

    def post(self, channel: str, message: Message, *, metadata: Mapping[str, Any]) -> str:
        if channel in self.refused:
            raise self.refused[channel]
        fault, lands_after = self.answers.pop(0) if self.answers else (None, 0.0)
        if lands_after is not None:
            payload = metadata["event_payload"]
            self.sent.append(Sent(self.now + lands_after, channel, message.text, payload))
        if fault is not None:
            raise fault
        return f"{len(self.sent)}.0"

    def update(self, channel: str, ts: str, message: Message) -> None:
        if (channel, ts) in self.gone:
            raise SlackFaultError("chat_update", "message_not_found")
        self.updated.append((channel, ts, str(message.payload())))

    def upload(self, channel: str, name: str, data: bytes, *, title: str, alt: str) -> None:
        self.sent.append(Sent(self.now, channel, name, {}))

    def history(self, channel: str, **more: Any) -> list[Posted]:
        self.looks += 1
        return [
            Posted(f"{n}.0", each.metadata, (), (), own=True)
            for n, each in enumerate(self.sent, 1)
            if each.channel == channel and each.seen_at <= self.now
        ]

    def keys(self) -> list[str]:
        return [
            key for each in self.sent for key in each.metadata.get("keys", [each.metadata["key"]])
        ]


@dataclass
class Post:
    """A desk, a Slack and a notifier between them."""

    desk: Desk
    slack: FakeSlack
    notifier: Notifier

    def carry(self) -> int:
        return self.notifier.run_once(self.desk.review("peer"))

    def carry_for(self, seconds: float, step: float = 1.0) -> None:
        end = self.slack.now + seconds
        while self.slack.now < end:
            self.carry()
            self.slack.now += step

    def items(self) -> list[OutboxItem]:
        with self.desk.store.reading("peer") as tx:
            return tx.outbox("slack", 1000)

    def waiting(self) -> list[str]:
        return [item.kind for item in self.items()]

    def enqueue(self, kind: str, key: str, **payload: object) -> None:
        with self.desk.store.writing("peer") as tx:
            tx.enqueue("slack", kind, key, self.desk.clock.now(), payload)

    def restarted(self) -> Post:
        return Post(self.desk, self.slack, carrier(self.desk, self.slack))


def carrier(desk: Desk, slack: FakeSlack) -> Notifier:
    return Notifier(
        desk,
        slack,  # type: ignore[arg-type]
        sheet_link=lambda review, tab: "",
        draw=lambda kind, payload: b"",
        sleep=slack.sleep,
        monotonic=lambda: slack.now,
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(f"sqlite:///{tmp_path}/winnow.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def post(store: SqlStore) -> Post:
    desk, slack = make_desk(store), FakeSlack()
    bring(desk, 8)
    made = Post(desk, slack, carrier(desk, slack))
    made.carry()
    slack.sent.clear()
    return made


def imports_done(post: Post, count: int) -> None:
    """Let the ends of so many imports wait for the channel."""
    with post.desk.store.reading("peer") as tx:
        payload = asdict(summary_of(tx.imports()[0]))
    for n in range(count):
        post.enqueue("import_done", f"I{n}", **payload)


def disagree(post: Post, *record_ids: str) -> None:
    """Have Ben include and Chloe exclude records, and let the votes settle."""
    for who in (BEN, CHLOE):
        with post.desk.store.reading("peer") as tx:
            has = tx.open_assignments(reviewer_id=who)
        if not has:
            request_batch(post.desk, "peer", by=who, size=200, gesture_key=post.desk.new_id("K"))
    for record_id in record_ids:
        vote(post.desk, BEN, record_id, Choice.INCLUDE)
        vote(post.desk, CHLOE, record_id, Choice.EXCLUDE)
    post.desk.clock.move(minutes=6)  # type: ignore[attr-defined]
    settle_due(post.desk, "peer", at=post.desk.clock.now())
