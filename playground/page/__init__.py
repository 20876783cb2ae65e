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


def mount(app: FastAPI, world: World) -> None:
    """Serve the page at the root of the application.

    `/?as=ben` opens it acting as Ben; `&at=screening` in that channel.
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
        ui.add_css(style)
        ui.page_title("Winnow playground")
        Window(world, seat)

    ui.page("/")(root)
    ui.run_with(app, title="Winnow playground", tailwind=False, show_welcome_message=False)
