"""Draws Block Kit as Slack draws it, and hands what a member does in it to callbacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from playground.page.text import Names, plain_html, text_html

Block = dict[str, Any]
Act = Callable[[str, str, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Surface:
    """Where blocks are drawn.

    `act(block_id, action_id, value)` is awaited when a member uses an element: `value` is None
    for a button, else what was chosen. `state(block_id, action_id)` gives what stands in an
    element; `errors` holds the messages of a refused submission by block.
    """

    name_of: Names
    act: Act
    state: Callable[[str, str], dict[str, Any] | None]
    errors: dict[str, str]
    file_link: Callable[[dict[str, Any]], str]


def html(content: str, classes: str = "", tag: str = "div") -> ui.html:
    """Put HTML of our own making (already escaped) on the page."""
    return ui.html(content, sanitize=False, tag=tag).classes(classes)


def draw_blocks(blocks: list[Block], surface: Surface) -> None:
    """Draw blocks below each other."""
    for block in blocks:
        draw = DRAWN.get(block["type"])
        if draw is None:
            html(plain_html(f"[{block['type']}]"), "sl-context")
        else:
            draw(block, surface)


def _header(block: Block, surface: Surface) -> None:
    html(plain_html(block["text"]["text"]), "sl-header", "h3")


def _section(block: Block, surface: Surface) -> None:
    with ui.element("div").classes("sl-section"):
        with ui.element("div").classes("sl-grow"):
            if "text" in block:
                _section_text(block, surface)
            if block.get("fields"):
                with ui.element("div").classes("sl-fields"):
                    for field in block["fields"]:
                        html(text_html(field, surface.name_of), "sl-text")
        if "accessory" in block:
            draw_element(block["accessory"], block["block_id"], surface)


FOLDED_FROM = 700
"""Characters from which a section is folded. Slack says only that a text "may be rendered with a
'see more' option" unless `expand` is set (docs, section block); the number is (m)."""


def _section_text(block: Block, surface: Surface) -> None:
    text = html(text_html(block["text"], surface.name_of), "sl-text")
    if block.get("expand") or len(block["text"]["text"]) < FOLDED_FROM:
        return
    text.classes("sl-folded")
    with ui.element("button").classes("sl-more").props('type="button"') as more:
        html("See more", tag="span")
    more.on(
        "click",
        js_handler="(e) => { const b = e.currentTarget, t = b.previousElementSibling;"
        "b.textContent = t.classList.toggle('sl-folded') ? 'See more' : 'See less' }",
    )


def _divider(block: Block, surface: Surface) -> None:
    ui.element("hr").classes("sl-divider")


def _context(block: Block, surface: Surface) -> None:
    with ui.element("div").classes("sl-context"):
        for element in block["elements"]:
            if element["type"] == "image":
                _picture(element, surface, "sl-tiny")
            else:
                html(text_html(element, surface.name_of), tag="span")


def _actions(block: Block, surface: Surface) -> None:
    with ui.element("div").classes("sl-actions"):
        for element in block["elements"]:
            draw_element(element, block["block_id"], surface)


def _picture(element: Block, surface: Surface, classes: str) -> None:
    source = element.get("image_url") or surface.file_link(element.get("slack_file", {}))
    ui.element("img").props(f'src="{source}"').props["alt"] = element.get("alt_text", "")


def _image(block: Block, surface: Surface) -> None:
    with ui.element("figure").classes("sl-image"):
        if "title" in block:
            html(plain_html(block["title"]["text"]), "sl-caption", "figcaption")
        _picture(block, surface, "")


def _rich_text(block: Block, surface: Surface) -> None:
    with ui.element("div").classes("sl-text"):
        for section in block["elements"]:
            html(_rich_html(section, surface), "sl-rich")


def _rich_html(section: Block, surface: Surface) -> str:
    kind = section["type"]
    inside = "".join(_rich_run(run, surface) for run in section["elements"])
    if kind == "rich_text_list":
        tag = "ol" if section.get("style") == "ordered" else "ul"
        items = "".join(f"<li>{_rich_html(item, surface)}</li>" for item in section["elements"])
        return f"<{tag}>{items}</{tag}>"
    tags = {"rich_text_quote": "blockquote", "rich_text_preformatted": "pre"}
    tag = tags.get(kind, "span")
    return f"<{tag}>{inside}</{tag}>"


def _rich_run(run: Block, surface: Surface) -> str:
    kind = run["type"]
    if kind == "link":
        shown = text_html(
            {"type": "mrkdwn", "text": f"<{run['url']}|{run.get('text', run['url'])}>"},
            surface.name_of,
        )
    elif kind in ("user", "channel"):
        shown = plain_html("@" + surface.name_of(run.get("user_id") or run["channel_id"]))
    else:
        shown = plain_html(run.get("text", ""))
    for style, tag in (("bold", "strong"), ("italic", "em"), ("strike", "s"), ("code", "code")):
        if run.get("style", {}).get(style):
            shown = f"<{tag}>{shown}</{tag}>"
    return shown


def _input(block: Block, surface: Surface) -> None:
    with ui.element("div").classes("sl-input"):
        optional = ' <span class="sl-optional">(optional)</span>' if block.get("optional") else ""
        html(plain_html(block["label"]["text"]) + optional, "sl-label", "div")
        draw_element(block["element"], block["block_id"], surface, block["label"]["text"])
        if "hint" in block:
            html(plain_html(block["hint"]["text"]), "sl-hint")
        if block["block_id"] in surface.errors:
            html(plain_html(surface.errors[block["block_id"]]), "sl-error").props('role="alert"')


def _file(block: Block, surface: Surface) -> None:
    html(plain_html(f"📄 {block.get('external_id', 'file')}"), "sl-context")


DRAWN: dict[str, Callable[[Block, Surface], None]] = {
    "header": _header,
    "section": _section,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "rich_text": _rich_text,
    "input": _input,
    "file": _file,
}


def draw_element(element: Block, block_id: str, surface: Surface, label: str = "") -> None:
    """Draw one interactive element."""
    kind = element["type"]
    if kind == "button":
        _button(element, block_id, surface)
    elif kind == "image":
        _picture(element, surface, "")
    elif kind == "overflow":
        _overflow(element, block_id, surface)
    elif kind in TEXT_INPUTS:
        _text_input(element, block_id, surface, label)
    elif kind in ("radio_buttons", "checkboxes"):
        _boxes(element, block_id, surface)
    elif kind.endswith("_select"):
        _select(element, block_id, surface, label)
    elif kind == "datepicker":
        _datepicker(element, block_id, surface, label)
    else:
        html(plain_html(f"[{kind}]"), "sl-context")


TEXT_INPUTS = ("plain_text_input", "url_text_input", "number_input", "email_text_input")


def _button(element: Block, block_id: str, surface: Surface) -> None:
    style = element.get("style", "default")
    label = element["text"]["text"]

    async def press() -> None:
        if "confirm" in element and not await _confirmed(element["confirm"], surface):
            return
        await surface.act(block_id, element["action_id"], None)

    button = ui.element("button").classes(f"sl-button sl-{style}").props('type="button"')
    button.props["aria-label"] = element.get("accessibility_label", label)
    with button:
        html(plain_html(label), tag="span")
    button.on("click", press, throttle=0.05)
    if element.get("url"):
        button.on("click", js_handler=f"() => window.open({element['url']!r}, '_blank')")


async def _confirmed(confirm: Block, surface: Surface) -> bool:
    with ui.dialog() as dialog, ui.element("div").classes("sl-modal sl-small"):
        html(plain_html(confirm["title"]["text"]), "sl-header", "h3")
        html(text_html(confirm["text"], surface.name_of), "sl-text")
        with ui.element("div").classes("sl-actions sl-right"):
            for name, answer in (("deny", False), ("confirm", True)):
                style = "sl-primary" if answer else "sl-default"
                button = ui.element("button").classes(f"sl-button {style}")
                with button:
                    html(plain_html(confirm[name]["text"]), tag="span")
                button.on("click", lambda _, a=answer: dialog.submit(a))
    result = await dialog
    dialog.delete()
    return bool(result)


def _options(element: Block) -> list[Block]:
    options = list(element.get("options", []))
    for group in element.get("option_groups", []):
        options += group["options"]
    return options


def _chosen(element: Block, block_id: str, surface: Surface) -> dict[str, Any]:
    return surface.state(block_id, element["action_id"]) or {}


def _select(element: Block, block_id: str, surface: Surface, label: str) -> None:
    options = {option["value"]: option["text"]["text"] for option in _options(element)}
    state = _chosen(element, block_id, surface)
    many = element["type"].startswith("multi_")
    picked: Any = [o["value"] for o in state.get("selected_options") or []]
    if not many:
        picked = (state.get("selected_option") or {}).get("value")
    placeholder = element.get("placeholder", {}).get("text", "Choose…")

    async def choose(event: Any) -> None:
        await surface.act(block_id, element["action_id"], event.value)

    box = ui.select(
        options, value=picked or ([] if many else None), multiple=many, on_change=choose
    )
    box.classes("sl-select").props("outlined dense options-dense behavior=menu")
    box.props["aria-label"] = label or placeholder
    if not picked:
        box.props["label"] = placeholder


def _boxes(element: Block, block_id: str, surface: Surface) -> None:
    state = _chosen(element, block_id, surface)
    several = element["type"] == "checkboxes"
    ticked = {o["value"] for o in state.get("selected_options") or []}
    one = (state.get("selected_option") or {}).get("value")
    if not several:

        async def pick(event: Any) -> None:
            await surface.act(block_id, element["action_id"], event.value)

        labels = {option["value"]: option["text"]["text"] for option in _options(element)}
        ui.radio(labels, value=one, on_change=pick).props("dense").classes("sl-boxes")
        return

    async def tick(value: str, on: bool) -> None:
        (ticked.add if on else ticked.discard)(value)
        await surface.act(block_id, element["action_id"], sorted(ticked))

    with ui.element("div").classes("sl-boxes"):
        for option in _options(element):
            value = option["value"]
            ui.checkbox(
                option["text"]["text"],
                value=value in ticked,
                on_change=lambda e, v=value: tick(v, bool(e.value)),
            ).props("dense")


def _text_input(element: Block, block_id: str, surface: Surface, label: str) -> None:
    value = _chosen(element, block_id, surface).get("value") or ""

    async def typed(event: Any) -> None:
        # At each letter: a button pressed right after the last one must find it.
        await surface.act(block_id, element["action_id"], str(event.value or ""))

    make = ui.textarea if element.get("multiline") else ui.input
    box = make(value=str(value), on_change=typed).classes("sl-textbox").props("outlined dense")
    box.props["aria-label"] = label
    box.props["placeholder"] = element.get("placeholder", {}).get("text", "")
    if element.get("max_length"):
        box.props["maxlength"] = element["max_length"]
        box.props("counter")


def _datepicker(element: Block, block_id: str, surface: Surface, label: str) -> None:
    value = _chosen(element, block_id, surface).get("selected_date") or ""

    async def pick(event: Any) -> None:
        await surface.act(block_id, element["action_id"], event.value)

    box = ui.input(value=value, on_change=pick).classes("sl-textbox")
    box.props('outlined dense type="date"')
    box.props["aria-label"] = label or "Date"


def _overflow(element: Block, block_id: str, surface: Surface) -> None:
    with ui.element("button").classes("sl-button sl-default").props('aria-label="More actions"'):
        html("⋯", tag="span")
        with ui.menu():
            for option in element["options"]:
                ui.menu_item(
                    option["text"]["text"],
                    lambda o=option: surface.act(block_id, element["action_id"], o["value"]),
                )
