"""Records as they lie in the database: the fields as JSON, the abstract apart, raw fields packed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from screening.records import Record

_DEFAULTS = {f.name: f.default for f in fields(Record)}
_LISTS = frozenset(name for name, default in _DEFAULTS.items() if default == ())


def body_of(record: Record, with_abstract: bool = True) -> dict[str, Any]:
    """Return the fields that say something; the abstract only on request."""
    body = {
        name: value
        for name, default in _DEFAULTS.items()
        if (value := getattr(record, name)) != default
    }
    if not with_abstract:
        body.pop("abstract", None)
    return body


def record_of(body: Mapping[str, Any], abstract: str | None = None) -> Record:
    """Return the record of a body; fields of a later Winnow are passed over."""
    values: dict[str, Any] = {
        name: tuple(value) if name in _LISTS else value
        for name, value in body.items()
        if name in _DEFAULTS
    }
    if abstract:
        values["abstract"] = abstract
    return Record(**values)


def pack_raw(raw: tuple[tuple[str, str], ...]) -> bytes:
    """Pack raw fields: a search export's records shrink to about a third."""
    return zlib.compress(json.dumps(raw, separators=(",", ":")).encode(), 1)


def unpack_raw(packed: bytes) -> tuple[tuple[str, str], ...]:
    """Return packed raw fields as they came."""
    return tuple((tag, value) for tag, value in json.loads(zlib.decompress(packed)))
