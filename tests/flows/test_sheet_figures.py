"""Team, Progress and PRISMA say what the store says, whatever was done to them and however late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from screening.gestures.conflicts import override_decision
from screening.gestures.voting import change_vote
from screening.stages import Outcome, Stage
from screening.votes import Choice
from tests.desks import BEN, CHLOE, LEAD, HandClock, bring
from tests.flows.sheetdesk import SheetDesk, sheet_desk
from tests.flows.standins import Playground, running_playground
from tests.flows.test_sheet_basics import edit, handed, note_on


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with running_playground(tmp_path_factory.mktemp("playground")) as running:
        yield running


@pytest.fixture
def desk(stand_in: Playground) -> Iterator[SheetDesk]:
    with sheet_desk(stand_in) as made:
        yield made


def screened(desk: SheetDesk) -> list[str]:
    """Three records excluded and one voted on once, all of it carried; their IDs."""
    bring(desk.desk, 6)
    records = handed(desk, BEN)
    handed(desk, CHLOE)
    for record in records[:3]:
        desk.vote(BEN, record, "exclude")
        desk.vote(CHLOE, record, "exclude")
    desk.vote(BEN, records[3], "include")
    desk.settle_votes()
    desk.carry()
    return records


def days(desk: SheetDesk) -> dict[str, tuple[int, int]]:
    """Day → (screened, decided) as the sheet says it."""
    return {r["Day"]: (int(r["Screened"]), int(r["Decided"])) for r in desk.rows("Progress")}


def test_what_was_changed_in_a_computed_tab_comes_back(desk: SheetDesk) -> None:
    screened(desk)
    before = {tab: desk.rows(tab) for tab in ("Team", "Progress", "PRISMA")}
    edit(desk, "PRISMA", "n", "data", "records_excluded", "999")
    edit(desk, "Team", "Done", "Name", "Ben", "77")
    edit(desk, "Progress", "Screened", "Decided", "3", "0")
    desk.carry()
    assert desk.row("PRISMA", "data", "records_excluded")["n"] == "999"
    desk.service.reconcile("peer")
    assert {tab: desk.rows(tab) for tab in before} == before
    place = [r["data"] for r in before["PRISMA"]].index("records_screened") + 2
    desk.lead("rows/delete", tab="PRISMA", row=place, count=1)
    assert len(desk.rows("PRISMA")) == len(before["PRISMA"]) - 1
    desk.service.reconcile("peer")
    healed = desk.rows("PRISMA")
    assert sorted(healed, key=str) == sorted(before["PRISMA"], key=str)


def test_a_figure_that_was_changed_comes_back_with_the_slow_beat(desk: SheetDesk) -> None:
    screened(desk)
    desk.service.reconcile("peer")
    edit(desk, "Team", "Left", "Name", "Ben", "77")
    desk.carry()
    assert desk.row("Team", "Name", "Ben")["Left"] == "77"
    desk.service.writer("peer")._next_reconcile = 0.0
    desk.carry()
    assert desk.row("Team", "Name", "Ben")["Left"] == "2"


def test_a_copied_row_of_a_computed_tab_is_marked(desk: SheetDesk) -> None:
    screened(desk)
    (header, *rows) = desk.cells("'PRISMA'!A1:H40")
    copy = len([r for r in rows if any(r)]) + 2
    for place, text in enumerate(rows[3]):
        desk.lead("edit", tab="PRISMA", cell=f"{chr(65 + place)}{copy}", value=text)
    desk.service.reconcile("peer")
    desk.carry()
    assert "repeats" in note_on(desk, "PRISMA", header[3], copy - 1)
    assert note_on(desk, "PRISMA", header[3], 4) == ""


def test_an_older_day_follows_what_was_changed_since(desk: SheetDesk) -> None:
    records = screened(desk)
    (day,) = days(desk)
    desk.clock.move(days=6)
    override_decision(
        desk.desk,
        "peer",
        by=LEAD,
        record_id=records[0],
        outcome=Outcome.INCLUDE,
        gesture_key="override",
    )
    with desk.store.reading("peer") as tx:
        vote = tx.current_vote(records[3], Stage.TITLE_ABSTRACT, BEN)
    assert vote is not None
    change_vote(
        desk.desk,
        "peer",
        by=BEN,
        vote_id=vote.vote_id,
        choice=Choice.EXCLUDE,
        gesture_key="change",
    )
    desk.carry()
    desk.service.reconcile("peer")
    shown = days(desk)
    assert len(shown) == 7  # days on which nothing was done, too
    assert shown[day] == (6, 2)
    assert [sum(n) for n in zip(*shown.values(), strict=True)] == [7, 3]


def test_progress_begins_with_the_first_vote_although_the_import_is_dated_later(
    desk: SheetDesk,
) -> None:
    """A file imported on a machine whose clock is ahead of the bot's."""
    elsewhere = replace(desk.desk, clock=HandClock(desk.clock.now() + timedelta(days=200)))
    bring(elsewhere, 4)
    (record, *_) = handed(desk, BEN)
    desk.vote(BEN, record, "include")
    desk.carry()
    assert days(desk) == {desk.clock.now().date().isoformat(): (1, 0)}
