"""What a member chooses or types into an element, in the form in which Slack sends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.slack.errors import PersonError
from playground.slack.finding import Found, options_of, plain_label, text_of
from playground.slack.interactions import STATE_FIELDS
from playground.slack.workspace import Workspace

REQUIRED = "Please complete this required field."
_OWN_OPTIONS = ("static_select", "radio_buttons", "multi_static_select", "checkboxes")


def chosen_state(workspace: Workspace, found: Found, value: Any) -> dict[str, Any]:
    """The state of an element after a choice.

    `value`: text, a date, an option's value or label, a member's or channel's name or ID; a list
    for elements that take several; None empties it. Raises PersonError for what is not on offer.
    """
    element = found.element
    kind = element["type"]
    if kind == "overflow":
        return {"type": kind, "selected_option": _option(element, value)}
    if kind not in STATE_FIELDS:
        raise PersonError(f"A {kind} is clicked, not filled in.")
    name = STATE_FIELDS[kind][0]
    if name.endswith(("options", "users", "conversations", "channels", "files")):
        several = [] if value is None else value if isinstance(value, list) else [value]
        return {"type": kind, name: [_one(workspace, element, item) for item in several]}
    if value is None or value == "":
        return {"type": kind, name: None}
    return {"type": kind, name: _one(workspace, element, value)}


def _one(workspace: Workspace, element: dict[str, Any], value: Any) -> Any:
    kind = element["type"]
    if kind in _OWN_OPTIONS:
        return _option(element, value)
    if kind in ("external_select", "multi_external_select"):
        return value if isinstance(value, dict) else _plain_option(str(value))
    if kind in ("users_select", "multi_users_select"):
        return workspace.person(str(value)).id
    if kind.endswith(("conversations_select", "channels_select")):
        return _channel(workspace, str(value))
    if kind == "datetimepicker":
        return int(value)
    if kind == "file_input":
        return value
    text = str(value)
    longest = element.get("max_length")
    if longest is not None and len(text) > longest:
        raise PersonError(f"That is {len(text)} characters; at most {longest} are allowed.")
    return text


def _option(element: dict[str, Any], value: Any) -> dict[str, Any]:
    options = options_of(element)
    for option in options:
        if option["value"] == value:
            return option
    for option in options:
        if plain_label(text_of(option["text"])) == plain_label(str(value)):
            return option
    offered = ", ".join(text_of(option["text"]) for option in options)
    raise PersonError(f"{value!r} is not on offer; there is {offered}.")


def _plain_option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value, "emoji": True}, "value": value}


def _channel(workspace: Workspace, value: str) -> str:
    wanted = value.lstrip("#")
    for conversation in workspace.conversations.values():
        if wanted in (conversation.id, conversation.name):
            return conversation.id
    raise PersonError(f"There is no channel {value!r}.")


def is_empty(state: dict[str, Any]) -> bool:
    """Whether an element's state holds nothing."""
    return not any(item for key, item in state.items() if key != "type")


def missing_inputs(
    blocks: list[dict[str, Any]], values: dict[str, dict[str, dict[str, Any]]]
) -> dict[str, str]:
    """What Slack itself refuses before it asks the app: by block, a sentence."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        state = values.get(block["block_id"], {}).get(element["action_id"], {})
        if is_empty(state):
            if not block.get("optional"):
                errors[block["block_id"]] = REQUIRED
            continue
        problem = _too_short_or_wrong(element, state.get("value"))
        if problem:
            errors[block["block_id"]] = problem
    return errors


def _too_short_or_wrong(element: dict[str, Any], value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    check = _TYPED.get(element["type"])
    if check is not None:
        return check(element, value)
    shortest = element.get("min_length", 0)
    if len(value) < shortest:
        return f"Please enter at least {shortest} characters."
    return None


def _number(element: dict[str, Any], value: str) -> str | None:
    try:
        entered = float(value)
    except ValueError:
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and entered != int(entered):
        return "Please enter a whole number."
    if "min_value" in element and entered < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and entered > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def _url(_element: dict[str, Any], value: str) -> str | None:
    return None if "://" in value else "Please enter a valid URL."


def _email(_element: dict[str, Any], value: str) -> str | None:
    return None if "@" in value else "Please enter a valid email address."


_TYPED: dict[str, Callable[[dict[str, Any], str], str | None]] = {
    "number_input": _number,
    "url_text_input": _url,
    "email_text_input": _email,
}
