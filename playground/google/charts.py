"""The charts over a tab, with the values of their ranges, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from playground.google.cells import effective, formatted
from playground.google.content import Content
from playground.google.tabs import Json, Tab


@dataclass(frozen=True, slots=True)
class Series:
    """One line, bar or slice group of a chart."""

    name: str
    values: list[float | None]


@dataclass(frozen=True, slots=True)
class ChartView:
    """A chart ready to be drawn."""

    chart_id: int
    kind: str
    title: str
    labels: list[str]
    series: list[Series]

    def to_json(self) -> Json:
        """As plain JSON values."""
        return asdict(self)


def chart_views(content: Content, tab: Tab) -> list[ChartView]:
    """The charts over a tab: basic ones and pies, with the values of their ranges."""
    return [view for chart in tab.listed("charts") if (view := _chart(content, chart)) is not None]


def _chart(content: Content, chart: Mapping[str, Any]) -> ChartView | None:
    spec = chart["spec"]
    number, title = chart["chartId"], spec.get("title", "")
    if "pieChart" in spec:
        pie = spec["pieChart"]
        labels = _texts(content, pie.get("domain"))
        return ChartView(
            number, "PIE", title, labels, [Series("", _numbers(content, pie.get("series")))]
        )
    if "basicChart" not in spec:
        return None
    basic = spec["basicChart"]
    domains = basic.get("domains", [{}])
    labels = _texts(content, domains[0].get("domain"))
    heads = basic.get("headerCount", 0)
    series = []
    for item in basic.get("series", ()):
        texts = _texts(content, item.get("series"))
        numbers = _numbers(content, item.get("series"))
        series.append(Series(" ".join(texts[:heads]), numbers[heads:]))
    return ChartView(number, str(basic.get("chartType")), title, labels[heads:], series)


def _cells(content: Content, data: Mapping[str, Any] | None) -> list[tuple[Any, str]]:
    found = []
    for source in (data or {}).get("sourceRange", {}).get("sources", ()):
        area = content.area_of(source, "sourceRange")
        grid = area.tab.grid
        for row in range(area.top, min(area.bottom, grid.filled)):
            for column in range(area.left, area.right):
                value = grid.value(row, column)
                found.append((effective(value), formatted(value, grid.mark(row, column))))
    return found


def _texts(content: Content, data: Mapping[str, Any] | None) -> list[str]:
    return [text for _, text in _cells(content, data)]


def _numbers(content: Content, data: Mapping[str, Any] | None) -> list[float | None]:
    return [
        float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        for value, _ in _cells(content, data)
    ]
