"""The methods of the Sheets API, apart from HTTP: a caller, parameters and a body in, JSON out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from playground.google import reading, writing
from playground.google.colours import with_styles
from playground.google.content import Area, Content, Draft, new_content
from playground.google.errors import GoogleError, invalid, no_permission, not_found, standin
from playground.google.library import Library, Workbook
from playground.google.masks import parse_mask, pick
from playground.google.requests import apply_requests
from playground.google.requests.sheets import HANDLERS as SHEET_REQUESTS
from playground.google.requests.sheets import check_title, copied_tab
from playground.google.resource import Drawing
from playground.google.schema import check_body, table
from playground.google.selection import areas_of_filter, entries_of_filter
from playground.google.tabs import Json
from playground.google.tokens import DRIVE, DRIVE_FILE, DRIVE_READ, SHEETS, SHEETS_READ

# developers.google.com, "Usage limits": 2 MB a payload are recommended, so that is what a careful
# program keeps to. The service itself takes more.
MAX_PAYLOAD: Final = 2_000_000
_WRITE_SCOPES = frozenset({SHEETS, DRIVE, DRIVE_FILE})
_READ_SCOPES = _WRITE_SCOPES | {SHEETS_READ, DRIVE_READ}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method, already checked against the API's messages."""

    method: str
    email: str
    path: tuple[str, ...]
    query: Mapping[str, Any]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """What a method needs: a quota, scopes, and a function."""

    quota: Literal["read", "write"]
    run: Callable[[SheetsApi, Call], Json]

    @property
    def scopes(self) -> frozenset[str]:
        """Any one of these scopes suffices."""
        return _READ_SCOPES if self.quota == "read" else _WRITE_SCOPES


class SheetsApi:
    """The Sheets API over a library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def call(self, call: Call) -> Json:
        """Run a method; gives the part of the answer that `fields` asks for.

        Raises GoogleError.
        """
        spec = table()["methods"][call.method]
        if spec["request"]:
            check_body(spec["request"], call.body)
        elif call.body:
            raise standin("body", f"{call.method} takes no body.")
        fields = call.query.get("fields")
        answer = METHODS[call.method].run(self, call)
        if fields and spec["response"] and call.method not in _MASKED_INSIDE:
            shown: Json = pick(answer, parse_mask(fields, spec["response"]))
            return shown
        return answer

    def _open(self, call: Call, write: bool) -> Workbook:
        workbook = self._library.workbooks.get(call.path[0])
        if workbook is None:
            raise not_found()
        role = workbook.role_of(call.email)
        if role is None or (write and role not in ("writer", "owner")):
            raise no_permission()
        return workbook

    def _change(self, call: Call) -> tuple[Workbook, Draft]:
        workbook = self._open(call, write=True)
        return workbook, self._library.draft(workbook, call.email)

    def _keep(self, workbook: Workbook, draft: Draft, call: Call) -> None:
        self._library.keep(workbook, draft.freeze(), call.email)

    def _drawing(self, workbook: Workbook, content: Content, call: Call) -> Drawing:
        editor = self._library.editor(workbook, call.email)
        return Drawing(content, editor, self._library.clock.now().year)

    def create(self, call: Call) -> Json:
        """spreadsheets.create: title, properties and tabs; other parts by batchUpdate."""
        for name in call.body:
            if name not in ("properties", "sheets", "namedRanges"):
                raise standin("create", f"create a spreadsheet without {name}, then batchUpdate.")
        properties = dict(call.body.get("properties", {}))
        blank = new_content(properties.get("title") or "Untitled spreadsheet")
        content = Content(blank.properties | properties, blank.tabs)
        sheets = call.body.get("sheets", ())
        if sheets:
            content = self._with_tabs(content, sheets, call.email)
        workbook = self._library.create(content.title, call.email, content)
        drawing = self._drawing(workbook, workbook.content, call)
        return drawing.spreadsheet(workbook.spreadsheet_id, None, False, None)

    def _with_tabs(self, content: Content, sheets: list[Json], email: str) -> Content:
        scratch = self._library.scratch(content, email)
        placeholder = scratch.tabs.pop()
        for sheet in sheets:
            if set(sheet) - {"properties"}:
                raise standin("create", "create tabs by their properties only, then batchUpdate.")
            SHEET_REQUESTS["addSheet"](scratch, {"properties": sheet.get("properties", {})})
        if not scratch.tabs:
            scratch.tabs.append(placeholder)
        return scratch.freeze()

    def get(self, call: Call) -> Json:
        """spreadsheets.get."""
        workbook = self._open(call, write=False)
        ranges = call.query.get("ranges")
        areas = [workbook.content.area(text) for text in ranges] if ranges else None
        return self._draw(workbook, call, call.query, areas)

    def get_by_filter(self, call: Call) -> Json:
        """spreadsheets.getByDataFilter."""
        workbook = self._open(call, write=False)
        filters = call.body.get("dataFilters", ())
        areas = [area for item in filters for area in areas_of_filter(workbook.content, item)]
        return self._draw(workbook, call, call.body, areas if filters else None)

    def _draw(
        self,
        workbook: Workbook,
        call: Call,
        options: Mapping[str, Any],
        areas: list[Area] | None,
    ) -> Json:
        fields = call.query.get("fields")
        mask = parse_mask(fields, "Spreadsheet") if fields else None
        include = bool(options.get("includeGridData")) or mask == {}
        drawing = self._drawing(workbook, workbook.content, call)
        return drawing.spreadsheet(workbook.spreadsheet_id, mask, include, areas)

    def batch_update(self, call: Call) -> Json:
        """spreadsheets.batchUpdate."""
        workbook, draft = self._change(call)
        replies = apply_requests(draft, call.body.get("requests", ()))
        content = draft.freeze()
        answer: Json = {"spreadsheetId": workbook.spreadsheet_id, "replies": with_styles(replies)}
        if call.body.get("includeSpreadsheetInResponse"):
            ranges = call.body.get("responseRanges")
            areas = [content.area(text) for text in ranges] if ranges else None
            drawing = self._drawing(workbook, content, call)
            include = bool(call.body.get("responseIncludeGridData"))
            answer["updatedSpreadsheet"] = drawing.spreadsheet(
                workbook.spreadsheet_id, None, include, areas
            )
        self._library.keep(workbook, content, call.email)
        return answer

    def values_get(self, call: Call) -> Json:
        """values.get."""
        return reading.get_values(self._open(call, False).content, call.path[1], call.query)

    def values_batch_get(self, call: Call) -> Json:
        """values.batchGet."""
        found = reading.batch_get(self._open(call, False).content, call.query)
        return {"spreadsheetId": call.path[0]} | ({"valueRanges": found} if found else {})

    def values_batch_get_by_filter(self, call: Call) -> Json:
        """values.batchGetByDataFilter."""
        found = reading.batch_get_by_filter(self._open(call, False).content, call.body)
        return {"spreadsheetId": call.path[0]} | ({"valueRanges": found} if found else {})

    def values_update(self, call: Call) -> Json:
        """values.update."""
        workbook, draft = self._change(call)
        named = call.body.get("range")
        if named is not None and named != call.path[1]:
            raise invalid(
                f"Requested writing within range [{call.path[1]}], but the body's range is "
                f"[{named}]"
            )
        written = writing.update(draft, call.path[1], call.body, call.query)
        self._keep(workbook, draft, call)
        return writing.response(call.path[0], written, call.query)

    def values_batch_update(self, call: Call) -> Json:
        """values.batchUpdate."""
        workbook, draft = self._change(call)
        written = writing.batch_update(draft, call.body)
        self._keep(workbook, draft, call)
        responses = [writing.response(call.path[0], item, call.body) for item in written]
        answer: Json = {"spreadsheetId": call.path[0]} | writing.totals(written)
        return answer | ({"responses": responses} if responses else {})

    def values_batch_update_by_filter(self, call: Call) -> Json:
        """values.batchUpdateByDataFilter."""
        workbook, draft = self._change(call)
        pairs = writing.batch_update_by_filter(draft, call.body)
        self._keep(workbook, draft, call)
        responses = []
        for data_filter, written in pairs:
            shown = writing.response(call.path[0], written, call.body)
            del shown["spreadsheetId"]
            responses.append(shown | {"dataFilter": data_filter})
        answer: Json = {"spreadsheetId": call.path[0]}
        answer |= writing.totals([written for _, written in pairs])
        return answer | ({"responses": responses} if responses else {})

    def values_append(self, call: Call) -> Json:
        """values.append."""
        workbook, draft = self._change(call)
        table_area, written = writing.append(draft, call.path[1], call.body, call.query)
        self._keep(workbook, draft, call)
        answer: Json = {"spreadsheetId": call.path[0]}
        if table_area is not None:
            answer["tableRange"] = table_area.name()
        return answer | {"updates": writing.response(call.path[0], written, call.query)}

    def values_clear(self, call: Call) -> Json:
        """values.clear."""
        workbook, draft = self._change(call)
        (area,) = writing.clear(draft, [call.path[1]])
        self._keep(workbook, draft, call)
        return {"spreadsheetId": call.path[0], "clearedRange": area.name()}

    def values_batch_clear(self, call: Call) -> Json:
        """values.batchClear."""
        workbook, draft = self._change(call)
        areas = writing.clear(draft, call.body.get("ranges", ()))
        self._keep(workbook, draft, call)
        return {"spreadsheetId": call.path[0], "clearedRanges": [area.name() for area in areas]}

    def values_batch_clear_by_filter(self, call: Call) -> Json:
        """values.batchClearByDataFilter."""
        workbook, draft = self._change(call)
        filters = call.body.get("dataFilters", ())
        found = [area for item in filters for area in areas_of_filter(draft, item)]
        areas = writing.clear_areas(draft, found)
        self._keep(workbook, draft, call)
        return {"spreadsheetId": call.path[0], "clearedRanges": [area.name() for area in areas]}

    def metadata_get(self, call: Call) -> Json:
        """developerMetadata.get."""
        content = self._open(call, write=False).content
        number = int(call.path[1]) if call.path[1].isdigit() else 0
        if number not in content.metadata:
            raise GoogleError(404, f"No DeveloperMetadata with ID {call.path[1]}.", "NOT_FOUND")
        return content.metadata[number].to_api()

    def metadata_search(self, call: Call) -> Json:
        """developerMetadata.search."""
        content = self._open(call, write=False).content
        found: dict[int, Json] = {}
        filters = call.body.get("dataFilters", ())
        if not filters:
            raise invalid("Must specify at least one DataFilter.")
        for data_filter in filters:
            for entry in entries_of_filter(content, data_filter):
                match = found.setdefault(
                    entry.metadata_id, {"developerMetadata": entry.to_api(), "dataFilters": []}
                )
                match["dataFilters"].append(data_filter)
        return {"matchedDeveloperMetadata": list(found.values())} if found else {}

    def copy_to(self, call: Call) -> Json:
        """spreadsheets.sheets.copyTo."""
        source = self._open(call, write=False)
        target_id = str(call.body.get("destinationSpreadsheetId", ""))
        target_call = Call(call.method, call.email, (target_id,), {}, {})
        workbook, draft = self._change(target_call)
        tab = source.content.tab(int(call.path[1]) if call.path[1].isdigit() else -1)
        title = f"Copy of {tab.title}"
        check_title(draft, title)
        new_id = draft.new_id(item.sheet_id for item in draft.tabs)
        copy = copied_tab(draft, tab, new_id, title)
        draft.add_tab(copy)
        self._keep(workbook, draft, target_call)
        shown: Json = with_styles(copy.properties(len(draft.tabs) - 1))
        return shown


# The mask of these decides what is drawn at all.
_MASKED_INSIDE = frozenset({"spreadsheets.get", "spreadsheets.getByDataFilter"})
METHODS: Final[Mapping[str, Method]] = {
    "spreadsheets.create": Method("write", SheetsApi.create),
    "spreadsheets.get": Method("read", SheetsApi.get),
    "spreadsheets.getByDataFilter": Method("read", SheetsApi.get_by_filter),
    "spreadsheets.batchUpdate": Method("write", SheetsApi.batch_update),
    "spreadsheets.values.get": Method("read", SheetsApi.values_get),
    "spreadsheets.values.batchGet": Method("read", SheetsApi.values_batch_get),
    "spreadsheets.values.batchGetByDataFilter": Method(
        "read", SheetsApi.values_batch_get_by_filter
    ),
    "spreadsheets.values.update": Method("write", SheetsApi.values_update),
    "spreadsheets.values.batchUpdate": Method("write", SheetsApi.values_batch_update),
    "spreadsheets.values.batchUpdateByDataFilter": Method(
        "write", SheetsApi.values_batch_update_by_filter
    ),
    "spreadsheets.values.append": Method("write", SheetsApi.values_append),
    "spreadsheets.values.clear": Method("write", SheetsApi.values_clear),
    "spreadsheets.values.batchClear": Method("write", SheetsApi.values_batch_clear),
    "spreadsheets.values.batchClearByDataFilter": Method(
        "write", SheetsApi.values_batch_clear_by_filter
    ),
    "spreadsheets.developerMetadata.get": Method("read", SheetsApi.metadata_get),
    "spreadsheets.developerMetadata.search": Method("read", SheetsApi.metadata_search),
    "spreadsheets.sheets.copyTo": Method("write", SheetsApi.copy_to),
}
