"""A new sheet is made, votes arrive sealed, decisions open them, and the lead's edits take effect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screening.gestures.conflicts import resolve_conflict
from screening.sealing import PREFIX
from screening.stages import Outcome, Stage, Status
from sheets.layout import TABS
from tests.desks import BEN, CHLOE, LEAD, REASONS, bring, screening_of
from tests.flows.sheetdesk import SheetDesk, sheet_desk
from tests.flows.standins import Playground, running_playground


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with running_playground(tmp_path_factory.mktemp("playground")) as running:
        yield running


@pytest.fixture
def desk(stand_in: Playground) -> Iterator[SheetDesk]:
    stand_in.control.delete("requests")
    with sheet_desk(stand_in) as made:
        yield made


def handed(desk: SheetDesk, who: str) -> list[str]:
    desk.batch(who)
    with desk.store.reading("peer") as tx:
        return [a.record_id for a in tx.open_assignments(reviewer_id=who)]


def disagree(desk: SheetDesk) -> str:
    """A record on which Ben and Chloe disagree; its ID."""
    record = handed(desk, BEN)[0]
    handed(desk, CHLOE)
    desk.vote(BEN, record, "include", note="fits well")
    desk.vote(CHLOE, record, "exclude")
    desk.settle_votes()
    desk.carry()
    return record


def test_a_new_sheet_gets_its_tabs_headers_drop_downs_and_protections(desk: SheetDesk) -> None:
    made = desk.service.open("peer")
    assert len(made) == len(TABS)
    tabs = {t["title"]: t for t in desk.playground.control.get(f"sheets/{desk.sheet}/tabs")}
    assert list(tabs)[: len(TABS)] == [t.name for t in TABS]
    assert tabs["_winnow"]["hidden"]
    assert "Sheet1" in tabs
    for layout in TABS:
        (header,) = desk.cells(f"'{layout.name}'!1:1")
        assert header == [c.name for c in layout.columns]
        assert tabs[layout.name]["frozen_rows"] == 1
    window = desk.playground.control.get(
        f"sheets/{desk.sheet}/window", tab="Records", **{"as": "ben"}, top=1, rows=1
    )
    cells = window["row_views"][0]["cells"]
    assert cells[18]["choices"][:2] == ["include", "exclude"]
    assert [c["width"] for c in window["column_views"]][:2] == [80, 380]
    book = desk.playground.control.get(
        f"sheets/{desk.sheet}/window", tab="_winnow", **{"as": "ben"}, top=0, rows=1
    )
    assert book["row_views"][0]["cells"][0]["locked"]
    charts = desk.playground.control.get(f"sheets/{desk.sheet}/charts", tab="Progress")
    assert len(charts["charts"] if isinstance(charts, dict) else charts) == 2
    assert desk.service.open("peer") == ()


def test_records_sources_and_figures_arrive_in_two_writes(desk: SheetDesk) -> None:
    bring(desk.desk, 30)
    desk.carry()
    rows = desk.rows("Records")
    assert [r["ID"] for r in rows] == [f"R{n:06d}" for n in range(1, 31)]
    assert rows[0]["Status"] == "pending" and rows[0]["Year"] == "2019"
    assert len(desk.rows("PRISMA")) == 35
    assert desk.row("PRISMA", "data", "database_results")["n"] == "30"
    assert desk.row("PRISMA", "data", "database_specific_results")["n"] == "MEDLINE, 30"
    assert desk.row("Sources", "Source", "MEDLINE")["Records"] == "30"
    assert [r["Name"] for r in desk.rows("Team")] == ["Ana", "Ben", "Chloe", "Dev", "Ola"]
    assert desk.hook.writes == 2


def test_a_text_that_looks_like_a_formula_stays_text(desk: SheetDesk) -> None:
    from screening.gestures.importing import import_export
    from screening.sources import Source

    data = b"TY  - JOUR\nTI  - =HYPERLINK(1)\nAU  - +1\nJO  - @home\nPY  - 2001\nER  - \n"
    import_export(desk.desk, "peer", by=LEAD, file_name="x.ris", data=data, source=Source("ERIC"))
    desk.carry()
    (row,) = desk.cells("Records!A2:E2")
    assert row[1] == "=HYPERLINK(1)" and row[4] == "@home"
    entered = desk.playground.control.get(
        f"sheets/{desk.sheet}/cells", range="Records!A2:E2", render="FORMULA"
    )["values"]
    assert entered[0][1] == "=HYPERLINK(1)"


def test_a_pending_vote_is_sealed_and_opened_when_decided(desk: SheetDesk) -> None:
    bring(desk.desk, 5)
    first, second = handed(desk, BEN)[:2]
    handed(desk, CHLOE)
    desk.vote(BEN, first, "include", note="a secret word")
    desk.vote(BEN, second, "exclude")
    desk.carry()
    sealed = desk.rows("Votes")
    assert all(r["Vote"].startswith(PREFIX) and not r["Reason"] + r["Note"] for r in sealed)
    assert len({len(r["Vote"]) for r in sealed}) == 1
    for tab in TABS:
        assert "secret" not in str(desk.rows(tab.name))
    by_record = {r["Record"]: r for r in sealed}
    choice, _, note = desk.seal.open(by_record[first]["Vote"], by_record[first]["Vote ID"])
    assert (choice.value, note) == ("include", "a secret word")
    desk.vote(CHLOE, first, "include")
    desk.settle_votes()
    desk.carry()
    votes = {(r["Record"], r["Reviewer"]): r for r in desk.rows("Votes")}
    assert votes[first, "Ben"]["Vote"] == "include"
    assert votes[first, "Ben"]["Note"] == "a secret word"
    assert votes[second, "Ben"]["Vote"].startswith(PREFIX)
    assert desk.row("Records", "ID", first)["Title/abstract"] == "include"
    assert desk.row("Records", "ID", first)["Stage"] == "full text"
    assert "100%" in desk.row("Team", "Name", "Ben")["Agreement with each partner"]


def test_a_conflict_is_decided_by_the_drop_down(desk: SheetDesk) -> None:
    bring(desk.desk, 4)
    record = disagree(desk)
    row = desk.row("Conflicts", "Record", record)
    assert row["Votes"] == "Ben: include; Chloe: exclude"
    assert row["Notes"] == "Ben: fits well"
    edit(desk, "Conflicts", "Decision", "Record", record, " Include ")
    desk.carry()
    desk.carry()
    screening = screening_of(desk.desk, record)
    assert screening is not None
    assert (screening.status, screening.outcome) == (Status.DECIDED, Outcome.INCLUDE)
    row = desk.row("Conflicts", "Record", record)
    assert row["Resolved by"] == "Ana: include"
    assert row["Decision"].strip() == "Include"
    # The other way round, later: an override, once.
    edit(desk, "Conflicts", "Decision", "Record", record, "exclude")
    desk.carry()
    desk.carry()
    screening = screening_of(desk.desk, record)
    assert screening is not None and screening.outcome is Outcome.EXCLUDE


def decide_in_slack(desk: SheetDesk, record: str, comment: str) -> None:
    with desk.store.reading("peer") as tx:
        (conflict,) = [c for c in tx.open_conflicts() if c.record_id == record]
    resolve_conflict(
        desk.desk,
        "peer",
        by=LEAD,
        conflict_id=conflict.conflict_id,
        outcome=Outcome.EXCLUDE,
        comment=comment,
        gesture_key=f"slack:{conflict.conflict_id}",
    )


def test_fault_22_a_comment_given_in_slack_stands_in_the_sheet(desk: SheetDesk) -> None:
    bring(desk.desk, 4)
    record = disagree(desk)
    decide_in_slack(desk, record, "=wrong drug")
    desk.carry()
    assert desk.row("Conflicts", "Record", record)["Comment"] == "=wrong drug"
    # From then on the cell is the lead's: what they make of it stays, also when they empty it.
    for text in ("wrong dose", ""):
        edit(desk, "Conflicts", "Comment", "Record", record, text)
        desk.carry()
        with desk.store.writing("peer") as tx:
            (conflict_id,) = tx.conflict_ids_after("", 9)
            tx.enqueue_rows("Conflicts", [conflict_id], desk.clock.now())
        desk.carry()
        assert desk.row("Conflicts", "Record", record)["Comment"] == text


def test_fault_22_a_comment_of_a_conflict_new_to_the_sheet_comes_with_its_row(
    desk: SheetDesk,
) -> None:
    bring(desk.desk, 4)
    handed(desk, BEN)
    record = handed(desk, CHLOE)[0]
    desk.vote(BEN, record, "include")
    desk.vote(CHLOE, record, "exclude")
    desk.settle_votes()
    decide_in_slack(desk, record, "wrong drug")
    desk.carry()
    assert desk.row("Conflicts", "Record", record)["Comment"] == "wrong drug"
    desk.lead("rows/delete", tab="Conflicts", row=2, count=1)
    desk.service.reconcile("peer")
    assert desk.row("Conflicts", "Record", record)["Comment"] == "wrong drug"


@pytest.mark.parametrize("seen", [True, False], ids=["seen by the bot", "typed meanwhile"])
def test_fault_22_what_the_lead_wrote_is_not_overwritten_by_a_comment_from_slack(
    desk: SheetDesk, seen: bool
) -> None:
    bring(desk.desk, 4)
    record = disagree(desk)
    edit(desk, "Conflicts", "Comment", "Record", record, "ask Dev")
    if seen:
        desk.carry()
    decide_in_slack(desk, record, "wrong drug")
    desk.carry()
    assert desk.row("Conflicts", "Record", record)["Comment"] == "ask Dev"


def edit(desk: SheetDesk, tab: str, column: str, by: str, key: str, value: str) -> None:
    """Type into the cell of a row, found as a person would find it."""
    header = desk.cells(f"'{tab}'!1:1")[0]
    place = header.index(column)
    letters = chr(65 + place)
    rows = desk.cells(f"'{tab}'!A1:Z2000")
    at = header.index(by)
    (row,) = [n for n, r in enumerate(rows, 1) if len(r) > at and r[at] == key]
    desk.lead("edit", tab=tab, cell=f"{letters}{row}", value=value)


def note_on(desk: SheetDesk, tab: str, column: str, row: int) -> str:
    """The note on a cell; `row` counts from nought."""
    header = desk.cells(f"'{tab}'!1:1")[0]
    window = desk.playground.control.get(
        f"sheets/{desk.sheet}/window", tab=tab, **{"as": "ana"}, top=row, rows=1
    )
    return window["row_views"][0]["cells"][header.index(column)]["note"] or ""


def test_a_typing_error_is_answered_by_a_note_and_nothing_is_recorded(desk: SheetDesk) -> None:
    bring(desk.desk, 4)
    record = disagree(desk)
    edit(desk, "Conflicts", "Decision", "Record", record, "inclde")
    desk.carry()
    desk.carry()
    screening = screening_of(desk.desk, record)
    assert screening is not None and screening.status is Status.CONFLICT
    assert "inclde" in note_on(desk, "Conflicts", "Decision", 1)
    assert desk.row("Conflicts", "Record", record)["Decision"] == "inclde"
    edit(desk, "Conflicts", "Decision", "Record", record, "include")
    desk.carry()
    desk.carry()
    screening = screening_of(desk.desk, record)
    assert screening is not None and screening.outcome is Outcome.INCLUDE
    assert note_on(desk, "Conflicts", "Decision", 1) == ""


def test_full_text_exclusion_asks_for_a_reason(desk: SheetDesk) -> None:
    bring(desk.desk, 4)
    record = handed(desk, BEN)[0]
    desk.carry()
    edit(desk, "Records", "Override", "ID", record, "include")
    desk.carry()
    screening = screening_of(desk.desk, record, Stage.FULL_TEXT)
    assert screening is not None and screening.status is Status.PENDING
    edit(desk, "Records", "Override", "ID", record, "exclude")
    desk.carry()
    desk.carry()
    screening = screening_of(desk.desk, record, Stage.FULL_TEXT)
    assert screening is not None and screening.status is Status.PENDING
    row = [r["ID"] for r in desk.rows("Records")].index(record) + 1
    assert "reason" in note_on(desk, "Records", "Override", row)
    edit(desk, "Records", "Override", "ID", record, f"Exclude:  {REASONS[0].lower()}")
    desk.carry()
    desk.carry()
    screening = screening_of(desk.desk, record, Stage.FULL_TEXT)
    assert screening is not None
    assert (screening.outcome, screening.reason) == (Outcome.EXCLUDE, REASONS[0])
    assert note_on(desk, "Records", "Override", row) == ""
    assert desk.row("Records", "ID", record)["Exclusion reason"] == REASONS[0]
    edit(desk, "Records", "Override", "ID", record, "")
    desk.carry()
    screening = screening_of(desk.desk, record, Stage.FULL_TEXT)
    assert screening is not None and screening.status is Status.PENDING


def test_labels_notes_and_links_are_kept_and_the_link_attached_in_slack_is_shown(
    desk: SheetDesk,
) -> None:
    from screening.gestures.fulltext import attach_full_text

    bring(desk.desk, 4)
    desk.carry()
    edit(desk, "Records", "Labels", "ID", "R000002", "key paper")
    edit(desk, "Records", "Full-text link", "ID", "R000003", "https://example.org/a.pdf")
    desk.carry()
    with desk.store.reading("peer") as tx:
        cells = tx.lead_cells("Records", ["R000002", "R000003"])
    assert cells["R000002"]["Labels"] == "key paper"
    assert cells["R000003"]["Full-text link"] == "https://example.org/a.pdf"
    attach_full_text(
        desk.desk, "peer", by=BEN, record_id="R000001", link="https://x.org/b.pdf", gesture_key="k"
    )
    with desk.store.writing("peer") as tx:
        tx.enqueue_rows("Records", ["R000003"], desk.clock.now())
    desk.carry()
    assert desk.row("Records", "ID", "R000001")["Full-text link"] == "https://x.org/b.pdf"
    assert desk.row("Records", "ID", "R000003")["Full-text link"] == "https://example.org/a.pdf"


def test_an_edit_is_acted_on_once_even_when_remembering_it_failed(desk: SheetDesk) -> None:
    bring(desk.desk, 4)
    record = disagree(desk)
    edit(desk, "Conflicts", "Decision", "Record", record, "include")
    desk.carry()
    conflict = desk.row("Conflicts", "Record", record)["ID"]
    with desk.store.writing("peer") as tx:  # as if the process had died before remembering
        tx.save_lead_cells(
            "Conflicts", conflict, {"Decision": "", "#seq Decision": "", "#note Decision": ""}
        )
    desk.service = desk.new_service()
    desk.carry()
    with desk.store.reading("peer") as tx:
        resolved = tx.conflict(conflict)
    assert resolved is not None and resolved.how == "lead"


def test_the_sheet_of_a_review_is_not_overwritten_by_an_empty_store(
    desk: SheetDesk, tmp_path: Path
) -> None:
    from sheets.errors import OtherReviewError, SheetNotEmptyError
    from store import open_store
    from tests.desks import make_desk

    bring(desk.desk, 3)
    desk.carry()
    before = desk.rows("Records")
    empty = make_desk(open_store(f"sqlite:///{tmp_path / 'empty.db'}"), desk.review, desk.clock)
    with pytest.raises(SheetNotEmptyError, match="winnow rebuild"):
        desk.new_service(empty).run_once("peer")
    assert desk.rows("Records") == before
    from dataclasses import replace

    other = replace(desk.review, review_id="other")
    strange = make_desk(open_store(f"sqlite:///{tmp_path / 'other.db'}"), other, desk.clock)
    with pytest.raises(OtherReviewError, match="peer"):
        desk.new_service(strange).run_once("other")


def test_a_verdict_on_a_possible_duplicate(desk: SheetDesk) -> None:
    from screening.views import DuplicatePair

    bring(desk.desk, 4)
    with desk.store.writing("peer") as tx:
        pair = DuplicatePair(
            "D1", "peer", "R000001", "R000002", "possible", 0.9, "alike", "possible"
        )
        tx.add_pair(pair)
        tx.enqueue_rows("Duplicates", ["D1"], desk.clock.now())
    desk.carry()
    assert desk.row("Duplicates", "ID", "D1")["State"] == "possible"
    edit(desk, "Duplicates", "Verdict", "ID", "D1", "Same")
    desk.carry()
    desk.carry()
    assert desk.row("Duplicates", "ID", "D1")["State"] == "merged by Ana"
    assert desk.row("Records", "ID", "R000002")["Status"] == "duplicate of R000001"
