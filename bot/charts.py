"""The digest's progress chart, and the program that draws one image: `python -m bot.charts`.

It reads {"kind": "progress" or "flow", "form": "png", "payload": …} from standard input, the payload
as the outbox keeps it, and writes the image to standard output.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

INK, SOFT, GRID = "#22262b", "#5f6670", "#e3e6ea"
COLOURS = {
    "included": "#1b7f5c",
    "excluded": "#8a93a0",
    "not retrieved": "#c9a227",
    "in conflict": "#c8502e",
    "undecided": "#e3e6ea",
}
"""Told apart also by those who see no red or green: they differ in lightness."""
VOTES, DECISIONS = "#b9cfe6", "#2b6cb0"


def progress_chart(payload: Mapping[str, Any], form: str = "png") -> bytes:
    """Return the digest's chart: where each stage stands, and what was done day by day."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    stages = [stage for stage in payload["stages"] if int(stage["entered"])]
    with matplotlib.rc_context({"font.family": "DejaVu Sans", "text.parse_math": False}):
        figure = Figure(
            figsize=(7.2, 4.4 + 0.95 * len(stages)),
            layout=ConstrainedLayoutEngine(h_pad=0.12, w_pad=0.15),
        )
        FigureCanvasAgg(figure)
        upper, lower = figure.subplots(
            2, 1, height_ratios=[max(0.95 * len(stages), 0.5), 3.3], squeeze=True
        )
        _stage_bars(upper, stages)
        _day_bars(lower, payload["days"])
        out = io.BytesIO()
        figure.savefig(out, format=form, dpi=150, facecolor="white")
    return out.getvalue()


def _stage_bars(axes: Any, stages: Sequence[Mapping[str, Any]]) -> None:
    axes.set_ylim(len(stages) - 0.3, -0.72)
    for number, stage in enumerate(stages):
        whole = int(stage["entered"])
        parts = {
            "included": int(stage["included"]),
            "excluded": int(stage["excluded"]),
            "not retrieved": int(stage["not_retrieved"]),
            "in conflict": int(stage["conflict"]),
            "undecided": int(stage["pending"]),
        }
        decided = whole - parts["in conflict"] - parts["undecided"]
        name = "Title/abstract" if stage["stage"] == "title_abstract" else "Full text"
        axes.text(
            0,
            number - 0.46,
            f"{name}: {decided:,} of {whole:,} decided",
            fontsize=13.5,
            fontweight="bold",
            color=INK,
            va="center",
        )
        left = 0.0
        for part, count in parts.items():
            share = count / whole
            axes.barh(number, share, left=left, height=0.44, color=COLOURS[part], linewidth=0)
            if share > 0.07:
                dark = part in ("undecided", "not retrieved")
                axes.text(
                    left + share / 2,
                    number,
                    f"{count:,}",
                    ha="center",
                    va="center",
                    fontsize=12,
                    color=INK if dark else "white",
                )
            left += share
    axes.set_xlim(0, 1)
    axes.axis("off")
    used = [
        part
        for part, key in zip(
            COLOURS, ("included", "excluded", "not_retrieved", "conflict", "pending"), strict=True
        )
        if any(int(stage[key]) for stage in stages)
    ]
    from matplotlib.patches import Patch

    axes.legend(
        handles=[Patch(color=COLOURS[part], label=part) for part in used],
        loc="upper left",
        bbox_to_anchor=(-0.012, 0.1),
        ncols=5,
        frameon=False,
        fontsize=11.5,
        handlelength=0.9,
        handleheight=0.9,
        columnspacing=1.1,
        handletextpad=0.4,
        labelcolor=SOFT,
    )


def _day_bars(axes: Any, days: Sequence[Mapping[str, Any]]) -> None:
    dates = [date.fromisoformat(str(day["day"])) for day in days]
    votes = [int(day["votes"]) for day in days]
    decided = [int(day["decided"]) for day in days]
    places = range(len(days))
    axes.bar(places, votes, width=0.74, color=VOTES, label="votes", linewidth=0)
    axes.bar(places, decided, width=0.42, color=DECISIONS, label="decisions", linewidth=0)
    top = max([*votes, *decided, 1])
    for place, count in enumerate(votes):
        if count:
            axes.text(place, count + top * 0.02, f"{count:,}", ha="center", fontsize=11, color=SOFT)
    axes.set_title(
        "Votes and decisions a day", loc="left", fontsize=13.5, fontweight="bold", color=INK, pad=12
    )
    axes.set_ylim(0, top * 1.16)
    axes.set_xlim(-0.6, len(days) - 0.4)
    axes.set_xticks(list(places), [_day_label(day, dates, i) for i, day in enumerate(dates)])
    axes.tick_params(axis="both", labelsize=11, colors=SOFT, length=0)
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=4)
    axes.grid(axis="y", color=GRID, linewidth=1)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.legend(
        loc="upper right",
        bbox_to_anchor=(1.01, 1.14),
        ncols=2,
        frameon=False,
        fontsize=11.5,
        handlelength=0.9,
        handleheight=0.9,
        labelcolor=SOFT,
    )


def _day_label(day: date, days: Sequence[date], number: int) -> str:
    weekday = ("M", "T", "W", "T", "F", "S", "S")[day.weekday()]
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    named = number == 0 or day.month != days[number - 1].month
    month = f"\n{months.split()[day.month - 1]}" if named else ""
    return f"{weekday}\n{day.day}{month}"


def main() -> None:
    """Draw the job on standard input to standard output."""
    job = json.loads(sys.stdin.buffer.read())
    if job["kind"] == "flow":
        from bot.diagram import flow_of_payload

        image = flow_of_payload(job["payload"], job["form"])
    else:
        image = progress_chart(job["payload"], job["form"])
    sys.stdout.buffer.write(image)


if __name__ == "__main__":
    main()
