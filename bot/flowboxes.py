"""What stands in the boxes of the PRISMA 2020 flow diagram, in the template's words and order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unicodedata import east_asian_width

from bot.glyphs import readable

POINTS = 11.0
LINE = 0.195
"""Height of a line of text in inches, at `POINTS`."""
PAD = 0.12
REASONS_SHOWN = 14
"""Reasons, or databases, that a box names."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its lines of text, already wrapped, and where its left edge and width are."""

    x: float
    width: float
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        """The height that its text needs."""
        return len(self.lines) * LINE + 2 * PAD


@dataclass(frozen=True, slots=True)
class Figures:
    """What the diagram shows: the template's counts, names with their counts, reasons.

    `failed` says which identities do not hold; `missing` are characters that no font has.
    """

    counts: Mapping[str, int]
    specific: Mapping[str, Sequence[Sequence[Any]]]
    reasons: Mapping[str, Sequence[Sequence[Any]]]
    has_previous: bool
    has_other_methods: bool
    failed: Sequence[str] = ()
    missing: frozenset[str] = frozenset()

    def n(self, key: str) -> int:
        """Return a count, 0 when the template's key is absent."""
        return int(self.counts.get(key, 0))

    def listed(self, items: Sequence[Sequence[Any]], what: str, indent: str) -> list[str]:
        """Return names with their counts, the largest first, and what the rest sums to."""
        lines = [
            f"{indent}{readable(str(name), self.missing) or f'no. {place} in the table'}"
            f" (n = {int(n):,})"
            for place, (name, n) in enumerate(items[:REASONS_SHOWN], 1)
        ]
        rest = items[REASONS_SHOWN:]
        if rest:
            total = sum(int(n) for _, n in rest)
            more = f"{len(rest):,} more {what}{'s' if len(rest) > 1 else ''}, see the table"
            lines.append(f"{indent}and {more} (n = {total:,})")
        return lines


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of a variant stand, in inches from the left."""

    previous_x: float
    main_x: float
    main_width: float
    side_x: float
    side_width: float
    other_x: float
    other_width: float
    other_side_x: float
    other_side_width: float
    width: float


def columns_of(figures: Figures) -> Columns:
    """Return the columns that a variant needs."""
    left, gap, lane, edge = 0.75, 0.42, 0.42, 0.2
    main_x = left + (2.5 + gap if figures.has_previous else 0.0)
    side_x = main_x + 2.8 + lane
    other_x = side_x + 3.05 + gap
    other_side_x = other_x + 2.4 + lane
    right = other_side_x + 2.55 if figures.has_other_methods else side_x + 3.05
    return Columns(left, main_x, 2.8, side_x, 3.05, other_x, 2.4, other_side_x, 2.55, right + edge)


class Contents:
    """The boxes of a diagram, row by row."""

    def __init__(self, figures: Figures, columns: Columns) -> None:
        self.f = figures
        self.c = columns

    def rows(self) -> list[dict[str, Box]]:
        f = self.f
        rows: list[dict[str, Box]] = [
            {
                "identified": self._main("Records identified from:", *self._identified()),
                "removed": self._side(
                    "Records removed before screening:",
                    f"  Duplicate records removed (n = {f.n('duplicates'):,})",
                    "  Records marked as ineligible by automation tools "
                    f"(n = {f.n('excluded_automatic'):,})",
                    f"  Records removed for other reasons (n = {f.n('excluded_other'):,})",
                ),
            },
            {
                "screened": self._main("Records screened", f"(n = {f.n('records_screened'):,})"),
                "excluded": self._side("Records excluded", f"(n = {f.n('records_excluded'):,})"),
            },
            {
                "sought": self._main(
                    "Reports sought for retrieval", f"(n = {f.n('dbr_sought_reports'):,})"
                ),
                "missing": self._side(
                    "Reports not retrieved", f"(n = {f.n('dbr_notretrieved_reports'):,})"
                ),
            },
            {
                "assessed": self._main(
                    "Reports assessed for eligibility", f"(n = {f.n('dbr_assessed'):,})"
                ),
                "reasons": self._side(*self._excluded("dbr_excluded")),
            },
            {"included": self._main(*self._included())},
        ]
        if f.has_previous:
            rows[0]["previous"] = self._box_of(
                self.c.previous_x,
                2.5,
                f"Studies included in previous version of review (n = {f.n('previous_studies'):,})",
                "",
                "Reports of studies included in previous version of review "
                f"(n = {f.n('previous_reports'):,})",
            )
            rows.append(
                {
                    "total": self._main(
                        f"Total studies included in review (n = {f.n('total_studies'):,})",
                        f"Reports of total included studies (n = {f.n('total_reports'):,})",
                    )
                }
            )
        if f.has_other_methods:
            rows[0]["other"] = self._box_of(
                self.c.other_x,
                2.4,
                "Records identified from:",
                f"  Websites (n = {f.n('website_results'):,})",
                f"  Organisations (n = {f.n('organisation_results'):,})",
                f"  Citation searching (n = {f.n('citations_results'):,})",
            )
            rows[2] |= {
                "other_sought": self._box_of(
                    self.c.other_x,
                    2.4,
                    "Reports sought for retrieval",
                    f"(n = {f.n('other_sought_reports'):,})",
                ),
                "other_missing": self._box_of(
                    self.c.other_side_x,
                    2.55,
                    "Reports not retrieved",
                    f"(n = {f.n('other_notretrieved_reports'):,})",
                ),
            }
            rows[3] |= {
                "other_assessed": self._box_of(
                    self.c.other_x,
                    2.4,
                    "Reports assessed for eligibility",
                    f"(n = {f.n('other_assessed'):,})",
                ),
                "other_reasons": self._box_of(
                    self.c.other_side_x, 2.55, *self._excluded("other_excluded")
                ),
            }
        return rows

    def _identified(self) -> list[str]:
        lines = []
        for word, key in (("Databases", "database"), ("Registers", "register")):
            lines.append(f"  {word} (n = {self.f.n(key + '_results'):,})")
            named = self.f.specific.get(f"{key}_specific_results") or ()
            if len(named) > 1 or key == "register":
                lines += self.f.listed(named, key, "    ")
        return lines

    def _excluded(self, key: str) -> list[str]:
        reasons = list(self.f.reasons.get(key) or ())
        if not reasons:
            return ["Reports excluded", f"(n = {self.f.n(key):,})"]
        head = f"Reports excluded (n = {self.f.n(key):,}):"
        return [head, *self.f.listed(reasons, "reason", "  ")]

    def _included(self) -> list[str]:
        f = self.f
        if f.has_previous:
            return [
                f"New studies included in review (n = {f.n('new_studies'):,})",
                f"Reports of new included studies (n = {f.n('new_reports'):,})",
            ]
        return [
            f"Studies included in review (n = {f.n('new_studies'):,})",
            f"Reports of included studies (n = {f.n('new_reports'):,})",
        ]

    def _main(self, *texts: str) -> Box:
        return self._box_of(self.c.main_x, self.c.main_width, *texts)

    def _side(self, *texts: str) -> Box:
        return self._box_of(self.c.side_x, self.c.side_width, *texts)

    @staticmethod
    def _box_of(x: float, width: float, *texts: str) -> Box:
        lines: list[str] = []
        for text in texts:
            lines += wrapped(text, width - 2 * PAD)
        return Box(x, width, tuple(lines))


def wrapped(text: str, width: float, size: float = POINTS) -> list[str]:
    """Return a text as lines no wider than `width` inches; "(n = 12)" stays whole.

    What a leading indent sets apart hangs by two spaces more. A word that is wider than a line by
    itself, such as a name in Chinese, is broken where the line is full.
    """
    text = re.sub(r"\(n = ([\d,]+)\)", "(n\u00a0=\u00a0\\1)", text)
    indent = text[: len(text) - len(text.lstrip(" "))]
    hanging = indent + "  " if indent else ""
    lines, current = [], indent
    for word in text.split(" ")[len(indent) :]:
        longer = current + word if not current.strip() else f"{current} {word}"
        if current.strip() and _inches(longer, size) > width:
            lines.append(current)
            longer = hanging + word
        while len(longer.strip()) > 1 and _inches(longer, size) > width:
            fitting = _fitting(longer, width, size)
            lines.append(longer[:fitting])
            longer = hanging + longer[fitting:]
        current = longer
    return [*lines, current]


def _fitting(line: str, width: float, size: float) -> int:
    """Return how many characters of a line fit; one more than its indent at least."""
    least = len(line) - len(line.lstrip(" ")) + 1
    fits = (n for n in range(len(line) - 1, least, -1) if _inches(line[:n], size) <= width)
    return next(fits, least)


def _inches(text: str, size: float) -> float:
    import matplotlib

    # Chinese, Japanese and Korean letters are as wide as high, whichever font they are in.
    plain = "".join("—" if east_asian_width(c) in "WF" else c for c in text)
    return _measured(plain, size, tuple(matplotlib.rcParams["font.family"]))


@lru_cache(maxsize=4_096)
def _measured(text: str, size: float, families: tuple[str, ...]) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    found: tuple[float, float, float] = text_to_path.get_text_width_height_descent(
        text, FontProperties(family=list(families), size=size), ismath=False
    )
    return found[0] / 72
