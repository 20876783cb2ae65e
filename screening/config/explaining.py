"""Turns what the shapes refuse into sentences with a place, a value and a remedy."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from screening.config.problems import ConfigProblem, did_you_mean, place_of, shown
from screening.config.shapes import ConfigFile

_KINDS = {
    "string_type": "a text in quotation marks",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list in square brackets",
    "date_type": "a date such as 2026-11-01, without quotation marks",
    "model_type": "a table",
}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def explain(error: ValidationError) -> list[ConfigProblem]:
    """Return one problem for each fault that the shapes found."""
    return [
        ConfigProblem(place_of(fault["loc"]), _sentence(fault))
        for fault in error.errors(include_url=False)
    ]


def _sentence(fault: Mapping[str, Any]) -> str:
    kind, value, context = fault["type"], fault["input"], fault.get("ctx", {})
    if kind == "missing":
        return "is missing; config.example.toml shows it."
    if kind == "extra_forbidden":
        return _unknown_key(fault["loc"])
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        choices = _choices(context["expected"])
        quoted = ", ".join(f"“{choice}”" for choice in choices)
        return f"{shown(value)} is not one of {quoted}.{did_you_mean(str(value), choices)}"
    if kind in _KINDS:
        return f"{shown(value)} is not {_KINDS[kind]}."
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return f"{shown(value)} is out of range; write {words} {context[name]:g}."
    if kind == "too_short":
        return "is empty; name at least one."
    if kind == "too_long":
        return f"holds {context['actual_length']}; {context['max_length']} is the most."
    if kind == "string_pattern_mismatch":
        # Whoever pastes the key itself here must not find it in a log.
        return (
            "must be the name of an environment variable, such as “WINNOW_SEAL_KEY”; "
            "the key itself belongs in that variable."
        )
    return f"{shown(value)} cannot be used: {fault['msg']}."


def _choices(expected: str) -> list[str]:
    return [part.strip().strip("'") for part in expected.replace(" or ", ",").split(",")]


def _unknown_key(loc: Sequence[str | int]) -> str:
    key = str(loc[-1])
    known = list(_fields_at(loc[:-1]))
    hint = did_you_mean(key, known)
    if not hint:
        elsewhere = [table for table, names in _tables() if key in names]
        if elsewhere:
            hint = f" It belongs into {elsewhere[0]}."
        elif known:
            hint = f" Known here: {', '.join(known)}."
    return f"is not a known key.{hint}"


def _fields_at(loc: Sequence[str | int]) -> Iterator[str]:
    model: type[BaseModel] | None = ConfigFile
    for part in loc:
        if isinstance(part, str) and model is not None:
            inner = model.model_fields.get(part)
            model = _model_in(inner.annotation) if inner else None
    if model is not None:
        yield from model.model_fields


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (list, Union, types.UnionType):
        found = (_model_in(inner) for inner in get_args(annotation))
        return next((model for model in found if model), None)
    return None


@cache
def _tables() -> tuple[tuple[str, frozenset[str]], ...]:
    """Every table of the file as it is headed there, with its keys."""

    def walk(model: type[BaseModel], path: str) -> Iterator[tuple[str, frozenset[str]]]:
        for name, info in model.model_fields.items():
            inner = _model_in(info.annotation)
            if inner is None:
                continue
            deeper = f"{path}.{name}" if path else name
            many = get_origin(info.annotation) is list
            yield f"[[{deeper}]]" if many else f"[{deeper}]", frozenset(inner.model_fields)
            yield from walk(inner, deeper)

    return tuple(walk(ConfigFile, ""))
