"""What the lead's cells do to the store, each edit once, on the real stores."""

from __future__ import annotations

import itertools

import pytest

from screening.gestures.batches import request_batch
from screening.gestures.settling import settle_due
from screening.stages import How, Outcome, Stage, Status
from sheets.edits import Answer, Edits, LeadRow
from tests.desks import BEN, CHLOE, REASONS, bring, make_desk, screening_of
from tests.desks import vote as cast

RECORD = "R000001"
EMPTY = {"Full-text link": "", "Labels": "", "Note": "", "Override": ""}


@pytest.fixture
def desk(store):
    made = make_desk(store)
    bring(made, 3)
    return made


@pytest.fixture
def edits(desk):
    return Edits(desk, desk.review("peer"))


def override(edits: Edits, text: str, record: str = RECORD) -> list[Answer]:
    return edits.take([LeadRow("Records", record, EMPTY | {"Override": text})])


def texts(answers: list[Answer]) -> list[str]:
    return [answer.text for answer in answers]


def standing(desk, stage: Stage = Stage.TITLE_ABSTRACT, record: str = RECORD):
    """(status, outcome, how) at a stage, None when the record is not in it."""
    found = screening_of(desk, record, stage)
    return None if found is None else (found.status, found.outcome, found.how)


PENDING = (Status.PENDING, None, None)


@pytest.mark.parametrize("word", ["", "votes", " Votes "])
def test_an_override_that_brought_a_record_to_full_text_is_taken_back(desk, edits, word) -> None:
    assert texts(override(edits, "include")) == []
    assert standing(desk, Stage.FULL_TEXT) == PENDING
    assert texts(override(edits, word.strip())) == []
    assert standing(desk) == PENDING
    assert standing(desk, Stage.FULL_TEXT) is None


def test_of_two_overrides_the_last_is_taken_back_first(desk, edits) -> None:
    override(edits, "include")
    override(edits, f"exclude: {REASONS[0]}")
    assert standing(desk, Stage.FULL_TEXT) == (Status.DECIDED, Outcome.EXCLUDE, How.OVERRIDE)
    (said,) = texts(override(edits, ""))
    assert said == "The override at title/abstract still stands. Write votes to take it back too."
    assert standing(desk, Stage.FULL_TEXT) == PENDING
    assert texts(override(edits, "votes")) == [""]
    assert standing(desk) == PENDING
    assert texts(override(edits, "")) == [""]  # still owed: nothing new is said


def test_votes_decide_when_the_override_that_let_a_record_in_is_taken_back(desk, edits) -> None:
    keys = itertools.count()
    for who in (BEN, CHLOE):
        request_batch(desk, "peer", by=who, size=3, gesture_key=f"b{next(keys)}")
        cast(desk, who, RECORD, "exclude")
    desk.clock.move(minutes=6)
    settle_due(desk, "peer", at=desk.clock.now())
    override(edits, "include")
    assert standing(desk, Stage.FULL_TEXT) == PENDING
    override(edits, "")
    assert standing(desk) == (Status.DECIDED, Outcome.EXCLUDE, How.AGREED)
    assert standing(desk, Stage.FULL_TEXT) is None


def test_an_override_that_no_longer_stands_is_answered(desk, edits) -> None:
    override(edits, "include")
    with desk.store.writing("peer") as tx:
        tx.leave_stage(Stage.FULL_TEXT, RECORD)
        tx.leave_stage(Stage.TITLE_ABSTRACT, RECORD)
        tx.enter_stage(Stage.TITLE_ABSTRACT, [RECORD], 2, desk.clock.now())
    (said,) = texts(override(edits, ""))
    assert said == f"There is nothing to undo: no override stands on {RECORD}."
    override(edits, "include")  # the emptied cell was taken: the same word is a new edit
    assert standing(desk)[2] is How.OVERRIDE


def test_an_exclusion_without_its_reason_is_answered_with_the_way_to_give_one(desk, edits) -> None:
    override(edits, "include")
    (said,) = texts(override(edits, "exclude"))
    assert said == (
        "An exclusion at full text needs a reason, so nothing was recorded. "
        f"Choose one of: {'; '.join(REASONS)}. Write “exclude: {REASONS[0]}”."
    )
    assert standing(desk, Stage.FULL_TEXT) == PENDING
    assert "" in texts(override(edits, f"exclude: {REASONS[0]}"))
    assert standing(desk, Stage.FULL_TEXT) == (Status.DECIDED, Outcome.EXCLUDE, How.OVERRIDE)


def test_a_decision_without_its_reason_is_answered_with_the_column_for_it(desk, edits) -> None:
    override(edits, "include")
    for who in (BEN, CHLOE):
        request_batch(desk, "peer", by=who, stage=Stage.FULL_TEXT, gesture_key=f"next:{who}")
    cast(desk, BEN, RECORD, "include")
    cast(desk, CHLOE, RECORD, "exclude", reason=REASONS[0])
    settle_due(desk, "peer", at=desk.clock.move(minutes=6))
    with desk.store.reading("peer") as tx:
        conflict = tx.open_conflict(RECORD, Stage.FULL_TEXT)
    cells = {"Decision": "exclude", "Reason": "", "Comment": ""}
    (said,) = texts(edits.take([LeadRow("Conflicts", conflict.conflict_id, cells)]))
    assert said.endswith(f"{REASONS[-1]}. The column Reason takes it.")
    cells["Reason"] = REASONS[1]
    assert texts(edits.take([LeadRow("Conflicts", conflict.conflict_id, cells)])) == [""]
    assert standing(desk, Stage.FULL_TEXT) == (Status.DECIDED, Outcome.EXCLUDE, How.LEAD)


def test_a_cell_read_again_is_acted_on_once(desk, edits) -> None:
    for _ in range(3):
        override(edits, "include")
    assert edits.applied == 1
    assert standing(desk, Stage.FULL_TEXT) == PENDING


def remembered(desk, edits: Edits, answers: list[Answer]) -> None:
    """As the writer does once a write has put notes on their cells."""
    with desk.store.writing("peer") as tx:
        edits.noted(tx, answers)


def test_a_note_is_owed_until_a_write_has_put_it_there(desk, edits) -> None:
    (slip,) = override(edits, "inclde")
    assert "inclde" in slip.text
    assert override(edits, "inclde") == [slip]
    later = Edits(desk, desk.review("peer"))  # the process was killed before the write
    assert override(later, "inclde") == [slip]
    remembered(desk, later, [slip])
    assert override(later, "inclde") == []


def test_a_note_that_was_never_written_is_not_owed_once_the_cell_is_mended(desk, edits) -> None:
    override(edits, "inclde")
    assert texts(override(edits, "")) == [""]
    assert texts(override(edits, "")) == [""]  # the cell may carry it, nobody knows
    remembered(desk, edits, override(edits, ""))
    assert override(edits, "") == []


def test_a_newer_note_replaces_the_one_that_is_owed(desk, edits) -> None:
    override(edits, "inclde")
    (said,) = texts(override(edits, "exlude"))
    assert "exlude" in said and "inclde" not in said


def test_a_note_about_an_edit_that_was_taken_stays_until_the_next(desk, edits) -> None:
    override(edits, "include")
    override(edits, f"exclude: {REASONS[0]}")
    remembered(desk, edits, override(edits, ""))
    assert override(edits, "") == []
    assert texts(override(edits, "votes")) == [""]
