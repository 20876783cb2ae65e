"""Rules of Slack and Google that use has shown, each as the real service keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from playground.app import World, build_world, create_app
from playground.google.colours import twins
from playground.slack.seed import DEFAULT_EVENTS, DEFAULT_SCOPES
from tests.unit.test_playground_sheets_api import Client, refused

GENERAL = "C000GENERAL"
RED, BLUE = {"red": 1}, {"blue": 1}
WHOLE_MERGE = "You must select all cells in a merged range"


@pytest.fixture
def sheet() -> Client:
    return Client()


def area(top: int, bottom: int, left: int, right: int) -> dict[str, int]:
    return {
        "sheetId": 0,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }


def merge(*corners: int) -> dict[str, Any]:
    return {"mergeCells": {"range": area(*corners), "mergeType": "MERGE_ALL"}}


def sheet_of(client: Client, **query: Any) -> Any:
    return client.call("get", **query)["sheets"][0]


# Google


def test_fault_48_merging_over_merged_cells_leaves_one_merge(sheet: Client) -> None:
    sheet.batch(merge(0, 1, 0, 2), merge(1, 2, 0, 2), merge(5, 6, 5, 7))
    sheet.batch(merge(0, 2, 0, 3))
    assert sheet_of(sheet)["merges"] == [area(5, 6, 5, 7), area(0, 2, 0, 3)]
    sheet.batch(merge(0, 2, 0, 3))
    assert len(sheet_of(sheet)["merges"]) == 2


@pytest.mark.parametrize("kind", ["mergeCells", "unmergeCells"])
def test_fault_48_a_range_that_cuts_through_a_merge_is_refused(sheet: Client, kind: str) -> None:
    sheet.batch(merge(0, 2, 0, 2))
    refused(lambda: sheet.batch({kind: {"range": area(0, 1, 0, 5)}}), WHOLE_MERGE)
    assert sheet_of(sheet)["merges"] == [area(0, 2, 0, 2)]


@pytest.mark.parametrize(
    ("searched", "table"),
    [
        ("Sheet1", "Sheet1!D1:E2"),
        ("A1:E3", "Sheet1!D1:E2"),
        ("A2:E2", "Sheet1!D1:E2"),
        ("A1", "Sheet1!A1:B3"),
        ("D1", "Sheet1!D1:E2"),
    ],
)
def test_fault_48_an_append_beside_two_tables_goes_to_the_last(
    sheet: Client, searched: str, table: str
) -> None:
    sheet.put("A1", [["a", "b", "", "d", "e"], [1, 2, "", 3, 4], [5, 6]])
    answer = sheet.call(
        "values.append", searched, body={"values": [["new"]]}, valueInputOption="RAW"
    )
    assert answer["tableRange"] == table


def test_fault_48_a_filters_open_range_gets_the_grids_end(sheet: Client) -> None:
    end = {"endRowIndex": 1000, "endColumnIndex": 26}
    view = {"title": "mine", "range": {"sheetId": 0, "startRowIndex": 2}}
    reply = sheet.batch(
        {"addFilterView": {"filter": view}}, {"setBasicFilter": {"filter": {"range": {}}}}
    )
    start = {"sheetId": 0, "startColumnIndex": 0}
    expected = {**start, "startRowIndex": 2, **end}
    assert reply["replies"][0]["addFilterView"]["filter"]["range"] == expected
    shown = sheet_of(sheet)
    assert shown["filterViews"][0]["range"] == expected
    assert shown["basicFilter"]["range"] == {**start, "startRowIndex": 0, **end}


def cell_look(sheet: Client, look: dict[str, Any], fields: str) -> Any:
    sheet.batch(
        {
            "repeatCell": {
                "range": area(0, 1, 0, 1),
                "cell": {"userEnteredFormat": look},
                "fields": f"userEnteredFormat({fields})",
            }
        }
    )
    data = sheet_of(sheet, includeGridData="true", ranges="A1")["data"][0]
    return data["rowData"][0]["values"][0]["userEnteredFormat"]


def test_fault_48_both_fields_of_a_colour_are_returned(sheet: Client) -> None:
    shown = cell_look(
        sheet,
        {"backgroundColor": RED, "textFormat": {"foregroundColor": BLUE}},
        "backgroundColor,textFormat.foregroundColor",
    )
    assert shown == {
        "backgroundColor": RED,
        "backgroundColorStyle": {"rgbColor": RED},
        "textFormat": {"foregroundColor": BLUE, "foregroundColorStyle": {"rgbColor": BLUE}},
    }
    # The other way round, and a later write of one field is not shadowed by the other.
    shown = cell_look(sheet, {"backgroundColorStyle": {"rgbColor": BLUE}}, "backgroundColorStyle")
    assert shown["backgroundColor"] == BLUE
    shown = cell_look(sheet, {"backgroundColor": RED}, "backgroundColor")
    assert shown["backgroundColorStyle"] == {"rgbColor": RED}
    shown = cell_look(
        sheet, {"backgroundColorStyle": {"themeColor": "ACCENT1"}}, "backgroundColorStyle"
    )
    assert "backgroundColor" not in shown


def test_fault_48_colours_of_tabs_bands_and_rules_have_both_fields_too(sheet: Client) -> None:
    band = {"headerColor": RED, "firstBandColor": BLUE}
    rule = {
        "ranges": [area(0, 5, 0, 1)],
        "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {"backgroundColor": RED}},
    }
    tab = {"sheetId": 0, "tabColorStyle": {"rgbColor": BLUE}}
    replies = sheet.batch(
        {"addBanding": {"bandedRange": {"range": area(0, 5, 0, 1), "rowProperties": band}}},
        {"addConditionalFormatRule": {"rule": rule}},
        {"updateSheetProperties": {"properties": tab, "fields": "tabColorStyle"}},
    )["replies"]
    banded = replies[0]["addBanding"]["bandedRange"]["rowProperties"]
    assert banded["headerColorStyle"] == {"rgbColor": RED}
    shown = sheet_of(sheet)
    assert shown["bandedRanges"][0]["rowProperties"] == banded
    look = shown["conditionalFormats"][0]["booleanRule"]["format"]
    assert look["backgroundColorStyle"] == {"rgbColor": RED}
    assert shown["properties"]["tabColor"] == BLUE
    only = sheet_of(sheet, fields="sheets.properties.tabColorStyle")
    assert only == {"properties": {"tabColorStyle": {"rgbColor": BLUE}}}


def test_the_pairs_of_colours_are_those_of_the_discovery_document() -> None:
    assert {"backgroundColor", "foregroundColor", "tabColor", "headerColor", "color"} <= set(
        twins()
    )


# Over HTTP


@pytest.fixture
def world(tmp_path: Path) -> World:
    return build_world("http://testserver", tmp_path)


@pytest.fixture
def http(world: World) -> Iterator[TestClient]:
    with TestClient(create_app(world, page=False)) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    [
        "/drive/v3/about",
        "/drive/v3/changes",
        "/drive/v3/filesystem",
        "/drive/v3/files/x/revisions",
        "/drive/v3/files/x//permissions",
        "/drive/v3/files/x/",
        "/drive/v2/files",
        "/upload/drive/v3/files",
        "/batch/drive/v3",
        "/v4/spreadsheetsx",
        "/v4/other",
    ],
)
def test_fault_48_unknown_paths_of_google_are_refused(
    http: TestClient, world: World, path: str
) -> None:
    answer = http.get(path)
    assert answer.status_code == 404
    assert "standin_unknown_method" in answer.json()["error"]["message"]
    assert world.ledger.latest(0)[-1].error == "standin_unknown_method"


# Slack


def slack(http: TestClient, world: World, method: str, **body: Any) -> Any:
    token = {"authorization": f"Bearer {world.slack.workspace.app.bot_token}"}
    return http.post(f"/api/{method}", json=body, headers=token).json()


def test_fault_48_a_reply_to_no_message_is_posted_at_the_top_level(
    http: TestClient, world: World
) -> None:
    answer = slack(http, world, "chat.postMessage", channel=GENERAL, text="x", thread_ts="1.1")
    assert answer["ok"] is True
    assert "thread_ts" not in answer["message"]
    read = slack(http, world, "conversations.history", channel=GENERAL)
    assert [message["text"] for message in read["messages"]] == ["x"]


def test_fault_48_a_file_for_no_message_is_shared_at_the_top_level(
    http: TestClient, world: World
) -> None:
    place = slack(http, world, "files.getUploadURLExternal", filename="a.txt", length=1)
    http.post(place["upload_url"], content=b"a")
    done = slack(
        http,
        world,
        "files.completeUploadExternal",
        files=[{"id": place["file_id"]}],
        channel_id=GENERAL,
        thread_ts="1.1",
    )
    assert done["ok"] is True
    (message,) = world.slack.workspace.conversations[GENERAL].messages.values()
    assert message.thread_ts is None


def test_fault_48_the_default_app_has_the_scopes_and_events_of_the_manifest() -> None:
    manifest = (Path(__file__).parents[2] / "manifest.yaml").read_text(encoding="utf-8")

    def listed(heading: str) -> list[str]:
        block = re.split(rf"(?m)^ +{heading}:\n", manifest)[1]
        return re.findall(r"\A((?: +- .+\n)+)", block)[0].split("\n")

    def names(heading: str) -> list[str]:
        return sorted(re.findall(r"- ([\w.:]+)", "\n".join(listed(heading))))

    assert sorted(DEFAULT_SCOPES) == names("bot")
    assert sorted(DEFAULT_EVENTS) == names("bot_events")
