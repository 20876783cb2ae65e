"""Checking blocks and views against the rules, and filling in what Slack fills in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from playground.slack import mrkdwn
from playground.slack.block_elements import ELEMENTS, INTERACTIVE, OBJECTS
from playground.slack.block_layouts import (
    BLOCKS,
    RICH_PARTS,
    RICH_STYLE,
    SURFACES,
    VIEW_BYTES,
    VIEWS,
)
from playground.slack.rules import Field, Shape

UNKNOWN_FIELD = "standin_unknown_field"
_SHAPES: dict[str, Shape] = {**OBJECTS, "rich_style": RICH_STYLE}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what, and the stand-in's own error if it is one."""

    pointer: str
    message: str
    error: str | None = None

    def __str__(self) -> str:
        prefix = f"{self.error}: " if self.error else ""
        return f"[ERROR] {prefix}{self.message} [json-pointer:{self.pointer}]"


def check_blocks(blocks: Any, surface: str, pointer: str = "/blocks") -> list[Problem]:
    """Everything that is wrong with a list of blocks on a surface: message, modal or home."""
    return list(_blocks(blocks, surface, pointer))


def check_view(view: Any, allowed: tuple[str, ...] = ("modal", "home")) -> list[Problem]:
    """Everything that is wrong with a view payload."""
    if not isinstance(view, dict):
        return [Problem("/view", "must be an object")]
    kind = view.get("type")
    if kind not in allowed:
        return [Problem("/view/type", f"must be {' or '.join(allowed)}, not {kind!r}")]
    rest = {key: value for key, value in view.items() if key not in ("type", "blocks")}
    problems = [*_fields(rest, VIEWS[kind], "/view")]
    if "blocks" not in view:
        problems.append(Problem("/view", "missing required field: blocks"))
    else:
        problems += _blocks(view["blocks"], kind, "/view/blocks")
    if kind == "modal" and "submit" not in view and _has_input(view.get("blocks")):
        problems.append(
            Problem("/view/submit", "`submit` is required when an `input` is within `blocks`")
        )
    return problems


def is_too_large(view: Any) -> bool:
    """Whether a view is larger than Slack takes."""
    return len(orjson.dumps(view)) > VIEW_BYTES


def _has_input(blocks: Any) -> bool:
    return isinstance(blocks, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in blocks
    )


def _blocks(blocks: Any, surface: str, pointer: str) -> Iterator[Problem]:
    most, kinds = SURFACES[surface]
    if not isinstance(blocks, list):
        yield Problem(pointer, "must be a list of blocks")
        return
    if len(blocks) > most:
        yield Problem(pointer, f"no more than {most} items allowed")
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        here = f"{pointer}/{number}"
        if not isinstance(block, dict):
            yield Problem(here, "must be an object")
            continue
        kind = block.get("type")
        if kind not in BLOCKS:
            yield Problem(f"{here}/type", f"unsupported type: {kind}")
            continue
        if kind not in kinds:
            yield Problem(f"{here}/type", f"a {kind} block is not allowed in a {surface}")
        yield from _fields(block, BLOCKS[kind], here)
        block_id = block.get("block_id")
        if block_id:
            if block_id in seen:
                yield Problem(f"{here}/block_id", f"`block_id` {block_id!r} already exists")
            seen.add(block_id)
        yield from _doubled_actions(block, here)
        if surface != "modal" and _is_file_input(block):
            yield Problem(f"{here}/element", f"file_input is not allowed in a {surface}")
        if kind == "markdown":
            yield from _broadcast_in(block.get("text"), f"{here}/text")


def _is_file_input(block: dict[str, Any]) -> bool:
    inner = block.get("element")
    return isinstance(inner, dict) and inner.get("type") == "file_input"


def _doubled_actions(block: dict[str, Any], pointer: str) -> Iterator[Problem]:
    # docs.slack.dev, each element: "unique among all other action_ids in the containing block".
    seen: set[str] = set()
    for name in (item.get("action_id") for item in interactive_elements(block)):
        if name and name in seen:
            yield Problem(pointer, f"`action_id` {name!r} already exists in this block")
        if name:
            seen.add(name)


def interactive_elements(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The elements of a block that a person can use."""
    found = [block.get("accessory"), block.get("element")]
    elements = block.get("elements")
    if block.get("type") == "actions" and isinstance(elements, list):
        found += elements
    return [item for item in found if isinstance(item, dict) and item.get("type") in INTERACTIVE]


def _broadcast_in(text: Any, pointer: str) -> Iterator[Problem]:
    if isinstance(text, str):
        found = mrkdwn.problem_with(text)
        if found and found[0] == mrkdwn.BROADCAST:
            yield Problem(pointer, found[1], found[0])


def _fields(value: dict[str, Any], rule: Shape, pointer: str) -> Iterator[Problem]:
    for name, field in rule.fields.items():
        if name in value:
            if value[name] is None:
                yield Problem(f"{pointer}/{name}", "must not be null: leave the field out")
            else:
                yield from _check(value[name], field, f"{pointer}/{name}")
        elif field.required:
            yield Problem(pointer, f"missing required field: {name}")
    for name in value:
        if name not in rule.fields and name != "type":
            known = ", ".join(sorted(rule.fields))
            yield Problem(
                f"{pointer}/{name}", f"{name!r} is no known field (known: {known})", UNKNOWN_FIELD
            )
    for group in rule.one_of:
        present = [name for name in group if name in value]
        if len(present) != 1:
            yield Problem(pointer, f"exactly one of {', '.join(group)} must be given")
    for group in rule.any_of:
        if not any(name in value for name in group):
            yield Problem(pointer, f"at least one of {', '.join(group)} must be given")


def _check(value: Any, field: Field, pointer: str) -> Iterator[Problem]:
    yield from _CHECKS[field.kind](value, field, pointer)


def _length(size: int, field: Field, pointer: str, unit: str) -> Iterator[Problem]:
    if field.high is not None and size > field.high:
        if unit == "items":
            yield Problem(pointer, f"no more than {field.high} items allowed")
        else:
            yield Problem(pointer, f"must be less than {field.high + 1} {unit}")
    if field.low is not None and size < field.low:
        if unit == "items":
            yield Problem(pointer, f"no fewer than {field.low} items allowed")
        else:
            yield Problem(pointer, f"must be more than {field.low - 1} {unit}")


def _check_text(value: Any, field: Field, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(pointer, "must be a text object")
        return
    kind = value.get("type")
    if kind not in field.names:
        yield Problem(f"{pointer}/type", f"must be {' or '.join(field.names)}, not {kind!r}")
        return
    allowed = {"type", "text", "emoji" if kind == "plain_text" else "verbatim"}
    for name in value:
        if name not in allowed:
            yield Problem(f"{pointer}/{name}", f"{name!r} is no field of {kind}", UNKNOWN_FIELD)
    text = value.get("text")
    if not isinstance(text, str):
        yield Problem(f"{pointer}/text", "must be a string")
        return
    yield from _length(len(text), field, f"{pointer}/text", "characters")
    if kind == "mrkdwn" and (found := mrkdwn.problem_with(text)):
        yield Problem(f"{pointer}/text", found[1], found[0])


def _check_string(value: Any, field: Field, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield Problem(pointer, "must be a string")
        return
    yield from _length(len(value), field, pointer, "characters")


def _check_pattern(value: Any, field: Field, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, str) or not re.fullmatch(field.names[0], value):
        yield Problem(pointer, f"must match {field.names[0]}, not {value!r}")


def _check_flag(value: Any, field: Field, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem(pointer, "must be true or false")


def _check_number(value: Any, field: Field, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield Problem(pointer, "must be a whole number")
        return
    if (field.low is not None and value < field.low) or (
        field.high is not None and value > field.high
    ):
        yield Problem(pointer, f"must be from {field.low} to {field.high}, not {value}")


def _check_choice(value: Any, field: Field, pointer: str) -> Iterator[Problem]:
    if value not in field.names:
        yield Problem(pointer, f"must be one of {', '.join(field.names)}, not {value!r}")


def _check_list(value: Any, field: Field, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(pointer, "must be a list")
        return
    yield from _length(len(value), field, pointer, "items")
    if field.of is not None:
        for number, item in enumerate(value):
            yield from _check(item, field.of, f"{pointer}/{number}")


def _check_shape(value: Any, field: Field, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(pointer, "must be an object")
        return
    yield from _fields(value, _SHAPES[field.names[0]], pointer)


def _check_element(value: Any, field: Field, pointer: str) -> Iterator[Problem]:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in field.names:
        yield Problem(f"{pointer}/type", f"an element of type {kind!r} is not allowed here")
        return
    if kind in ("plain_text", "mrkdwn"):
        # slack_sdk.models ContextBlock: a text in a context block has 1 to 2,000 characters (m).
        yield from _check_text(value, Field("text", names=(kind,), low=1, high=2000), pointer)
        return
    yield from _fields(value, ELEMENTS[kind], pointer)


def _check_rich(value: Any, field: Field, pointer: str) -> Iterator[Problem]:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in field.names:
        yield Problem(f"{pointer}/type", f"a part of type {kind!r} is not allowed here")
        return
    yield from _fields(value, RICH_PARTS[kind], pointer)
    if kind == "broadcast":
        yield Problem(pointer, "a broadcast would notify everybody", mrkdwn.BROADCAST)


_CHECKS: dict[str, Callable[[Any, Field, str], Iterator[Problem]]] = {
    "text": _check_text,
    "string": _check_string,
    "pattern": _check_pattern,
    "flag": _check_flag,
    "number": _check_number,
    "choice": _check_choice,
    "list": _check_list,
    "shape": _check_shape,
    "element": _check_element,
    "rich": _check_rich,
}


def filled_in(blocks: list[dict[str, Any]], new_id: Callable[[], str]) -> list[dict[str, Any]]:
    """The blocks as Slack stores them: with IDs where none were given, and text defaults."""
    filled = []
    for block in blocks:
        stored = _with_defaults(block)
        stored.setdefault("block_id", new_id())
        for item in interactive_elements(stored):
            item.setdefault("action_id", new_id())
        filled.append(stored)
    return filled


def _with_defaults(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_defaults(item) for item in value]
    if not isinstance(value, dict):
        return value
    copy = {key: _with_defaults(item) for key, item in value.items()}
    if copy.get("type") == "plain_text":
        copy.setdefault("emoji", True)
    elif copy.get("type") == "mrkdwn":
        copy.setdefault("verbatim", False)
    return copy
