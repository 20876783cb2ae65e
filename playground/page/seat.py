"""One browser tab's view of the world: whom it acts as, and what it looks at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from nicegui import ui

from playground.slack.errors import PersonError
from playground.slack.files import file_field
from playground.slack.interactions import CLIENT
from playground.slack.people import People, Used
from playground.slack.workspace import Conversation, Member, Message, StoredFile, Workspace

if TYPE_CHECKING:
    from playground.app import World

HOME = "home"
NO_ANSWER = "Winnow did not answer. Try again in a moment."


@dataclass(slots=True)
class Seat:
    """Whom the tab acts as (`who`, a member's name), and the place it shows.

    `place` is a conversation's ID or `HOME`; `thread` the message whose thread is open; `client`
    tells this tab from others of the same member.
    """

    world: World
    who: str
    place: str
    thread: str | None = None
    refresh: list[Callable[[], None]] = field(default_factory=list)
    client: str = field(default_factory=lambda: token_hex(8))

    @property
    def workspace(self) -> Workspace:
        """The workspace's state."""
        return self.world.slack.workspace

    @property
    def people(self) -> People:
        """What members do."""
        return self.world.slack.people

    @property
    def member(self) -> Member:
        """The member that the tab acts as."""
        return self.workspace.person(self.who)

    @property
    def app_dm(self) -> Conversation:
        """The member's direct message with the app."""
        return self.workspace.conversation_for(self.member, "dm")

    @property
    def conversation(self) -> Conversation | None:
        """The conversation shown, None on the Home tab."""
        return self.workspace.conversations.get(self.place)

    def name_of(self, ident: str) -> str:
        """The visible name of a user or channel ID."""
        member = self.workspace.members.get(ident)
        if member is not None:
            return member.real_name or member.name
        conversation = self.workspace.conversations.get(ident)
        return conversation.name if conversation is not None else ident

    def title_of(self, conversation: Conversation) -> str:
        """The name of a conversation as the member sees it."""
        if not conversation.is_direct:
            return f"# {conversation.name}"
        others = [m for m in conversation.members if m != self.member.id]
        return ", ".join(self.name_of(other) for other in others)

    def visible(self, conversation: Conversation) -> list[Message]:
        """The messages that the member sees, oldest first."""
        return [m for m in conversation.messages.values() if m.is_seen_by(self.member.id)]

    def unread(self, conversation: Conversation) -> int:
        """How many messages came since the member last looked."""
        seen = conversation.read_until.get(self.member.id, "0")
        return sum(
            m.ts > seen and m.user != self.member.id
            for m in self.visible(conversation)
            if not m.is_reply
        )

    def mark_read(self, conversation: Conversation) -> None:
        """Remember that the member has seen the newest message."""
        newest = next(reversed(conversation.messages), None)
        if newest is not None:
            conversation.read_until[self.member.id] = newest

    def file_link(self, named: dict[str, Any]) -> str:
        """A file's content as an address that an image can show."""
        file = self.workspace.files.get(str(named.get("id")))
        if file is None:
            wanted = str(named.get("url", ""))
            for each in self.workspace.files.values():
                if wanted and wanted == file_field(each, self.workspace)["url_private"]:
                    file = each
        return "" if file is None else data_address(file)

    def redraw(self) -> None:
        """Draw everything that follows the seat afresh."""
        for draw in self.refresh:
            draw()

    async def attempt(self, gesture: Awaitable[Any]) -> Any:
        """Do something as the member; what cannot be done is told in the page's corner."""
        here = CLIENT.set(self.client)
        try:
            result = await gesture
        except PersonError as error:
            ui.notify(str(error), type="warning", position="top")
            return None
        finally:
            CLIENT.reset(here)
        if isinstance(result, Used) and result.warning and result.message_ts is None:
            ui.notify(result.warning or NO_ANSWER, type="warning", position="top")
        return result


def data_address(file: StoredFile) -> str:
    """A file's content as a data: address."""
    return f"data:{file.mimetype};base64,{file.content}"
