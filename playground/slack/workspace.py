"""The workspace: members, conversations with their messages, files, Home views, the app."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.slack.errors import PersonError, SlackError
from playground.slack.seed import WorkspaceSeed

BLANK = ""


@dataclass(slots=True)
class Member:
    """A person or the app's bot user."""

    id: str
    name: str
    real_name: str
    tz: str
    is_admin: bool = False
    is_bot: bool = False


@dataclass(slots=True)
class Message:
    """One message, as it stands.

    `ephemeral_to` names the only member who sees it; `warnings` hold, by member, what Slack
    shows beside a message when the app did not answer a click in time; `drafts` hold, by
    member, what they chose in the message's menus.
    """

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    by_app: bool = False
    username: str | None = None
    metadata: dict[str, Any] | None = None
    edited_ts: str | None = None
    files: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    reply_broadcast: bool = False
    ephemeral_to: str | None = None
    warnings: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def is_seen_by(self, member_id: str) -> bool:
        """Whether a member of the conversation sees it."""
        return self.ephemeral_to is None or self.ephemeral_to == member_id


@dataclass(slots=True)
class Conversation:
    """A channel, a direct message or a group message, with its messages oldest first."""

    id: str
    name: str
    kind: str  # channel, group (private), im, mpim
    members: list[str]
    created: int
    creator: str
    topic: str = ""
    is_open: bool = True
    messages: dict[str, Message] = field(default_factory=dict)
    read_until: dict[str, str] = field(default_factory=dict)

    @property
    def is_direct(self) -> bool:
        """Whether it is between people rather than a channel."""
        return self.kind in ("im", "mpim")

    def replies(self, ts: str) -> list[Message]:
        """The public replies in the thread below a message, oldest first."""
        return [
            message
            for message in self.messages.values()
            if message.thread_ts == ts and message.ts != ts and message.ephemeral_to is None
        ]


@dataclass(slots=True)
class AppInstall:
    """The app and what it was granted."""

    id: str
    name: str
    bot_user: str
    bot_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str
    commands: list[str] | None
    scopes: list[str]
    events: list[str]


@dataclass(slots=True)
class StoredFile:
    """A file; `content` is base64, so that saving costs no encoding.

    A remote file has an `external_type` and an `external_url` instead of content.
    """

    id: str
    name: str
    title: str
    mimetype: str
    size: int
    content: str
    user: str
    created: int
    alt_txt: str | None = None
    channels: list[str] = field(default_factory=list)
    shared_at: dict[str, str] = field(default_factory=dict)
    external_type: str = ""
    external_url: str = ""


@dataclass(slots=True)
class View:
    """A modal or a Home view, as the app last sent it, with what a member filled in."""

    id: str
    kind: str
    user: str
    blocks: list[dict[str, Any]]
    hash: str
    root_id: str
    previous_id: str | None = None
    title: dict[str, Any] | None = None
    submit: dict[str, Any] | None = None
    close: dict[str, Any] | None = None
    private_metadata: str = BLANK
    callback_id: str = BLANK
    external_id: str = BLANK
    clear_on_close: bool = False
    notify_on_close: bool = False
    draft: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    warning: str | None = None
    client: str = ""

    def is_open_in(self, client: str) -> bool:
        """Whether a client of the member shows it: the one it was opened in, if any is known."""
        return self.client in ("", client)


@dataclass(slots=True)
class ResponseUrl:
    """A response_url: which interaction it belongs to, how often it was used, when it ends."""

    id: str
    secret: str
    kind: str  # actions or commands
    user: str
    channel: str
    expires: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0
    interaction: str | None = None


@dataclass(slots=True)
class Workspace:
    """All state of the Slack stand-in that outlives a restart."""

    team_id: str
    team: str
    domain: str
    base_url: str
    app: AppInstall
    members: dict[str, Member] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    stacks: dict[str, list[View]] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    event_retry_seconds: list[float] = field(default_factory=lambda: [0.0, 60.0, 300.0])
    rate_limits: bool = True
    counter: int = 0
    last_ts: int = 0

    # -- names ---------------------------------------------------------------------------

    def new_id(self, prefix: str) -> str:
        """An ID that nothing else has, in Slack's form."""
        self.counter += 1
        return f"{prefix}0{_base36(self.counter):0>9}"

    def next_ts(self, now: float) -> str:
        """The next message timestamp: the clock's time, never repeated, never earlier."""
        micros = max(int(now * 1_000_000), self.last_ts + 1)
        self.last_ts = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    # -- looking up ----------------------------------------------------------------------

    def people(self) -> list[Member]:
        """The members who are persons."""
        return [member for member in self.members.values() if not member.is_bot]

    def person(self, who: str) -> Member:
        """A person by name, @name or ID; raises PersonError when there is none."""
        wanted = who.lstrip("@")
        for member in self.people():
            if wanted in (member.id, member.name):
                return member
        names = ", ".join(member.name for member in self.people())
        raise PersonError(f"There is no member {who!r}. Members: {names}.")

    def conversation_for(self, member: Member, where: str) -> Conversation:
        """A conversation by ID, #name, or `@app` / `dm` for the member's DM with the app."""
        wanted = where.lstrip("#")
        bot = self.members[self.app.bot_user]
        if where in ("dm", "@app", f"@{bot.name}", bot.id):
            return self.direct([member.id, bot.id], now=0)
        for conversation in self.conversations.values():
            named = wanted == conversation.name and not conversation.is_direct
            if named or where == conversation.id:
                if member.id not in conversation.members:
                    raise PersonError(f"{member.name} is not a member of {where}.")
                return conversation
        if where.startswith("@"):
            return self.direct([member.id, self.person(where).id], now=0)
        raise PersonError(f"There is no channel {where!r}.")

    def visible_channel(self, channel_id: Any) -> Conversation:
        """A conversation that the app can name; raises channel_not_found."""
        conversation = self.conversations.get(str(channel_id))
        if conversation is None:
            raise SlackError("channel_not_found")
        hidden = conversation.kind != "channel" and self.app.bot_user not in conversation.members
        if hidden:
            raise SlackError("channel_not_found")
        return conversation

    def of_member(self, member_id: str) -> Iterator[Conversation]:
        """The conversations a member is in."""
        for conversation in self.conversations.values():
            if member_id in conversation.members:
                yield conversation

    # -- making --------------------------------------------------------------------------

    def direct(self, members: list[str], now: float) -> Conversation:
        """The direct message between exactly these members, made when there is none yet."""
        wanted = set(members)
        kind = "im" if len(wanted) <= 2 else "mpim"
        for conversation in self.conversations.values():
            if conversation.kind == kind and set(conversation.members) == wanted:
                return conversation
        ident = self.new_id("D" if kind == "im" else "G")
        name = ident if kind == "im" else "mpdm-" + "--".join(sorted(wanted))
        made = Conversation(ident, name, kind, list(dict.fromkeys(members)), int(now), members[0])
        self.conversations[ident] = made
        return made

    def add_member(
        self, name: str, real_name: str = "", *, tz: str = "Europe/London", is_admin: bool = False
    ) -> Member:
        """A new person, with a direct message to the app."""
        if any(member.name == name for member in self.members.values()):
            raise PersonError(f"There is already a member {name!r}.")
        member = Member(
            readable_id("U", name, self.members), name, real_name or name.title(), tz, is_admin
        )
        self.members[member.id] = member
        self.direct([member.id, self.app.bot_user], now=0)
        return member

    def add_channel(
        self, name: str, members: list[str], *, private: bool, topic: str, now: float
    ) -> Conversation:
        """A new channel with these member IDs."""
        if any(conversation.name == name for conversation in self.conversations.values()):
            raise PersonError(f"There is already a channel #{name}.")
        ident = readable_id("C", name, self.conversations)
        kind = "group" if private else "channel"
        creator = members[0] if members else self.app.bot_user
        made = Conversation(ident, name, kind, list(members), int(now), creator, topic)
        self.conversations[ident] = made
        return made


def readable_id(prefix: str, name: str, taken: dict[str, Any]) -> str:
    """An ID in Slack's form that a person can read: `U00000000ANA`."""
    letters = re.sub(r"[^A-Z0-9]", "", name.upper())[:10]
    ident = f"{prefix}{letters:0>10}"
    number = 1
    while ident in taken:
        number += 1
        ident = f"{prefix}{letters[:8]:0>8}{number:02d}"
    return ident


def _base36(number: int) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return text or "0"


def new_workspace(
    seed: WorkspaceSeed, base_url: str, now: float, secret: Callable[[int], str]
) -> Workspace:
    """A workspace from a seed; `secret(n)` gives n random hexadecimal characters."""
    number = str(int(secret(10), 16) % 10**11)
    app_id = f"A{readable_id('', seed.app.bot_name, {})}"
    bot_user = readable_id("U", seed.app.bot_name, {})
    app = AppInstall(
        id=app_id,
        name=seed.app.name,
        bot_user=bot_user,
        bot_id=readable_id("B", seed.app.bot_name, {}),
        bot_token=f"xoxb-{number}-{secret(24)}",
        app_token=f"xapp-1-{app_id}-{number}-{secret(64)}",
        signing_secret=secret(32),
        verification_token=secret(24),
        commands=seed.app.commands,
        scopes=list(seed.app.scopes),
        events=list(seed.app.events),
    )
    workspace = Workspace(
        team_id=readable_id("T", seed.domain, {}),
        team=seed.team,
        domain=seed.domain,
        base_url=base_url,
        app=app,
        event_retry_seconds=list(seed.event_retry_seconds),
        rate_limits=seed.rate_limits,
    )
    workspace.members[bot_user] = Member(
        bot_user, seed.app.bot_name, seed.app.name, "Europe/London", is_bot=True
    )
    for person in seed.members:
        workspace.add_member(person.name, person.real_name, tz=person.tz, is_admin=person.is_admin)
    for channel in seed.channels:
        named = channel.members
        ids = [member.id for member in workspace.people() if named is None or member.name in named]
        if channel.with_app:
            ids.append(bot_user)
        workspace.add_channel(
            channel.name, ids, private=channel.private, topic=channel.topic, now=now
        )
    return workspace


def workspace_from_json(data: dict[str, Any]) -> Workspace:
    """A workspace from its saved JSON."""
    plain = dict(data)
    plain["app"] = AppInstall(**plain["app"])
    plain["members"] = {key: Member(**item) for key, item in plain["members"].items()}
    plain["files"] = {key: StoredFile(**item) for key, item in plain["files"].items()}
    plain["homes"] = {key: View(**item) for key, item in plain["homes"].items()}
    plain["stacks"] = {
        key: [View(**item) for item in stack] for key, stack in plain["stacks"].items()
    }
    plain["response_urls"] = {
        key: ResponseUrl(**item) for key, item in plain["response_urls"].items()
    }
    plain["conversations"] = {
        key: Conversation(
            **{
                **item,
                "messages": {ts: Message(**message) for ts, message in item["messages"].items()},
            }
        )
        for key, item in plain["conversations"].items()
    }
    return Workspace(**plain)
