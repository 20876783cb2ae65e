"""The stand-in's Sheets API, apart from HTTP: values, batchUpdate, metadata, protection, masks."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from playground.google.api import Call, SheetsApi
from playground.google.errors import GoogleError
from playground.google.library import Library
from playground.google.schema import check_body, check_query, table

BOT, ANA = "bot@x.iam", "ana@x"


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 5, 1, 9, tzinfo=UTC)


class Client:
    """Calls methods as the bot; every answer is checked against the API's own messages."""

    def __init__(self) -> None:
        self.library = Library(Clock(), random.Random(1), lambda: None)
        self.api = SheetsApi(self.library)
        self.id = self.call("create", body={"properties": {"title": "Review"}})["spreadsheetId"]

    def call(self, name: str, *path: Any, body: Any = None, by: str = BOT, **query: Any) -> Any:
        method = f"spreadsheets.{name}"
        pairs = [
            (k, str(item)) for k, v in query.items() for item in (v if isinstance(v, list) else [v])
        ]
        parts = tuple(map(str, path)) if name == "create" else (self.id, *map(str, path))
        answer = self.api.call(Call(method, by, parts, check_query(method, pairs), body or {}))
        check_body(table()["methods"][method]["response"], answer)
        return answer

    def batch(self, *requests: dict[str, Any], **more: Any) -> Any:
        return self.call("batchUpdate", body={"requests": list(requests), **more})

    def put(self, range_: str, values: list[list[Any]], option: str = "RAW", **query: Any) -> Any:
        return self.call(
            "values.update", range_, body={"values": values}, valueInputOption=option, **query
        )

    def read(self, range_: str, **query: Any) -> Any:
        return self.call("values.get", range_, **query).get("values", [])


@pytest.fixture
def sheet() -> Client:
    return Client()


def refused(run: Callable[[], Any], text: str = "", code: int = 400) -> GoogleError:
    with pytest.raises(GoogleError) as found:
        run()
    assert found.value.code == code
    assert text in found.value.message
    return found.value


# Values


def test_raw_values_stay_what_they_are(sheet: Client) -> None:
    sheet.put("A1", [["=1+1", "007", True, 2.5, "-x", "@y", "'z"]])
    assert sheet.read("A1:Z1", valueRenderOption="UNFORMATTED_VALUE") == [
        ["=1+1", "007", True, 2.5, "-x", "@y", "'z"]
    ]
    assert sheet.read("Sheet1!A1:D1") == [["=1+1", "007", "TRUE", "2.5"]]


def test_user_entered_values_are_read_as_typed(sheet: Client) -> None:
    sheet.put("A1", [["=1+1", "007", "true", "'1", "2024-05-01"]], "USER_ENTERED")
    assert sheet.read("1:1") == [["#NAME?", "7", "TRUE", "1", "2024-05-01"]]
    assert sheet.read("1:1", valueRenderOption="FORMULA") == [["=1+1", 7, True, "1", 45413]]
    assert sheet.read(
        "E1", valueRenderOption="UNFORMATTED_VALUE", dateTimeRenderOption="FORMATTED_STRING"
    ) == [["2024-05-01"]]


def test_null_skips_and_empty_text_clears(sheet: Client) -> None:
    sheet.put("A1", [["a", "b", "c"]])
    answer = sheet.put("A1", [[None, "", "C"]])
    assert answer["updatedCells"] == 2
    assert sheet.read("A1:C1") == [["a", "", "C"]]


def test_trailing_empty_rows_and_columns_are_left_out(sheet: Client) -> None:
    sheet.put("B2", [["x", "", ""], ["", "", ""]])
    answer = sheet.call("values.get", "A1:D9")
    assert answer == {"range": "Sheet1!A1:D9", "majorDimension": "ROWS", "values": [[], ["", "x"]]}
    assert "values" not in sheet.call("values.get", "E5:F6")
    assert sheet.read("A1:D9", majorDimension="COLUMNS") == [[], ["", "x"]]
    assert sheet.read("B:B", majorDimension="COLUMNS") == [["", "x"]]


def test_writing_by_columns(sheet: Client) -> None:
    body = {"values": [[1, 2], [3]], "majorDimension": "COLUMNS"}
    sheet.call("values.update", "A1", body=body, valueInputOption="RAW")
    assert sheet.read("A1:C3") == [["1", "3"], ["2"]]


def test_the_answer_names_what_was_written(sheet: Client) -> None:
    answer = sheet.put("B2", [["x", None], ["y", "z"]], includeValuesInResponse="true")
    assert answer["updatedRange"] == "Sheet1!B2:C3"
    assert (answer["updatedRows"], answer["updatedColumns"], answer["updatedCells"]) == (2, 2, 3)
    assert answer["updatedData"]["values"] == [["x"], ["y", "z"]]


@pytest.mark.parametrize(
    ("range_", "values", "text"),
    [
        ("A1001", [["x"]], "Range (Sheet1!A1001) exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("A1000", [["x"], ["y"]], "exceeds grid limits"),
        ("Z1", [["x", "y"]], "exceeds grid limits"),
        ("A1:B2", [["x", "y", "z"]], "Requested writing within range [Sheet1!A1:B2], but tried writing to column [C]"),
        ("A1:B2", [["x"], ["y"], ["z"]], "but tried writing to row [3]"),
        ("Nope!A1", [["x"]], "Unable to parse range: Nope!A1"),
        ("A1", [["x" * 50_001]], "Your input contains more than the maximum of 50000 characters in a single cell."),
        ("A1", [[["nested"]]], "Invalid values[0][0]: list_value"),
        ("A1", [[{"a": 1}]], "Invalid values[0][0]: struct_value"),
    ],
)  # fmt: skip
def test_writes_that_are_refused(sheet: Client, range_: str, values: Any, text: str) -> None:
    refused(lambda: sheet.put(range_, values), text)
    assert sheet.read("A1:Z1000") == []


def test_reading_outside_the_grid(sheet: Client) -> None:
    refused(lambda: sheet.read("A1001"), "exceeds grid limits")
    assert sheet.call("values.get", "A999:B2000")["range"] == "Sheet1!A999:B1000"


def test_the_value_input_option_is_required(sheet: Client) -> None:
    refused(
        lambda: sheet.call("values.update", "A1", body={"values": [["x"]]}),
        "'valueInputOption' is required but not specified",
    )


def test_values_batch_update(sheet: Client) -> None:
    body = {
        "valueInputOption": "RAW",
        "data": [
            {"range": "A1:B1", "values": [["a", "b"]]},
            {"range": "Sheet1!A3", "values": [["c"]]},
        ],
        "includeValuesInResponse": True,
        "responseValueRenderOption": "UNFORMATTED_VALUE",
    }
    answer = sheet.call("values.batchUpdate", body=body)
    assert (
        answer["totalUpdatedRows"],
        answer["totalUpdatedCells"],
        answer["totalUpdatedSheets"],
    ) == (2, 3, 1)
    assert [r["updatedRange"] for r in answer["responses"]] == ["Sheet1!A1:B1", "Sheet1!A3"]
    assert answer["responses"][0]["updatedData"]["values"] == [["a", "b"]]


def test_values_batch_update_is_atomic(sheet: Client) -> None:
    data = [{"range": "A1", "values": [["a"]]}, {"range": "A5000", "values": [["b"]]}]
    version = sheet.library.workbooks[sheet.id].version
    refused(
        lambda: sheet.call("values.batchUpdate", body={"valueInputOption": "RAW", "data": data})
    )
    assert sheet.read("A1") == []
    assert sheet.library.workbooks[sheet.id].version == version


@pytest.mark.parametrize(
    ("range_", "begins"),
    [
        ("Sheet1", "Sheet1!B7"),
        ("C5:D5", "Sheet1!B7"),
        ("B2:D4", "Sheet1!B7"),
        ("A3:G10", "Sheet1!B7"),
        ("A1", "Sheet1!A3"),
        ("E4", "Sheet1!E4"),
        ("D4", "Sheet1!B7"),
    ],
)
def test_append_finds_the_table_as_the_guide_says(sheet: Client, range_: str, begins: str) -> None:
    sheet.put(
        "A1",
        [
            ["x", "y", "z"],
            ["x", "y", "z"],
            [],
            ["", "x", "y"],
            ["", "", "y", "z"],
            ["", "x", "y", "z"],
        ],
    )
    answer = sheet.call("values.append", range_, body={"values": [["new"]]}, valueInputOption="RAW")
    assert answer["updates"]["updatedRange"] == begins


def test_append_overwrites_or_inserts(sheet: Client) -> None:
    sheet.put("A1", [["h"], ["a"], [None], ["below"]])
    new = {"values": [["b"], ["c"]]}
    answer = sheet.call(
        "values.append", "A1:A2", body=new, valueInputOption="RAW", insertDataOption="INSERT_ROWS"
    )
    assert answer["tableRange"] == "Sheet1!A1:A2"
    assert sheet.read("A:A") == [["h"], ["a"], ["b"], ["c"], [], ["below"]]
    sheet.call("values.append", "A1:A2", body={"values": [["d"], ["e"]]}, valueInputOption="RAW")
    assert sheet.read("A:A") == [["h"], ["a"], ["b"], ["c"], ["d"], ["e"]]


def test_append_grows_the_grid(sheet: Client) -> None:
    sheet.put("A1000", [["last"]])
    wide = {"values": [["x"] * 27]}
    sheet.call("values.append", "A1:A1000", body=wide, valueInputOption="RAW")
    grid = sheet.call("get")["sheets"][0]["properties"]["gridProperties"]
    assert (grid["rowCount"], grid["columnCount"]) == (1001, 27)


def test_clear_keeps_notes_and_rules(sheet: Client) -> None:
    sheet.put("A1", [["a", "b"]])
    sheet.batch(
        {
            "updateCells": {
                "start": {"sheetId": 0},
                "fields": "note",
                "rows": [{"values": [{"note": "n"}]}],
            }
        }
    )
    assert sheet.call("values.clear", "A1:A1") == {
        "spreadsheetId": sheet.id,
        "clearedRange": "Sheet1!A1",
    }
    assert sheet.read("A1:B1") == [["", "b"]]
    cells = sheet.call(
        "get", ranges=["A1"], fields="sheets.data.rowData.values(note,userEnteredValue)"
    )
    assert cells["sheets"][0]["data"][0]["rowData"][0]["values"] == [{"note": "n"}]
    answer = sheet.call("values.batchClear", body={"ranges": ["A1", "B1"]})
    assert answer["clearedRanges"] == ["Sheet1!A1", "Sheet1!B1"]


# batchUpdate


def test_a_batch_is_applied_whole_or_not_at_all(sheet: Client) -> None:
    add = {"addSheet": {"properties": {"title": "Votes"}}}
    error = refused(
        lambda: sheet.batch(add, add), "Invalid requests[1].addSheet: A sheet with the name"
    )
    assert error.body()["error"]["status"] == "INVALID_ARGUMENT"
    assert [s["properties"]["title"] for s in sheet.call("get")["sheets"]] == ["Sheet1"]


@pytest.mark.parametrize(
    ("requests", "text"),
    [
        ([], "Must specify at least one request."),
        ([{}], "Invalid requests[0]: No request set."),
        ([{"addFoo": {}}], "Unknown name \"addFoo\" at 'requests[0]': Cannot find field."),
        ([{"addSheet": {"titel": "x"}}], "Unknown name \"titel\" at 'requests[0].add_sheet'"),
        ([{"deleteSheet": {"sheetId": "0"}}], "Invalid value at 'requests[0].delete_sheet.sheet_id' (TYPE_INT32)"),
        ([{"addSheet": {}, "deleteSheet": {"sheetId": 0}}], "oneof field 'kind' is already set. Cannot set 'delete_sheet'"),
        ([{"addSlicer": {}}], "standin_unsupported_request"),
        ([{"deleteSheet": {"sheetId": 9}}], "Invalid requests[0].deleteSheet: No grid with id: 9"),
        ([{"deleteSheet": {"sheetId": 0}}], "You can't remove all the sheets in a document."),
        ([{"updateCells": {"start": {"sheetId": 0}, "rows": []}}], "At least one field must be listed in 'fields'."),
        ([{"updateCells": {"fields": "note", "rows": []}}], "Must specify either a start or a range."),
        ([{"appendDimension": {"sheetId": 0, "dimension": "ROW", "length": 1}}], "(TYPE_ENUM)"),
        ([{"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 400_000}}], "above the limit of 10000000 cells"),
        ([{"deleteDimension": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1000, "endIndex": 1001}}}], "Cannot delete a row that doesn't exist. Tried to delete row index 1000 but there are only 1000 rows."),
        ([{"deleteDimension": {"range": {"sheetId": 0, "dimension": "COLUMNS"}}}], "You can't delete all the columns on the sheet."),
        ([{"appendCells": {"sheetId": 0, "fields": "*", "rows": [{"values": [{}] * 27}]}}], "Attempting to write column: 26, beyond the last requested column of: 25"),
        ([{"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0}, "warningOnly": True, "editors": {"users": ["a@b"]}}}}], "ProtectedRange is warningOnly. Editors cannot be set on it."),
        ([{"setDataValidation": {"range": {"sheetId": 0}, "rule": {"condition": {"type": "ONE_OF_LIST"}}}}], "BooleanCondition.type ONE_OF_LIST requires"),
        ([{"createDeveloperMetadata": {"developerMetadata": {"metadataKey": "k", "visibility": "DOCUMENT", "location": {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 2}}}}}], "must represent a single row or column"),
        ([{"updateCells": {"start": {"sheetId": 0}, "fields": "formattedValue", "rows": []}}], "standin_cell_field"),
    ],
)  # fmt: skip
def test_requests_that_are_refused(sheet: Client, requests: Any, text: str) -> None:
    refused(lambda: sheet.batch(*requests), text)


def test_append_cells_go_below_the_last_row_with_data(sheet: Client) -> None:
    sheet.put("A999", [["x"]])
    rule = {"condition": {"type": "BLANK"}}
    sheet.batch(
        {
            "repeatCell": {
                "range": {"sheetId": 0, "startRowIndex": 999},
                "cell": {"note": "n"},
                "fields": "note",
            }
        }
    )
    rows = [{"values": [{"userEnteredValue": {"stringValue": f"={n}"}}]} for n in range(3)]
    sheet.batch({"appendCells": {"sheetId": 0, "fields": "userEnteredValue", "rows": rows}})
    assert sheet.read("A999:A1003") == [["x"], ["=0"], ["=1"], ["=2"]]
    assert sheet.call("get")["sheets"][0]["properties"]["gridProperties"]["rowCount"] == 1002
    assert rule


def test_update_cells_in_a_range_clears_what_is_not_covered(sheet: Client) -> None:
    sheet.put("A1", [["a", "b"], ["c", "d"]])
    area = {
        "sheetId": 0,
        "startRowIndex": 0,
        "endRowIndex": 2,
        "startColumnIndex": 0,
        "endColumnIndex": 2,
    }
    rows = [{"values": [{"userEnteredValue": {"numberValue": 1}}]}]
    sheet.batch({"updateCells": {"range": area, "rows": rows, "fields": "userEnteredValue"}})
    assert sheet.read("A1:B2") == [["1"]]


def test_masks_of_cells_touch_only_what_they_name(sheet: Client) -> None:
    look = {"backgroundColor": {"red": 1}, "textFormat": {"bold": True}}
    cell = {"userEnteredValue": {"stringValue": "x"}, "userEnteredFormat": look, "note": "n"}
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
    sheet.batch({"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": "*"}})
    change = {"userEnteredFormat": {"textFormat": {"italic": True}}}
    sheet.batch(
        {
            "updateCells": {
                "start": start,
                "rows": [{"values": [change]}],
                "fields": "userEnteredFormat.textFormat",
            }
        }
    )
    shown = sheet.call("get", ranges=["A1"], includeGridData="true")["sheets"][0]["data"][0][
        "rowData"
    ][0]["values"][0]
    assert shown["userEnteredFormat"] == {
        "backgroundColor": {"red": 1},
        "backgroundColorStyle": {"rgbColor": {"red": 1}},
        "textFormat": {"italic": True},
    }
    assert (shown["note"], shown["formattedValue"]) == ("n", "x")


def test_tabs(sheet: Client) -> None:
    answer = sheet.batch(
        {"addSheet": {"properties": {"title": "Votes", "sheetId": 5, "index": 0, "gridProperties": {"rowCount": 10, "columnCount": 4, "frozenRowCount": 1}}}},
        {"updateSheetProperties": {"properties": {"sheetId": 0, "title": "Records", "hidden": True, "tabColorStyle": {"rgbColor": {"red": 1}}}, "fields": "title,hidden,tabColorStyle"}},
        {"duplicateSheet": {"sourceSheetId": 5, "newSheetName": "Copy"}},
    )  # fmt: skip
    assert answer["replies"][0]["addSheet"]["properties"]["gridProperties"] == {
        "rowCount": 10,
        "columnCount": 4,
        "frozenRowCount": 1,
    }
    assert answer["replies"][1] == {}
    tabs = sheet.call("get", fields="sheets.properties(title,hidden,index)")["sheets"]
    assert tabs == [
        {"properties": {"title": "Copy", "index": 0}},
        {"properties": {"title": "Votes", "index": 1}},
        {"properties": {"title": "Records", "hidden": True, "index": 2}},
    ]
    sheet.batch(
        {"updateSheetProperties": {"properties": {"sheetId": 5, "index": 2}, "fields": "index"}}
    )
    assert [t["properties"]["title"] for t in sheet.call("get")["sheets"]] == [
        "Copy",
        "Votes",
        "Records",
    ]
    refused(
        lambda: sheet.batch(
            {
                "updateSheetProperties": {
                    "properties": {"sheetId": 5, "gridProperties": {"frozenRowCount": 10}},
                    "fields": "gridProperties.frozenRowCount",
                }
            }
        ),
        "freeze all visible rows",
    )


def test_a_response_may_carry_the_spreadsheet(sheet: Client) -> None:
    answer = sheet.batch(
        {"appendCells": {"sheetId": 0, "fields": "userEnteredValue", "rows": [{"values": [{"userEnteredValue": {"boolValue": True}}]}]}},
        includeSpreadsheetInResponse=True, responseRanges=["Sheet1!A1:A2"], responseIncludeGridData=True,
    )  # fmt: skip
    data = answer["updatedSpreadsheet"]["sheets"][0]["data"][0]
    assert data["rowData"][0]["values"][0]["formattedValue"] == "TRUE"


def test_find_and_replace(sheet: Client) -> None:
    sheet.put("A1", [["Google Sheets", "x"], ["Google Docs", "y"]])
    answer = sheet.batch(
        {
            "findReplace": {
                "find": "o.* (.*)",
                "replacement": "$1 Rocks",
                "searchByRegex": True,
                "allSheets": True,
            }
        }
    )
    assert sheet.read("A:A") == [["GSheets Rocks"], ["GDocs Rocks"]]
    assert answer["replies"][0]["findReplace"] == {
        "valuesChanged": 2,
        "rowsChanged": 2,
        "sheetsChanged": 1,
        "occurrencesChanged": 2,
    }


def test_pasting_and_shifting(sheet: Client) -> None:
    sheet.put("A1", [["a", "b"], ["c", "d"]])
    block = {
        "sheetId": 0,
        "startRowIndex": 0,
        "endRowIndex": 2,
        "startColumnIndex": 0,
        "endColumnIndex": 1,
    }
    sheet.batch(
        {
            "copyPaste": {
                "source": block,
                "destination": {
                    "sheetId": 0,
                    "startRowIndex": 4,
                    "endRowIndex": 8,
                    "startColumnIndex": 2,
                    "endColumnIndex": 3,
                },
            }
        }
    )
    assert sheet.read("C5:C8") == [["a"], ["c"], ["a"], ["c"]]
    sheet.batch(
        {
            "cutPaste": {
                "source": block,
                "destination": {"sheetId": 0, "rowIndex": 9, "columnIndex": 0},
            }
        }
    )
    assert sheet.read("A1:A11") == [[]] * 9 + [["a"], ["c"]]
    sheet.batch(
        {
            "insertRange": {
                "range": {
                    "sheetId": 0,
                    "startRowIndex": 0,
                    "endRowIndex": 1,
                    "startColumnIndex": 1,
                    "endColumnIndex": 2,
                },
                "shiftDimension": "ROWS",
            }
        }
    )
    assert sheet.read("B1:B3") == [[], ["b"], ["d"]]
    sheet.batch(
        {
            "deleteRange": {
                "range": {
                    "sheetId": 0,
                    "startRowIndex": 0,
                    "endRowIndex": 2,
                    "startColumnIndex": 1,
                    "endColumnIndex": 2,
                },
                "shiftDimension": "ROWS",
            }
        }
    )
    assert sheet.read("B1:B3") == [["d"]]
    sheet.batch(
        {
            "pasteData": {
                "coordinate": {"sheetId": 0, "rowIndex": 0, "columnIndex": 5},
                "data": "1,x\n2,y",
                "delimiter": ",",
            }
        }
    )
    assert sheet.read("F1:G2", valueRenderOption="UNFORMATTED_VALUE") == [[1, "x"], [2, "y"]]


def test_looks_are_stored_and_follow_columns(sheet: Client) -> None:
    column = {"sheetId": 0, "startColumnIndex": 2, "endColumnIndex": 3}
    source = {**column, "startRowIndex": 0, "endRowIndex": 5}
    chart = {
        "spec": {"title": "T", "basicChart": {"chartType": "LINE", "series": [{"series": {"sourceRange": {"sources": [source]}}}]}},
        "position": {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 1, "columnIndex": 1}}},
    }  # fmt: skip
    answer = sheet.batch(
        {"addConditionalFormatRule": {"rule": {"ranges": [column], "booleanRule": {"condition": {"type": "TEXT_EQ", "values": [{"userEnteredValue": "x"}]}, "format": {"backgroundColor": {"red": 1}}}}}},
        {"addBanding": {"bandedRange": {"range": column, "rowProperties": {"firstBandColor": {"red": 1}}}}},
        {"addChart": {"chart": chart}},
        {"setBasicFilter": {"filter": {"range": {"sheetId": 0}, "filterSpecs": [{"columnIndex": 2, "filterCriteria": {"hiddenValues": ["x"]}}]}}},
        {"addNamedRange": {"namedRange": {"name": "years", "range": column}}},
        {"insertDimension": {"range": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}}},
    )  # fmt: skip
    chart_id = answer["replies"][2]["addChart"]["chart"]["chartId"]
    found = sheet.call("get")
    tab = found["sheets"][0]
    moved = {"sheetId": 0, "startColumnIndex": 3, "endColumnIndex": 4}
    assert tab["conditionalFormats"][0]["ranges"] == [moved]
    assert tab["bandedRanges"][0]["range"] == moved
    assert (
        tab["charts"][0]["spec"]["basicChart"]["series"][0]["series"]["sourceRange"]["sources"][0][
            "startColumnIndex"
        ]
        == 3
    )
    assert tab["basicFilter"]["filterSpecs"][0]["columnIndex"] == 3
    assert tab["basicFilter"]["criteria"] == {"3": {"hiddenValues": ["x"]}}
    assert found["namedRanges"][0]["range"] == moved
    assert sheet.call("values.get", "years")["range"] == "Sheet1!D1:D1000"
    sheet.batch(
        {"updateChartSpec": {"chartId": chart_id, "spec": {"pieChart": {}}}},
        {"deleteEmbeddedObject": {"objectId": chart_id}},
        {"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}},
        {"clearBasicFilter": {"sheetId": 0}},
    )
    assert not {"charts", "conditionalFormats", "basicFilter"} & set(sheet.call("get")["sheets"][0])


def test_a_filter_hides_rows_and_says_so(sheet: Client) -> None:
    sheet.put("A1", [["State"], ["open"], ["done"], ["open"]])
    sheet.batch(
        {
            "setBasicFilter": {
                "filter": {
                    "range": {
                        "sheetId": 0,
                        "startRowIndex": 0,
                        "endRowIndex": 4,
                        "startColumnIndex": 0,
                        "endColumnIndex": 1,
                    },
                    "criteria": {"0": {"hiddenValues": ["open"]}},
                }
            }
        }
    )
    rows = sheet.call("get", ranges=["A1:A4"], fields="sheets.data.rowMetadata.hiddenByFilter")
    assert rows["sheets"][0]["data"][0]["rowMetadata"] == [
        {},
        {"hiddenByFilter": True},
        {},
        {"hiddenByFilter": True},
    ]
    assert sheet.read("A1:A4") == [["State"], ["open"], ["done"], ["open"]]


# Developer metadata


def column_metadata(key: str, column: int, value: str = "v", **more: Any) -> dict[str, Any]:
    place = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1}
    entry = {
        "metadataKey": key,
        "metadataValue": value,
        "visibility": "DOCUMENT",
        "location": {"dimensionRange": place},
    }
    return {"createDeveloperMetadata": {"developerMetadata": {**entry, **more}}}


def test_metadata_is_found_and_followed(sheet: Client) -> None:
    sheet.put("A1", [["ID", "Title"], ["R1", "t"]])
    spreadsheet = {
        "metadataKey": "review",
        "metadataValue": "r",
        "visibility": "PROJECT",
        "location": {"spreadsheet": True},
    }
    answer = sheet.batch(
        column_metadata("column", 0, "id"),
        column_metadata("column", 1, "title", metadataId=77),
        {"createDeveloperMetadata": {"developerMetadata": spreadsheet}},
    )
    assert answer["replies"][1]["createDeveloperMetadata"]["developerMetadata"]["metadataId"] == 77
    sheet.batch(
        {
            "moveDimension": {
                "source": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2},
                "destinationIndex": 0,
            }
        }
    )
    lookup = {"developerMetadataLookup": {"metadataKey": "column", "metadataValue": "title"}}
    found = sheet.call("developerMetadata.search", body={"dataFilters": [lookup]})[
        "matchedDeveloperMetadata"
    ]
    assert found[0]["developerMetadata"]["location"] == {
        "locationType": "COLUMN",
        "dimensionRange": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1},
    }
    assert found[0]["dataFilters"] == [lookup]
    read = sheet.call(
        "values.batchGetByDataFilter", body={"dataFilters": [lookup], "majorDimension": "COLUMNS"}
    )
    assert read["valueRanges"][0]["valueRange"]["values"] == [["Title", "t"]]
    data = [{"dataFilter": lookup, "values": [["Heading"]]}]
    sheet.call("values.batchUpdateByDataFilter", body={"valueInputOption": "RAW", "data": data})
    assert sheet.read("A1:B1") == [["Heading", "ID"]]
    shown = sheet.call(
        "get",
        fields="developerMetadata,sheets.data.columnMetadata.developerMetadata.metadataId",
        ranges=["A1:B1"],
    )
    assert shown["developerMetadata"][0]["metadataKey"] == "review"
    assert shown["sheets"][0]["data"][0]["columnMetadata"][0]["developerMetadata"] == [
        {"metadataId": 77}
    ]
    assert sheet.call("developerMetadata.get", 77)["metadataValue"] == "title"
    grid = {
        "dataFilters": [{"gridRange": {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1}}]
    }
    assert len(sheet.call("developerMetadata.search", body=grid)["matchedDeveloperMetadata"]) == 1


def test_metadata_is_changed_and_deleted(sheet: Client) -> None:
    sheet.batch(column_metadata("k", 0, metadataId=5))
    by_id = {"developerMetadataLookup": {"metadataId": 5}}
    answer = sheet.batch(
        {
            "updateDeveloperMetadata": {
                "dataFilters": [by_id],
                "developerMetadata": {"metadataValue": "new"},
                "fields": "metadataValue",
            }
        }
    )
    assert (
        answer["replies"][0]["updateDeveloperMetadata"]["developerMetadata"][0]["metadataValue"]
        == "new"
    )
    refused(lambda: sheet.batch(column_metadata("k", 1, metadataId=5)), "already exists")
    answer = sheet.batch({"deleteDeveloperMetadata": {"dataFilter": by_id}})
    assert len(answer["replies"][0]["deleteDeveloperMetadata"]["deletedDeveloperMetadata"]) == 1
    refused(lambda: sheet.call("developerMetadata.get", 5), code=404)
    assert sheet.call("developerMetadata.search", body={"dataFilters": [by_id]}) == {}


def test_a_deleted_tab_takes_its_metadata_along(sheet: Client) -> None:
    sheet.batch({"addSheet": {"properties": {"sheetId": 3, "title": "T"}}})
    entry = {"metadataKey": "tab", "visibility": "DOCUMENT", "location": {"sheetId": 3}}
    sheet.batch({"createDeveloperMetadata": {"developerMetadata": entry}})
    sheet.batch({"deleteSheet": {"sheetId": 3}})
    lookup = {"developerMetadataLookup": {"metadataKey": "tab"}}
    assert sheet.call("developerMetadata.search", body={"dataFilters": [lookup]}) == {}


# Access


def share(sheet: Client, email: str, role: str) -> None:
    sheet.library.share(sheet.library.workbooks[sheet.id], "user", role, email)


def test_who_is_not_let_in(sheet: Client) -> None:
    error = refused(lambda: sheet.call("get", by=ANA), "The caller does not have permission", 403)
    assert error.body()["error"]["status"] == "PERMISSION_DENIED"
    share(sheet, ANA, "reader")
    assert sheet.call("get", by=ANA)["properties"]["title"] == "Review"
    refused(
        lambda: sheet.call(
            "values.update", "A1", by=ANA, body={"values": [["x"]]}, valueInputOption="RAW"
        ),
        code=403,
    )
    sheet.id = "unknown"
    refused(lambda: sheet.call("get"), "Requested entity was not found.", 404)


def test_protected_ranges_keep_other_editors_out(sheet: Client) -> None:
    share(sheet, ANA, "writer")
    protect = {
        "addProtectedRange": {
            "protectedRange": {
                "range": {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1},
                "editors": {"users": []},
            }
        }
    }
    number = sheet.batch(protect)["replies"][0]["addProtectedRange"]["protectedRange"][
        "protectedRangeId"
    ]

    def by_ana(range_: str) -> Any:
        body = {"values": [["x"]]}
        return sheet.call("values.update", range_, by=ANA, body=body, valueInputOption="RAW")

    refused(lambda: by_ana("A1"), "You are trying to edit a protected cell or object.")
    by_ana("B1")
    sheet.put("A1", [["bot"]])
    hidden = sheet.call("get", by=ANA)["sheets"][0]["protectedRanges"][0]
    assert "editors" not in hidden and "requestingUserCanEdit" not in hidden
    sheet.batch(
        {
            "updateProtectedRange": {
                "protectedRange": {"protectedRangeId": number, "editors": {"users": [ANA]}},
                "fields": "editors",
            }
        }
    )
    by_ana("A1")
    sheet.batch({"deleteProtectedRange": {"protectedRangeId": number}})
    assert "protectedRanges" not in sheet.call("get")["sheets"][0]


def test_reading_only_some_fields(sheet: Client) -> None:
    sheet.put("A1", [["x"]])
    assert sheet.call("get", fields="spreadsheetId,properties.title") == {
        "spreadsheetId": sheet.id,
        "properties": {"title": "Review"},
    }
    assert "data" not in sheet.call("get")["sheets"][0]
    assert "data" in sheet.call("get", includeGridData="true")["sheets"][0]
    assert set(sheet.call("values.get", "A1", fields="values")) == {"values"}
    error = refused(
        lambda: sheet.call("get", fields="sheets.nope"), "Request contains an invalid argument."
    )
    assert "sheets.nope" in error.body()["error"]["details"][0]["fieldViolations"][0]["description"]
    refused(
        lambda: check_query("spreadsheets.get", [("range", "A1")]), "Cannot bind query parameter"
    )


def test_create_with_tabs_and_by_data_filter(sheet: Client) -> None:
    body = {
        "properties": {"title": "New", "timeZone": "Europe/London"},
        "sheets": [{"properties": {"title": "A", "sheetId": 1}}, {"properties": {"title": "B"}}],
    }
    made = sheet.call("create", body=body)
    assert [tab["properties"]["title"] for tab in made["sheets"]] == ["A", "B"]
    assert made["properties"]["timeZone"] == "Europe/London"
    sheet.put("A1", [["x"]])
    found = sheet.call(
        "getByDataFilter", body={"dataFilters": [{"a1Range": "A1:B2"}], "includeGridData": True}
    )
    assert found["sheets"][0]["data"][0]["rowData"][0]["values"][0]["formattedValue"] == "x"
    copied = sheet.api.call(
        Call(
            "spreadsheets.sheets.copyTo",
            BOT,
            (sheet.id, "0"),
            {},
            {"destinationSpreadsheetId": made["spreadsheetId"]},
        )
    )
    assert copied["title"] == "Copy of Sheet1"
