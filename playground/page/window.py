"""The page of the playground: left a workspace like Slack's, right the shared sheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from nicegui import ui

from playground.page.blocks import html
from playground.page.conversation import Composer, MessageList
from playground.page.icons import WHEAT
from playground.page.seat import HOME, Seat
from playground.page.sheet import Sheet
from playground.page.text import plain_html
from playground.page.views import Home, Modal

if TYPE_CHECKING:
    from playground.app import World

BEAT = 0.12
"""Seconds between looks at whether something changed."""

SHEET_BEAT = 0.6
"""The same for the sheet, whose drawing costs more."""

MORNING_HOUR = 9
"""The hour, UTC, to which "Next morning" moves the clock."""


def next_morning(now: datetime) -> datetime:
    """Return the first 09:05 UTC after now that a digest would follow."""
    morning = now.replace(hour=MORNING_HOUR, minute=5, second=0, microsecond=0)
    return morning if morning > now else morning + timedelta(days=1)


class Window:
    """One browser tab."""

    def __init__(self, world: World, seat: Seat) -> None:
        self._world = world
        self._seat = seat
        self._stale = {"slack": False, "google": False}
        self._side_print: Any = None
        with ui.element("div").classes("pg"):
            self._top()
            with ui.element("main").classes("pg-main show-slack") as self._main:
                self._slack()
                self._sheet = Sheet(seat, world.google.hands)
        self._modal = Modal(seat)
        seat.refresh.append(self._draw_slack)
        disconnect = world.changed.connect(self._changed)
        ui.context.client.on_disconnect(disconnect)
        ui.timer(BEAT, self._beat)
        ui.timer(SHEET_BEAT, self._beat_sheet)
        ui.timer(1.0, self._tell_time)
        self._draw_slack()
        self._sheet.draw()

    # -- frame ---------------------------------------------------------------------------

    def _top(self) -> None:
        with ui.element("header").classes("pg-top show-slack") as self._bar:
            html(f"{WHEAT} Winnow playground", "pg-brand")
            names = {m.name: m.real_name or m.name for m in self._seat.people.members()}
            who = ui.select(names, value=self._seat.who, on_change=self._act_as, label="Acting as")
            who.props("outlined dense options-dense behavior=menu").classes("pg-who")
            who.props["aria-label"] = "Acting as"
            self._panes()
            more = _button("⋯", self._toggle_more).classes("pg-more")
            more.props["aria-label"] = "Clock and colleagues"
            with ui.element("div").classes("pg-extra"):
                self._extra()
        self._tell_time()

    def _extra(self) -> None:
        """What moves the world on: colleagues and the clock; behind a button on a phone."""
        if self._world.colleagues is not None:
            crew = self._world.colleagues
            ui.switch(
                "Colleagues vote along",
                value=crew.active,
                on_change=lambda e: crew.set(e.value),
            ).props("dense")
        self._clock = html("", "pg-clock", "span")
        _button("+10 minutes", self._to_later)
        _button("Next morning", self._to_morning)

    def _toggle_more(self) -> None:
        self._bar.classes(toggle="more")

    def _panes(self) -> None:
        """On a phone one pane at a time."""
        with ui.element("nav").classes("pg-panes").props('aria-label="Panes"'):
            _button("Slack", lambda: self._show_pane("slack")).classes("pg-to-slack")
            _button("Sheet", lambda: self._show_pane("sheet")).classes("pg-to-sheet")

    def _show_pane(self, pane: str) -> None:
        other = "sheet" if pane == "slack" else "slack"
        for element in (self._main, self._bar):
            element.classes(add=f"show-{pane}", remove=f"show-{other}")

    def _slack(self) -> None:
        with ui.element("section").classes("sl").props('aria-label="Slack"'):
            self._side = ui.element("nav").classes("sl-side").props('aria-label="Conversations"')
            with ui.element("div").classes("sl-view"):
                self._where = html("", "sl-where")
                with ui.element("div").classes("sl-split"):
                    with ui.element("div").classes("sl-column") as self._talk:
                        self._messages = MessageList(self._seat)
                    with ui.element("aside").classes("sl-thread") as self._thread_pane:
                        with ui.element("div").classes("sl-thread-head"):
                            html("Thread", tag="span")
                            cross = ui.element("button").classes("sl-button sl-plain")
                            cross.props["aria-label"] = "Close thread"
                            with cross:
                                html("✕", tag="span")
                            cross.on("click", self._close_thread)
                        self._thread = MessageList(self._seat, thread=True)
                        self._reply = Composer(self._seat, thread=True)
                        self._reply.takes_drops(self._thread_pane)
                    with ui.element("div").classes("sl-column") as self._home_pane:
                        self._home = Home(self._seat)
                with ui.element("div").classes("sl-write") as self._composer_pane:
                    self._composer = Composer(self._seat)
                    self._composer.takes_drops(self._talk)

    # -- what follows the world ----------------------------------------------------------

    def _changed(self, part: str) -> None:
        self._stale["google" if part == "google" else "slack"] = True

    def _beat(self) -> None:
        if self._stale["slack"]:
            self._stale["slack"] = False
            self._draw_slack()

    def _beat_sheet(self) -> None:
        if self._stale["google"]:
            self._stale["google"] = False
            self._sheet.draw()

    def _draw_slack(self) -> None:
        seat = self._seat
        conversation = seat.conversation
        at_home = seat.place == HOME or conversation is None
        self._draw_side()
        self._where.content = plain_html(
            "Winnow · Home" if conversation is None else seat.title_of(conversation)
        )
        self._talk.set_visibility(not at_home)
        self._composer_pane.set_visibility(not at_home)
        self._home_pane.set_visibility(at_home)
        self._thread_pane.set_visibility(not at_home and seat.thread is not None)
        if at_home:
            self._home.draw()
        else:
            self._messages.draw()
            self._composer.draw()
            if seat.thread is not None:
                self._thread.draw()
        self._modal.draw()

    def _draw_side(self) -> None:
        seat = self._seat
        places = sorted(
            (c for c in seat.people.conversations(seat.who) if c.is_open),
            key=lambda c: (c.is_direct, c.name),
        )
        app_dm = seat.app_dm.id
        rows = [(c.id, seat.title_of(c), seat.unread(c)) for c in places if not c.is_direct]
        direct = [(app_dm, "Winnow", seat.unread(seat.app_dm))]
        direct += [
            (c.id, seat.title_of(c), seat.unread(c))
            for c in places
            if c.is_direct and c.id != app_dm and c.messages
        ]
        key = (seat.who, seat.place, rows, direct)
        if key == self._side_print:
            return
        self._side_print = key
        self._side.clear()
        with self._side:
            html("App", tag="h2")
            self._place(HOME, "Home", 0)
            html("Channels", tag="h2")
            for row in rows:
                self._place(*row)
            html("Direct messages", tag="h2")
            for row in direct:
                self._place(*row)
        # On a phone the places stand in a row that may be wider than the screen.
        ui.run_javascript(
            f"document.querySelector('#c{self._side.id} .on')?.scrollIntoView({{block:'nearest'}})"
        )

    def _place(self, ident: str, title: str, unread: int) -> None:
        classes = "sl-place" + (" on" if ident == self._seat.place else "")
        button = ui.element("button").classes(classes + (" new" if unread else ""))
        if ident == self._seat.place:
            button.props["aria-current"] = "page"
        with button:
            html(plain_html(title), tag="span")
            if unread and ident != self._seat.place:
                html(str(unread), "sl-count", "span")
        button.on("click", lambda: self._go(ident))

    async def _go(self, ident: str) -> None:
        self._seat.place = ident
        self._seat.thread = None
        if ident == HOME:
            await self._seat.attempt(self._seat.people.open_home(self._seat.who))
        self._draw_slack()

    def _close_thread(self) -> None:
        self._seat.thread = None
        self._draw_slack()

    async def _act_as(self, event: Any) -> None:
        seat = self._seat
        was_dm = seat.place == seat.app_dm.id
        seat.who = str(event.value)
        seat.thread = None
        if was_dm or seat.place not in {c.id for c in seat.people.conversations(seat.who)}:
            seat.place = HOME if seat.place == HOME else seat.app_dm.id
        if seat.place == HOME:
            await seat.attempt(seat.people.open_home(seat.who))
        self._draw_slack()
        self._sheet.draw()

    # -- the clock -----------------------------------------------------------------------

    def _tell_time(self) -> None:
        now = self._world.clock.now()
        self._clock.content = f"{now:%a %-d %b %Y, %H:%M} UTC"

    def _to_later(self) -> None:
        self._move_to(self._world.clock.now() + timedelta(minutes=10))

    def _to_morning(self) -> None:
        self._move_to(next_morning(self._world.clock.now()))

    def _move_to(self, moment: datetime) -> None:
        self._world.clock.move_to(moment)
        self._world.changed("clock")
        self._tell_time()
        ui.notify("The clock moved. The scheduled jobs run within a few seconds.", position="top")


def _button(label: str, action: Callable[[], Any]) -> ui.element:
    button = ui.element("button").classes("sl-button sl-default").props('type="button"')
    with button:
        html(label, tag="span")
    button.on("click", lambda _: action(), throttle=0.3)
    return button
