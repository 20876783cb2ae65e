"""Layout, rows, index, requests, verdicts: what can be said of the sheet without one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.conflicts import Conflict
from screening.errors import InvalidValueError
from screening.prisma import prisma_report
from screening.records import Record
from screening.sealing import Seal, SealError, is_sealed, new_key
from screening.stages import How, Outcome, Screening, Stage, Status
from screening.views import (
    Agreement,
    ConflictView,
    FlowFigures,
    MemberFigures,
    RecordView,
    VoteView,
)
from screening.votes import Choice, Vote
from sheets.book import CHUNK, book_cells, read_book_row, read_record, record_json
from sheets.compose import Placed, append, bands, cell, read_back, updates
from sheets.layout import TABS, choices_of, layout_of
from sheets.locate import HashMap, RowIndex, spans
from sheets.rows import (
    LONGEST,
    conflict_cells,
    cut,
    local,
    prisma_rows,
    record_cells,
    same_number,
    shown_text,
    team_rows,
    vote_cells,
)
from sheets.shape import TabShape, letters, match_columns
from sheets.verdicts import read_decision, read_override, read_verdict
from sheets.watch import TabWatch
from tests.desks import BEN, CHLOE, LEAD, REASONS, make_review

AT = datetime(2026, 3, 2, 9, 30, 5, tzinfo=UTC)
REVIEW = make_review()


def shape_of(name: str, order: list[str] | None = None) -> TabShape:
    layout = layout_of(name)
    names = order or [c.name for c in layout.columns]
    places = {n: i for i, n in enumerate(names) if n in {c.name for c in layout.columns}}
    return TabShape(
        layout, 7, name, 1000, len(names), tuple(names), places, frozenset(places), True
    )


# Layout


def test_the_layout_is_the_designs() -> None:
    said = {
        tab.name: [c.name for c in tab.columns if c.owner == "L"]
        for tab in TABS
        if tab.lead_columns
    }
    assert said == {
        "Records": ["Full-text link", "Labels", "Note", "Override"],
        "Conflicts": ["Decision", "Reason", "Comment"],
        "Duplicates": ["Verdict"],
        "Sources": ["Strategy", "Note"],
    }
    for tab in TABS:
        assert tab.column(tab.key).owner == "B"
        assert len({c.name for c in tab.columns}) == len(tab.columns)
    assert choices_of(REVIEW, "override")[2] == f"exclude: {REASONS[0]}"
    assert choices_of(REVIEW, "reason") == REASONS


def test_columns_are_found_by_mark_then_by_header() -> None:
    layout = layout_of("Conflicts")
    headers = ["Mine", "record", "ID", "What we decide", "Reason", "Title"]
    found = match_columns(layout, headers, {"Decision": 3})
    assert (found["Decision"], found["Record"], found["ID"], found["Title"]) == (3, 1, 2, 5)
    assert "Stage" not in found
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


# Rows


def view(**changes) -> RecordView:
    base = RecordView("R000001", Record("A title", year=2019), ("ERIC",), "I1", 1)
    return replace(base, **changes)


def screening(stage=Stage.TITLE_ABSTRACT, **changes) -> Screening:
    return Screening("peer", "R000001", stage, **changes)


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        ({}, ("", "", "")),
        ({"screenings": (screening(votes_in=1),)}, ("title/abstract", "pending", "")),
        (
            {"screenings": (screening(status=Status.CONFLICT, votes_in=2),)},
            ("title/abstract", "conflict", "conflict"),
        ),
        (
            {
                "screenings": (
                    screening(status=Status.DECIDED, outcome=Outcome.INCLUDE, maybe=True),
                    screening(Stage.FULL_TEXT),
                )
            },
            ("full text", "pending", "include (maybe)"),
        ),
        (
            {
                "screenings": (
                    screening(status=Status.DECIDED, outcome=Outcome.EXCLUDE, how=How.OVERRIDE),
                )
            },
            ("title/abstract", "decided", "exclude (override)"),
        ),
        ({"merged_into": "R000009"}, ("", "duplicate of R000009", "")),
    ],
)
def test_a_record_says_how_far_it_is(views, expected) -> None:
    cells = record_cells(view(**views))
    assert (cells["Stage"], cells["Status"], cells["Title/abstract"]) == expected
    assert cells["Year"] == 2019


def test_a_long_text_is_cut_with_a_note() -> None:
    text = "é" * 60_000
    assert len(cut(text)) == LONGEST
    assert cut(text).endswith("[cut by Winnow: 60,000 characters in all]")
    assert cut("short") == "short"


def a_vote(**changes) -> Vote:
    base = Vote("V1", "peer", "R000001", Stage.FULL_TEXT, BEN, Choice.EXCLUDE, AT, REASONS[0], "no")
    return replace(base, **changes)


def test_only_revealed_votes_stand_in_the_clear() -> None:
    seal = Seal(new_key())
    hidden = vote_cells(VoteView(a_vote(), "T", True, False), REVIEW, seal)
    assert is_sealed(str(hidden["Vote"])) and (hidden["Reason"], hidden["Note"]) == ("", "")
    shown = vote_cells(VoteView(a_vote(), "T", True, True), REVIEW, seal)
    assert (shown["Vote"], shown["Reason"], shown["Note"]) == ("exclude", REASONS[0], "no")
    assert shown["When"] == "2026-03-02 10:30:05"
    assert shown["Reviewer"] == "Ben"
    late = vote_cells(VoteView(a_vote(independent=False), "T", True, True), REVIEW, seal)
    assert late["Vote"] == "exclude (after discussion)"
    withdrawn = vote_cells(
        VoteView(a_vote(choice=Choice.WITHDRAWN), "T", True, False), REVIEW, seal
    )
    assert len(str(withdrawn["Vote"])) == len(str(hidden["Vote"]))
    # An open review reveals votes as they are cast; those from before it was opened stay sealed.
    open_review = replace(REVIEW, blinding="open")
    assert vote_cells(VoteView(a_vote(), "T", True, False), open_review, seal) == hidden
    with pytest.raises(SealError, match="there is no key"):
        vote_cells(VoteView(a_vote(), "T", True, False), open_review, None)


def test_a_conflict_says_the_same_whoever_ended_it_where() -> None:
    conflict = Conflict("C1", "peer", "R000001", Stage.FULL_TEXT, AT)
    votes = (a_vote(), a_vote(reviewer_id=CHLOE, choice=Choice.INCLUDE, reason="", note=""))
    shown = ConflictView(conflict, "T", Record(), votes, ("C0", "1.2"))
    cells = conflict_cells(shown, REVIEW)
    assert cells["Votes"] == f"Ben: exclude ({REASONS[0]}); Chloe: include"
    assert cells["Notes"] == "Ben: no"
    assert cells["Thread"] == "https://slack.com/app_redirect?channel=C0&message_ts=1.2"
    assert cells["Resolved by"] == ""
    ended = replace(
        conflict, resolved_at=AT, resolved_by=LEAD, outcome=Outcome.EXCLUDE, reason=REASONS[1]
    )
    cells = conflict_cells(replace(shown, conflict=ended), REVIEW)
    assert cells["Resolved by"] == f"Ana: exclude ({REASONS[1]})"
    since = replace(shown, conflict=ended, overridden=(Outcome.INCLUDE, ""))
    cells = conflict_cells(since, REVIEW)
    assert cells["Resolved by"] == f"Ana: exclude ({REASONS[1]}); since then include (override)"
    agreed = replace(ended, resolved_by="votes", outcome=Outcome.INCLUDE, reason="")
    cells = conflict_cells(replace(shown, conflict=agreed), REVIEW)
    assert cells["Resolved by"] == "votes agreed: include"


def test_the_team_counts_decided_records_and_names_partners() -> None:
    figures = [
        MemberFigures(BEN, Stage.TITLE_ABSTRACT, 10, 6, 4, 3, 4, AT),
        MemberFigures(BEN, Stage.FULL_TEXT, 2, 1, 1, 0, 0),
        MemberFigures("U0GONE", Stage.TITLE_ABSTRACT, 1, 1),
    ]
    table = {("include", "include"): 3, ("exclude", "exclude"): 5, ("include", "exclude"): 2}
    rows = team_rows(REVIEW, figures, [Agreement(BEN, CHLOE, Stage.TITLE_ABSTRACT, table)])
    assert (rows[BEN]["Assigned"], rows[BEN]["Done"], rows[BEN]["Left"]) == (12, 7, 5)
    assert rows[BEN]["Include rate"] == 0.75
    text = str(rows[BEN]["Agreement with each partner"])
    assert text.startswith("Chloe, title/abstract: 80% of 10, kappa 0.60 (0.15 to 1.00), AC1 ")
    assert rows["U0GONE"]["Role"] == "left the team"
    assert rows[LEAD]["Include rate"] is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({("include", "include"): 4, ("exclude", "exclude"): 6}, "kappa 1.00 (–), AC1 1.00 (–)"),
        ({("exclude", "exclude"): 6}, "kappa –, AC1 1.00 (–)"),
        ({("include", "exclude"): 1}, "kappa 0.00 (–), AC1 -1.00 (–)"),
    ],
)
def test_fault_38_what_is_undefined_is_a_dash_in_the_team_tab(
    table: dict[tuple[str, str], int], said: str
) -> None:
    agreement = Agreement(BEN, CHLOE, Stage.TITLE_ABSTRACT, table)
    text = str(team_rows(REVIEW, [], [agreement])[BEN]["Agreement with each partner"])
    assert text.endswith(said)


def test_the_prisma_tab_is_the_packages_template() -> None:
    flow = FlowFigures(identified={("database", "ERIC"): 4, ("database", "Embase"): 9})
    rows = list(prisma_rows(prisma_report("peer", flow)).values())
    assert len(rows) == 35
    assert list(rows[0]) == [
        "data",
        "node",
        "box",
        "description",
        "boxtext",
        "tooltips",
        "url",
        "n",
    ]
    by_key = {r["data"]: r for r in rows}
    assert by_key["database_results"]["n"] == 13
    assert by_key["database_specific_results"]["n"] == "Embase, 9; ERIC, 4"
    assert by_key["dbr_excluded"]["n"] == 0
    assert by_key["identification"]["node"] == "node1"


def test_numbers_compare_whatever_their_format() -> None:
    assert same_number("2,019") == shown_text(2019) == "2019"
    assert same_number("0.90") == shown_text(0.9)
    assert same_number("1.00") == shown_text(1.0) == "1"
    assert same_number("spoilt") == "spoilt"
    assert local(None, REVIEW) == ""


# The book


def test_a_records_row_brings_it_back_and_quotes_its_abstract_once() -> None:
    record = Record("T", ("A, B",), 2001, abstract="long " * 100, keywords=("k",), urls=("u",))
    raw = [["AB", {"as": "abstract"}], ["KW", "k"]]
    cells = book_cells("R1", {"kind": "record", "record": record_json(record), "raw": raw})
    content = read_book_row(str(cells[c]) for c in ("JSON", "JSON 2", "JSON 3", "JSON 4"))
    assert content is not None
    assert read_record(content) == (record, (("AB", record.abstract), ("KW", "k")))


def test_a_big_row_is_spread_over_cells() -> None:
    big = book_cells("R1", {"kind": "record", "record": {"abstract": "x" * (CHUNK * 3)}})
    assert all(len(str(v)) <= CHUNK for v in big.values())
    assert read_book_row(str(v) for k, v in big.items() if k != "Key")
    assert read_book_row(["{"]) is None


# Where rows are


@given(st.dictionaries(st.text(max_size=12), st.integers(0, 10**6), max_size=3_000))
@settings(max_examples=20, deadline=None)
def test_the_index_is_a_dictionary(numbers) -> None:
    found = HashMap()
    for text, number in numbers.items():
        assert found.put(text, number)
    assert len(found) == len(numbers)
    assert all(found.get(text) == number for text, number in numbers.items())
    assert found.get("never there") is None


def test_repeated_ids_are_told_and_the_first_is_kept() -> None:
    index = RowIndex()
    index.load(["R1", "", "R2", "R1"], 1)
    assert (index.get("R1"), index.get("R2"), index.last) == (1, 3, 4)
    assert index.repeated == [("R1", 4)]
    assert spans([9, 3, 4, 12, 40], 3) == [(3, 5), (9, 13), (40, 41)]


# Requests


def test_updates_never_touch_the_id_or_the_leads_columns() -> None:
    order = ["Mine", "Title", "ID", "Note", *(c.name for c in layout_of("Records").columns)]
    order = list(dict.fromkeys(order))
    tab = shape_of("Records", order)
    cells = record_cells(view())
    requests = list(updates(tab, [Placed(5, "R000001", cells), Placed(6, "R000002", cells)]))
    touched = set()
    for request in requests:
        body = request["updateCells"]
        assert body["fields"] == "userEnteredValue"
        assert len(body["rows"]) == 2
        start = body["start"]["columnIndex"]
        touched |= set(range(start, start + len(body["rows"][0]["values"])))
    theirs = {tab.columns[n] for n in (*tab.layout.lead_columns, "ID")} | {0}
    assert not touched & theirs
    assert touched == {tab.columns[n] for n in tab.layout.bot_columns} - theirs
    assert [b[0] for b in bands(tab, ["Title", "Year", "Journal"])] == ["Title", "Year"]


def test_text_stays_text_and_numbers_stay_numbers() -> None:
    assert cell("=1+1") == {"userEnteredValue": {"stringValue": "=1+1"}}
    assert cell(3) == {"userEnteredValue": {"numberValue": 3}}
    assert cell("") == cell(None) == {}
    line = append(shape_of("Records"), [({"ID": "R1"}, {"Labels": "x", "#seq Labels": "1"})])
    values = line["appendCells"]["rows"][0]["values"]
    assert values[0] == cell("R1") and values[16] == cell("x") and len(values) == 17


def test_the_answer_of_a_write_is_read_back() -> None:
    row = {"values": [{"formattedValue": "R000004"}]}
    answer = {
        "updatedSpreadsheet": {
            "sheets": [
                {
                    "properties": {"sheetId": 7},
                    "data": [
                        {"rowData": [{"values": [{"formattedValue": "ID"}, {}]}]},
                        {"startRow": 3, "rowData": [row, {}]},
                    ],
                }
            ]
        }
    }
    back = read_back(answer, {7: 0})
    assert back.headers == {7: ("ID", "")}
    assert back.keys == {(7, 3): "R000004", (7, 4): ""}


# What the lead types


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("include", Outcome.INCLUDE),
        ("  EXCLUDE ", Outcome.EXCLUDE),
        ("not  retrieved", Outcome.NOT_RETRIEVED),
        ("", None),
    ],
)
def test_a_decision_is_read_whatever_its_case(text, outcome) -> None:
    assert read_decision(text) is outcome


@pytest.mark.parametrize("text", ["inclde", "yes", "include!", "in clude"])
def test_a_decision_is_never_guessed(text) -> None:
    with pytest.raises(InvalidValueError, match="nothing was recorded"):
        read_decision(text)


def test_overrides_and_verdicts() -> None:
    ruling = read_override("Exclude : wrong   POPULATION", REASONS)
    assert (ruling.outcome, ruling.reason) == (Outcome.EXCLUDE, "Wrong population")
    assert read_override("", REASONS).outcome is None
    assert read_override("exclude: Another", REASONS).reason == "Another"
    for wrong in ("maybe", ": reason", "exlude: x"):
        with pytest.raises(InvalidValueError):
            read_override(wrong, REASONS)
    assert (read_verdict("Same"), read_verdict("different "), read_verdict(" ")) == (
        "same",
        "different",
        None,
    )
    with pytest.raises(InvalidValueError):
        read_verdict("sam")


# Noticing edits


def answer(watch: TabWatch, ids: list[str], verdicts: list[str], again: list[str] | None = None):
    question = watch.question()
    if len(question.areas) == 1:
        return question.take([[verdicts]])
    return question.take([[ids], [verdicts], [["ID", *(again or ids)]]])


def test_a_small_tab_tells_changed_rows_and_a_sort_gives_itself_away() -> None:
    watch = TabWatch(shape_of("Duplicates"), 3)
    first = answer(watch, ["D1", "D2", "D3"], ["", "same"])
    assert [(r.key, r.cells["Verdict"]) for r in first] == [("D1", ""), ("D2", "same"), ("D3", "")]
    assert answer(watch, ["D1", "D2", "D3"], ["", "same"]) == []
    assert [r.key for r in answer(watch, ["D1", "D2", "D3"], ["different", "same"])] == ["D1"]
    assert answer(watch, ["D1", "D2"], ["", ""], again=["D2", "D1"]) == []
    assert len(answer(watch, ["D2", "D1"], ["", ""])) == 2


def test_a_large_tab_is_read_with_ids_only_where_it_changed() -> None:
    watch = TabWatch(shape_of("Duplicates"), 5_000)
    ids = [f"D{n}" for n in range(5_000)]
    assert len(answer(watch, ids, [])) == 5_000
    assert answer(watch, ids, []) == []
    verdicts = [""] * 4_000 + ["same"]
    assert answer(watch, ids, verdicts) == []
    question = watch.question()
    (area,) = {(a["startRowIndex"], a.get("endRowIndex")) for a in question.areas[:2]}
    assert area == (4_001, 4_002)
    rows = question.take([[["D4000"]], [["same"]], [["D3999", "D4000"]]])
    assert [(r.key, r.cells["Verdict"]) for r in rows] == [("D4000", "same")]
