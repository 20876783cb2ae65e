"""What was given in Slack reaches its own row of the sheet, whatever the lead moves meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from screening.gestures.fulltext import attach_full_text
from tests.desks import LEAD, bring
from tests.flows.sheetdesk import SheetDesk, sheet_desk
from tests.flows.standins import Playground, running_playground
from tests.flows.test_sheet_basics import edit

RECORD, OTHER = "R000002", "R000009"
OURS, THEIRS = "https://example.org/two.pdf", "https://example.org/nine.pdf"


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with running_playground(tmp_path_factory.mktemp("playground")) as running:
        yield running


@pytest.fixture
def desk(stand_in: Playground) -> Iterator[SheetDesk]:
    with sheet_desk(stand_in) as made:
        made.without_quota()
        bring(made.desk, 10)
        made.carry()
        edit(made, "Records", "Full-text link", "ID", OTHER, THEIRS)
        made.carry()
        attach_full_text(
            made.desk, "peer", by=LEAD, record_id=RECORD, link=OURS, gesture_key="given"
        )
        yield made


def turn_around(desk: SheetDesk) -> None:
    """Sort so that the record's row is where the other one stood, and the other way round."""
    desk.lead("sort", tab="Records", column="ID", descending=True)


def links(desk: SheetDesk) -> dict[str, str]:
    return {r["ID"]: r["Full-text link"] for r in desk.rows("Records") if r["Full-text link"]}


def remembered(desk: SheetDesk) -> dict[str, str]:
    with desk.store.reading("peer") as tx:
        views = tx.records_after("", 100)
    return {
        v.record_id: v.lead_cells["Full-text link"]
        for v in views
        if v.lead_cells.get("Full-text link")
    }


MOMENTS: dict[str, Callable[[SheetDesk], object]] = {
    "before reading": lambda d: setattr(d.hook, "before_read", lambda: turn_around(d)),
    "before writing": lambda d: setattr(d.hook, "before_write", lambda: turn_around(d)),
}


@pytest.mark.parametrize("moment", list(MOMENTS))
def test_fault_7a_a_link_from_slack_reaches_its_record_though_rows_move(
    desk: SheetDesk, moment: str
) -> None:
    MOMENTS[moment](desk)
    for _ in range(3):
        desk.carry()
    wanted = {RECORD: OURS, OTHER: THEIRS}
    assert remembered(desk) == wanted
    assert links(desk) == wanted
