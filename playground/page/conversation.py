"""Draws a conversation: its messages, a thread beside it, and the field to write in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from nicegui import ui

from playground.page.blocks import Surface, draw_blocks, html
from playground.page.icons import CLIP, WHEAT
from playground.page.seat import Seat, data_address
from playground.page.text import mrkdwn_html, plain_html
from playground.slack.blocks import interactive_elements
from playground.slack.finding import Wanted
from playground.slack.workspace import Conversation, Message

SHOWN = 60
"""Messages drawn of a conversation; older ones stay in the workspace and in /control."""


class MessageList:
    """The messages of one conversation or thread; only those that changed are drawn again."""

    def __init__(self, seat: Seat, *, thread: bool = False) -> None:
        self._seat = seat
        self._thread = thread
        self._drawn: dict[str, str] = {}
        self._slots: dict[str, ui.element] = {}
        self._key: tuple[str, str, str | None] | None = None
        self._area = ui.element("div").classes("sl-messages").props('role="log"')
        self._area.props["aria-label"] = "Thread" if thread else "Messages"

    def draw(self) -> None:
        """Bring the list up to date."""
        conversation = self._seat.conversation
        if conversation is None or (self._thread and self._seat.thread is None):
            self._clear()
            return
        key = (self._seat.who, conversation.id, self._seat.thread if self._thread else None)
        if key != self._key:
            self._clear()
            self._key = key
        messages = self._chosen(conversation)
        wanted = {message.ts for message in messages}
        for ts in [ts for ts in self._slots if ts not in wanted]:
            self._slots.pop(ts).delete()
            self._drawn.pop(ts)
        grew = False
        for message in messages:
            grew = self._draw_one(conversation, message) or grew
        if not self._thread:
            self._seat.mark_read(conversation)
        if grew:
            ui.run_javascript(
                f"const a=document.getElementById('c{self._area.id}');"
                "if(a)a.scrollTo({top:a.scrollHeight})"
            )

    def _clear(self) -> None:
        self._area.clear()
        self._slots.clear()
        self._drawn.clear()
        self._key = None

    def _chosen(self, conversation: Conversation) -> list[Message]:
        visible = self._seat.visible(conversation)
        if self._thread:
            ts = self._seat.thread
            return [m for m in visible if ts in (m.ts, m.thread_ts)]
        return [m for m in visible if not m.is_reply or m.reply_broadcast][-SHOWN:]

    def _draw_one(self, conversation: Conversation, message: Message) -> bool:
        """Draw a message if it is new or changed; True when it is new."""
        print_of = fingerprint(self._seat, conversation, message)
        if self._drawn.get(message.ts) == print_of:
            return False
        new = message.ts not in self._slots
        if new:
            with self._area:
                slot = ui.element("article").classes("sl-message")
                self._slots[message.ts] = slot.props(f'data-ts="{message.ts}"')
        slot = self._slots[message.ts]
        slot.clear()
        self._drawn[message.ts] = print_of
        with slot:
            draw_message(self._seat, conversation, message, in_thread=self._thread)
        return new


def fingerprint(seat: Seat, conversation: Conversation, message: Message) -> str:
    """Everything that a message's drawing depends on, as text."""
    replies = len(conversation.replies(message.ts))
    parts = (
        message.text,
        message.blocks,
        message.edited_ts,
        message.files,
        message.reactions,
        message.warnings.get(seat.member.id),
        replies,
    )
    return json.dumps(parts, default=str)


def draw_message(
    seat: Seat, conversation: Conversation, message: Message, *, in_thread: bool
) -> None:
    """Draw one message as Slack does: who, when, what, and its thread."""
    author = seat.workspace.members.get(message.user)
    name = message.username or seat.name_of(message.user)
    initial = WHEAT if message.by_app else plain_html(name[:1].upper())
    hue = sum(map(ord, message.user)) * 47 % 360
    avatar = html(initial, "sl-avatar" + (" sl-app" if message.by_app else ""))
    if not message.by_app:
        avatar.style(f"background: hsl({hue} 45% 45%)")
    avatar.props('aria-hidden="true"')
    with ui.element("div").classes("sl-body"):
        with ui.element("div").classes("sl-by"):
            html(plain_html(name), "sl-name", "span")
            if message.by_app or (author and author.is_bot):
                html("APP", "sl-badge", "span")
            html(when(seat, message.ts), "sl-when", "time")
        if message.ephemeral_to:
            html("Only visible to you", "sl-ephemeral")
        if message.blocks:
            draw_blocks(message.blocks, surface_of(seat, conversation, message))
        elif message.text:
            html(mrkdwn_html(message.text, seat.name_of), "sl-text")
        for ident in message.files:
            _draw_file(seat, ident)
        if message.edited_ts:
            html("(edited)", "sl-edited", "span")
        _draw_reactions(message)
        warning = message.warnings.get(seat.member.id)
        if warning:
            html("⚠️ " + plain_html(warning), "sl-warning").props('role="alert"')
        if not in_thread:
            _draw_thread_link(seat, conversation, message)


def when(seat: Seat, ts: str) -> str:
    """The time of a message as the workspace's people read it."""
    moment = datetime.fromtimestamp(float(ts), UTC)
    today = seat.world.clock.now().date()
    return f"{moment:%H:%M}" if moment.date() == today else f"{moment:%-d %b %H:%M}"


def surface_of(seat: Seat, conversation: Conversation, message: Message) -> Surface:
    """Let the elements of a message act as the member who looks at it."""

    async def act(block_id: str, action_id: str, value: Any) -> None:
        block = next((b for b in message.blocks if b["block_id"] == block_id), None)
        elements = interactive_elements(block) if block else []
        element = next((e for e in elements if e["action_id"] == action_id), {})
        wanted = Wanted(action_id=action_id, block_id=block_id)
        if element.get("type") == "overflow":
            wanted = Wanted(action_id=action_id, block_id=block_id, value=value)
            value = None
        gesture = (
            seat.people.click(seat.who, wanted, where=conversation.id, ts=message.ts)
            if value is None
            else seat.people.choose(seat.who, wanted, value, where=conversation.id, ts=message.ts)
        )
        await seat.attempt(gesture)

    drafts = message.drafts.get(seat.member.id, {})
    return Surface(
        name_of=seat.name_of,
        act=act,
        state=lambda block_id, action_id: drafts.get(block_id, {}).get(action_id),
        errors={},
        file_link=seat.file_link,
    )


def _draw_file(seat: Seat, ident: str) -> None:
    file = seat.workspace.files.get(ident)
    if file is None:
        return
    if file.mimetype.startswith("image/"):
        with ui.element("figure").classes("sl-image"):
            html(plain_html(file.title), "sl-caption", "figcaption")
            image = ui.element("img")
            image.props["src"] = data_address(file)
            image.props["alt"] = file.alt_txt or file.title
            image.on(
                "click",
                js_handler="(e) => { const w = window.open(); "
                "w.document.body.append(e.target.cloneNode()) }",
            )
        return
    link = ui.element("a").classes("sl-file")
    link.props["href"] = data_address(file)
    link.props["download"] = file.name
    with link:
        html(plain_html(file.title), tag="strong")
        html(f"{file.size / 1000:,.0f} kB", "sl-when", "span")


def _draw_reactions(message: Message) -> None:
    if message.reactions:
        with ui.element("div").classes("sl-reactions"):
            for name, users in message.reactions.items():
                html(plain_html(f":{name}: {len(users)}"), "sl-reaction", "span")


def _draw_thread_link(seat: Seat, conversation: Conversation, message: Message) -> None:
    count = len(conversation.replies(message.ts))

    def show() -> None:
        seat.thread = message.ts
        seat.redraw()

    label = f"{count} {'reply' if count == 1 else 'replies'}" if count else "Reply in thread"
    button = ui.element("button").classes("sl-thread-link" + ("" if count else " sl-quiet"))
    with button:
        html(label, tag="span")
    button.on("click", show)


class Composer:
    """The field to write in, with a button for files; /… is a slash command.

    Files dropped on `takes_drops` are attached too.
    """

    def __init__(self, seat: Seat, *, thread: bool = False) -> None:
        self._seat = seat
        self._thread = thread
        with ui.element("form").classes("sl-composer") as self.form:
            self._field = ui.input().props("outlined dense autocomplete=off").classes("sl-grow")
            self._upload()
            send = ui.element("button").classes("sl-button sl-primary").props('type="submit"')
            with send:
                html("Send", tag="span")
        self.form.on("submit", self._send, js_handler="(e) => { e.preventDefault(); emit() }")
        self.draw()

    def takes_drops(self, area: ui.element) -> None:
        """Let files be dropped on a part of the page, as on a conversation in Slack."""
        area.on("dragover", js_handler="(e) => e.preventDefault()")
        add = f"getElement({self.picker.id}).$refs.qRef.addFiles(e.dataTransfer.files)"
        area.on("drop", js_handler=f"(e) => {{ e.preventDefault(); {add} }}")

    def draw(self) -> None:
        """Name the place in the field's placeholder."""
        conversation = self._seat.conversation
        where = self._seat.title_of(conversation) if conversation else ""
        text = "Reply…" if self._thread else f"Message {where}, or /winnow next"
        self._field.props["placeholder"] = text
        self._field.props["aria-label"] = text

    async def _send(self) -> None:
        text = str(self._field.value or "").strip()
        conversation = self._seat.conversation
        if not text or conversation is None:
            return
        self._field.value = ""
        thread = self._seat.thread if self._thread else None
        if text.startswith("/"):
            command, _, rest = text.partition(" ")
            gesture: Any = self._seat.people.command(
                self._seat.who, conversation.id, command, rest.strip()
            )
        else:
            gesture = self._seat.people.say(self._seat.who, conversation.id, text, thread_ts=thread)
        await self._seat.attempt(gesture)

    def _upload(self) -> None:
        async def dropped(event: Any) -> None:
            conversation = self._seat.conversation
            if conversation is not None:
                content = await event.file.read()
                thread = self._seat.thread if self._thread else None
                await self._seat.attempt(
                    self._seat.people.drop_file(
                        self._seat.who, conversation.id, event.file.name, content, thread_ts=thread
                    )
                )

        async def done() -> None:
            self.picker.reset()

        self.picker = picker = ui.upload(on_upload=dropped, multiple=True, auto_upload=True)
        picker.classes("hidden").on("finish", done)
        clip = ui.element("button").classes("sl-button sl-default").props('type="button"')
        clip.props["aria-label"] = "Attach a file"
        with clip:
            html(CLIP, tag="span")
        clip.on("click", lambda: picker.run_method("pickFiles"))
