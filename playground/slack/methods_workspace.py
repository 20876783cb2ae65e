"""Web API: auth.test, apps.connections.open, users.*, team.info, bots.info, api.test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.slack.calls import Call, page_of
from playground.slack.errors import SlackError
from playground.slack.workspace import Member


def api_test(call: Call) -> dict[str, Any]:
    """api.test: says back what it was sent."""
    if call.args.get("error"):
        raise SlackError(str(call.args["error"]))
    return {"args": call.args}


def auth_test(call: Call) -> dict[str, Any]:
    """auth.test: who the token is."""
    workspace = call.workspace
    if call.is_app_token:
        return {"app_name": workspace.app.name, "app_id": workspace.app.id}
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.team,
        "user": workspace.members[workspace.app.bot_user].name,
        "team_id": workspace.team_id,
        "user_id": workspace.app.bot_user,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(call: Call) -> dict[str, Any]:
    """apps.connections.open: a WebSocket address for one use."""
    return {"url": call.slack.hub.issue_ticket()}


def user_info(call: Call) -> dict[str, Any]:
    """users.info."""
    member = call.workspace.members.get(str(call.args["user"]))
    if member is None:
        raise SlackError("user_not_found")
    return {"user": shown(call, member)}


def list_users(call: Call) -> dict[str, Any]:
    """users.list: persons and the bot."""
    page, following = page_of(list(call.workspace.members.values()), call.args, 1_000)
    return {
        "members": [shown(call, member) for member in page],
        "cache_ts": int(call.slack.world.clock.timestamp()),
        "response_metadata": {"next_cursor": following},
    }


def team_info(call: Call) -> dict[str, Any]:
    """team.info."""
    workspace = call.workspace
    asked = call.args.get("team")
    if asked not in (None, workspace.team_id):
        raise SlackError("team_not_found")
    return {
        "team": {
            "id": workspace.team_id,
            "name": workspace.team,
            "domain": workspace.domain,
            "email_domain": "",
            "url": f"https://{workspace.domain}.slack.com/",
            "icon": {"image_default": True},
        }
    }


def bot_info(call: Call) -> dict[str, Any]:
    """bots.info."""
    app = call.workspace.app
    if call.args.get("bot") not in (None, app.bot_id):
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": app.bot_id,
            "deleted": False,
            "name": app.name,
            "app_id": app.id,
            "user_id": app.bot_user,
            "icons": {},
        }
    }


def shown(call: Call, member: Member) -> dict[str, Any]:
    """A member as the Web API shows them."""
    return {
        "id": member.id,
        "team_id": call.workspace.team_id,
        "name": member.name,
        "deleted": False,
        "real_name": member.real_name,
        "tz": member.tz,
        "profile": {
            "real_name": member.real_name,
            "real_name_normalized": member.real_name,
            "display_name": member.name if not member.is_bot else "",
            "display_name_normalized": member.name if not member.is_bot else "",
            "status_text": "",
            "status_emoji": "",
            "team": call.workspace.team_id,
        },
        "is_admin": member.is_admin,
        "is_owner": member.is_admin,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": member.is_bot,
        "is_app_user": False,
        "updated": 0,
    }


HANDLERS: dict[str, Callable[[Call], dict[str, Any]]] = {
    "api.test": api_test,
    "auth.test": auth_test,
    "apps.connections.open": open_connection,
    "users.info": user_info,
    "users.list": list_users,
    "team.info": team_info,
    "bots.info": bot_info,
}
