"""What each block, rich text part and surface may hold, as data."""

from __future__ import annotations

from playground.slack.block_elements import IN_ACTIONS, IN_CONTEXT, IN_INPUT, IN_SECTION
from playground.slack.rules import (
    DOCS,
    NOTES,
    RECALLED,
    SDK,
    Field,
    Shape,
    choice,
    flag,
    many,
    marked,
    matching,
    need,
    number,
    plain,
    rich,
    shape,
    string,
)

BLOCK_ID = string(255)
_ID = {"block_id": BLOCK_ID}
_RICH_BLOCK_PARTS = (
    "rich_text_section",
    "rich_text_list",
    "rich_text_preformatted",
    "rich_text_quote",
)
_RICH_INLINE = (
    "text",
    "link",
    "emoji",
    "user",
    "channel",
    "usergroup",
    "broadcast",
    "date",
    "color",
)

BLOCKS: dict[str, Shape] = {
    "section": Shape(
        {
            **_ID,
            "text": marked(3000),
            "fields": many(marked(2000), 1, 10),
            "accessory": IN_SECTION,
            "expand": flag(),
        },
        f"{SDK} SectionBlock; {NOTES}",
        any_of=(("text", "fields"),),
    ),
    "header": Shape({**_ID, "text": need(plain(150))}, f"{SDK} HeaderBlock; {NOTES}"),
    "divider": Shape(_ID, f"{SDK} DividerBlock"),
    "context": Shape(
        {**_ID, "elements": need(many(IN_CONTEXT, 1, 10))}, f"{SDK} ContextBlock; {NOTES}"
    ),
    "actions": Shape(
        {**_ID, "elements": need(many(IN_ACTIONS, 1, 25))}, f"{SDK} ActionsBlock; {NOTES}"
    ),
    "input": Shape(
        {
            **_ID,
            "label": need(plain(2000)),
            "element": need(IN_INPUT),
            "hint": plain(2000),
            "optional": flag(),
            "dispatch_action": flag(),
        },
        f"{SDK} InputBlock",
    ),
    "image": Shape(
        {
            **_ID,
            "alt_text": need(string(2000)),
            "image_url": string(3000),
            "slack_file": shape("slack_file"),
            "title": plain(2000),
        },
        f"{SDK} ImageBlock",
        one_of=(("image_url", "slack_file"),),
    ),
    "file": Shape(
        {**_ID, "external_id": need(string(255, 1)), "source": need(choice("remote"))},
        f"{SDK} FileBlock",
    ),
    "markdown": Shape({**_ID, "text": need(string(12000, 1))}, f"{SDK} MarkdownBlock; {NOTES}"),
    "rich_text": Shape(
        {**_ID, "elements": need(many(rich(*_RICH_BLOCK_PARTS), 1, 1_000))},
        f"{SDK} RichTextBlock",
    ),
}

_PARTS = need(many(rich(*_RICH_INLINE), 0, 1_000))
_STYLE = {"style": shape("rich_style")}
RICH_STYLE = Shape(
    {
        name: flag()
        for name in (
            "bold",
            "italic",
            "strike",
            "code",
            "underline",
            "highlight",
            "client_highlight",
            "unlink",
        )
    },
    f"{SDK} RichTextElementParts.TextStyle",
)
_KNOWN = f"{SDK} RichTextElementParts"
RICH_PARTS: dict[str, Shape] = {
    "rich_text_section": Shape({"elements": _PARTS}, f"{SDK} RichTextSectionElement"),
    "rich_text_preformatted": Shape(
        {"elements": _PARTS, "border": number(0, 1), "language": string(255)},
        f"{SDK} RichTextPreformattedElement",
    ),
    "rich_text_quote": Shape(
        {"elements": _PARTS, "border": number(0, 1)}, f"{SDK} RichTextQuoteElement"
    ),
    "rich_text_list": Shape(
        {
            "elements": need(many(rich("rich_text_section"), 0, 1_000)),
            "style": need(choice("bullet", "ordered")),
            "indent": number(0, 8),
            "offset": number(0, 100_000),
            "border": number(0, 1),
        },
        f"{SDK} RichTextListElement; indent {RECALLED}",
    ),
    "text": Shape({"text": need(string(12000, 1)), **_STYLE}, f"{_KNOWN}.Text"),
    "link": Shape(
        {"url": need(string(3000, 1)), "text": string(3000), "unsafe": flag(), **_STYLE},
        f"{_KNOWN}.Link",
    ),
    "emoji": Shape(
        {
            "name": need(string(255, 1)),
            "skin_tone": number(1, 6),
            "unicode": string(255),
            **_STYLE,
        },
        f"{_KNOWN}.Emoji",
    ),
    "user": Shape({"user_id": need(matching(r"[UW][A-Z0-9]+")), **_STYLE}, f"{_KNOWN}.User"),
    "channel": Shape(
        {"channel_id": need(matching(r"[CDG][A-Z0-9]+")), **_STYLE}, f"{_KNOWN}.Channel"
    ),
    "usergroup": Shape({"usergroup_id": need(string(255, 1)), **_STYLE}, f"{_KNOWN}.UserGroup"),
    "broadcast": Shape(
        {"range": need(choice("here", "channel", "everyone")), **_STYLE}, f"{_KNOWN}.Broadcast"
    ),
    "date": Shape(
        {
            "timestamp": need(number(0, 9_999_999_999)),
            "format": need(string(255, 1)),
            "url": string(3000),
            "fallback": string(255),
            **_STYLE,
        },
        f"{_KNOWN}.Date; format and fallback {DOCS}",
    ),
    "color": Shape({"value": need(string(255, 1)), **_STYLE}, f"{_KNOWN}.Color"),
}

# How many blocks a surface takes, and which kinds (platform-limits.md; docs, each block's page).
_EVERYWHERE = frozenset(
    {"section", "header", "divider", "context", "actions", "input", "image", "rich_text"}
)
SURFACES: dict[str, tuple[int, frozenset[str]]] = {
    "message": (50, _EVERYWHERE | {"file", "markdown"}),
    "modal": (100, _EVERYWHERE),
    "home": (100, _EVERYWHERE),
}

_VIEW_COMMON: dict[str, Field] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
VIEWS: dict[str, Shape] = {
    "modal": Shape(
        {
            **_VIEW_COMMON,
            "title": need(plain(24)),
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": flag(),
            "notify_on_close": flag(),
            "submit_disabled": flag(),
        },
        f"{SDK} View; {NOTES}",
    ),
    "home": Shape(_VIEW_COMMON, f"{SDK} View: a home view has no title, submit or close ({DOCS})"),
}
VIEW_BYTES = 250_000  # platform-limits.md: a view is at most 250 KB
