"""Which Web API methods exist, what each takes, needs and costs, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from playground.slack.limits import SPECIAL

ArgumentType = Literal["str", "int", "bool", "json", "csv"]


@dataclass(frozen=True, slots=True)
class Method:
    """One method. Arguments: the signatures of slack_sdk.WebClient and each method's page in the
    docs; tiers: docs.slack.dev, each method's page (from memory where platform-limits.md is
    silent); scopes: any one of those named is enough.
    """

    tier: int
    scopes: tuple[str, ...] = ()
    takes: dict[str, ArgumentType] | None = None
    needs: tuple[str, ...] = ()
    token: Literal["bot", "app", "any"] = "bot"


_MESSAGE: dict[str, ArgumentType] = {
    "channel": "str",
    "text": "str",
    "as_user": "bool",
    "attachments": "json",
    "blocks": "json",
    "thread_ts": "str",
    "link_names": "bool",
    "parse": "str",
    "markdown_text": "str",
}
_APPEARANCE: dict[str, ArgumentType] = {
    "icon_emoji": "str",
    "icon_url": "str",
    "username": "str",
}
_PAGE: dict[str, ArgumentType] = {"cursor": "str", "limit": "int"}
_SPAN: dict[str, ArgumentType] = {
    **_PAGE,
    "channel": "str",
    "inclusive": "bool",
    "include_all_metadata": "bool",
    "latest": "str",
    "oldest": "str",
}
_LIST: dict[str, ArgumentType] = {
    **_PAGE,
    "exclude_archived": "bool",
    "team_id": "str",
    "types": "csv",
}
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")

METHODS: dict[str, Method] = {
    "api.test": Method(4, takes={"error": "str", "foo": "str"}, token="any"),
    "auth.test": Method(SPECIAL, takes={}, token="any"),
    "apps.connections.open": Method(1, ("connections:write",), {}, token="app"),
    "chat.postMessage": Method(
        SPECIAL,
        ("chat:write",),
        {
            **_MESSAGE,
            **_APPEARANCE,
            "reply_broadcast": "bool",
            "unfurl_links": "bool",
            "unfurl_media": "bool",
            "mrkdwn": "bool",
            "metadata": "json",
        },
        ("channel",),
    ),
    "chat.postEphemeral": Method(
        4, ("chat:write",), {**_MESSAGE, **_APPEARANCE, "user": "str"}, ("channel", "user")
    ),
    "chat.update": Method(
        3,
        ("chat:write",),
        {
            **{key: kind for key, kind in _MESSAGE.items() if key != "thread_ts"},
            "ts": "str",
            "file_ids": "csv",
            "reply_broadcast": "bool",
            "metadata": "json",
        },
        ("channel", "ts"),
    ),
    "chat.delete": Method(
        3, ("chat:write",), {"channel": "str", "ts": "str", "as_user": "bool"}, ("channel", "ts")
    ),
    "chat.getPermalink": Method(
        SPECIAL, takes={"channel": "str", "message_ts": "str"}, needs=("channel", "message_ts")
    ),
    "conversations.open": Method(
        3,
        ("im:write", "mpim:write", "channels:manage", "groups:write"),
        {"channel": "str", "return_im": "bool", "users": "csv", "prevent_creation": "bool"},
    ),
    "conversations.info": Method(
        3,
        _READ,
        {"channel": "str", "include_locale": "bool", "include_num_members": "bool"},
        ("channel",),
    ),
    "conversations.list": Method(2, _READ, _LIST),
    "conversations.members": Method(4, _READ, {**_PAGE, "channel": "str"}, ("channel",)),
    "conversations.history": Method(3, _HISTORY, _SPAN, ("channel",)),
    "conversations.replies": Method(3, _HISTORY, {**_SPAN, "ts": "str"}, ("channel", "ts")),
    "users.info": Method(4, ("users:read",), {"user": "str", "include_locale": "bool"}, ("user",)),
    "users.list": Method(2, ("users:read",), {**_PAGE, "include_locale": "bool", "team_id": "str"}),
    "users.conversations": Method(3, _READ, {**_LIST, "user": "str"}),
    "views.open": Method(
        4,
        takes={"trigger_id": "str", "interactivity_pointer": "str", "view": "json"},
        needs=("trigger_id", "view"),
    ),
    "views.push": Method(
        4,
        takes={"trigger_id": "str", "interactivity_pointer": "str", "view": "json"},
        needs=("trigger_id", "view"),
    ),
    "views.update": Method(
        4,
        takes={"view": "json", "external_id": "str", "view_id": "str", "hash": "str"},
        needs=("view",),
    ),
    "views.publish": Method(
        4, takes={"user_id": "str", "view": "json", "hash": "str"}, needs=("user_id", "view")
    ),
    "files.getUploadURLExternal": Method(
        4,
        ("files:write",),
        {"filename": "str", "length": "int", "alt_txt": "str", "snippet_type": "str"},
        ("filename", "length"),
    ),
    "files.completeUploadExternal": Method(
        4,
        ("files:write",),
        {
            "files": "json",
            "channel_id": "str",
            "channels": "csv",
            "initial_comment": "str",
            "thread_ts": "str",
            "blocks": "json",
        },
        ("files",),
    ),
    "files.info": Method(
        4,
        ("files:read",),
        {**_PAGE, "file": "str", "count": "int", "page": "int"},
        ("file",),
    ),
    "reactions.add": Method(
        3,
        ("reactions:write",),
        {"channel": "str", "name": "str", "timestamp": "str"},
        ("channel", "name", "timestamp"),
    ),
    "team.info": Method(
        3,
        ("team:read",),
        {"team": "str", "domain": "str", "include_slackbot_availability": "bool"},
    ),
    "bots.info": Method(3, ("users:read",), {"bot": "str", "team_id": "str"}),
}
