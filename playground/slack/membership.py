"""Who is in the workspace and in which channels, and how that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.slack.errors import PersonError
from playground.slack.workspace import Conversation, Member

if TYPE_CHECKING:
    from playground.slack import SlackStandIn


class Membership:
    """Joining and leaving; raises PersonError with a sentence for what cannot be done."""

    def __init__(self, slack: SlackStandIn) -> None:
        self._slack = slack

    def add_member(self, name: str, real_name: str = "", *, channels: list[str]) -> Member:
        """Let a new person join the workspace and these channels."""
        member = self._slack.workspace.add_member(name, real_name)
        for channel in channels:
            self._join(member, self._channel(channel), None)
        self._changed()
        return member

    def add_channel(
        self, name: str, members: list[str], *, with_app: bool = True, private: bool = False
    ) -> Conversation:
        """Make a channel with these members."""
        workspace = self._slack.workspace
        ids = [workspace.person(member).id for member in members]
        if with_app:
            ids.append(workspace.app.bot_user)
        made = workspace.add_channel(
            name, ids, private=private, topic="", now=self._slack.world.clock.timestamp()
        )
        self._changed()
        return made

    def join(self, who: str, channel: str, *, inviter: str | None = None) -> Conversation:
        """Let a member, or the app (`@app`), join a channel."""
        workspace = self._slack.workspace
        bot = workspace.members[workspace.app.bot_user]
        member = bot if who in ("@app", bot.id, bot.name) else workspace.person(who)
        conversation = self._channel(channel)
        self._join(member, conversation, workspace.person(inviter).id if inviter else None)
        self._changed()
        return conversation

    def leave(self, who: str, channel: str) -> Conversation:
        """Let a member, or the app (`@app`), leave a channel."""
        workspace = self._slack.workspace
        bot = workspace.members[workspace.app.bot_user]
        member = bot if who in ("@app", bot.id, bot.name) else workspace.person(who)
        conversation = self._channel(channel)
        if member.id in conversation.members:
            conversation.members.remove(member.id)
        self._changed()
        return conversation

    def _join(self, member: Member, conversation: Conversation, inviter: str | None) -> None:
        if member.id not in conversation.members:
            conversation.members.append(member.id)
            self._slack.events.member_joined(member.id, conversation, inviter)

    def _channel(self, name: str) -> Conversation:
        wanted = name.lstrip("#")
        for conversation in self._slack.workspace.conversations.values():
            if wanted in (conversation.id, conversation.name) and not conversation.is_direct:
                return conversation
        raise PersonError(f"There is no channel {name!r}.")

    def _changed(self) -> None:
        self._slack.world.changed("slack")
