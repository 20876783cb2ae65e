"""Modals and Home views: made from a payload, stacked by member, changed under a hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playground.slack import blocks as block_kit
from playground.slack.errors import SlackError
from playground.slack.limits import PUSH_DEPTH
from playground.slack.messages import refuse
from playground.slack.workspace import View

if TYPE_CHECKING:
    from playground.slack import SlackStandIn


def check(view: Any, kind: str) -> None:
    """Raise SlackError when a view payload is not one that Slack takes for a modal or a Home."""
    if isinstance(view, dict) and block_kit.is_too_large(view):
        raise SlackError("view_too_large")
    refuse(block_kit.check_view(view, (kind,)), "invalid_arguments")


def build(
    slack: SlackStandIn,
    payload: dict[str, Any],
    user: str,
    *,
    below: View | None = None,
    client: str = "",
) -> View:
    """A new view from a payload that was checked, above `below` in the stack if given."""
    external_id = payload.get("external_id", "")
    if external_id and find(slack, external_id=external_id) is not None:
        raise SlackError("duplicate_external_id")
    ident = slack.workspace.new_id("V")
    view = View(
        id=ident,
        kind=payload["type"],
        user=user,
        blocks=[],
        hash="",
        root_id=below.root_id if below else ident,
        previous_id=below.id if below else None,
        client=below.client if below else client,
    )
    fill(slack, view, payload)
    return view


def fill(slack: SlackStandIn, view: View, payload: dict[str, Any]) -> None:
    """Give a view new content; what the member typed stays where the IDs stay."""
    view.blocks = block_kit.filled_in(payload["blocks"], slack.short_id)
    view.title = _text(payload.get("title"))
    view.submit = _text(payload.get("submit"))
    view.close = _text(payload.get("close"))
    view.private_metadata = payload.get("private_metadata", "")
    view.callback_id = payload.get("callback_id", "")
    view.external_id = payload.get("external_id", view.external_id)
    view.clear_on_close = bool(payload.get("clear_on_close"))
    view.notify_on_close = bool(payload.get("notify_on_close"))
    view.errors = {}
    view.warning = None
    places = {
        (block["block_id"], element["action_id"])
        for block in view.blocks
        for element in block_kit.interactive_elements(block)
    }
    view.draft = {
        block_id: kept
        for block_id, inside in view.draft.items()
        if (kept := {key: item for key, item in inside.items() if (block_id, key) in places})
    }
    now = int(slack.world.clock.timestamp())
    view.hash = f"{now}.{slack.secret(8)}"


def _text(value: dict[str, Any] | None) -> dict[str, Any] | None:
    return {"emoji": True, **value} if value else None


def find(
    slack: SlackStandIn, *, view_id: str | None = None, external_id: str | None = None
) -> View | None:
    """A view that is open or published, by one of its IDs."""
    for view in slack.workspace.homes.values():
        if view.id == view_id or (external_id and view.external_id == external_id):
            return view
    for stack in slack.workspace.stacks.values():
        for view in stack:
            if view.id == view_id or (external_id and view.external_id == external_id):
                return view
    return None


def open_modal(slack: SlackStandIn, payload: Any, user: str, client: str = "") -> View:
    """Open a modal in a client; one that was open is replaced with all its stack."""
    check(payload, "modal")
    view = build(slack, payload, user, client=client)
    slack.workspace.stacks[user] = [view]
    slack.world.changed("slack")
    return view


def push_modal(slack: SlackStandIn, payload: Any, user: str) -> View:
    """Put a modal on top of the one that is open. Raises push_limit_reached at the fourth."""
    check(payload, "modal")
    stack = slack.workspace.stacks.get(user) or []
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= PUSH_DEPTH:
        raise SlackError("push_limit_reached")
    view = build(slack, payload, user, below=stack[-1])
    stack.append(view)
    slack.world.changed("slack")
    return view


def update(slack: SlackStandIn, view: View, payload: Any, sent_hash: str | None = None) -> View:
    """Replace a view's content. Raises hash_conflict when it changed since `sent_hash`."""
    check(payload, view.kind)
    if sent_hash and sent_hash != view.hash:
        raise SlackError("hash_conflict")
    fill(slack, view, payload)
    slack.world.changed("slack")
    return view


def publish(slack: SlackStandIn, payload: Any, user: str, sent_hash: str | None = None) -> View:
    """Publish a member's Home view."""
    check(payload, "home")
    view = slack.workspace.homes.get(user)
    if view is not None:
        return update(slack, view, payload, sent_hash)
    if sent_hash:
        raise SlackError("hash_conflict")
    view = build(slack, payload, user)
    slack.workspace.homes[user] = view
    slack.world.changed("slack")
    return view


def close(slack: SlackStandIn, user: str, *, all_of_them: bool = False) -> list[View]:
    """Take the member's top modal away, or the whole stack; gives what was closed."""
    stack = slack.workspace.stacks.get(user) or []
    closed = stack[:] if all_of_them else stack[-1:]
    left = [] if all_of_them else stack[:-1]
    if left:
        slack.workspace.stacks[user] = left
    else:
        slack.workspace.stacks.pop(user, None)
    slack.world.changed("slack")
    return closed
