"""Rows too long for the hidden tab are shortened, and one that cannot be built stops no other."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

import sheets.due
import sheets.listing
from screening.ports import Desk
from screening.records import Record
from sheets.book import CHUNK, CHUNKS, book_cells, read_book_row, read_record, record_json
from sheets.due import Due, Gathering
from sheets.fitting import FLOOR
from sheets.leftout import LeftOut
from sheets.reconcile import Reconciler
from sheets.rows import LONGEST, record_cells
from tests.desks import bring, make_desk, make_review

Json = dict[str, Any]


def book(record: Record, raw: list[Any] | None = None) -> tuple[Json, list[str]]:
    """A record's row as it is read back, and its cells."""
    content = {"kind": "record", "import": "I1", "position": 7, "record": record_json(record)}
    cells = book_cells("R000001", {**content, "raw": raw or []})
    texts = [str(cells[name]) for name in CHUNKS]
    assert all(len(text) <= CHUNK for text in texts)
    found = read_book_row(texts)
    assert found is not None
    return found, texts


@pytest.mark.parametrize("length", [50_000, 225_000, 1_000_000, 5_000_000])
@pytest.mark.parametrize("letter", ["w", "é", '"', "\n", "\x01"])
def test_an_abstract_of_any_length_is_read_back(length: int, letter: str) -> None:
    record = Record("A title", ("A, B",), 2001, abstract=letter * length, keywords=("k",))
    found, texts = book(record, [["AB", {"as": "abstract"}], ["ZZ", "kept"]])
    back, raw = read_record(found)
    assert (back.title, back.authors, back.keywords) == ("A title", ("A, B",), ("k",))
    assert found["position"] == 7
    assert raw == (("AB", back.abstract), ("ZZ", "kept"))
    if sum(map(len, texts)) < 190_000:
        assert "shortened" not in found
        assert back.abstract == record.abstract
    else:
        assert f"[cut by Winnow: {length:,} characters in all]" in back.abstract
        assert back.abstract.startswith(letter * FLOOR)
        (said,) = found["shortened"]
        assert said.startswith("abstract: ") and said.endswith(f" of {length:,} characters")
        assert sum(map(len, texts)) > CHUNK * len(CHUNKS) - 100, "no more was cut than had to be"


def test_raw_tags_give_way_before_fields() -> None:
    abstract = "word " * 30_000
    found, _ = book(Record("T", abstract=abstract), [["N2", "raw " * 100_000], ["AU", "A, B"]])
    back, raw = read_record(found)
    assert back.abstract == abstract
    assert raw[1] == ("AU", "A, B")
    assert raw[0][1].endswith("[cut by Winnow: 400,000 characters in all]")
    assert [said.split(":")[0] for said in found["shortened"]] == ["raw N2"]


@pytest.mark.parametrize("fields", [30, 3_000, 60_000])
def test_many_long_raw_tags_fit(fields: int) -> None:
    record = Record("T" * 225_000, ("A" * 100_000,) * 9, abstract="x" * 225_000)
    found, _ = book(record, [[f"T{n}", "y" * (3_000_000 // fields)] for n in range(fields)])
    back, raw = read_record(found)
    assert back.title.startswith("T" * FLOOR)
    assert len(back.authors) == 9
    assert (len(raw) == fields) is (fields < 100)
    assert len(found["shortened"]) <= 21
    json.dumps(found)


def test_an_import_with_many_problems_fits() -> None:
    content = {"kind": "import", "source": "ERIC", "problems": ["line 1: " + "x" * 90] * 50_000}
    found = read_book_row(str(v) for k, v in book_cells("I1", content).items() if k != "Key")
    assert found is not None
    assert found["source"] == "ERIC"
    assert 0 < len(found["problems"]) < 50_000
    assert found["shortened"] == [f"problems: {len(found['problems']):,} of 50,000 entries"]


# One row that cannot be built


def gathered(desk: Desk, left_out: LeftOut, limit: int = 500) -> Due:
    with desk.store.reading("peer") as tx:
        return Gathering(tx, make_review(), None, lambda tab, key: False, left_out).all(limit)


def breaking(monkeypatch: pytest.MonkeyPatch, *broken: str) -> None:
    def cells(view):
        if view.record_id in broken:
            raise RecursionError("maximum recursion depth exceeded")
        return record_cells(view)

    monkeypatch.setattr(sheets.due, "record_cells", cells)
    monkeypatch.setattr(sheets.listing, "record_cells", cells)


def keys(due: Due, tab: str = "Records") -> list[str]:
    return sorted(row.key for row in due.rows if row.tab == tab)


def test_a_row_that_cannot_be_built_stops_no_other(store, monkeypatch, caplog) -> None:
    desk, left_out = make_desk(store), LeftOut("peer")
    bring(desk, 4)
    breaking(monkeypatch, "R000002")
    caplog.set_level(logging.ERROR)
    for _ in range(3):
        due = gathered(desk, left_out)
        assert keys(due) == ["R000001", "R000003", "R000004"]
    assert len([r for r in caplog.records if "R000002" in r.getMessage()]) == 1
    assert "left out of the sheet: RecursionError" in caplog.text
    seqs = [seq for row in due.rows for seq in row.seqs] + due.settled
    with desk.store.writing("peer") as tx:
        tx.finish_outbox(seqs)
        waiting = tx.outbox("sheet", 99)
    assert [item.key for item in waiting] == ["R000002"], "it is not taken for carried"
    assert left_out.others(waiting) == []


def test_many_such_rows_do_not_fill_up_what_is_taken_at_once(store, monkeypatch) -> None:
    desk, left_out = make_desk(store), LeftOut("peer")
    bring(desk, 6)
    breaking(monkeypatch, "R000001", "R000002", "R000003", "R000004")
    assert keys(gathered(desk, left_out, 2)) == []
    assert keys(gathered(desk, left_out, 2)) == []
    assert keys(gathered(desk, left_out, 2)) == ["R000005", "R000006"]


def test_a_row_that_was_left_out_is_tried_again(store, monkeypatch) -> None:
    desk, left_out = make_desk(store), LeftOut("peer")
    bring(desk, 2)
    breaking(monkeypatch, "R000002")
    gathered(desk, left_out)
    breaking(monkeypatch)
    assert keys(gathered(desk, left_out)) == ["R000001"]
    left_out.try_again()
    assert keys(gathered(desk, left_out)) == ["R000001", "R000002"]


def test_the_slow_beat_passes_over_such_a_row(store, monkeypatch) -> None:
    desk = make_desk(store)
    bring(desk, 3)
    breaking(monkeypatch, "R000003")
    slow = Reconciler(desk, make_review(), None, LeftOut("peer"))
    with desk.store.reading("peer") as tx:
        rows = slow._listing.of("Records", True)(tx, "")
    assert [(row.key, row.cells is None) for row in rows] == [
        ("R000001", False),
        ("R000002", False),
        ("R000003", True),
    ]


def test_visible_cells_hold_what_fits() -> None:
    from screening.views import RecordView

    long = "x" * 5_000_000
    record = Record(long, (long,), journal=long, doi=long, pmid=long, abstract=long)
    cells = record_cells(RecordView("R000001", record, (long,), "I1", 1))
    assert all(len(str(value)) <= LONGEST for value in cells.values())
