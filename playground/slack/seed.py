"""What a new workspace starts with: members, channels and the app, from a JSON file or defaults."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

# What manifest.yaml asks for, no more: a test compares them.
DEFAULT_SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "users:read",
)
DEFAULT_EVENTS = (
    "app_home_opened",
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
)


class _Seed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MemberSeed(_Seed):
    """A person of the workspace."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_.-]*$")
    real_name: str = ""
    is_admin: bool = False
    tz: str = "Europe/London"


class ChannelSeed(_Seed):
    """A channel; without `members`, everybody is in it."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    members: list[str] | None = None
    with_app: bool = True
    private: bool = False
    topic: str = ""


class AppSeed(_Seed):
    """The app that is installed; without `commands`, every slash command goes to it."""

    name: str = "Winnow"
    bot_name: str = Field(default="winnow", pattern=r"^[a-z][a-z0-9_.-]*$")
    commands: list[str] | None = None
    scopes: list[str] = Field(default_factory=lambda: list(DEFAULT_SCOPES))
    events: list[str] = Field(default_factory=lambda: list(DEFAULT_EVENTS))


class WorkspaceSeed(_Seed):
    """A whole workspace."""

    team: str = "Playground"
    domain: str = "playground"
    members: list[MemberSeed] = Field(
        default_factory=lambda: [
            MemberSeed(name="ana", real_name="Ana Ferreira", is_admin=True),
            MemberSeed(name="ben", real_name="Ben Okafor"),
            MemberSeed(name="chloe", real_name="Chloe Martin"),
            MemberSeed(name="dev", real_name="Dev Patel"),
        ]
    )
    channels: list[ChannelSeed] = Field(
        default_factory=lambda: [
            ChannelSeed(name="general", topic="Everything else"),
            ChannelSeed(name="screening", topic="Screening of the review"),
        ]
    )
    app: AppSeed = Field(default_factory=AppSeed)
    event_retry_seconds: list[float] = Field(default_factory=lambda: [0.0, 60.0, 300.0])
    rate_limits: bool = True
