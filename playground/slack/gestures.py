"""What goes to the app when a member clicks, chooses, submits or types a command."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from playground.slack import choosing, messages, views
from playground.slack.clicks import Click
from playground.slack.errors import PersonError, SlackError
from playground.slack.finding import Found
from playground.slack.interactions import (
    STATE_FIELDS,
    action_field,
    address_of,
    channel_name,
    common_fields,
    new_response_url,
    state_values,
    view_field,
)
from playground.slack.limits import MESSAGE_CHARACTERS
from playground.slack.sockets import Envelope, NotConnected
from playground.slack.workspace import Conversation, Member, Message, View

if TYPE_CHECKING:
    from playground.slack import SlackStandIn

NOT_RESPONDING = "This app isn't responding. Please try again."
TROUBLE = "We had some trouble connecting. Try again?"
SLACKBOT = "USLACKBOT"


async def wait_for_answer(click: Click, wait_ms: float) -> None:
    """Wait until the member sees something new, at most `wait_ms` from the click on."""
    left = wait_ms / 1_000 - (time.perf_counter() - click.started)
    if left <= 0 or click.seen.is_set():
        return
    try:
        await asyncio.wait_for(click.seen.wait(), left)
    except TimeoutError:
        return


async def _deliver(
    slack: SlackStandIn, click: Click, payload: dict[str, Any], *, accepts: bool = False
) -> Envelope | None:
    try:
        envelope = await slack.hub.deliver("interactive", payload, accepts_response_payload=accepts)
    except NotConnected:
        return None
    click.envelope_id = envelope.id
    click.acked_ms = envelope.acked_ms
    return envelope if envelope.acked_ms is not None else None


def _action(slack: SlackStandIn, found: Found, chosen: dict[str, Any]) -> dict[str, Any]:
    stamp = slack.workspace.next_ts(slack.world.clock.timestamp())
    return action_field(found.block, found.element, chosen, stamp)


async def use_in_message(
    slack: SlackStandIn,
    member: Member,
    conversation: Conversation,
    message: Message,
    found: Found,
    chosen: dict[str, Any],
) -> Click:
    """A click or a choice in a message: block_actions with a response_url."""
    click = slack.clicks.begin(
        "block_actions",
        member.id,
        channel=conversation.id,
        message_ts=message.ts,
        action_id=found.element["action_id"],
        value=found.element.get("value"),
    )
    workspace = slack.workspace
    message.warnings.pop(member.id, None)
    draft = message.drafts.setdefault(member.id, {})
    if found.element["type"] in STATE_FIELDS:
        draft.setdefault(found.block["block_id"], {})[found.element["action_id"]] = chosen
    trigger = slack.triggers.issue(member.id, interaction=click.id)
    url = new_response_url(
        workspace,
        kind="actions",
        user=member.id,
        channel=conversation.id,
        now=slack.world.clock.timestamp(),
        secret=slack.secret,
        message=message,
        interaction=click.id,
    )
    is_ephemeral = message.ephemeral_to is not None
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": conversation.id,
        "is_ephemeral": is_ephemeral,
    }
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
    payload: dict[str, Any] = {
        "type": "block_actions",
        **common_fields(workspace, member, trigger),
        "container": container,
        "channel": {"id": conversation.id, "name": channel_name(conversation)},
        "state": {"values": state_values(message.blocks, draft)},
        "response_url": address_of(url, slack.world.base_url, workspace.team_id),
        "actions": [_action(slack, found, chosen)],
    }
    if not is_ephemeral:  # docs: an ephemeral message is not part of the payload
        payload["message"] = messages.shown(workspace, message)
    if await _deliver(slack, click, payload) is None:
        click.warning = NOT_RESPONDING
        message.warnings[member.id] = NOT_RESPONDING
    slack.world.changed("slack")
    return click


async def use_in_view(
    slack: SlackStandIn, member: Member, view: View, found: Found, chosen: dict[str, Any]
) -> Click:
    """A click or a choice in a modal or on Home: block_actions without a response_url."""
    click = slack.clicks.begin(
        "block_actions",
        member.id,
        view_id=view.id,
        action_id=found.element["action_id"],
        value=found.element.get("value"),
    )
    view.warning = None
    if found.element["type"] in STATE_FIELDS:
        inside = view.draft.setdefault(found.block["block_id"], {})
        inside[found.element["action_id"]] = chosen
    trigger = slack.triggers.issue(member.id, interaction=click.id, view_id=view.id)
    shown = view_field(view, slack.workspace)
    payload = {
        "type": "block_actions",
        **common_fields(slack.workspace, member, trigger),
        "container": {"type": "view", "view_id": view.id},
        "view": shown,
        "state": shown["state"],
        "actions": [_action(slack, found, chosen)],
    }
    if await _deliver(slack, click, payload) is None:
        click.warning = view.warning = NOT_RESPONDING
    slack.world.changed("slack")
    return click


async def submit(slack: SlackStandIn, member: Member, view: View) -> Click:
    """Submit the top modal, and do what the app's ack asks for."""
    if view.submit is None:
        raise PersonError("This modal has no submit button.")
    click = slack.clicks.begin("view_submission", member.id, view_id=view.id)
    view.warning = None
    values = state_values(view.blocks, view.draft)
    view.errors = choosing.missing_inputs(view.blocks, values)
    if view.errors:
        slack.clicks.answered(click.id, "required fields")
        slack.world.changed("slack")
        return click
    trigger = slack.triggers.issue(member.id, interaction=click.id, view_id=view.id)
    payload = {
        "type": "view_submission",
        **common_fields(slack.workspace, member, trigger),
        "view": view_field(view, slack.workspace),
        "response_urls": [],
    }
    envelope = await _deliver(slack, click, payload, accepts=True)
    if envelope is None:
        click.warning = view.warning = TROUBLE
    else:
        _carry_out(slack, member, view, click, envelope.acked.result())
    slack.world.changed("slack")
    return click


def _carry_out(
    slack: SlackStandIn, member: Member, view: View, click: Click, answer: dict[str, Any]
) -> None:
    """Do what the ack of a view_submission says: close, clear, update, push or errors."""
    action = answer.get("response_action")
    stack = slack.workspace.stacks.get(member.id, [])
    try:
        if action is None:
            if answer:
                raise SlackError("standin_unknown_argument", [f"[ERROR] {sorted(answer)}"])
            _remove(slack, member, view)
        elif action == "clear":
            slack.workspace.stacks.pop(member.id, None)
        elif action == "errors":
            view.errors = _checked_errors(view, answer.get("errors"))
        elif action == "update" and view in stack:
            views.update(slack, view, answer.get("view"))
        elif action == "push":
            views.push_modal(slack, answer.get("view"), member.id)
        else:
            raise SlackError("invalid_arguments", [f"[ERROR] response_action {action!r}"])
    except SlackError as error:
        click.warning = view.warning = TROUBLE
        _note_refusal(slack, click, f"ack:{action or 'close'}", answer, error)
        return
    slack.clicks.answered(click.id, f"ack:{action or 'close'}")


def _remove(slack: SlackStandIn, member: Member, view: View) -> None:
    left = [one for one in slack.workspace.stacks.get(member.id, []) if one.id != view.id]
    if left:
        slack.workspace.stacks[member.id] = left
    else:
        slack.workspace.stacks.pop(member.id, None)


def _checked_errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block.get("type") == "input"}
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_arguments", ["[ERROR] errors must be a non-empty object"])
    unknown = sorted(set(errors) - inputs)
    if unknown:
        raise SlackError("invalid_arguments", [f"[ERROR] no input block {unknown[0]!r}"])
    return {str(key): str(text) for key, text in errors.items()}


def _note_refusal(
    slack: SlackStandIn, click: Click, method: str, answer: dict[str, Any], error: SlackError
) -> None:
    """An ack is no request, but a refused one must not go unseen: into the ledger."""
    entry = slack.world.ledger.open(
        at=time.time(),
        clock=slack.world.clock.timestamp(),
        service="slack",
        method=method,
        http_method="ACK",
        path="; ".join(error.details) or error.error,
    )
    entry.error = error.error
    entry.interaction = click.id
    slack.world.ledger.close(entry, status=400, duration_ms=0.0)


async def close_view(slack: SlackStandIn, member: Member, *, all_of_them: bool) -> Click | None:
    """Close the top modal (or all); the app hears of it only where it asked to."""
    stack = slack.workspace.stacks.get(member.id)
    if not stack:
        raise PersonError(f"{member.name} has no modal open.")
    top = stack[-1]
    clears = all_of_them or top.clear_on_close
    views.close(slack, member.id, all_of_them=clears)
    if not top.notify_on_close:
        return None
    click = slack.clicks.begin("view_closed", member.id, view_id=top.id)
    trigger = slack.triggers.issue(member.id, interaction=click.id)
    payload = {
        "type": "view_closed",
        **common_fields(slack.workspace, member, trigger),
        "view": view_field(top, slack.workspace),
        "is_cleared": clears,
    }
    await _deliver(slack, click, payload)
    return click


async def run_command(
    slack: SlackStandIn, member: Member, conversation: Conversation, command: str, text: str
) -> Click:
    """Type a slash command; the ack's text is shown to the member as Slack would."""
    workspace = slack.workspace
    if workspace.app.commands is not None and command not in workspace.app.commands:
        raise PersonError(f"{command} is not a valid command.")
    click = slack.clicks.begin("slash_command", member.id, channel=conversation.id)
    trigger = slack.triggers.issue(member.id, interaction=click.id)
    url = new_response_url(
        workspace,
        kind="commands",
        user=member.id,
        channel=conversation.id,
        now=slack.world.clock.timestamp(),
        secret=slack.secret,
        interaction=click.id,
    )
    payload = {
        "token": workspace.app.verification_token,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": conversation.id,
        "channel_name": channel_name(conversation),
        "user_id": member.id,
        "user_name": member.name,
        "command": command,
        "text": text,
        "api_app_id": workspace.app.id,
        "is_enterprise_install": "false",
        "response_url": address_of(url, slack.world.base_url, workspace.team_id),
        "trigger_id": trigger.id,
    }
    failure = "dispatch_failed"
    try:
        envelope = await slack.hub.deliver("slash_commands", payload, accepts_response_payload=True)
        click.envelope_id, click.acked_ms = envelope.id, envelope.acked_ms
        failure = "" if envelope.acked_ms is not None else "operation_timeout"
    except NotConnected:
        envelope = None
    if envelope is not None and not failure:
        failure = _show_answer(slack, click, conversation, member, envelope.acked.result())
    if failure:
        click.warning = f'{command} failed with the error "{failure}"'
        messages.post(slack, conversation, SLACKBOT, text=click.warning, ephemeral_to=member.id)
    return click


def _show_answer(
    slack: SlackStandIn,
    click: Click,
    conversation: Conversation,
    member: Member,
    answer: dict[str, Any],
) -> str:
    """Show what the ack of a command says; gives Slack's error where it cannot be shown."""
    if not answer:
        return ""
    try:
        unknown = set(answer) - {"text", "blocks", "attachments", "response_type", "metadata"}
        unknown -= {"replace_original", "delete_original", "unfurl_links", "unfurl_media"}
        if unknown:
            raise SlackError("standin_unknown_argument", [f"[ERROR] {sorted(unknown)}"])
        content = messages.checked_content(slack, answer, MESSAGE_CHARACTERS)
    except SlackError as error:
        _note_refusal(slack, click, "ack:command", answer, error)
        return "invalid_command_response"
    is_public = answer.get("response_type") == "in_channel"
    messages.post(
        slack,
        conversation,
        slack.workspace.app.bot_user,
        **content,
        by_app=True,
        ephemeral_to=None if is_public else member.id,
    )
    slack.clicks.answered(click.id, "ack:command")
    return ""
