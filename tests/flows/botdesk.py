"""The Slack face of the bot on a playground: real Bolt, a real store, a clock moved by hand."""

from __future__ import annotations

import contextlib
import html
import itertools
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.app import build_app, make_face
from bot.face import Face
from bot.notifier import Notifier
from bot.slack import SlackClient
from bot.socket_mode import Socket, run_socket
from screening.gestures.importing import import_export
from screening.members import Member, Role
from screening.pairing import SHEET_IDENTITY
from screening.ports import Desk
from screening.review import Criteria, Review
from screening.sources import Source, SourceKind
from store import open_store
from tests.desks import HandClock, make_review, ris, title
from tests.flows.standins import Control, Playground, wait_until

NUMBERS = itertools.count(1)
"""Never the same ID twice, because several bots in turn may work in one playground."""
PNG = b"\x89PNG\r\n\x1a\n a picture"


@dataclass
class BotDesk:
    """A bot that hears the playground, with its parts at hand."""

    playground: Playground
    desk: Desk
    clock: HandClock
    slack: SlackClient
    face: Face
    notifier: Notifier
    ids: dict[str, str]
    drawn: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def control(self) -> Control:
        """The playground's /control."""
        return self.playground.control

    @property
    def review(self) -> Review:
        """The review."""
        return self.desk.reviews["peer"]

    def carry(self) -> int:
        """Carry all that waits to Slack."""
        return sum(self.notifier.run_once(review) for review in self.desk.each_review())

    def move(self, **amount: float) -> None:
        """Move the bot's clock and the playground's together."""
        self.clock.move(**amount)
        self.control.post("clock", to=self.clock.now().isoformat())

    def dm(self, who: str) -> list[dict[str, Any]]:
        """What a member sees in their direct message with the app."""
        return self.control.messages(who, "dm")

    def card(self, who: str) -> dict[str, Any]:
        """The newest message of the app in a member's direct message, ephemeral ones aside."""
        return [m for m in self.dm(who) if not m["is_ephemeral"]][-1]

    def waiting(self) -> int:
        """How many Slack messages wait in the outbox."""
        with self.desk.store.reading("peer") as tx:
            return tx.outbox_size("slack")


def words(message: dict[str, Any]) -> str:
    """A message's text as a person reads it: links by their label, without marks."""
    text = re.sub(r"<[^<>|]*\|([^<>]*)>", r"\1", message["words"])
    text = re.sub(r"[*_`](?=\S)|(?<=\S)[*_`]", "", text)
    return html.unescape(text)


def labels(message: dict[str, Any]) -> list[str]:
    """The visible labels of a message's buttons and menus."""
    return [control["label"] for control in message["controls"]]


def review_on(control: Control, **changes: Any) -> Review:
    """A review whose lead is ana, with ben and chloe, and dev as an observer."""
    ids = {m["name"]: m["id"] for m in control.get("members")}
    channel = next(c["id"] for c in control.get("channels") if c["name"] == "screening")
    members = (
        Member(ids["ana"], "Ana", Role.LEAD),
        Member(ids["ben"], "Ben"),
        Member(ids["chloe"], "Chloe"),
        Member(ids["dev"], "Dev", Role.OBSERVER),
    )
    criteria = Criteria(
        include=("Medical residents",),
        exclude=("Undergraduates",),
        highlight_include=("resident*", "mentor*"),
        highlight_exclude=("undergraduate",),
    )
    sources = (Source("MEDLINE", SourceKind.DATABASE, "Ovid"), Source("EMBASE"))
    made = make_review(channel=channel, members=members, criteria=criteria, sources=sources)
    return replace(made, **changes)


@contextlib.contextmanager
def bot_at_work(
    playground: Playground, folder: Path, *, also: str = "", **changes: Any
) -> Iterator[BotDesk]:
    """A connected bot for the length of a `with` block."""
    control = playground.control
    review = review_on(control, **changes)
    reviews = {"peer": review}
    if also:
        reviews[also] = replace(review, review_id=also, title=also.title(), channel="C0ELSEWHERE")
    store = open_store(f"sqlite:///{folder / 'bot.sqlite3'}")
    for review_id in reviews:
        with store.writing(review_id) as tx:
            # No sheet is written here: imports need to know that it was looked into.
            tx.set_setting(SHEET_IDENTITY, "S1")
    clock = HandClock()
    clock.move(days=10 * next(NUMBERS))
    control.post("clock", to=clock.now().isoformat())
    desk = Desk(store, clock, lambda prefix: f"{prefix}{next(NUMBERS):09d}", reviews)
    slack = SlackClient(playground.bot_token, playground.slack_api_url)
    face = make_face(desk, slack)
    app = build_app(face)
    # Many bots connect here one after the other, which Slack allows once a minute.
    control.delete("rate-limits")
    socket: Socket = run_socket(app, playground.app_token)
    drawn: list[tuple[str, Any]] = []

    def draw(kind: str, payload: Any) -> bytes:
        drawn.append((kind, payload))
        return PNG

    notifier = Notifier(
        desk,
        slack,
        sheet_link=lambda review, tab: "https://sheets.example/1",
        draw=draw,
        sleep=time.sleep,
        monotonic=time.monotonic,
    )
    ids = {m["name"]: m["id"] for m in control.get("members")}
    try:
        yield BotDesk(playground, desk, clock, slack, face, notifier, ids, drawn)
    finally:
        # slack_sdk takes seconds to close in good order; the playground cuts the connection at once.
        threading.Thread(target=socket.close, daemon=True).start()
        time.sleep(0.05)
        control.post("sockets/drop")
        wait_until(lambda: not control.get("sockets"))
        store.close()


def bring(bot: BotDesk, count: int, start: int = 0, desk: Desk | None = None) -> None:
    """Import `count` records that nothing duplicates, as the lead."""
    import_export(
        desk or bot.desk,
        "peer",
        by=bot.ids["ana"],
        file_name=f"from-{start}.ris",
        data=ris(title(n) for n in range(start, start + count)),
        source=Source("MEDLINE"),
    )
