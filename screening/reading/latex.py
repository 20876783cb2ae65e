"""Turns the LaTeX that BibTeX fields carry into plain Unicode text without losing a word.

Own code over pylatexenc's table of symbols, because pylatexenc's converter takes `%` for a
comment, and Scopus writes "50% of patients" unescaped: the rest of the abstract would vanish.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from screening.reading.words import words

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328",
    "d": "\u0323", "b": "\u0331", "r": "\u030a", "t": "\u0361",
}  # fmt: skip
_OWN_SYMBOLS = {
    "i": "ı", "j": "ȷ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "SS": "ẞ", "ae": "æ",
    "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "dh": "ð", "DH": "Ð", "th": "þ",
    "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "textbackslash": "\\",
    "textasciitilde": "~", "textasciicircum": "^", "textbar": "|", "textless": "<",
    "textgreater": ">", "textunderscore": "_", "textdollar": "$", "textbraceleft": "{",
    "textbraceright": "}", "textquotesingle": "'", "textquotedbl": '"', "textregistered": "®",
    "textcopyright": "©", "texttrademark": "™", "textendash": "–", "textemdash": "—",
    "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“",
    "textquotedblright": "”", "ldots": "…", "dots": "…", "textellipsis": "…", "textdegree": "°",
    "degree": "°", "pm": "±", "times": "×", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "neq": "≠", "sim": "∼", "approx": "≈", "cdot": "·", "mu": "μ", "textmu": "µ", "infty": "∞",
    "rightarrow": "→", "to": "→", "leftarrow": "←", "S": "§", "P": "¶", "pounds": "£",
    "euro": "€", "texteuro": "€", "copyright": "©", "dag": "†", "ddag": "‡", "quad": " ",
    "qquad": " ", "space": " ", "LaTeX": "LaTeX", "TeX": "TeX", "slash": "/", "par": " ",
    "newline": " ", "linebreak": " ", "textnumero": "№", "guillemotleft": "«",
    "guillemotright": "»", "glqq": "„", "grqq": "“", "glq": "‚", "grq": "‘", "flqq": "«",
    "frqq": "»", "bullet": "•", "textbullet": "•", "percent": "%", "lt": "<", "gt": ">",
}  # fmt: skip
# Commands that only set the look of their argument.
_LOOKS = frozenset(
    words(
        "textit textbf texttt textsc textsf textrm textsl textup textmd textnormal",
        "textsuperscript textsubscript emph underline mathrm mathit mathbf mathsf mathcal",
        "mathbb mathtt text mbox ensuremath uppercase MakeUppercase MakeLowercase lowercase",
        "url href enquote mkbibquote em it bf sc rm sf tt sl bfseries itshape scshape rmfamily",
        "normalfont small large boldsymbol bm operatorname relax nobreak noopsort protect",
        "selectlanguage up textlatin textgreek left right mathop displaystyle limits nolimits",
        "mathsurround upmu big bigl bigr",
    )
)
_COMMAND = re.compile(
    r"\\(?:(?P<accent>[`'^~\"=.]|[uvHckdbrt](?![A-Za-z]))\s*"
    r"(?:\{\s*(?P<braced>\\[ij](?![A-Za-z])|[^\W\d_])?\s*\}"
    r"|(?P<dotless>\\[ij])(?![A-Za-z])\s?|(?P<letter>[^\W\d_]))"
    r"|(?P<name>[A-Za-z]+)(?P<gap>\s*\{\}|\s+)?|(?P<other>[^A-Za-z]))",
    re.DOTALL,
)
_MATH = re.compile(r"(?<!\\)\$([^$]{1,300}?)(?<!\\)\$")
_FORMULA = re.compile(r"[\\^_=<>{]|^.{1,3}$")
_RAISED = re.compile(r"[\^_](?=\{|\w)")
_TIE = re.compile(r"(?<=\S)~(?=\S)")
_PLAIN = re.compile(r"[\\{}$~]|--|``|\'\'")


@cache
def _symbols() -> dict[str, str]:
    """The commands pylatexenc knows a single character for, with our own over them."""
    # Imported here because only files with LaTeX commands need the table.
    from pylatexenc.latexencode import (  # type: ignore[import-untyped]
        get_builtin_uni2latex_dict,
    )

    table: dict[str, str] = {}
    for code, command in get_builtin_uni2latex_dict().items():
        match = re.fullmatch(r"\\(?:ensuremath\{\\)?([A-Za-z]{2,})\}?", command)
        if match:
            table.setdefault(match.group(1), chr(code))
    return {**table, **_OWN_SYMBOLS}


def plain_text(value: str) -> str:
    """Give the text of a BibTeX value: accents composed, braces and looks gone, words all kept."""
    if _PLAIN.search(value) is None:
        return value
    if "$" in value:
        value = _MATH.sub(_formula, value)
    if "\\" in value:
        # Escaped characters are put aside as private-use ones, so that what is left is markup.
        value = _COMMAND.sub(_command, value)
    value = value.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")
    value = _TIE.sub(" ", value).replace("{", "").replace("}", "")
    return unicodedata.normalize("NFC", value.translate(_RESTORE))


def _formula(match: re.Match[str]) -> str:
    """Take the dollars off mathematics; prices ("$5 against $6") keep theirs."""
    inside: str = match.group(1)
    return _RAISED.sub("", inside) if _FORMULA.search(inside) else match.group()


_ASIDE = {char: chr(0xF700 + index) for index, char in enumerate("\\{}$~-`'")}
_RESTORE = {ord(aside): char for char, aside in _ASIDE.items()}


def _command(match: re.Match[str]) -> str:
    accent = match["accent"]
    if accent is not None:
        letter = match["braced"] or match["dotless"] or match["letter"]
        if not letter:
            return _ASIDE.get(accent, accent)
        return unicodedata.normalize("NFC", letter.lstrip("\\") + _ACCENTS[accent])
    other = match["other"]
    if other is not None:
        if other in ",;:!/ @\n\\":
            return "" if other in "!/@" else " "
        if other == "-":
            return ""
        return _ASIDE.get(other, other)
    name = match["name"]
    if name in _LOOKS:
        return ""
    symbol = _symbols().get(name)
    if symbol is None:
        return f"{_ASIDE[chr(92)]}{name}{match['gap'] or ''}"
    return _ASIDE.get(symbol, symbol)
