"""Draws the app's Home tab and its modals, and carries what a member fills in."""

from __future__ import annotations

import json
from typing import Any, Literal

from nicegui import ui

from playground.page.blocks import Surface, draw_blocks, html
from playground.page.seat import Seat
from playground.page.text import plain_html
from playground.slack.blocks import interactive_elements
from playground.slack.finding import Wanted
from playground.slack.workspace import View


def surface_of(seat: Seat, view: View, place: Literal["home", "modal"]) -> Surface:
    """Let the elements of a view act as the member who looks at it."""

    async def act(block_id: str, action_id: str, value: Any) -> None:
        block = next((b for b in view.blocks if b["block_id"] == block_id), None)
        elements = interactive_elements(block) if block else []
        element = next((e for e in elements if e["action_id"] == action_id), {})
        wanted = Wanted(action_id=action_id, block_id=block_id)
        if element.get("type") in ("button", "overflow"):
            wanted = Wanted(action_id=action_id, block_id=block_id, value=value)
            await seat.attempt(seat.people.click(seat.who, wanted, place=place))
        else:
            await seat.attempt(seat.people.choose(seat.who, wanted, value, place=place))

    return Surface(
        name_of=seat.name_of,
        act=act,
        state=lambda block_id, action_id: view.draft.get(block_id, {}).get(action_id),
        errors=view.errors,
        file_link=seat.file_link,
    )


class Home:
    """The app's Home tab of the member the tab acts as."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._drawn = ""
        self._area = ui.element("div").classes("sl-home")

    def draw(self) -> None:
        """Bring it up to date."""
        view = self._seat.people.home(self._seat.who)
        key = json.dumps([self._seat.who, view.blocks if view else None, view.hash if view else ""])
        if key == self._drawn:
            return
        self._drawn = key
        self._area.clear()
        with self._area:
            if view is None:
                html("The app has published no Home yet.", "sl-context")
            else:
                if view.warning:
                    html("⚠️ " + plain_html(view.warning), "sl-warning").props('role="alert"')
                draw_blocks(view.blocks, surface_of(self._seat, view, "home"))


class Modal:
    """The modal on top of the member's stack, if one is open."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._drawn = ""
        with ui.dialog().props("persistent no-refocus") as self._dialog:
            self._area = ui.element("div").classes("sl-modal").props('role="dialog"')
        self._dialog.on("keydown.escape", self._close)

    def draw(self) -> None:
        """Bring it up to date; what is being typed does not make it flicker."""
        view = self._seat.people.modal(self._seat.who)
        if view is not None and not view.is_open_in(self._seat.client):
            view = None
        parts = (view.id, view.hash, view.blocks, view.errors, view.warning) if view else None
        key = json.dumps([self._seat.who, parts])
        if key == self._drawn:
            return
        self._drawn = key
        self._area.clear()
        if view is None:
            self._dialog.close()
            return
        with self._area:
            self._draw_view(view)
        self._dialog.open()

    def _draw_view(self, view: View) -> None:
        title = (view.title or {}).get("text", "")
        self._area.props["aria-label"] = title
        with ui.element("div").classes("sl-modal-head"):
            html(plain_html(title), "sl-header", "h3")
            cross = ui.element("button").classes("sl-button sl-plain").props('aria-label="Close"')
            with cross:
                html("✕", tag="span")
            cross.on("click", self._close)
        with ui.element("div").classes("sl-modal-body"):
            if view.warning:
                html("⚠️ " + plain_html(view.warning), "sl-warning").props('role="alert"')
            draw_blocks(view.blocks, surface_of(self._seat, view, "modal"))
        with ui.element("div").classes("sl-actions sl-right"):
            self._foot((view.close or {}).get("text", "Close"), "sl-default", self._close)
            if view.submit:
                self._foot(view.submit["text"], "sl-primary", self._submit)

    def _foot(self, label: str, style: str, action: Any) -> None:
        button = ui.element("button").classes(f"sl-button {style}")
        with button:
            html(plain_html(label), tag="span")
        button.on("click", action, throttle=0.3)

    async def _submit(self) -> None:
        await self._seat.attempt(self._seat.people.submit(self._seat.who))

    async def _close(self) -> None:
        await self._seat.attempt(self._seat.people.close(self._seat.who))
