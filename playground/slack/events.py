"""The Events API: what the app subscribed to is delivered, and again when it was not acked."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from playground.slack import messages
from playground.slack.sockets import NotConnected
from playground.slack.workspace import Conversation, Message

if TYPE_CHECKING:
    from playground.slack import SlackStandIn

logger = logging.getLogger(__name__)

_SUBSCRIPTIONS = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


class Events:
    """Sends events to the app in the background."""

    def __init__(self, slack: SlackStandIn) -> None:
        self._slack = slack
        self._tasks: set[asyncio.Task[None]] = set()

    def emit(self, event: dict[str, Any], subscription: str | None = None) -> None:
        """Deliver an event, if the app subscribed to it (default: to the event's type)."""
        app = self._slack.workspace.app
        if (subscription or event["type"]) not in app.events:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # built outside a server, in a test of pure parts: nobody listens
            return
        task = loop.create_task(self._deliver(self._callback(event)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """Give up every redelivery that is waiting."""
        for task in tuple(self._tasks):
            task.cancel()

    def _callback(self, event: dict[str, Any]) -> dict[str, Any]:
        workspace = self._slack.workspace
        event_id = workspace.new_id("Ev")
        return {
            "token": workspace.app.verification_token,
            "team_id": workspace.team_id,
            "context_team_id": workspace.team_id,
            "context_enterprise_id": None,
            "api_app_id": workspace.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(self._slack.world.clock.timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": workspace.team_id,
                    "user_id": workspace.app.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{event_id}",
        }

    async def _deliver(self, callback: dict[str, Any]) -> None:
        # docs Events API: retried "nearly immediately", after 1 minute, after 5 minutes.
        waits = [0.0, *self._slack.workspace.event_retry_seconds]
        reason = None
        for attempt, wait in enumerate(waits):
            if wait:
                await asyncio.sleep(wait)
            try:
                envelope = await self._slack.hub.deliver(
                    "events_api", callback, retry_attempt=attempt, retry_reason=reason
                )
            except NotConnected:
                reason = "connection_failed"
                continue
            if envelope.acked_ms is not None:
                return
            reason = "timeout"
        logger.info("Event %s was never acked.", callback["event_id"])

    # -- messages ------------------------------------------------------------------------

    def message_posted(self, conversation: Conversation, message: Message) -> None:
        """A message event, also for the app's own messages, and app_mention where it applies."""
        workspace = self._slack.workspace
        if workspace.app.bot_user not in conversation.members:
            return
        event = {
            **messages.shown(workspace, message, with_metadata=False),
            "channel": conversation.id,
            "event_ts": message.ts,
            "channel_type": conversation.kind,
        }
        self.emit(event, _SUBSCRIPTIONS[conversation.kind])
        mentioned = f"<@{workspace.app.bot_user}>" in message.text
        if mentioned and not message.by_app and conversation.kind != "im":
            self.emit({**event, "type": "app_mention"}, "app_mention")

    def message_changed(
        self, conversation: Conversation, message: Message, before: dict[str, Any]
    ) -> None:
        """A message_changed event."""
        self._hidden(
            conversation,
            {
                "subtype": "message_changed",
                "message": messages.shown(self._slack.workspace, message),
                "previous_message": before,
            },
        )

    def message_deleted(
        self, conversation: Conversation, deleted_ts: str, before: dict[str, Any]
    ) -> None:
        """A message_deleted event."""
        self._hidden(
            conversation,
            {
                "subtype": "message_deleted",
                "previous_message": before,
                "deleted_ts": deleted_ts,
            },
        )

    def _hidden(self, conversation: Conversation, rest: dict[str, Any]) -> None:
        workspace = self._slack.workspace
        subscription = _SUBSCRIPTIONS[conversation.kind]
        if workspace.app.bot_user not in conversation.members:
            return
        if subscription not in workspace.app.events:
            return
        ts = workspace.next_ts(self._slack.world.clock.timestamp())
        self.emit(
            {
                "type": "message",
                "hidden": True,
                "channel": conversation.id,
                "ts": ts,
                "event_ts": ts,
                "channel_type": conversation.kind,
                **rest,
            },
            subscription,
        )

    # -- others --------------------------------------------------------------------------

    def file_shared(self, file_id: str, user: str, conversation: Conversation) -> None:
        """A file_shared event."""
        if self._slack.workspace.app.bot_user in conversation.members:
            self.emit(
                {
                    "type": "file_shared",
                    "file_id": file_id,
                    "user_id": user,
                    "file": {"id": file_id},
                    "channel_id": conversation.id,
                    "event_ts": self._now(),
                }
            )

    def app_home_opened(self, user: str, channel: str, view: dict[str, Any] | None) -> None:
        """An app_home_opened event; `view` is what the member saw there, if anything."""
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": user,
            "channel": channel,
            "tab": "home",
            "event_ts": self._now(),
        }
        if view is not None:
            event["view"] = view
        self.emit(event)

    def member_joined(self, user: str, conversation: Conversation, inviter: str | None) -> None:
        """A member_joined_channel event."""
        event: dict[str, Any] = {
            "type": "member_joined_channel",
            "user": user,
            "channel": conversation.id,
            "channel_type": "G" if conversation.kind == "group" else "C",
            "team": self._slack.workspace.team_id,
            "event_ts": self._now(),
        }
        if inviter is not None:
            event["inviter"] = inviter
        self.emit(event)

    def reaction_added(self, user: str, name: str, message: Message) -> None:
        """A reaction_added event."""
        self.emit(
            {
                "type": "reaction_added",
                "user": user,
                "reaction": name,
                "item_user": message.user,
                "item": {"type": "message", "channel": message.channel, "ts": message.ts},
                "event_ts": self._now(),
            }
        )

    def _now(self) -> str:
        return self._slack.workspace.next_ts(self._slack.world.clock.timestamp())
