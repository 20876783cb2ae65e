"""Real gspread against the Google stand-in over HTTP, with people at work through /control."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gspread
import httpx
import pytest
from gspread.exceptions import APIError, SpreadsheetNotFound
from gspread.utils import ExportFormat, ValidationConditionType

from tests.flows.standins import ControlError, Playground, running_playground

pytestmark = pytest.mark.slow


def client(playground: Playground, **key: str) -> gspread.Client:
    """gspread with nothing changed but the two hosts."""

    class HostsReplaced(gspread.HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **more: Any) -> Any:
            for host in ("https://sheets.googleapis.com", "https://www.googleapis.com"):
                endpoint = endpoint.replace(host, playground.url)
            return super().request(method, endpoint, *args, **more)

    info = json.loads(playground.credentials_file.read_text()) | key
    return gspread.service_account_from_dict(info, http_client=HostsReplaced)


@pytest.fixture
def playground(tmp_path: Path) -> Iterator[Playground]:
    with running_playground(tmp_path / "playground", state=True) as running:
        yield running


@pytest.fixture
def book(playground: Playground) -> gspread.Spreadsheet:
    """A spreadsheet that Ana made and shared with the service account."""
    made = playground.control.post("sheets", who="ana", title="Review", service_account=True)
    return client(playground).open_by_key(made["id"])


def refused(run: Any, code: int, text: str = "") -> APIError:
    with pytest.raises(APIError) as found:
        run()
    assert found.value.code == code
    assert text in found.value.error["message"]
    return found.value


def test_gspread_reads_and_writes(book: gspread.Spreadsheet) -> None:
    sheet = book.sheet1
    sheet.update([["ID", "Title", "Year"], ["R1", "=not a formula", 2020]], "A1", raw=True)
    sheet.append_rows([["R2", "b", 2021], ["R3", None, 1999]])
    assert sheet.get_all_records()[0] == {"ID": "R1", "Title": "=not a formula", "Year": 2020}
    assert sheet.col_values(1) == ["ID", "R1", "R2", "R3"]
    assert sheet.find("R3").row == 4
    sheet.freeze(rows=1)
    sheet.sort((3, "asc"))
    assert sheet.col_values(1) == ["ID", "R3", "R1", "R2"]
    sheet.format("A1:C1", {"textFormat": {"bold": True}})
    sheet.insert_note("B2", "a note")
    assert sheet.get_note("B2") == "a note"
    sheet.insert_cols([["Label", "x"]], 2)
    assert sheet.row_values(2) == ["R3", "x", "", "1999"]
    sheet.delete_columns(2)
    sheet.delete_rows(2)
    sheet.batch_update(
        [{"range": "A2", "values": [["one"]]}, {"range": "B3:C3", "values": [["t", 1]]}]
    )
    assert sheet.batch_get(["A2", "B3:C3"]) == [[["one"]], [["t", "1"]]]
    sheet.clear()
    assert sheet.get_all_values() == [[]]


def test_gspread_works_on_tabs_and_files(playground: Playground, book: gspread.Spreadsheet) -> None:
    gc = client(playground)
    tab = book.add_worksheet("Full 'text'", rows=20, cols=5, index=0)
    tab.update([[1, 2]], "D4:E4")
    assert tab.get("D4:E4") == [["1", "2"]]
    tab.add_validation(
        "A2:A9", ValidationConditionType.one_of_list, ["include", "exclude"], strict=True
    )
    tab.add_protected_range("B1:B20", ["ana@playground.example"])
    tab.define_named_range("D4:E4", "pair")
    assert [cell.value for cell in book.named_range("pair")] == ["1", "2"]
    tab.update_title("Fulltext")
    copy = tab.duplicate(new_sheet_name="Copy")
    assert [sheet.title for sheet in book.worksheets()] == ["Copy", "Fulltext", "Sheet1"]
    book.del_worksheet(copy)
    assert book.export(ExportFormat.CSV).startswith(b",,,,")
    assert gc.open("Review").id == book.id
    book.share("ben@playground.example", perm_type="user", role="reader")
    assert {p["role"] for p in book.list_permissions()} == {"owner", "writer", "reader"}
    made = gc.create("Own")
    assert {sheet.title for sheet in gc.openall()} == {"Review", "Own"}
    gc.del_spreadsheet(made.id)
    with pytest.raises(SpreadsheetNotFound):
        gc.open_by_key(made.id)


def test_errors_have_googles_shape(playground: Playground, book: gspread.Spreadsheet) -> None:
    error = refused(lambda: book.sheet1.update([["x"]], "A1001"), 400, "exceeds grid limits")
    assert error.error["status"] == "INVALID_ARGUMENT"
    refused(lambda: book.batch_update({"requests": [{"addFoo": {}}]}), 400, 'Unknown name "addFoo"')
    private = playground.control.post("sheets", who="ana", title="Private")
    with pytest.raises(PermissionError):
        client(playground).open_by_key(private["id"])
    big = {
        "valueInputOption": "RAW",
        "data": [{"range": "A1", "values": [["x" * 40_000] * 26] * 2}],
    }
    refused(lambda: book.values_batch_update(big), 400, "standin_payload_too_large")
    path = f"{playground.url}/v4/spreadsheets/{book.id}"
    assert httpx.get(path).json()["error"]["status"] == "UNAUTHENTICATED"
    assert (
        httpx.post(f"{path}:nope").json()["error"]["message"].startswith("standin_unknown_method")
    )


def test_an_expired_token_is_renewed_by_gspread(
    playground: Playground, book: gspread.Spreadsheet
) -> None:
    playground.control.post("sheets/tokens/expire")
    assert book.sheet1.title == "Sheet1"


def test_a_wrong_key_gets_no_token(playground: Playground) -> None:
    from google.auth.exceptions import RefreshError

    with pytest.raises(RefreshError, match="account not found"):
        client(playground, client_email="stranger@x.iam.gserviceaccount.com").openall()


def test_the_quota_of_a_minute(playground: Playground, book: gspread.Spreadsheet) -> None:
    playground.control.put("sheets/quota", reads_per_user=3)
    for _ in range(3):
        book.values_get("A1:B2")
    error = refused(lambda: book.values_get("A1:B2"), 429, "Read requests per minute per user")
    assert error.error["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    book.values_update("A1", {"valueInputOption": "RAW"}, {"values": [["writes go on"]]})
    quota = playground.control.get("sheets/quota")
    assert (quota["reads_used"], quota["writes_used"]) == (3, 1)


def test_a_fault_after_the_effect(playground: Playground, book: gspread.Spreadsheet) -> None:
    playground.control.fault(
        service="google", method="spreadsheets.values.append", kind="timeout_after_effect"
    )
    with pytest.raises(Exception, match="Connection"):
        book.sheet1.append_row(["once"])
    assert book.sheet1.col_values(1) == ["once"]
    playground.control.fault(service="google", method="spreadsheets.values.get", status=503)
    refused(lambda: book.sheet1.acell("A1"), 503)


def test_a_lead_works_in_the_sheet(playground: Playground, book: gspread.Spreadsheet) -> None:
    control, sheet = playground.control, book.sheet1
    path = f"sheets/{book.id}"
    sheet.update_title("Conflicts")
    sheet.update(
        [["Record", "Decision", "Comment"], ["R2", "", ""], ["R1", "", ""]], "A1", raw=True
    )
    sheet.freeze(rows=1)
    sheet.add_validation(
        "B2:B",
        ValidationConditionType.one_of_list,
        ["include", "exclude"],
        strict=True,
        showCustomUi=True,
    )
    entry = {
        "metadataKey": "column",
        "metadataValue": "decision",
        "visibility": "DOCUMENT",
        "location": {
            "dimensionRange": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
        },
    }
    book.batch_update({"requests": [{"createDeveloperMetadata": {"developerMetadata": entry}}]})

    decide = {
        "tab": "Conflicts",
        "where": {"column": "Record", "equals": "R1"},
        "column": "Decision",
    }
    assert control.post(f"{path}/edit", {**decide, "value": "include"}, who="ana") == {
        "text": "include"
    }
    with pytest.raises(ControlError, match=r"422.*include, exclude"):
        control.post(f"{path}/edit", {**decide, "value": "perhaps"}, who="ana")
    control.post(f"{path}/sort", tab="Conflicts", column="Record", who="ana")
    control.post(
        f"{path}/columns/insert", tab="Conflicts", column="Record", headers=["My own"], who="ana"
    )
    control.post(
        f"{path}/columns/rename", tab="Conflicts", column="Decision", name="Verdict", who="ana"
    )
    control.post(
        f"{path}/columns/move", tab="Conflicts", column="Verdict", before="My own", who="ana"
    )
    control.post(f"{path}/rows/insert", tab="Conflicts", row=2, who="ana")
    assert sheet.get_all_values() == [
        ["Verdict", "My own", "Record", "Comment"],
        ["", "", "", ""],
        ["include", "", "R1", ""],
        ["", "", "R2", ""],
    ]
    lookup = {"dataFilters": [{"developerMetadataLookup": {"metadataValue": "decision"}}]}
    answer = book.client.request(
        "post", f"{playground.url}/v4/spreadsheets/{book.id}/developerMetadata:search", json=lookup
    ).json()
    place = answer["matchedDeveloperMetadata"][0]["developerMetadata"]["location"]["dimensionRange"]
    assert place["startIndex"] == 0
    records = control.get(f"{path}/records", tab="Conflicts")
    assert records["rows"][0] == {"Verdict": "include", "My own": "", "Record": "R1", "Comment": ""}
    assert records["row_numbers"] == [3, 4]


def test_history_copies_and_restarts(playground: Playground, book: gspread.Spreadsheet) -> None:
    control, path = playground.control, f"sheets/{book.id}"
    book.sheet1.update([["ID"], ["R1"], ["R2"]], "A1", raw=True)
    control.post(f"{path}/versions", name="all there")
    control.post(
        f"{path}/rows/delete", tab="Sheet1", where={"column": "ID", "equals": "R1"}, who="ana"
    )
    assert book.sheet1.col_values(1) == ["ID", "R2"]
    before = book.client.request(
        "get", f"{playground.url}/drive/v3/files/{book.id}", params={"fields": "version"}
    ).json()
    control.post(f"{path}/restore", version="all there", who="ana")
    after = book.client.request(
        "get", f"{playground.url}/drive/v3/files/{book.id}", params={"fields": "version"}
    ).json()
    assert int(after["version"]) > int(before["version"])
    assert book.sheet1.col_values(1) == ["ID", "R1", "R2"]
    copy = control.post(f"{path}/copy", who="ben")
    assert control.get(f"sheets/{copy['id']}/cells", range="A1:A3")["values"] == [
        ["ID"],
        ["R1"],
        ["R2"],
    ]
    playground.control.post("state/save")
    key = playground.credentials_file.read_text()
    playground.restart()
    assert playground.credentials_file.read_text() == key
    assert client(playground).open_by_key(book.id).sheet1.col_values(1) == ["ID", "R1", "R2"]


def test_small_requests_on_a_large_sheet_are_quick(
    playground: Playground, book: gspread.Spreadsheet
) -> None:
    sheet = book.sheet1
    sheet.resize(rows=30_000, cols=19)
    line = [f"text {n}" for n in range(19)]
    for top in range(0, 20_000, 5_000):
        values = [[f"R{top + n:06d}", *line[1:]] for n in range(5_000)]
        sheet.update(values, f"A{top + 1}", raw=True)
    playground.control.post("state/save")
    seen = playground.control.get("requests/counters")["last_seq"]
    for _ in range(5):
        sheet.batch_get([f"B{row}" for row in range(100, 140)])
        sheet.batch_update(
            [{"range": f"A{row}:O{row}", "values": [line[:15]]} for row in range(100, 150)],
            raw=True,
        )
        rows = [{"values": [{"userEnteredValue": {"stringValue": "x"}}] * 19}] * 50
        book.batch_update(
            {
                "requests": [
                    {"appendCells": {"sheetId": 0, "rows": rows, "fields": "userEnteredValue"}}
                ]
            }
        )
        time.sleep(0.05)
    taken: dict[str, list[float]] = {}
    for entry in playground.control.requests(since=seen, service="google"):
        taken.setdefault(entry["method"], []).append(entry["duration_ms"])
    assert all(min(times) < 30 for times in taken.values()), taken
