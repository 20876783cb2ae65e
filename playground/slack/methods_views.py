"""Web API: views.*."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.slack import views
from playground.slack.calls import Call
from playground.slack.errors import SlackError
from playground.slack.interactions import Trigger, view_field
from playground.slack.workspace import View


def open_view(call: Call) -> dict[str, Any]:
    """views.open: needs a trigger that is fresh and unused."""
    trigger = _trigger(call)
    view = views.open_modal(call.slack, call.args["view"], trigger.user, trigger.client)
    return _done(call, trigger, view)


def push_view(call: Call) -> dict[str, Any]:
    """views.push: on top of the modal in which the trigger arose."""
    trigger = _trigger(call)
    view = views.push_modal(call.slack, call.args["view"], trigger.user)
    return _done(call, trigger, view)


def update_view(call: Call) -> dict[str, Any]:
    """views.update: by view_id or external_id, optionally under a hash."""
    view_id, external_id = call.args.get("view_id"), call.args.get("external_id")
    if not view_id and not external_id:
        raise SlackError(
            "invalid_arguments", ["[ERROR] missing required field: view_id or external_id"]
        )
    view = views.find(call.slack, view_id=view_id, external_id=external_id)
    if view is None:
        raise SlackError("not_found")
    views.update(call.slack, view, call.args["view"], call.args.get("hash"))
    call.slack.clicks.answered(call.entry.interaction, "views.update")
    return {"view": view_field(view, call.workspace)}


def publish_view(call: Call) -> dict[str, Any]:
    """views.publish: a member's Home."""
    user = str(call.args["user_id"])
    member = call.workspace.members.get(user)
    if member is None or member.is_bot:
        raise SlackError("user_not_found")
    view = views.publish(call.slack, call.args["view"], user, call.args.get("hash"))
    return {"view": view_field(view, call.workspace)}


def _trigger(call: Call) -> Trigger:
    trigger = call.slack.triggers.check(call.args.get("trigger_id"))
    call.entry.interaction = trigger.interaction
    return trigger


def _done(call: Call, trigger: Trigger, view: View) -> dict[str, Any]:
    # Only a call that succeeded uses the trigger up (m).
    trigger.used = True
    call.slack.clicks.answered(trigger.interaction, call.entry.method)
    return {"view": view_field(view, call.workspace)}


HANDLERS: dict[str, Callable[[Call], dict[str, Any]]] = {
    "views.open": open_view,
    "views.push": push_view,
    "views.update": update_view,
    "views.publish": publish_view,
}
