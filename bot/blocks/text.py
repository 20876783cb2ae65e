"""Text from outside made safe for mrkdwn: escaped, defused, clipped and split without breaking either.

Slack's mrkdwn has no escape for `*`, `_`, `~` and backticks, and zero-width characters are taken for
letters by some of its parsers and for spaces by others. So a character that could open or close a
style is replaced by its look-alike from Unicode's mathematical and modifier blocks; between two
letters or digits, where Slack never styles, it stays as it is ("HLA-B*57:01").
"""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"
LONGEST_URL = 2_000

_LOOKALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_STYLING = re.compile(r"[*_~`]")
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]+:)", re.IGNORECASE)
_QUOTE = re.compile(r"^([ \t]*)>", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPECIAL = re.compile(r"[&<>]")


def width(text: str) -> int:
    """Return a text's length as Slack may count it: in UTF-16 units, never fewer than characters."""
    return len(text) + sum(character > "\uffff" for character in text)


def escape(text: str) -> str:
    """Return text in which no `&`, `<` or `>` can start a mention, a link or an entity."""
    return _SPECIAL.sub(lambda match: _ENTITIES[match.group()], text)


def clean(text: str) -> str:
    """Return text without control characters and lone surrogates, which JSON or Slack would refuse."""
    return _CONTROL.sub(" ", text)


def defuse(text: str) -> str:
    """Return text in which no character styles what follows, starts a quote or becomes an emoji."""
    text = _STYLING.sub(_defused, text)
    text = _EMOJI.sub("∶", text)
    return _QUOTE.sub(r"\1＞", text)


def _defused(match: re.Match[str]) -> str:
    text, at = match.string, match.start()
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if before.isalnum() and after.isalnum() and match.group() != "`":
        return match.group()
    return _LOOKALIKES[match.group()]


def outside(text: str, limit: int | None = None) -> str:
    """Return any text from outside as mrkdwn that shows exactly that text, clipped to `limit`."""
    safe = defuse(clean(text))
    return escape(safe) if limit is None else clip_escaped(safe, limit)


def one_line(text: str) -> str:
    """Return text with every run of white space made one space."""
    return " ".join(clean(text).split())


def clip(text: str, limit: int) -> str:
    """Return plain text of at most `limit` units, cut at a word where one is near."""
    if width(text) <= limit:
        return text
    cut = _fitting(text, limit - 1)
    space = text.rfind(" ", cut * 3 // 4, cut + 1)
    return text[: space if space > 0 else cut].rstrip() + ELLIPSIS


def clip_escaped(text: str, limit: int) -> str:
    """Return `text` escaped and at most `limit` units long; no entity is cut in two."""
    escaped = escape(text)
    if width(escaped) <= limit:
        return escaped
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width(escape(text[:middle])) <= limit - 1:
            low = middle
        else:
            high = middle - 1
    space = text.rfind(" ", low * 3 // 4, low + 1)
    return escape(text[: space if space > 0 else low].rstrip()) + ELLIPSIS


def trim(markup: str, limit: int) -> str:
    """Return mrkdwn that is already safe, cut to `limit` without leaving half an entity or link."""
    if width(markup) <= limit:
        return markup
    cut = markup[: _fitting(markup, limit - 1)]
    cut = re.sub(r"&[a-z]*$", "", cut)
    opened = cut.rfind("<")
    if opened > cut.rfind(">"):
        cut = cut[:opened]
    return cut.rstrip() + ELLIPSIS


def _fitting(text: str, limit: int) -> int:
    units = 0
    for position, character in enumerate(text):
        units += 2 if character > "\uffff" else 1
        if units > limit:
            return position
    return len(text)


def link(url: str, label: str, limit: int = 2_900) -> str:
    """Return an mrkdwn link, its label text from outside; without a URL only the label."""
    shown = one_line(label)
    if not url:
        return outside(shown, limit)
    address = url_safe(url)
    if len(address) > LONGEST_URL:
        return outside(shown, limit)
    room = max(20, limit - len(address) - 3)
    return f"<{address}|{outside(shown, room)}>"


def url_safe(url: str) -> str:
    """Return a URL in which nothing can end a link early."""
    safe = "".join(c for c in clean(url) if not c.isspace() and unicodedata.category(c) != "Cf")
    for character, code in (("|", "%7C"), ("<", "%3C"), (">", "%3E"), ("&", "&amp;")):
        safe = safe.replace(character, code)
    return safe


def plural(count: int, one: str, many: str = "") -> str:
    """Return "1 record" or "2 records", thousands set apart."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
