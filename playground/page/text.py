"""Draws Slack's mrkdwn and plain text as HTML, everything from outside escaped."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

from rich.emoji import Emoji, NoEmoji

# Names that are Slack's own; the others are those of rich's table.
_OWN_EMOJI = {"balance_scale": "scales", "thinking": "thinking_face", "slack": "speech_balloon"}

_TOKEN = re.compile(r"```(?P<block>.+?)```|`(?P<code>[^`\n]+)`|<(?P<angle>[^<>\n]+)>", re.DOTALL)
_STYLES = (
    (re.compile(r"(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\w_])"), r"<em>\1</em>"),
    (re.compile(r"(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])"), r"<s>\1</s>"),
)
_ASIDE = re.compile("\ue000(\\d+)\ue001")
_EMOJI = re.compile(r":([a-z0-9_+-]+):")

Names = Callable[[str], str]
"""Gives the visible name of a user or channel ID."""


def plain_html(text: str) -> str:
    """Return plain text as HTML, line ends and the emoji of Slack's names kept."""
    return _emoji(escape(text, quote=False)).replace("\n", "<br>")


def mrkdwn_html(text: str, name_of: Names) -> str:
    """Return mrkdwn as HTML; `&amp;`, `&lt;` and `&gt;` in it are Slack's own escapes."""
    # Links, mentions and code are put aside while bold and the like are drawn around them.
    aside: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        if match["block"] is not None:
            aside.append(f"<pre>{_escaped(match['block'].strip(chr(10)))}</pre>")
        elif match["code"] is not None:
            aside.append(f"<code>{_escaped(match['code'])}</code>")
        else:
            aside.append(_angle(match["angle"], name_of))
        return f"\ue000{len(aside) - 1}\ue001"

    styled = _styled(_TOKEN.sub(put_aside, text))
    return _quoted(_ASIDE.sub(lambda match: aside[int(match[1])], styled))


def text_html(text: dict[str, Any], name_of: Names) -> str:
    """Return a text object of Block Kit as HTML."""
    if text["type"] == "mrkdwn":
        return mrkdwn_html(text["text"], name_of)
    return plain_html(text["text"])


def _escaped(text: str) -> str:
    """Escape for HTML what Slack's three escapes do not already cover."""
    for sign, slack in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(slack, sign)
    return escape(text, quote=False)


def _styled(text: str) -> str:
    html = _emoji(_escaped(text))
    # Styles may nest, and the outermost sign may stand around a link: bold first, as Slack does.
    for pattern, replacement in _STYLES:
        html = pattern.sub(replacement, html)
    return html


def emoji(name: str) -> str | None:
    """The emoji of a short name such as `white_check_mark`, None where there is none."""
    try:
        return str(Emoji(_OWN_EMOJI.get(name, name), variant="emoji"))
    except NoEmoji:
        return None


def _emoji(html: str) -> str:
    return _EMOJI.sub(lambda match: emoji(match[1]) or match[0], html)


def _angle(inside: str, name_of: Names) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return f'<span class="sl-mention">@{escape(name_of(target[1:]))}</span>'
    if target.startswith("#"):
        return f'<span class="sl-mention">#{escape(name_of(target[1:]))}</span>'
    if target.startswith("!date^"):
        return escape(label)
    if target.startswith("!"):
        return f'<span class="sl-mention">@{escape(target[1:])}</span>'
    if target.startswith(("http://", "https://", "mailto:", "slack://")):
        address = escape(target.replace("&amp;", "&"))
        shown = _styled(label) if label else _escaped(target)
        return f'<a href="{address}" target="_blank" rel="noreferrer">{shown}</a>'
    return escape(f"<{inside}>")


def _quoted(html: str) -> str:
    """Turn lines into paragraphs, those that begin with > into quotations."""
    lines: list[str] = []
    for line in html.split("\n"):
        if line.startswith("&gt;"):
            lines.append(f"<blockquote>{line[4:].strip()}</blockquote>")
        else:
            lines.append(line + "<br>")
    joined = "".join(lines)
    return joined.removesuffix("<br>").replace("</blockquote><blockquote>", "<br>")
