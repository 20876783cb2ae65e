"""Makes the tables of docs/formats.md from the data that the tests hold the writers to."""

from __future__ import annotations

from collections.abc import Iterator

from screening.writing.losses import COMMON, DIALECTS_READ, LOSSES


def dialect_table() -> str:
    """Give the Markdown table of formats and dialects read."""
    rows = [
        f"| `{name}` | {who} | {note} |"
        for name, dialects in DIALECTS_READ.items()
        for who, note in dialects
    ]
    return "\n".join(["| format | written by | good to know |", "|---|---|---|", *rows])


def loss_table() -> str:
    """Give the Markdown table of what each format cannot carry, and the list that holds for all."""
    return "\n".join([*_rows(), "", *(f"- {sentence}" for sentence in COMMON)])


def _rows() -> Iterator[str]:
    yield "| written as | field | what becomes of it |"
    yield "|---|---|---|"
    for name, fields in LOSSES.items():
        if not fields:
            yield f"| `{name}` | — | every field comes back as it was |"
        for field, sentence in fields.items():
            yield f"| `{name}` | {field} | {sentence} |"
