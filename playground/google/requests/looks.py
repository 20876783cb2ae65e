"""The requests about filters, conditional formats, banding and charts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.google.content import Draft
from playground.google.errors import invalid, standin
from playground.google.masks import merged, parse_update_mask
from playground.google.tabs import Json, Tab
from playground.google.validation import check_condition

_CHARTS = (
    "basicChart",
    "pieChart",
    "bubbleChart",
    "candlestickChart",
    "orgChart",
    "histogramChart",
    "waterfallChart",
    "treemapChart",
    "scorecardChart",
)


def set_basic_filter(draft: Draft, request: Mapping[str, Any]) -> Json:
    """setBasicFilter. The deprecated `criteria` are kept as filterSpecs, as the service does."""
    wanted = dict(request.get("filter", {}))
    if "tableId" in wanted:
        raise standin("tables", "BasicFilter.tableId: tables are not modelled; give a range.")
    area = draft.area_of(wanted.get("range", {}), "filter.range")
    tab = draft.edit(area.tab.sheet_id)
    tab.basic_filter = _filter(draft, wanted)
    return {}


def _filter(draft: Draft, wanted: Json) -> Json:
    stored = dict(wanted)
    criteria = stored.pop("criteria", {})
    if not all(column.isdigit() for column in criteria):
        raise invalid("The keys of a filter's criteria must be column indexes.")
    if "range" not in stored:
        raise invalid("A filter must have a range.")
    if "filterSpecs" not in stored and criteria:
        stored["filterSpecs"] = [
            {"columnIndex": int(column), "filterCriteria": item}
            for column, item in criteria.items()
        ]
    area = draft.area_of(stored["range"], "filter.range")
    # An open range is given back with the ends that the grid has now (known from use, (m)).
    stored["range"] = area.grid_range()
    for spec in stored.get("filterSpecs", ()):
        column = spec.get("columnIndex", 0)
        if not area.left <= column < area.right:
            raise invalid(f"filterSpecs.columnIndex[{column}] is outside the filter's range.")
        if "condition" in spec.get("filterCriteria", {}):
            check_condition(spec["filterCriteria"]["condition"])
    for spec in stored.get("sortSpecs", ()):
        column = spec.get("dimensionIndex", 0)
        if not area.left <= column < area.right:
            raise invalid(f"sortSpecs.dimensionIndex[{column}] is outside the filter's range.")
    return stored


def clear_basic_filter(draft: Draft, request: Mapping[str, Any]) -> Json:
    """clearBasicFilter; a sheet without one stays as it is."""
    draft.edit(request.get("sheetId", 0)).basic_filter = None
    return {}


def shown_filter(stored: Json) -> Json:
    """A filter as the API shows it: `criteria` beside `filterSpecs`."""
    specs = stored.get("filterSpecs", ())
    criteria = {str(spec.get("columnIndex", 0)): spec.get("filterCriteria", {}) for spec in specs}
    return stored | ({"criteria": criteria} if criteria else {})


def _own(draft: Draft, kind: str, name: str, number: int, noun: str) -> tuple[Tab, Json]:
    for tab in draft.tabs:
        for item in tab.listed(kind):
            if item[name] == number:
                return draft.edit(tab.sheet_id), item
    raise invalid(f"No {noun} with id: {number}")


def _new_number(draft: Draft, kind: str, name: str, wanted: Mapping[str, Any], noun: str) -> int:
    taken = {item[name] for tab in draft.tabs for item in tab.listed(kind)}
    number: int = wanted.get(name, 0) or draft.new_id(taken)
    if number in taken:
        raise invalid(f"{noun.capitalize()} with id {number} already exists.")
    return number


def _swap(tab: Tab, kind: str, old: Json, new: Json | None) -> None:
    items = (new if item is old else item for item in tab.listed(kind))
    tab.lists[kind] = tuple(item for item in items if item is not None)


def add_filter_view(draft: Draft, request: Mapping[str, Any]) -> Json:
    """addFilterView."""
    wanted = dict(request.get("filter", {}))
    number = _new_number(draft, "filterViews", "filterViewId", wanted, "filter view")
    stored = _filter(draft, wanted | {"filterViewId": number})
    stored.setdefault("title", f"Filter {number}")
    tab = draft.edit(stored["range"].get("sheetId", 0))
    tab.lists["filterViews"] = (*tab.listed("filterViews"), stored)
    return {"addFilterView": {"filter": shown_filter(stored)}}


def update_filter_view(draft: Draft, request: Mapping[str, Any]) -> Json:
    """updateFilterView."""
    mask = parse_update_mask(request.get("fields"), "FilterView")
    wanted = request.get("filter", {})
    number = wanted.get("filterViewId", 0)
    tab, old = _own(draft, "filterViews", "filterViewId", number, "filter view")
    new = _filter(draft, merged(old, wanted, mask) | {"filterViewId": number})
    _swap(tab, "filterViews", old, new)
    return {}


def delete_filter_view(draft: Draft, request: Mapping[str, Any]) -> Json:
    """deleteFilterView."""
    number = request.get("filterId", 0)
    tab, old = _own(draft, "filterViews", "filterViewId", number, "filter view")
    _swap(tab, "filterViews", old, None)
    return {}


def _rule_tab(draft: Draft, rule: Mapping[str, Any]) -> Tab:
    ranges = rule.get("ranges", ())
    if not ranges:
        raise invalid("ConditionalFormatRule.ranges must not be empty.")
    if len({item.get("sheetId", 0) for item in ranges}) > 1:
        raise invalid("All the ranges of a ConditionalFormatRule must be on the same grid.")
    for item in ranges:
        draft.area_of(item)
    if "booleanRule" in rule:
        check_condition(rule["booleanRule"].get("condition", {}))
        if not rule["booleanRule"].get("format"):
            raise invalid("BooleanRule.format must be set.")
    elif "gradientRule" not in rule:
        raise invalid("Must specify either a booleanRule or a gradientRule.")
    return draft.edit(ranges[0].get("sheetId", 0))


def add_conditional_format(draft: Draft, request: Mapping[str, Any]) -> Json:
    """addConditionalFormatRule."""
    rule = request.get("rule", {})
    tab = _rule_tab(draft, rule)
    rules = list(tab.listed("conditionalFormats"))
    index = request.get("index", 0)
    if not 0 <= index <= len(rules):
        raise invalid(f"Invalid index: {index}. There are only {len(rules)} rules.")
    rules.insert(index, rule)
    tab.lists["conditionalFormats"] = tuple(rules)
    return {}


def _rule_at(tab: Tab, index: int) -> Json:
    rules = tab.listed("conditionalFormats")
    if not 0 <= index < len(rules):
        raise invalid(f"No conditional format on sheet: {tab.sheet_id} at index: {index}")
    return rules[index]


def update_conditional_format(draft: Draft, request: Mapping[str, Any]) -> Json:
    """updateConditionalFormatRule: replace a rule, or move it."""
    index = request.get("index", 0)
    rule = request.get("rule")
    tab = _rule_tab(draft, rule) if rule else draft.edit(request.get("sheetId", 0))
    old = _rule_at(tab, index)
    rules = list(tab.listed("conditionalFormats"))
    if rule:
        rules[index] = rule
        reply = {"newRule": rule, "newIndex": index, "oldRule": old, "oldIndex": index}
    else:
        if "newIndex" not in request:
            raise invalid("Must specify either a rule or a newIndex.")
        new_index = min(request["newIndex"], len(rules) - 1)
        rules.insert(new_index, rules.pop(index))
        reply = {"newRule": old, "newIndex": new_index, "oldIndex": index}
    tab.lists["conditionalFormats"] = tuple(rules)
    return {"updateConditionalFormatRule": reply}


def delete_conditional_format(draft: Draft, request: Mapping[str, Any]) -> Json:
    """deleteConditionalFormatRule."""
    tab = draft.edit(request.get("sheetId", 0))
    rule = _rule_at(tab, request.get("index", 0))
    _swap(tab, "conditionalFormats", rule, None)
    return {"deleteConditionalFormatRule": {"rule": rule}}


def add_banding(draft: Draft, request: Mapping[str, Any]) -> Json:
    """addBanding."""
    wanted = dict(request.get("bandedRange", {}))
    number = _new_number(draft, "bandedRanges", "bandedRangeId", wanted, "banded range")
    area = _banded(draft, wanted)
    stored = wanted | {"bandedRangeId": number}
    tab = draft.edit(area)
    tab.lists["bandedRanges"] = (*tab.listed("bandedRanges"), stored)
    return {"addBanding": {"bandedRange": stored}}


def _banded(draft: Draft, wanted: Mapping[str, Any]) -> int:
    if not wanted.get("rowProperties") and not wanted.get("columnProperties"):
        # "At least one of row_properties or column_properties must be specified."
        raise invalid("Must specify at least one of rowProperties or columnProperties.")
    if "range" not in wanted:
        raise invalid("A banded range must have a range.")
    area = draft.area_of(wanted["range"])
    own = wanted.get("bandedRangeId")
    for item in area.tab.listed("bandedRanges"):
        other = draft.area_of(item["range"])
        apart = (
            other.bottom <= area.top
            or area.bottom <= other.top
            or other.right <= area.left
            or area.right <= other.left
        )
        if not apart and item["bandedRangeId"] != own:
            raise invalid(
                "You cannot add alternating background colors to a range that already has them."
            )
    return area.tab.sheet_id


def update_banding(draft: Draft, request: Mapping[str, Any]) -> Json:
    """updateBanding."""
    mask = parse_update_mask(request.get("fields"), "BandedRange")
    wanted = request.get("bandedRange", {})
    number = wanted.get("bandedRangeId", 0)
    tab, old = _own(draft, "bandedRanges", "bandedRangeId", number, "banded range")
    new = merged(old, wanted, mask) | {"bandedRangeId": number}
    _banded(draft, new)
    _swap(tab, "bandedRanges", old, new)
    return {}


def delete_banding(draft: Draft, request: Mapping[str, Any]) -> Json:
    """deleteBanding."""
    number = request.get("bandedRangeId", 0)
    tab, old = _own(draft, "bandedRanges", "bandedRangeId", number, "banded range")
    _swap(tab, "bandedRanges", old, None)
    return {}


def add_chart(draft: Draft, request: Mapping[str, Any]) -> Json:
    """addChart, over a grid."""
    wanted = dict(request.get("chart", {}))
    _check_spec(draft, wanted.get("spec", {}))
    sheet_id = _anchor(draft, wanted.get("position", {}))
    number = _new_number(draft, "charts", "chartId", wanted, "chart")
    stored = wanted | {"chartId": number, "position": _placed(wanted["position"], sheet_id)}
    tab = draft.edit(sheet_id)
    tab.lists["charts"] = (*tab.listed("charts"), stored)
    return {"addChart": {"chart": stored}}


def _anchor(draft: Draft, position: Mapping[str, Any]) -> int:
    if "overlayPosition" not in position:
        raise standin(
            "chart_position",
            "give position.overlayPosition.anchorCell; sheets of their own for charts are not modelled.",
        )
    anchor = position["overlayPosition"].get("anchorCell", {})
    tab = draft.tab(anchor.get("sheetId", 0))
    row, column = anchor.get("rowIndex", 0), anchor.get("columnIndex", 0)
    if not (0 <= row < tab.grid.row_count and 0 <= column < tab.grid.column_count):
        raise invalid("The chart's anchorCell is outside the grid.")
    return tab.sheet_id


def _placed(position: Json, sheet_id: int) -> Json:
    overlay = position["overlayPosition"]
    anchor = {"rowIndex": 0, "columnIndex": 0, **overlay.get("anchorCell", {}), "sheetId": sheet_id}
    return {"overlayPosition": {**overlay, "anchorCell": anchor}}


def _check_spec(draft: Draft, spec: Mapping[str, Any]) -> None:
    kinds = [name for name in _CHARTS if name in spec]
    if len(kinds) != 1:
        raise invalid("ChartSpec must have exactly one kind of chart.")
    chart = spec[kinds[0]]
    if kinds[0] == "basicChart":
        if chart.get("chartType", "BASIC_CHART_TYPE_UNSPECIFIED") == "BASIC_CHART_TYPE_UNSPECIFIED":
            raise invalid("BasicChartSpec.chartType must be set.")
        if not chart.get("series"):
            raise invalid("BasicChartSpec must have at least one series.")
    _check_sources(draft, chart)


def _check_sources(draft: Draft, value: Any) -> None:
    if isinstance(value, Mapping):
        for source in value.get("sources", ()) if isinstance(value.get("sources"), list) else ():
            area = draft.area_of(source, "sourceRange")
            if min(area.bottom - area.top, area.right - area.left) > 1:
                # ChartSourceRange.sources: at least one of its sides has a length of one.
                raise invalid("Each source range must be a single row or column.")
        for item in value.values():
            _check_sources(draft, item)
    elif isinstance(value, list):
        for item in value:
            _check_sources(draft, item)


def update_chart_spec(draft: Draft, request: Mapping[str, Any]) -> Json:
    """updateChartSpec."""
    number = request.get("chartId", 0)
    tab, old = _own(draft, "charts", "chartId", number, "chart")
    _check_spec(draft, request.get("spec", {}))
    _swap(tab, "charts", old, {**old, "spec": request["spec"]})
    return {}


def update_chart_position(draft: Draft, request: Mapping[str, Any]) -> Json:
    """updateEmbeddedObjectPosition, over a grid."""
    tab, old = _own(draft, "charts", "chartId", request.get("objectId", 0), "object")
    new_position = request.get("newPosition", {})
    mask = parse_update_mask(request.get("fields"), "OverlayPosition")
    overlay = merged(
        old["position"]["overlayPosition"], new_position.get("overlayPosition", {}), mask
    )
    sheet_id = _anchor(draft, {"overlayPosition": overlay})
    position = _placed({"overlayPosition": overlay}, sheet_id)
    new = {**old, "position": position}
    _swap(tab, "charts", old, None)
    target = draft.edit(sheet_id)
    target.lists["charts"] = (*target.listed("charts"), new)
    return {"updateEmbeddedObjectPosition": {"position": position}}


def delete_embedded_object(draft: Draft, request: Mapping[str, Any]) -> Json:
    """deleteEmbeddedObject: a chart."""
    tab, old = _own(draft, "charts", "chartId", request.get("objectId", 0), "object")
    _swap(tab, "charts", old, None)
    return {}


HANDLERS = {
    "setBasicFilter": set_basic_filter,
    "clearBasicFilter": clear_basic_filter,
    "addFilterView": add_filter_view,
    "updateFilterView": update_filter_view,
    "deleteFilterView": delete_filter_view,
    "addConditionalFormatRule": add_conditional_format,
    "updateConditionalFormatRule": update_conditional_format,
    "deleteConditionalFormatRule": delete_conditional_format,
    "addBanding": add_banding,
    "updateBanding": update_banding,
    "deleteBanding": delete_banding,
    "addChart": add_chart,
    "updateChartSpec": update_chart_spec,
    "updateEmbeddedObjectPosition": update_chart_position,
    "deleteEmbeddedObject": delete_embedded_object,
}
