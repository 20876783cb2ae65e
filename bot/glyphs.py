"""Fonts that have the letters of a picture, and what is written where no font has them."""

from __future__ import annotations

import re
from collections.abc import Collection

BASE = "DejaVu Sans"
"""The font that comes with matplotlib: Latin, Greek, Cyrillic and more, no Chinese, Japanese, Korean."""

UNKNOWN = "?"


def fonts_for(text: str, *, embedded: bool = False) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the families to write a text with, and its characters that no font here has.

    The system is searched only for what the base font lacks. `embedded`: only TrueType files, which
    a PDF can hold.
    """
    from matplotlib import font_manager

    base = font_manager.get_font(font_manager.findfont(BASE))
    missing = {c for c in text if not c.isspace() and not base.get_char_index(ord(c))}
    families = [BASE]
    for path in _installed(embedded) if missing else ():
        try:
            font = font_manager.get_font(path)
        except (OSError, RuntimeError):  # not a font that matplotlib can read
            continue
        found = {c for c in missing if font.get_char_index(ord(c))}
        # A bitmap font, such as one of coloured emoji, cannot be drawn at our sizes.
        if found and font.scalable:
            font_manager.fontManager.addfont(path)
            families.append(font.family_name)
            missing -= found
        if not missing:
            break
    return tuple(families), frozenset(missing)


def readable(text: str, missing: Collection[str]) -> str:
    """Return a text with a question mark in place of each run of characters that no font has, ""
    when nothing that can be read is left of it."""
    if not missing:
        return text
    letters = "".join(map(re.escape, sorted(missing)))
    written = re.sub(f"[{letters}]+", UNKNOWN, text)
    return written if any(c.isalnum() for c in written) else ""


def _installed(embedded: bool) -> list[str]:
    """Return the system's font files, regular ones first."""
    from matplotlib import font_manager

    paths = map(str, font_manager.findSystemFonts())
    wanted = (path for path in paths if not embedded or path.lower().endswith(".ttf"))
    return sorted(wanted, key=lambda path: ("regular" not in path.lower(), path))
