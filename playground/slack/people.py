"""What the members of the workspace can do and see; the page and /control both stand on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from playground.slack import choosing, gestures, messages, seeing
from playground.slack.clicks import Click
from playground.slack.errors import PersonError
from playground.slack.files import file_field, stored_file
from playground.slack.finding import Found, Wanted, find_in_view, find_message
from playground.slack.interactions import view_field
from playground.slack.membership import Membership
from playground.slack.workspace import Conversation, Member, Message, StoredFile, View

if TYPE_CHECKING:
    pass

Place = Literal["message", "home", "modal"]
_MENTION = re.compile(r"(?<![\w@])@([a-zA-Z][a-zA-Z0-9_.-]*)")
_CHANNEL = re.compile(r"(?<![\w#&])#([a-z0-9][a-z0-9_-]*)")
_URL = re.compile(r"https?://[^\s<>|]+")


@dataclass(frozen=True, slots=True)
class Used:
    """What came of a click, a choice, a submission or a command.

    `sent` is False when nothing had to go to the app. `warning` is what Slack shows when the app
    did not answer; `errors` are those of a modal's fields; times are in ms since the gesture.
    """

    sent: bool
    acked: bool = False
    acked_ms: float | None = None
    response_ms: float | None = None
    responded_by: str | None = None
    warning: str | None = None
    click_id: str | None = None
    envelope_id: str | None = None
    channel: str | None = None
    message_ts: str | None = None
    http_calls_between: int = 0
    errors: dict[str, str] | None = None


def used(click: Click, errors: dict[str, str] | None = None) -> Used:
    """The outcome of a gesture that was followed."""
    return Used(
        sent=click.envelope_id is not None,
        acked=click.acked_ms is not None,
        acked_ms=click.acked_ms,
        response_ms=click.first_response_ms,
        responded_by=click.responded_by,
        warning=click.warning,
        click_id=click.id,
        envelope_id=click.envelope_id,
        channel=click.channel,
        message_ts=click.message_ts,
        http_calls_between=click.http_calls_between,
        errors=errors or None,
    )


class People(Membership):
    """Every verb of the workspace's members.

    A member is named by name, @name or ID; a place by #channel, channel ID, `dm` (the member's
    direct message with the app) or @member. What cannot be done raises PersonError with a
    sentence that says why.
    """

    # -- who and where -------------------------------------------------------------------

    def members(self) -> list[Member]:
        """The persons of the workspace."""
        return self._slack.workspace.people()

    def conversation(self, who: str, where: str) -> Conversation:
        """The conversation that a member means."""
        workspace = self._slack.workspace
        return workspace.conversation_for(workspace.person(who), where)

    # -- writing -------------------------------------------------------------------------

    async def say(
        self, who: str, where: str, text: str, *, thread_ts: str | None = None
    ) -> Message:
        """Write a message; @names, #channels and addresses become links, as Slack makes them."""
        workspace = self._slack.workspace
        member = workspace.person(who)
        conversation = workspace.conversation_for(member, where)
        if not text.strip():
            raise PersonError("An empty message cannot be sent.")
        return messages.post(
            self._slack,
            conversation,
            member.id,
            text=self._linked(text),
            thread_ts=self._thread(conversation, thread_ts),
        )

    async def drop_file(
        self,
        who: str,
        where: str,
        name: str,
        content: bytes,
        *,
        text: str = "",
        title: str | None = None,
        thread_ts: str | None = None,
        remote: tuple[str, str] = ("", ""),
    ) -> tuple[StoredFile, Message]:
        """Drop a file into a conversation or a thread; `remote` is a remote file's type and URL."""
        workspace = self._slack.workspace
        member = workspace.person(who)
        conversation = workspace.conversation_for(member, where)
        file = self._store(member, name, content, title)
        file.external_type, file.external_url = remote
        file.channels.append(conversation.id)
        message = messages.post(
            self._slack,
            conversation,
            member.id,
            text=self._linked(text),
            files=[file.id],
            subtype="file_share",
            thread_ts=self._thread(conversation, thread_ts),
        )
        file.shared_at[conversation.id] = message.ts
        self._slack.events.file_shared(file.id, member.id, conversation)
        return file, message

    def _store(self, member: Member, name: str, content: bytes, title: str | None) -> StoredFile:
        workspace = self._slack.workspace
        created = int(self._slack.world.clock.timestamp())
        ident = workspace.new_id("F")
        file = stored_file(ident, name, title or name, content, member.id, created)
        workspace.files[ident] = file
        return file

    def _thread(self, conversation: Conversation, thread_ts: str | None) -> str | None:
        if thread_ts is None:
            return None
        parent = conversation.messages.get(thread_ts)
        if parent is None:
            raise PersonError(f"There is no message {thread_ts} to answer below.")
        return parent.thread_ts or parent.ts

    def _linked(self, text: str) -> str:
        workspace = self._slack.workspace
        by_name = {member.name.lower(): member.id for member in workspace.members.values()}
        channels = {
            conversation.name: conversation.id
            for conversation in workspace.conversations.values()
            if not conversation.is_direct
        }
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        linked = _URL.sub(lambda match: f"<{match.group(0)}>", escaped)

        def mention(match: re.Match[str]) -> str:
            ident = by_name.get(match.group(1).lower())
            return f"<@{ident}>" if ident else match.group(0)

        def channel(match: re.Match[str]) -> str:
            ident = channels.get(match.group(1))
            return f"<#{ident}|{match.group(1)}>" if ident else match.group(0)

        return _CHANNEL.sub(channel, _MENTION.sub(mention, linked))

    def react(self, who: str, where: str, ts: str, name: str) -> Message:
        """Add a reaction to a message."""
        workspace = self._slack.workspace
        member = workspace.person(who)
        message = workspace.conversation_for(member, where).messages.get(ts)
        if message is None:
            raise PersonError(f"There is no message {ts} in {where}.")
        users = message.reactions.setdefault(name.strip(":"), [])
        if member.id not in users:
            users.append(member.id)
            self._slack.events.reaction_added(member.id, name.strip(":"), message)
        self._changed()
        return message

    async def command(self, who: str, where: str, command: str, text: str = "") -> Used:
        """Type a slash command."""
        workspace = self._slack.workspace
        member = workspace.person(who)
        conversation = workspace.conversation_for(member, where)
        name = command if command.startswith("/") else f"/{command}"
        click = await gestures.run_command(self._slack, member, conversation, name, text)
        return used(click)

    # -- using ---------------------------------------------------------------------------

    async def click(
        self,
        who: str,
        wanted: Wanted,
        *,
        place: Place = "message",
        where: str | None = None,
        ts: str | None = None,
        wait_ms: float = 0,
    ) -> Used:
        """Click a button (or an option of an overflow menu).

        In a message, without `ts`, the newest message that has it; `wait_ms` waits that long for
        what the member sees next.
        """
        return await self._use(who, wanted, None, place, where, ts, wait_ms, is_click=True)

    async def choose(
        self,
        who: str,
        wanted: Wanted,
        value: Any,
        *,
        place: Place = "message",
        where: str | None = None,
        ts: str | None = None,
        wait_ms: float = 0,
    ) -> Used:
        """Choose in a menu, tick boxes, or type into a field.

        A field of a modal's form goes to the app only when the modal is submitted.
        """
        return await self._use(who, wanted, value, place, where, ts, wait_ms, is_click=False)

    async def _use(
        self,
        who: str,
        wanted: Wanted,
        value: Any,
        place: Place,
        where: str | None,
        ts: str | None,
        wait_ms: float,
        *,
        is_click: bool,
    ) -> Used:
        workspace = self._slack.workspace
        member = workspace.person(who)
        if place == "message":
            conversation = workspace.conversation_for(member, where) if where else None
            home, message, found = find_message(workspace, member, wanted, conversation, ts)
            chosen = self._chosen(found, value, is_click=is_click)
            click = await gestures.use_in_message(self._slack, member, home, message, found, chosen)
        else:
            view = self.home(who) if place == "home" else self.modal(who)
            found = find_in_view(view, wanted, member, place)
            chosen = self._chosen(found, value, is_click=is_click)
            if view is None or self._stays_here(found):
                return self._set(view, found, chosen)
            click = await gestures.use_in_view(self._slack, member, view, found, chosen)
        if wait_ms and click.warning is None:
            await gestures.wait_for_answer(click, wait_ms)
        return used(click)

    def _chosen(self, found: Found, value: Any, *, is_click: bool) -> dict[str, Any]:
        if found.option is not None:
            return {"selected_option": found.option}
        if is_click:
            if found.element["type"] != "button":
                raise PersonError(f"A {found.element['type']} is chosen from, not clicked.")
            return {}
        if found.element["type"] == "button":
            raise PersonError("A button is clicked, not chosen from.")
        return choosing.chosen_state(self._slack.workspace, found, value)

    def _stays_here(self, found: Found) -> bool:
        return found.block["type"] == "input" and not found.block.get("dispatch_action")

    def _set(self, view: View | None, found: Found, chosen: dict[str, Any]) -> Used:
        if view is not None:
            inside = view.draft.setdefault(found.block["block_id"], {})
            inside[found.element["action_id"]] = chosen
            view.errors.pop(found.block["block_id"], None)
            self._changed()
        return Used(sent=False)

    async def fill(self, who: str, values: dict[str, Any]) -> View:
        """Fill in fields of the open modal: by label, action_id or block_id."""
        member = self._slack.workspace.person(who)
        view = self.modal(who)
        if view is None:
            raise PersonError(f"{member.name} has no modal open.")
        for name, value in values.items():
            found = self._field(view, member, name)
            self._set(view, found, choosing.chosen_state(self._slack.workspace, found, value))
        return view

    def _field(self, view: View, member: Member, name: str) -> Found:
        for wanted in (Wanted(action_id=name), Wanted(block_id=name)):
            try:
                return find_in_view(view, wanted, member, "modal")
            except PersonError:  # tried by the next kind of name; the last one's error is raised
                continue
        return find_in_view(view, Wanted(label=name), member, "modal")

    async def upload_into(self, who: str, field: str, name: str, content: bytes) -> View:
        """Put a file into a file field of the open modal."""
        member = self._slack.workspace.person(who)
        view = self.modal(who)
        if view is None:
            raise PersonError(f"{member.name} has no modal open.")
        found = self._field(view, member, field)
        file = self._store(member, name, content, None)
        shown = file_field(file, self._slack.workspace)
        self._set(view, found, {"type": "file_input", "files": [shown]})
        return view

    async def submit(
        self, who: str, values: dict[str, Any] | None = None, *, wait_ms: float = 0
    ) -> Used:
        """Fill in and submit the open modal."""
        member = self._slack.workspace.person(who)
        view = self.modal(who)
        if view is None:
            raise PersonError(f"{member.name} has no modal open.")
        await self.fill(who, values or {})
        click = await gestures.submit(self._slack, member, view)
        if wait_ms and click.warning is None:
            await gestures.wait_for_answer(click, wait_ms)
        return used(click, view.errors)

    async def close(self, who: str, *, all_of_them: bool = False) -> Used:
        """Close the open modal, or the whole stack."""
        member = self._slack.workspace.person(who)
        click = await gestures.close_view(self._slack, member, all_of_them=all_of_them)
        return used(click) if click is not None else Used(sent=False)

    async def open_home(self, who: str) -> View | None:
        """Open the app's Home; gives what is published there so far."""
        workspace = self._slack.workspace
        member = workspace.person(who)
        direct = workspace.direct([member.id, workspace.app.bot_user], now=0)
        view = workspace.homes.get(member.id)
        shown = view_field(view, workspace) if view is not None else None
        self._slack.events.app_home_opened(member.id, direct.id, shown)
        return view

    # -- seeing --------------------------------------------------------------------------

    def conversations(self, who: str) -> list[Conversation]:
        """The conversations a member is in."""
        workspace = self._slack.workspace
        return list(workspace.of_member(workspace.person(who).id))

    def messages(self, who: str, where: str) -> list[Message]:
        """Every message of a conversation that a member sees, threads included, oldest first."""
        member = self._slack.workspace.person(who)
        found = self._slack.workspace.conversation_for(member, where).messages.values()
        return [message for message in found if message.is_seen_by(member.id)]

    def home(self, who: str) -> View | None:
        """The Home view published for a member."""
        return self._slack.workspace.homes.get(self._slack.workspace.person(who).id)

    def modal(self, who: str) -> View | None:
        """The modal on top of a member's stack."""
        stack = self._slack.workspace.stacks.get(self._slack.workspace.person(who).id)
        return stack[-1] if stack else None

    def see(self, who: str, where: str | None = None, limit: int = 50) -> dict[str, Any]:
        """Everything a member sees, as JSON: conversations with messages, Home, the open modal."""
        workspace = self._slack.workspace
        member = workspace.person(who)
        places = (
            [workspace.conversation_for(member, where)]
            if where
            else list(workspace.of_member(member.id))
        )
        return {
            "member": {"id": member.id, "name": member.name, "real_name": member.real_name},
            "conversations": [
                seeing.conversation_seen(workspace, place, member, limit) for place in places
            ],
            "home": seeing.view_seen(workspace, self.home(who)),
            "modal": seeing.view_seen(workspace, self.modal(who)),
            "modal_depth": len(workspace.stacks.get(member.id, [])),
        }
