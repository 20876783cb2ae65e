"""Random requests to the stand-in end in an answer or in a refusal, never in an error of its own."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from playground.google.api import Call, SheetsApi
from playground.google.errors import GoogleError
from playground.google.library import Library
from playground.google.requests import HANDLERS
from playground.google.schema import ONE_OF, check_body, fields_of, table

TEXTS = ["", "a", "A1", "Sheet1!A1:B2", "=A1", "1", "x,y", "[", "ana@x"]
MASKS = ["*", "note", "userEnteredValue", "title", "pixelSize", "gridProperties", "range", "hidden"]
NUMBERS = [0, 0, 0, 1, 2, 3, 5, 10, 26, 1000, -1]
USUAL = {"sheetId", "fields", "range", "rows", "dimension", "startIndex", "endIndex", "start"}


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)


class Dice(random.Random):
    """Draws bodies that fit the API's messages."""

    def body(self, code: Any, depth: int = 0) -> Any:
        if isinstance(code, str):
            plain = {"s": TEXTS, "m": MASKS, "i": NUMBERS, "n": [0, 1.5], "b": [True, False]}
            return self.choice(plain.get(code, [1, "a", True]))
        kind = code[0]
        if kind == "E":
            return self.choice(code[1:])
        if kind == "A":
            return [self.body(code[1], depth + 1) for _ in range(self.choice([0, 1, 1, 2]))]
        if kind == "M":
            return {self.choice(["0", "1", "a"]): self.body(code[1], depth + 1)}
        return self.message(code[1], depth)

    def message(self, name: str, depth: int) -> dict[str, Any]:
        fields = fields_of(name)
        usual = 0.75 if depth < 2 else min(0.5, 4 / len(fields))
        drawn = {
            field: self.body(code, depth + 1)
            for field, code in fields.items()
            if depth < 9 and self.random() < (0.85 if field in USUAL else usual)
        }
        exclusive = [field for field in ONE_OF.get(name, ("", ()))[1] if field in drawn]
        for field in exclusive[1:]:
            del drawn[field]
        if name in ("GridRange", "DimensionRange"):
            drawn["sheetId"] = self.choice([0, 0, 5])
        return drawn


def prepared() -> tuple[SheetsApi, str]:
    api = SheetsApi(Library(Clock(), random.Random(1), lambda: None))
    number = api.call(Call("spreadsheets.create", "b", (), {}, {}))["spreadsheetId"]
    small = {"sheetId": 0, "gridProperties": {"rowCount": 30, "columnCount": 8}}
    requests = [
        {"updateSheetProperties": {"properties": small, "fields": "gridProperties"}},
        {"addSheet": {"properties": {"sheetId": 5, "title": "T"}}},
    ]
    api.call(Call("spreadsheets.batchUpdate", "b", (number,), {}, {"requests": requests}))
    values = {"values": [["ID", "n"], ["a", 3], ["=b", True], ["2024-01-01", None, "z"]]}
    query = {"valueInputOption": "USER_ENTERED"}
    api.call(Call("spreadsheets.values.update", "b", (number, "A1"), query, values))
    return api, number


@pytest.mark.parametrize("seed", range(5))
def test_random_requests(seed: int) -> None:
    dice = Dice(seed)
    api, number = prepared()
    done = 0
    for _ in range(400):
        kind = dice.choice(list(HANDLERS))
        body = {"requests": [{kind: dice.body(table()["messages"]["Request"][kind])}]}
        try:
            answer = api.call(Call("spreadsheets.batchUpdate", "b", (number,), {}, body))
        except GoogleError:
            continue
        done += 1
        check_body("BatchUpdateSpreadsheetResponse", answer)
    query = {"includeGridData": True}
    check_body("Spreadsheet", api.call(Call("spreadsheets.get", "b", (number,), query, {})))
    assert done > 5
