"""Control of the workspace's members: what a person does with a keyboard and a mouse."""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, File, Form, HTTPException, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from playground.slack.finding import Wanted
from playground.slack.people import Place, Used
from playground.slack.seeing import message_seen, view_seen
from playground.slack.workspace import Conversation, Member

if TYPE_CHECKING:
    from playground.app import World


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


WHO = Field(alias="as", description="the member: name, @name or ID", examples=["ana"])
WHERE = Field(description="#channel, channel ID, dm (with the app) or @member", examples=["dm"])


class NewMember(_Body):
    """A person who joins the workspace."""

    name: str
    real_name: str = ""
    channels: list[str] = Field(default_factory=list, description="channels to join at once")


class NewChannel(_Body):
    """A channel to make."""

    name: str
    members: list[str] = Field(default_factory=list)
    with_app: bool = True
    private: bool = False


class Joining(_Body):
    """Who joins or leaves; `@app` is the app itself."""

    who: str = WHO
    channel: str
    inviter: str | None = None


class Saying(_Body):
    """A message to write."""

    who: str = WHO
    where: str = WHERE
    text: str
    thread_ts: str | None = None


class Commanding(_Body):
    """A slash command to type."""

    who: str = WHO
    where: str = Field(default="dm", description=WHERE.description)
    command: str = Field(examples=["/winnow"])
    text: str = ""


class Reacting(_Body):
    """A reaction to add."""

    who: str = WHO
    where: str = WHERE
    ts: str
    name: str = Field(examples=["eyes"])


class Using(_Body):
    """What is used, by IDs or by the visible label; without `ts` the newest message that has it."""

    who: str = WHO
    place: Place = "message"
    where: str | None = Field(default=None, description=WHERE.description)
    ts: str | None = None
    label: str | None = Field(default=None, examples=["Include"])
    action_id: str | None = None
    block_id: str | None = None
    value: str | None = None
    wait_ms: float = Field(default=0, ge=0, le=60_000, description="wait for what comes next")

    def wanted(self) -> Wanted:
        """What is looked for."""
        if self.label is None and self.action_id is None and self.block_id is None:
            raise HTTPException(400, "Give a label, an action_id or a block_id.")
        return Wanted(self.action_id, self.value, self.block_id, self.label)


class Choosing(Using):
    """A choice: `choice` is a text, a date, an option's value or label, or a list of those."""

    choice: Any = None


class Filling(_Body):
    """Fields of the open modal, by label, action_id or block_id."""

    who: str = WHO
    values: dict[str, Any] = Field(default_factory=dict)


class Submitting(Filling):
    """Fill in and submit the open modal."""

    wait_ms: float = Field(default=0, ge=0, le=60_000)


class Closing(_Body):
    """Close the open modal, or the whole stack."""

    who: str = WHO
    all_of_them: bool = False


class Opening(_Body):
    """Open the app's Home."""

    who: str = WHO


class Dropping(_Body):
    """A file as JSON: its text, its bytes in base64, or where a remote file is kept."""

    who: str = WHO
    where: str = WHERE
    name: str
    text: str | None = None
    base64: str | None = None
    external_url: str | None = None
    external_type: str = "gdrive"
    comment: str = ""
    title: str | None = None
    thread_ts: str | None = None


class FieldFile(_Body):
    """A file for a file field of the open modal."""

    who: str = WHO
    field: str
    name: str
    text: str | None = None
    base64: str | None = None


class MemberSeen(BaseModel):
    """A member."""

    id: str
    name: str
    real_name: str
    is_admin: bool


class ChannelSeen(BaseModel):
    """A conversation and who is in it."""

    id: str
    name: str
    kind: str
    members: list[str]


class Posted(BaseModel):
    """Where a message stands."""

    channel: str
    ts: str


class Dropped(Posted):
    """Where a file was dropped."""

    file_id: str


class Outcome(BaseModel):
    """What came of a gesture; times in ms since it was made."""

    sent: bool
    acked: bool
    acked_ms: float | None
    response_ms: float | None = Field(description="until the member saw something new")
    responded_by: str | None
    warning: str | None = Field(description="what Slack shows when the app did not answer")
    click_id: str | None
    envelope_id: str | None
    channel: str | None
    message_ts: str | None
    http_calls_between: int
    errors: dict[str, str] | None


def outcome(result: Used) -> Outcome:
    """A gesture's outcome for the wire."""
    return Outcome.model_validate(asdict(result))


def content_from(text: str | None, encoded: str | None) -> bytes:
    """The bytes of a file given as text or base64; raises HTTPException."""
    if (text is None) == (encoded is None):
        raise HTTPException(400, "Give the file's content either as `text` or as `base64`.")
    if encoded is not None:
        try:
            return base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise HTTPException(400, f"That is not base64: {error}.") from error
    return (text or "").encode()


def workspace_routes(world: World) -> APIRouter:
    """The routes for everything a member does or sees."""
    routes = APIRouter(tags=["people"])
    people = world.slack.people

    def seen(conversation: Conversation) -> ChannelSeen:
        members = world.slack.workspace.members
        return ChannelSeen(
            id=conversation.id,
            name=conversation.name,
            kind=conversation.kind,
            members=[members[ident].name for ident in conversation.members],
        )

    def member_seen(member: Member) -> MemberSeen:
        return MemberSeen(
            id=member.id,
            name=member.name,
            real_name=member.real_name,
            is_admin=member.is_admin,
        )

    @routes.get("/members")
    async def list_members() -> list[MemberSeen]:
        """Every person of the workspace."""
        return [member_seen(member) for member in people.members()]

    @routes.post("/members")
    async def add_member(new: NewMember) -> MemberSeen:
        """Let a new person join the workspace."""
        return member_seen(people.add_member(new.name, new.real_name, channels=new.channels))

    @routes.get("/channels")
    async def list_channels() -> list[ChannelSeen]:
        """Every conversation and who is in it."""
        return [seen(one) for one in world.slack.workspace.conversations.values()]

    @routes.post("/channels")
    async def add_channel(new: NewChannel) -> ChannelSeen:
        """Make a channel."""
        return seen(
            people.add_channel(new.name, new.members, with_app=new.with_app, private=new.private)
        )

    @routes.post("/join")
    async def join(joining: Joining) -> ChannelSeen:
        """Let a member, or the app (`@app`), join a channel."""
        return seen(people.join(joining.who, joining.channel, inviter=joining.inviter))

    @routes.post("/leave")
    async def leave(leaving: Joining) -> ChannelSeen:
        """Let a member, or the app (`@app`), leave a channel."""
        return seen(people.leave(leaving.who, leaving.channel))

    @routes.post("/say")
    async def say(saying: Saying) -> Posted:
        """Write a message as a member."""
        message = await people.say(
            saying.who, saying.where, saying.text, thread_ts=saying.thread_ts
        )
        return Posted(channel=message.channel, ts=message.ts)

    @routes.post("/react")
    async def react(reacting: Reacting) -> Posted:
        """Add a reaction as a member."""
        message = people.react(reacting.who, reacting.where, reacting.ts, reacting.name)
        return Posted(channel=message.channel, ts=message.ts)

    @routes.post("/command")
    async def command(commanding: Commanding) -> Outcome:
        """Type a slash command as a member."""
        return outcome(
            await people.command(
                commanding.who, commanding.where, commanding.command, commanding.text
            )
        )

    @routes.post("/click")
    async def click(using: Using) -> Outcome:
        """Click a button as a member, in a message, on Home or in the open modal."""
        return outcome(
            await people.click(
                using.who,
                using.wanted(),
                place=using.place,
                where=using.where,
                ts=using.ts,
                wait_ms=using.wait_ms,
            )
        )

    @routes.post("/choose")
    async def choose(choosing: Choosing) -> Outcome:
        """Choose in a menu, tick boxes or type into a field as a member."""
        return outcome(
            await people.choose(
                choosing.who,
                choosing.wanted(),
                choosing.choice,
                place=choosing.place,
                where=choosing.where,
                ts=choosing.ts,
                wait_ms=choosing.wait_ms,
            )
        )

    @routes.post("/fill")
    async def fill(filling: Filling) -> dict[str, Any]:
        """Fill in fields of the open modal without submitting."""
        view = await people.fill(filling.who, filling.values)
        return view_seen(world.slack.workspace, view) or {}

    @routes.post("/fill/file")
    async def fill_file(file: FieldFile) -> dict[str, Any]:
        """Put a file into a file field of the open modal."""
        content = content_from(file.text, file.base64)
        view = await people.upload_into(file.who, file.field, file.name, content)
        return view_seen(world.slack.workspace, view) or {}

    @routes.post("/submit")
    async def submit(submitting: Submitting) -> Outcome:
        """Fill in and submit the open modal."""
        return outcome(
            await people.submit(submitting.who, submitting.values, wait_ms=submitting.wait_ms)
        )

    @routes.post("/close")
    async def close(closing: Closing) -> Outcome:
        """Close the open modal."""
        return outcome(await people.close(closing.who, all_of_them=closing.all_of_them))

    @routes.post("/home")
    async def open_home(opening: Opening) -> dict[str, Any]:
        """Open the app's Home; gives what was published there before."""
        view = await people.open_home(opening.who)
        return {"home": view_seen(world.slack.workspace, view)}

    @routes.post("/files")
    async def drop_file(dropping: Dropping) -> Dropped:
        """Drop a file, given as JSON, into a conversation or a thread."""
        url = dropping.external_url
        file, message = await people.drop_file(
            dropping.who,
            dropping.where,
            dropping.name,
            b"" if url else content_from(dropping.text, dropping.base64),
            text=dropping.comment,
            title=dropping.title,
            thread_ts=dropping.thread_ts,
            remote=(dropping.external_type, url) if url else ("", ""),
        )
        return Dropped(channel=message.channel, ts=message.ts, file_id=file.id)

    @routes.post("/files/upload")
    async def upload_file(
        who: Annotated[str, Form(alias="as")],
        where: Annotated[str, Form()],
        file: Annotated[UploadFile, File()],
        comment: Annotated[str, Form()] = "",
        title: Annotated[str | None, Form()] = None,
        thread_ts: Annotated[str | None, Form()] = None,
    ) -> Dropped:
        """Drop a file, given as a form, into a conversation or a thread."""
        stored, message = await people.drop_file(
            who,
            where,
            file.filename or "file",
            await file.read(),
            text=comment,
            title=title,
            thread_ts=thread_ts,
        )
        return Dropped(channel=message.channel, ts=message.ts, file_id=stored.id)

    @routes.get("/see")
    async def see(
        who: Annotated[str, Query(alias="as")],
        where: str | None = None,
        limit: Annotated[int, Query(ge=1, le=20_000)] = 50,
    ) -> dict[str, Any]:
        """Everything a member sees: conversations with messages, Home, the open modal."""
        return people.see(who, where, limit)

    @routes.get("/messages")
    async def list_messages(
        who: Annotated[str, Query(alias="as")],
        where: str,
        since: Annotated[str, Query(description="only messages after this ts")] = "",
        limit: Annotated[int, Query(ge=1, le=20_000)] = 1_000,
    ) -> list[dict[str, Any]]:
        """The messages of one conversation that a member sees, oldest first."""
        workspace = world.slack.workspace
        member = workspace.person(who)
        found = [message for message in people.messages(who, where) if message.ts > since]
        return [message_seen(workspace, message, member) for message in found[-limit:]]

    return routes
