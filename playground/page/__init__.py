"""The page on which a person tries a Slack app and its sheet, served beside the stand-ins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nicegui import ui

from playground.page.seat import Seat
from playground.page.window import Window

if TYPE_CHECKING:
    from fastapi import FastAPI

    from playground.app import World

STYLE = Path(__file__).with_name("style.css")


def _follow(seat: Seat, channel: str, message: str) -> None:
    """Go where a permalink leads: to a conversation, and to the thread of a message in it."""
    named = [c for c in seat.people.conversations(seat.who) if c.id == channel]
    if named:
        seat.place = channel
        digits = message.removeprefix("p")
        found = named[0].messages.get(f"{digits[:-6]}.{digits[-6:]}")
        if found is not None and (found.is_reply or named[0].replies(found.ts)):
            seat.thread = found.thread_ts or found.ts


def mount(app: FastAPI, world: World) -> None:
    """Serve the page at the root of the application.

    `/?as=ben` opens it acting as Ben; `&at=screening` in that channel; `?channel=C…&message=p…`,
    where permalinks lead to, with a message's thread open.
    """
    style = STYLE.read_text(encoding="utf-8")

    def root(request_as: str = "") -> None:
        query = ui.context.client.request.query_params
        people = world.slack.people
        names = [member.name for member in people.members()]
        who = query.get("as") or request_as
        seat = Seat(world, who if who in names else names[0], "")
        wanted = query.get("at")
        found = [c for c in people.conversations(seat.who) if wanted and c.name == wanted]
        seat.place = found[0].id if found else seat.app_dm.id
        _follow(seat, query.get("channel", ""), query.get("message", ""))
        ui.add_css(style)
        ui.page_title("Winnow playground")
        Window(world, seat)

    ui.page("/")(root)
    ui.run_with(app, title="Winnow playground", tailwind=False, show_welcome_message=False)
