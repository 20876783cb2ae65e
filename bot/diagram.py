"""The PRISMA 2020 flow diagram as PNG, SVG or PDF, in its four variants.

Boxes, wording and order are those of the PRISMA 2020 templates (Page et al. 2021, BMJ 372:n71; CC BY
4.0): with or without previous studies, with or without other methods. matplotlib is imported when
something is drawn, never before.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from bot.flowboxes import LINE, PAD, POINTS, Box, Contents, Figures, columns_of, wrapped
from bot.glyphs import UNKNOWN, fonts_for
from screening.prisma import PrismaReport

FORMS = ("png", "svg", "pdf")

GOLD, GREY, BLUE, EDGE = "#f6c343", "#d9dce1", "#a9c7e8", "#2b2f36"
SOFT, WRONG = "#4a4f57", "#b3261e"


def flow_diagram(report: PrismaReport, form: str = "png") -> bytes:
    """Return the flow diagram of a report; `form` is "png", "svg" or "pdf"."""
    return draw_figures(
        Figures(
            report.counts,
            report.specific,
            report.reasons,
            report.has_previous,
            report.has_other_methods,
            [identity.sentence() for identity in report.failed],
        ),
        form,
    )


def flow_of_payload(payload: Mapping[str, Any], form: str = "png") -> bytes:
    """Return the flow diagram of a report as the outbox keeps it."""
    return draw_figures(
        Figures(
            payload["counts"],
            payload.get("specific", {}),
            payload.get("reasons", {}),
            bool(payload.get("has_previous")),
            bool(payload.get("has_other_methods")),
            payload.get("failed", ()),
        ),
        form,
    )


def draw_figures(figures: Figures, form: str) -> bytes:
    """Return the diagram's bytes. Raises `ValueError` for a form it does not know."""
    if form not in FORMS:
        raise ValueError(f"a diagram is drawn as {', '.join(FORMS)}, not {form!r}")
    import matplotlib

    families, missing = fonts_for(_letters(figures), embedded=form == "pdf")
    if form != "svg":
        figures = replace(figures, missing=missing)
    style: Any = {
        "font.family": list(families),
        "text.parse_math": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "winnow",
        "pdf.fonttype": 42,
    }
    with matplotlib.rc_context(style), warnings.catch_warnings():
        # An SVG holds the letters themselves: whoever shows it has fonts of their own.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure = _Sheet(figures).drawn()
        out = io.BytesIO()
        dated: dict[str, Any] = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
        figure.savefig(out, format=form, dpi=150, facecolor="white", metadata=dated[form])
    return out.getvalue()


def _letters(figures: Figures) -> str:
    """Return all that names in a diagram are written with."""
    named = (*figures.specific.values(), *figures.reasons.values())
    return "".join(sorted({c for items in named for name, _ in items for c in str(name)}))


class _Sheet:
    """One diagram being laid out: columns from the left, rows from the top."""

    def __init__(self, figures: Figures) -> None:
        self.f = figures
        self.c = columns_of(figures)
        self.width = self.c.width

    def drawn(self) -> Any:
        """Return the matplotlib figure."""
        rows = Contents(self.f, self.c).rows()
        tops, height = self._tops(rows)
        self.height = height
        self._start()
        self._headers()
        placed: dict[str, tuple[Box, float]] = {}
        for row, top in zip(rows, tops, strict=True):
            for name, box in row.items():
                placed[name] = (box, top)
                self._box(box, top, GREY if name == "previous" else "white")
        self._arrows(placed)
        self._stages(rows, tops)
        self._footer()
        return self.figure

    # -- where they stand -------------------------------------------------------------------

    def _tops(self, rows: Sequence[Mapping[str, Box]]) -> tuple[list[float], float]:
        y = 0.2 + 0.62 + 0.28
        tops = []
        for row in rows:
            tops.append(y)
            y += max(box.height for box in row.values()) + 0.38
        return tops, y + (0.18 + LINE * len(self._notes()))

    def _notes(self) -> list[tuple[str, str]]:
        """Return the lines below the boxes, each with its colour."""
        notes = [(note, SOFT) for note in self._remarks()]
        notes += [(f"Does not add up: {failed}", WRONG) for failed in self.f.failed]
        notes.append(("After PRISMA 2020 (Page MJ et al. BMJ 2021;372:n71).", SOFT))
        room = self.width - 0.75 - 0.2
        return [
            (line, colour) for note, colour in notes for line in wrapped(note, room, POINTS * 0.82)
        ]

    def _remarks(self) -> list[str]:
        waiting = []
        for key, words in (
            ("awaiting_title_abstract", "records await a title/abstract decision"),
            ("awaiting_full_text", "reports await a full-text decision"),
            ("other_awaiting_full_text", "reports from other methods await a decision"),
        ):
            if self.f.n(key):
                waiting.append(f"{self.f.n(key):,} {words}")
        notes = [f"Under way: {'; '.join(waiting)}."] if waiting else []
        if removed := self.f.n("other_duplicates"):
            notes.append(
                f"Duplicate records removed, identified via other methods (n = {removed:,}): "
                "the template has no box for them."
            )
        if self.f.missing:
            notes.append(
                "No font on this machine has all letters of these names (on Debian install "
                f"fonts-noto-cjk): “{UNKNOWN}” stands for some, and the table has them in full."
            )
        return notes

    # -- drawing ----------------------------------------------------------------------------

    def _start(self) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.figure = Figure(figsize=(self.width, self.height))
        FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, self.width)
        self.axes.set_ylim(self.height, 0)
        self.axes.axis("off")

    def _headers(self) -> None:
        f = self.f
        new = "new studies" if f.has_previous else "studies"
        self._header(
            self.c.main_x,
            self.c.side_x + self.c.side_width - self.c.main_x,
            f"Identification of {new} via databases and registers",
            GOLD,
        )
        if f.has_previous:
            self._header(self.c.previous_x, 2.5, "Previous studies", GREY)
        if f.has_other_methods:
            width = self.c.other_side_x + 2.55 - self.c.other_x
            self._header(self.c.other_x, width, f"Identification of {new} via other methods", GREY)

    def _header(self, x: float, width: float, text: str, colour: str) -> None:
        from matplotlib.patches import FancyBboxPatch

        self.axes.add_patch(
            FancyBboxPatch(
                (x + 0.1, 0.3),
                width - 0.2,
                0.42,
                boxstyle="round,pad=0.1,rounding_size=0.16",
                facecolor=colour,
                edgecolor=EDGE,
                linewidth=1,
            )
        )
        self.axes.text(
            x + width / 2,
            0.51,
            "\n".join(wrapped(text, width / 1.16)),
            ha="center",
            va="center",
            fontsize=POINTS,
            fontweight="bold",
            color=EDGE,
            linespacing=1.05,
        )

    def _box(self, box: Box, top: float, colour: str) -> None:
        from matplotlib.patches import Rectangle

        self.axes.add_patch(
            Rectangle(
                (box.x, top), box.width, box.height, facecolor=colour, edgecolor=EDGE, linewidth=1
            )
        )
        for number, line in enumerate(box.lines):
            self.axes.text(
                box.x + PAD,
                top + PAD + (number + 0.5) * LINE,
                line,
                ha="left",
                va="center",
                fontsize=POINTS,
                color=EDGE,
            )

    def _arrows(self, placed: Mapping[str, tuple[Box, float]]) -> None:
        down = ["identified", "screened", "sought", "assessed", "included"]
        if self.f.has_previous:
            down.append("total")
        for above, below in pairwise(down):
            self._down(placed[above], placed[below])
        for left, right in (
            ("identified", "removed"),
            ("screened", "excluded"),
            ("sought", "missing"),
            ("assessed", "reasons"),
        ):
            self._across(placed[left], placed[right])
        if self.f.has_other_methods:
            self._down(placed["other"], placed["other_sought"])
            self._down(placed["other_sought"], placed["other_assessed"])
            self._across(placed["other_sought"], placed["other_missing"])
            self._across(placed["other_assessed"], placed["other_reasons"])
            self._joining(placed["other_assessed"], placed["included"])
        if self.f.has_previous:
            self._joining(placed["previous"], placed["total"])

    def _down(self, above: tuple[Box, float], below: tuple[Box, float]) -> None:
        x = above[0].x + above[0].width / 2
        self._arrow((x, above[1] + above[0].height), (x, below[1]))

    def _across(self, left: tuple[Box, float], right: tuple[Box, float]) -> None:
        y = max(left[1], right[1]) + min(left[0].height, right[0].height) / 2
        self._arrow((left[0].x + left[0].width, y), (right[0].x, y))

    def _joining(self, source: tuple[Box, float], target: tuple[Box, float]) -> None:
        """Draw down from a box's foot and then sideways into another's side."""
        x = source[0].x + source[0].width / 2
        y = target[1] + target[0].height / 2
        foot = source[1] + source[0].height
        self.axes.plot([x, x], [foot, y], color=EDGE, linewidth=1.2, solid_capstyle="projecting")
        from_left = x < target[0].x
        edge = target[0].x if from_left else target[0].x + target[0].width
        self._arrow((x, y), (edge, y))

    def _arrow(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.axes.annotate(
            "",
            xy=end,
            xytext=start,
            arrowprops={
                "arrowstyle": "-|>,head_width=0.28,head_length=0.5",
                "color": EDGE,
                "linewidth": 1.2,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )

    def _stages(self, rows: Sequence[Mapping[str, Box]], tops: Sequence[float]) -> None:
        from matplotlib.patches import FancyBboxPatch

        foots = [
            top + max(box.height for box in row.values())
            for row, top in zip(rows, tops, strict=True)
        ]
        spans = (
            ("Identification", tops[0], foots[0]),
            ("Screening", tops[1], foots[3]),
            ("Included", tops[4], foots[-1]),
        )
        for name, top, foot in spans:
            self.axes.add_patch(
                FancyBboxPatch(
                    (0.26, top + 0.06),
                    0.2,
                    max(foot - top, 0.9) - 0.12,
                    boxstyle="round,pad=0.06,rounding_size=0.1",
                    facecolor=BLUE,
                    edgecolor=EDGE,
                    linewidth=1,
                )
            )
            self.axes.text(
                0.36,
                (top + max(foot, top + 0.9)) / 2,
                name,
                rotation=90,
                ha="center",
                va="center",
                fontsize=POINTS * (0.82 if foot - top < 1.15 else 0.95),
                fontweight="bold",
                color=EDGE,
            )

    def _footer(self) -> None:
        notes = self._notes()
        for number, (line, colour) in enumerate(notes):
            y = self.height - 0.16 - (len(notes) - number - 0.5) * LINE
            self.axes.text(0.75, y, line, fontsize=POINTS * 0.82, va="center", color=colour)
