"""People's hands in the sheet, version history, saved state, tokens, quota, export."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import orjson
import pytest
from google.auth import crypt, jwt

from playground.google.charts import chart_views
from playground.google.content import Editor
from playground.google.drive import DriveApi, DriveCall
from playground.google.errors import DriveError, GoogleError
from playground.google.export import XLSX
from playground.google.hands import SheetHands
from playground.google.library import KEPT_VERSIONS, Library
from playground.google.people import HandsRefused
from playground.google.quota import Limits, Quota
from playground.google.requests import apply_requests
from playground.google.state import Saved, read
from playground.google.tokens import DRIVE, EMAIL, GRANT, SHEETS, TokenError, Tokens
from playground.google.windows import window

BOT = "bot@x.iam"


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 5, 1, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class Desk:
    """A library with one spreadsheet: a Conflicts tab that the bot set up."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.library = Library(self.clock, random.Random(1), lambda: None)
        self.hands = SheetHands(self.library, BOT)
        self.book = self.hands.create("Review", "ana", service_account=True)
        self.id = self.book.spreadsheet_id
        self.hands.rename_tab(self.id, "Sheet1", "Conflicts", "ana")
        self.bot(
            {"updateSheetProperties": {"properties": {"sheetId": 0, "gridProperties": {"frozenRowCount": 1}}, "fields": "gridProperties.frozenRowCount"}},
            {"pasteData": {"coordinate": {"sheetId": 0}, "data": "Record\tDecision\tYear\nR3\t\t2003\nR1\t\t2001\nR2\t\t", "delimiter": "\t"}},
            {"setDataValidation": {"range": {"sheetId": 0, "startRowIndex": 1, "startColumnIndex": 1, "endColumnIndex": 2}, "rule": {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "include"}, {"userEnteredValue": "exclude"}]}, "strict": True, "showCustomUi": True}}},
        )  # fmt: skip

    def bot(self, *requests: dict[str, Any]) -> list[Any]:
        draft = self.library.draft(self.book, BOT)
        replies = apply_requests(draft, requests)
        self.library.keep(self.book, draft.freeze(), BOT)
        return replies

    def column(self, place: int) -> list[Any]:
        grid = self.book.content.tabs[0].grid
        return [grid.value(row, place) for row in range(grid.filled)]

    def decide(self, record: str, text: str, who: str = "ben") -> str:
        row = self.hands.find_row(self.id, "Conflicts", "Record", record)
        return self.hands.edit(
            self.id,
            "Conflicts",
            row,
            self.hands.column(self.id, "Conflicts", "Decision"),
            text,
            who,
        )


@pytest.fixture
def desk() -> Desk:
    return Desk()


def refused(run: Callable[[], Any], reason: str, text: str = "") -> None:
    with pytest.raises(HandsRefused) as found:
        run()
    assert found.value.reason == reason
    assert text in found.value.message


def test_a_decision_is_typed_where_the_record_stands(desk: Desk) -> None:
    desk.hands.sort(desk.id, "Conflicts", 0, "ben")
    assert desk.column(0) == ["Record", "R1", "R2", "R3"]
    assert desk.decide("R1", "include") == "include"
    desk.hands.sort(desk.id, "Conflicts", 2, "ben", descending=True)
    assert desk.column(0) == ["Record", "R3", "R1", "R2"]
    assert desk.column(1) == ["Decision", None, "include", None]


def test_a_strict_rule_refuses_and_moves_with_a_sort(desk: Desk) -> None:
    refused(
        lambda: desk.decide("R3", "perhaps"),
        "validation",
        "Please enter one of the following values: include, exclude.",
    )
    assert desk.decide("R3", "") == ""
    desk.hands.insert(desk.id, "Conflicts", "ROWS", 2, 1, "ben")
    refused(lambda: desk.hands.edit(desk.id, "Conflicts", 2, 1, "no", "ben"), "validation")


def test_protected_cells_are_for_their_editors(desk: Desk) -> None:
    desk.bot(
        {
            "addProtectedRange": {
                "protectedRange": {
                    "range": {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1},
                    "editors": {"users": [BOT]},
                }
            }
        }
    )
    edit = lambda who: desk.hands.edit(desk.id, "Conflicts", 1, 0, "x", who)  # noqa: E731
    refused(lambda: edit("ben"), "protected", "You are trying to edit a protected cell or object.")
    refused(lambda: desk.hands.sort(desk.id, "Conflicts", 0, "ben"), "protected")
    refused(lambda: desk.hands.remove(desk.id, "Conflicts", "ROWS", 1, 1, "ben"), "protected")
    refused(lambda: desk.hands.delete_tab(desk.id, "Conflicts", "ben"), "invalid")
    assert edit("ana") == "x"  # the owner always may
    desk.decide("R1", "include")


def test_a_warning_is_clicked_through(desk: Desk) -> None:
    desk.bot(
        {
            "addProtectedRange": {
                "protectedRange": {
                    "range": {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1},
                    "warningOnly": True,
                }
            }
        }
    )
    refused(
        lambda: desk.hands.edit(desk.id, "Conflicts", 1, 0, "x", "ben", confirm=False),
        "warning",
        "Heads up!",
    )
    assert desk.hands.edit(desk.id, "Conflicts", 1, 0, "x", "ben") == "x"
    assert desk.hands.edit(desk.id, "Conflicts", 1, 2, "1", "ben", confirm=False) == "1"


def test_the_gestures_on_rows_columns_and_tabs(desk: Desk) -> None:
    hands, book = desk.hands, desk.id
    hands.move(book, "Conflicts", "COLUMNS", 2, 1, 0, "ben")
    assert desk.column(0) == ["Year", 2003, 2001, None]
    hands.rename_header(book, "Conflicts", "Year", "Published", "ben")
    assert hands.column(book, "Conflicts", "Published") == 0
    hands.insert(book, "Conflicts", "COLUMNS", 1, 1, "ben")
    hands.paste(book, "Conflicts", 0, 1, [["Mine"], ["a"]], "ben")
    assert hands.column(book, "Conflicts", "Record") == 2
    hands.remove(book, "Conflicts", "COLUMNS", 1, 1, "ben")
    hands.note(book, "Conflicts", 1, 1, "look here", "ben")
    hands.comment(book, "Conflicts", 1, 1, "why?", "ben")
    assert desk.book.comments[0]["anchor"] == "Conflicts!B2"
    copy = hands.duplicate_tab(book, "Conflicts", "ben")
    hands.hide_tab(book, copy, True, "ben")
    title = hands.add_tab(book, "Mine", "ben")
    hands.move_tab(book, title, 0, "ben")
    assert [tab.title for tab in desk.book.content.tabs] == [
        "Mine",
        "Conflicts",
        "Copy of Conflicts",
    ]
    hands.delete_tab(book, "Mine", "ben")
    refused(
        lambda: hands.edit(book, "Mine", 0, 0, "x", "ben"), "not_found", 'There is no tab "Mine".'
    )
    refused(
        lambda: hands.column(book, "Conflicts", "Nope"),
        "not_found",
        "It has: Published, Record, Decision.",
    )


def test_a_window_shows_choices_filters_locks_and_colours(desk: Desk) -> None:
    red = {"backgroundColor": {"red": 1}}
    desk.bot(
        {"addConditionalFormatRule": {"rule": {"ranges": [{"sheetId": 0, "startRowIndex": 1}], "booleanRule": {"condition": {"type": "TEXT_EQ", "values": [{"userEnteredValue": "R1"}]}, "format": red}}}},
        {"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1}, "editors": {"users": [BOT]}}}},
    )  # fmt: skip
    desk.hands.filter(desk.id, "Conflicts", 0, "ana", hidden_values=["R3"])
    tab = desk.book.content.tabs[0]
    view = window(desk.book, tab, Editor("ben@playground.example"), 2026, 0, 5, 0, 3)
    assert [row.hidden for row in view.row_views] == [False, True, False, False, False]
    first = view.row_views[2].cells[0]
    assert (first.text, first.locked, first.format) == ("R1", True, red)
    assert view.row_views[2].cells[1].choices == ["include", "exclude"]
    assert view.frozen_rows == 1 and view.filtered
    desk.hands.clear_filter(desk.id, "Conflicts", "ana")
    assert desk.book.content.tabs[0].basic_filter is None


def test_charts_are_read_out(desk: Desk) -> None:
    def source(column: int) -> dict[str, Any]:
        cells = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 3}
        side = {"startColumnIndex": column, "endColumnIndex": column + 1}
        return {"sourceRange": {"sources": [cells | side]}}

    spec = {
        "title": "Years",
        "basicChart": {
            "chartType": "COLUMN",
            "headerCount": 1,
            "domains": [{"domain": source(0)}],
            "series": [{"series": source(2)}],
        },
    }
    desk.bot(
        {
            "addChart": {
                "chart": {
                    "spec": spec,
                    "position": {"overlayPosition": {"anchorCell": {"sheetId": 0}}},
                }
            }
        }
    )
    (view,) = chart_views(desk.book.content, desk.book.content.tabs[0])
    assert (view.title, view.labels) == ("Years", ["R3", "R1"])
    assert (view.series[0].name, view.series[0].values) == ("Year", [2003.0, 2001.0])


def test_sharing(desk: Desk) -> None:
    book = desk.hands.create("Private", "ana", team=False)
    refused(lambda: desk.hands.edit(book.spreadsheet_id, "Sheet1", 0, 0, "x", "ben"), "no_access")
    desk.hands.share(book.spreadsheet_id, "ben", "reader", "ana")
    refused(
        lambda: desk.hands.edit(book.spreadsheet_id, "Sheet1", 0, 0, "x", "ben"),
        "no_access",
        "may only view",
    )
    desk.hands.share(book.spreadsheet_id, "ben", "writer", "ana")
    desk.hands.edit(book.spreadsheet_id, "Sheet1", 0, 0, "x", "ben")
    desk.hands.share(book.spreadsheet_id, "service_account", "writer", "ana")
    assert book.role_of(BOT) == "writer"
    desk.hands.unshare(book.spreadsheet_id, "service_account", "ana")
    assert book.role_of(BOT) is None
    copy = desk.hands.copy(book.spreadsheet_id, None, "ben")
    assert (copy.content.title, copy.owner()) == ("Copy of Private", "ben@playground.example")
    refused(lambda: desk.hands.delete(book.spreadsheet_id, "ben"), "no_access")


def test_an_earlier_version_comes_back_whole(desk: Desk) -> None:
    desk.hands.remember(desk.id, "before")
    desk.decide("R1", "include")
    desk.hands.remove(desk.id, "Conflicts", "ROWS", 1, 1, "ben")
    version = desk.book.version
    desk.hands.restore(desk.id, "before", "ben")
    assert desk.column(0) == ["Record", "R3", "R1", "R2"]
    assert desk.column(1) == ["Decision", None, None, None]
    assert desk.book.version == version + 1
    latest = desk.hands.versions(desk.id)[-1]
    assert latest.content.tabs[0].grid.value(1, 0) == "R1"  # what was there can be had again


def test_versions_are_kept_now_and_then_and_bounded(desk: Desk) -> None:
    for number in range(KEPT_VERSIONS + 5):
        desk.clock.moment += timedelta(minutes=5)
        desk.hands.edit(desk.id, "Conflicts", 5, 3, str(number), "ben")
    found = desk.hands.versions(desk.id)
    assert len(found) == KEPT_VERSIONS
    assert len({version.number for version in found}) == KEPT_VERSIONS


def test_the_state_survives(desk: Desk) -> None:
    desk.decide("R1", "include")
    desk.hands.remember(desk.id, "named")
    desk.bot(
        {"updateCells": {"start": {"sheetId": 0, "rowIndex": 9}, "fields": "*", "rows": [{"values": [{"userEnteredValue": {"formulaValue": "=SUM(A1)"}, "note": "n"}]}]}},
        {"createDeveloperMetadata": {"developerMetadata": {"metadataKey": "k", "visibility": "DOCUMENT", "location": {"sheetId": 0}}}},
        {"updateDimensionProperties": {"range": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}, "properties": {"pixelSize": 300}, "fields": "pixelSize"}},
    )  # fmt: skip
    saved = Saved()
    written = orjson.dumps(saved.write(desk.library), option=orjson.OPT_NON_STR_KEYS)
    again = Library(desk.clock, random.Random(2), lambda: None)
    read(again, orjson.loads(written))
    assert orjson.dumps(Saved().write(again), option=orjson.OPT_NON_STR_KEYS) == written
    assert orjson.dumps(saved.write(desk.library), option=orjson.OPT_NON_STR_KEYS) == written
    book = again.workbooks[desk.id]
    old, new = desk.book.content.tabs[0].grid, book.content.tabs[0].grid
    assert (new.rows, new.marks, new.filled) == (old.rows, old.marks, old.filled)
    assert book.versions[-1].name == "named"
    assert book.content.tabs[0].column_properties == {1: {"pixelSize": 300}}


def test_exports_keep_text_as_text(desk: Desk) -> None:
    desk.hands.edit(desk.id, "Conflicts", 1, 0, "'=1+1", "ana")
    api = DriveApi(desk.library)
    csv = api.call(
        DriveCall("files.export", BOT, (desk.id, "export"), {"mimeType": "text/csv"}, {})
    )
    assert csv.content.decode().splitlines()[:2] == ["Record,Decision,Year", "=1+1,,2003"]  # type: ignore[union-attr]
    file = api.call(DriveCall("files.export", BOT, (desk.id, "export"), {"mimeType": XLSX}, {}))
    cell = openpyxl.load_workbook(io.BytesIO(file.content))["Conflicts"]["A2"]  # type: ignore[union-attr]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_drive_lists_and_describes(desk: Desk) -> None:
    api = DriveApi(desk.library)

    def call(name: str, *path: str, **query: str) -> Any:
        return api.call(DriveCall(name, BOT, path, query, {}))

    query = 'mimeType="application/vnd.google-apps.spreadsheet" and name = "Review"'
    assert [f["id"] for f in call("files.list", q=query)["files"]] == [desk.id]
    assert call("files.list", q="name = 'Other' and trashed = false")["files"] == []
    before = call("files.get", desk.id, fields="version,capabilities/canEdit,modifiedTime")
    desk.decide("R1", "include")
    after = call("files.get", desk.id, fields="version,capabilities/canEdit,modifiedTime")
    assert int(after["version"]) == int(before["version"]) + 1
    assert after["capabilities"] == {"canEdit": True}
    with pytest.raises(DriveError) as missing:
        call("files.get", "nope")
    assert missing.value.body()["error"]["errors"][0]["reason"] == "notFound"
    with pytest.raises(DriveError):
        call("files.list", q="shoeSize = 3")


def test_the_quota_slides_over_a_minute() -> None:
    now = 0.0
    quota = Quota(lambda: now, Limits(reads_per_user=2, writes_per_user=1))
    quota.take("read", "u")
    now = 30.0
    quota.take("read", "u")
    quota.take("write", "u")
    with pytest.raises(GoogleError) as found:
        quota.take("read", "u")
    error = found.value.body()["error"]
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert "'Read requests per minute per user'" in error["message"]
    quota.take("read", "other")
    now = 60.0
    quota.take("read", "u")
    assert quota.used("read", "u") == 2


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens(lambda: 1_000_000.0, random.Random(1))


def assertion(tokens: Tokens, **changes: Any) -> str:
    signer = crypt.RSASigner.from_string(tokens.private_key_pem())
    claims = {
        "iss": EMAIL,
        "aud": "https://oauth2.googleapis.com/token",
        "iat": 1_000_000,
        "exp": 1_003_600,
        "scope": f"{SHEETS} {DRIVE}",
    }
    return jwt.encode(
        signer, {k: v for k, v in (claims | changes).items() if v is not None}
    ).decode()


def test_a_signed_assertion_becomes_a_token(tokens: Tokens) -> None:
    answer = tokens.exchange(GRANT, assertion(tokens), frozenset())
    bearer = tokens.bearer(f"Bearer {answer['access_token']}")
    assert (bearer.email, bearer.scopes) == (EMAIL, {SHEETS, DRIVE})
    assert answer["expires_in"] == 3_599


@pytest.mark.parametrize(
    ("changes", "error", "text"),
    [
        ({"iss": "other@x"}, "invalid_grant", "account not found"),
        ({"aud": "https://elsewhere/token"}, "invalid_grant", "audience"),
        ({"iat": 900_000, "exp": 903_600}, "invalid_grant", "short-lived"),
        ({"exp": 1_100_000}, "invalid_grant", "short-lived"),
        ({"exp": None}, "invalid_grant", "short-lived"),
        ({"scope": ""}, "invalid_scope", "Empty or missing scope"),
        ({"scope": "https://www.googleapis.com/auth/nope"}, "invalid_scope", "Invalid OAuth scope"),
    ],
)
def test_wrong_assertions_are_refused(
    tokens: Tokens, changes: dict[str, Any], error: str, text: str
) -> None:
    with pytest.raises(TokenError) as found:
        tokens.exchange(GRANT, assertion(tokens, **changes), frozenset())
    assert found.value.body["error"] == error
    assert text in found.value.body["error_description"]


def test_another_key_or_grant_is_refused(tokens: Tokens) -> None:
    stranger = Tokens(lambda: 1_000_000.0, random.Random(2))
    with pytest.raises(TokenError, match="Invalid JWT Signature"):
        tokens.exchange(GRANT, assertion(stranger), frozenset())
    with pytest.raises(TokenError, match="Invalid grant_type"):
        tokens.exchange("password", assertion(tokens), frozenset())
    with pytest.raises(TokenError):
        tokens.exchange(GRANT, "no.jwt.here", frozenset())


def test_tokens_expire() -> None:
    now = 0.0
    tokens = Tokens(lambda: now, random.Random(1))
    header = f"Bearer {tokens.issue(frozenset({SHEETS}))['access_token']}"
    now = 3_599.0
    tokens.bearer(header)
    now = 3_600.0
    for wrong in (header, None, "Bearer nope", "Basic x"):
        with pytest.raises(GoogleError) as found:
            tokens.bearer(wrong)
        assert found.value.body()["error"]["status"] == "UNAUTHENTICATED"
