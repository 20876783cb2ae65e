"""Makes a field's text plain: entities and markup gone, Unicode composed, white space single.

Only markup that publishers and databases write is removed, by name, so that `<!channel>`,
`p <0.05` and `=IMPORTXML(...)` come through as they are; escaping them is for whoever shows them.
"""

from __future__ import annotations

import html
import re
import unicodedata

_SUSPECT = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u1680\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"
    "<&\ud800-\udfff]|  |^ | $"
)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff"
    "\ud800-\udfff]+"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ATTRIBUTES = r"(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s<>\"']+))"
_BLOCKS = r"p|br|hr|div|li|ul|ol|tr|td|th|table|sec|title|list|list-item|h[1-6]|label"
_INLINE = (
    r"i|b|u|em|strong|sub|sup|inf|span|font|small|big|italic|bold|underline|sc|emph|tt|code|ovl"
    r"|mml:[a-z]+|tex-math|inline-formula|monospace|roman|sans-serif|named-content|ext-link|xref"
)
_BLOCK_TAG = re.compile(rf"</?(?:jats:)?(?:{_BLOCKS}){_ATTRIBUTES}*+\s*/?>", re.IGNORECASE)
_INLINE_TAG = re.compile(
    rf"</?(?:jats:)?(?:{_INLINE}){_ATTRIBUTES}*+\s*/?>|<a{_ATTRIBUTES}++\s*>|</a>"
    r"|<!\[CDATA\[|\]\]>|<!--[^<>]{0,500}-->",
    re.IGNORECASE,
)
_LONG = 1_000_000
_SPACES = "".join(chr(code) for code in range(1, 0x3001) if chr(code).isspace() and code != 32)
_NOTHING = frozenset(
    {
        "[no abstract available]",
        "no abstract available",
        "no abstract available.",
        "[abstract not available]",
        "abstract not available",
    }
)


def clean(text: str) -> str:
    """Give `text` as a person reads it, on one line; the same object when nothing changes."""
    if _SUSPECT.search(text) is None and (text.isascii() or unicodedata.is_normalized("NFC", text)):
        return text
    for _ in range(6):
        before = text
        text = _INVISIBLE.sub("", text)
        if "&" in text:
            text = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
        if "<" in text or "]]>" in text:
            text = _BLOCK_TAG.sub(" ", text)
            text = _INLINE_TAG.sub("", text)
        text = unicodedata.normalize("NFC", _single_spaced(text))
        if text == before:
            break
    return text


def unescaped(text: str) -> str:
    """Give `text` with its entities resolved and nothing else changed, so that a semicolon divides."""
    for _ in range(6):
        if "&" not in text:
            break
        before = text
        text = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
        if text == before:
            break
    return text


def _single_spaced(text: str) -> str:
    if len(text) < _LONG:
        return " ".join(text.split())
    # A list of all words would take ten times the memory of a field of hundreds of megabytes.
    for space in _SPACES:
        if space in text:
            text = text.replace(space, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")


def clean_abstract(text: str) -> str:
    """Like `clean`; the phrases databases print in place of an abstract give ""."""
    plain = clean(text)
    return "" if plain.lower() in _NOTHING else plain
