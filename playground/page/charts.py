"""Draws the charts over a tab, in a strip above its cells."""

from __future__ import annotations

from nicegui import ui

from playground.google.charts import ChartView

BARS = ("COLUMN", "BAR", "STEPPED_AREA")


class Charts:
    """The strip of charts; it takes no room where a tab has none."""

    def __init__(self) -> None:
        self._shown: list[ChartView] = []
        self._area = ui.element("div").classes("gs-charts")
        self._area.set_visibility(False)

    def draw(self, charts: list[ChartView]) -> None:
        """Bring the strip up to date."""
        if charts == self._shown:
            return
        self._shown = charts
        self._area.set_visibility(bool(charts))
        self._area.clear()
        with self._area:
            for chart in charts:
                ui.echart(options(chart)).classes("gs-chart")


def options(chart: ChartView) -> dict[str, object]:
    """A chart as ECharts takes it."""
    title = {"text": chart.title, "left": 8, "textStyle": {"fontSize": 13}}
    if chart.kind == "PIE":
        values = chart.series[0].values if chart.series else []
        slices = [{"name": n, "value": v} for n, v in zip(chart.labels, values, strict=False) if v]
        return {"title": title, "tooltip": {}, "series": [{"type": "pie", "data": slices}]}
    kind = "bar" if chart.kind in BARS else "line"
    return {
        "title": title,
        "legend": {"bottom": 0},
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 40, "right": 16, "top": 44, "bottom": 52},
        "xAxis": {"type": "category", "data": chart.labels},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"name": s.name, "type": kind, "data": s.values} for s in chart.series],
    }
