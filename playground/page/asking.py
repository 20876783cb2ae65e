"""The dialogs of the page that are not the app's: a warning to confirm, a text to write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from playground.page.blocks import html
from playground.page.text import plain_html


async def confirmed(title: str, text: str, yes: str = "OK") -> bool:
    """Ask a person to confirm; False when they cancel or press Escape."""
    with _dialog(title) as dialog, dialog, ui.element("div").classes("sl-modal sl-small") as card:
        card.props('role="dialog"').props["aria-label"] = title
        html(plain_html(title), "sl-header", "h3")
        html(plain_html(text), "sl-text")
        _buttons(dialog, yes, lambda: True)
    return bool(await _answer(dialog))


async def text_for(title: str, value: str, choices: Sequence[str] | None = None) -> str | None:
    """Ask a person for a text, or for one of some choices; None when they cancel."""
    with _dialog(title) as dialog, dialog, ui.element("div").classes("sl-modal") as card:
        card.props('role="dialog"').props["aria-label"] = title
        html(plain_html(title), "sl-header", "h3")
        field: Any
        if choices is not None:
            offered = list(dict.fromkeys(["", *choices, value]))
            field = ui.select(offered, value=value).props("outlined dense behavior=menu")
        else:
            field = ui.textarea(value=value).props("outlined autofocus autogrow")
        field.classes("sl-textbox gs-editor").props["aria-label"] = title
        _buttons(dialog, "Save", lambda: str(field.value or ""))
    answer = await _answer(dialog)
    return None if answer is None else str(answer)


def _dialog(title: str) -> ui.dialog:
    return ui.dialog().props("no-refocus")


def _buttons(dialog: ui.dialog, yes: str, value: Any) -> None:
    with ui.element("div").classes("sl-actions sl-right"):
        for label, style, answer in (
            ("Cancel", "sl-default", lambda: None),
            (yes, "sl-primary", value),
        ):
            button = ui.element("button").classes(f"sl-button {style}")
            with button:
                html(plain_html(label), tag="span")
            button.on("click", lambda _, give=answer: dialog.submit(give()))


async def _answer(dialog: ui.dialog) -> Any:
    answer = await dialog
    dialog.delete()
    return answer
