"""Imports that show records already there to be one, and pairs to ask about; also cut short."""

from __future__ import annotations

import pytest

from screening.duplicates import Link, Linking
from screening.gestures.duplicates import judge_pair
from screening.gestures.importing import AT_ONCE, import_export
from screening.gestures.overview import prisma
from screening.sources import Source
from screening.views import DuplicatePair
from tests.desks import LEAD, bring, make_desk, ris, title

FIRST, SECOND, THIRD = "R000001", "R000002", "R000003"
NEW = "R000004"
"""The first record of the import under test; three are there before it."""
LAST = f"R{3 + AT_ONCE + 10:06}"
"""The last record of that import, recorded in its second transaction."""


class Killed(Exception):
    """The process died."""


def die():
    raise Killed


@pytest.fixture
def desk(store):
    desk = make_desk(store)
    bring(desk, 3)
    return desk


@pytest.fixture
def linked(monkeypatch):
    """Let the search for duplicates find these links, those that touch the new records."""

    def find(*links):
        def search(records, *, among, kept_apart):
            ids = {record_id for record_id, _ in records}
            return Linking(
                tuple(
                    Link(first, second, certainty, 90.0, "all agrees")
                    for first, second, certainty in links
                    if {first, second} <= ids and among & {first, second}
                )
            )

        monkeypatch.setattr("screening.gestures.importing.find_duplicates", search)

    return find


def import_file(desk, **more):
    data = ris(title(n) for n in range(100, 110 + AT_ONCE))
    return import_export(
        desk, "peer", by=LEAD, file_name="f.ris", data=data, source=Source("EMBASE"), **more
    )


def import_in_two_goes(desk):
    with pytest.raises(Killed):
        import_file(desk, rest=die)
    return import_file(desk)


def merges(desk):
    with desk.store.reading("peer") as tx:
        return tx.merges()


def pairs(desk):
    with desk.store.reading("peer") as tx:
        return {(p.first, p.second): p.state for p in tx.pairs()}


def questions(desk):
    with desk.store.reading("peer") as tx:
        waiting = tx.outbox("slack", 99, kinds=("possible_duplicate",))
        asked = [tx.pair(str(item.payload["pair_id"])) for item in waiting]
    return [(pair.first, pair.second) for pair in asked]


@pytest.mark.parametrize("bring_all", [import_file, import_in_two_goes])
def test_records_that_a_new_one_joins_are_merged_with_it(desk, linked, bring_all):
    linked((FIRST, NEW, "certain"), (SECOND, NEW, "certain"))
    summary = bring_all(desk)
    assert merges(desk) == {SECOND: FIRST, NEW: FIRST}
    assert (summary.duplicates, summary.new) == (1, AT_ONCE + 9)
    assert prisma(desk, "peer").failed == ()


@pytest.mark.parametrize("bring_all", [import_file, import_in_two_goes])
def test_records_joined_through_several_new_ones_are_merged(desk, linked, bring_all):
    """Only the second of them, recorded later, is like the other record that was there."""
    linked((FIRST, NEW, "certain"), (NEW, LAST, "certain"), (SECOND, LAST, "certain"))
    bring_all(desk)
    assert merges(desk) == {SECOND: FIRST, NEW: FIRST, LAST: FIRST}
    assert prisma(desk, "peer").failed == ()


def test_a_merge_of_older_records_stands_among_the_duplicates_and_can_be_undone(desk, linked):
    linked((FIRST, NEW, "certain"), (SECOND, NEW, "certain"))
    import_file(desk)
    with desk.store.reading("peer") as tx:
        stands = {(p.first, p.second): p for p in tx.pairs()}
        shown = {i.key for i in tx.outbox("sheet", 999, kinds=("Duplicates",))}
    assert set(stands) == {(FIRST, SECOND), (FIRST, NEW)}
    join = stands[FIRST, SECOND]
    assert (join.state, join.decided_by) == ("merged", "winnow")
    assert join.why == f"{SECOND} and {NEW}: all agrees"
    assert join.pair_id in shown
    judge_pair(
        desk, "peer", by=LEAD, pair_id=join.pair_id, verdict="different", gesture_key="different"
    )
    assert merges(desk) == {NEW: FIRST}
    assert pairs(desk) == {(FIRST, SECOND): "undone", (FIRST, NEW): "merged"}
    assert prisma(desk, "peer").failed == ()


def add_pair(desk, pair_id, first, second, state):
    with desk.store.writing("peer") as tx:
        tx.add_pair(DuplicatePair(pair_id, "peer", first, second, "possible", 81.0, "alike", state))


def test_a_pair_already_asked_about_is_answered_by_such_a_merge(desk, linked):
    add_pair(desk, "DA", FIRST, SECOND, "possible")
    linked((FIRST, NEW, "certain"), (SECOND, NEW, "certain"))
    import_file(desk)
    assert pairs(desk) == {(FIRST, SECOND): "merged", (FIRST, NEW): "merged"}


def test_records_that_the_lead_called_different_are_not_joined(desk, linked):
    """Not even through records merged into them since."""
    add_pair(desk, "DA", SECOND, THIRD, "possible")
    judge_pair(desk, "peer", by=LEAD, pair_id="DA", verdict="same", gesture_key="same")
    add_pair(desk, "DB", FIRST, THIRD, "different")
    linked((FIRST, NEW, "certain"), (SECOND, NEW, "certain"))
    import_file(desk)
    assert merges(desk) == {THIRD: SECOND, NEW: FIRST}


def test_a_verdict_answers_other_pairs_of_the_same_records(desk):
    for pair_id, first, second in (("DA", FIRST, SECOND), ("DB", SECOND, THIRD)):
        add_pair(desk, pair_id, first, second, "possible")
        judge_pair(desk, "peer", by=LEAD, pair_id=pair_id, verdict="same", gesture_key=pair_id)
    add_pair(desk, "DC", FIRST, THIRD, "merged")
    judge_pair(desk, "peer", by=LEAD, pair_id="DB", verdict="different", gesture_key="apart")
    assert pairs(desk) == {
        (FIRST, SECOND): "merged",
        (SECOND, THIRD): "undone",
        (FIRST, THIRD): "undone",
    }


@pytest.mark.parametrize("bring_all", [import_file, import_in_two_goes])
def test_the_lead_is_asked_about_what_the_first_part_brought(desk, linked, bring_all):
    linked((FIRST, NEW, "possible"))
    assert bring_all(desk).possible == 1
    assert pairs(desk) == {(FIRST, NEW): "possible"}
    assert questions(desk) == [(FIRST, NEW)]


@pytest.mark.parametrize("bring_all", [import_file, import_in_two_goes])
def test_a_pair_of_two_older_records_is_asked_about(desk, linked, bring_all):
    """What a new record is a duplicate of may be the same as what it may be the same as."""
    linked((FIRST, NEW, "certain"), (SECOND, NEW, "possible"))
    bring_all(desk)
    assert pairs(desk) == {(FIRST, NEW): "merged", (FIRST, SECOND): "possible"}
    assert questions(desk) == [(FIRST, SECOND)]


def test_what_is_merged_anyway_is_not_asked_about(desk, linked):
    linked(
        (FIRST, NEW, "certain"),
        (SECOND, NEW, "certain"),
        (FIRST, LAST, "certain"),
        (SECOND, LAST, "possible"),
    )
    import_file(desk)
    assert merges(desk) == {SECOND: FIRST, NEW: FIRST, LAST: FIRST}
    assert "possible" not in pairs(desk).values()
    assert questions(desk) == []


def test_what_the_lead_answers_while_the_import_goes_on_is_not_asked_again(desk, linked):
    linked((FIRST, LAST, "certain"), (SECOND, LAST, "possible"))
    add_pair(desk, "DA", SECOND, THIRD, "possible")
    add_pair(desk, "DB", FIRST, THIRD, "possible")

    def judge_meanwhile():
        for pair_id in ("DA", "DB"):
            verdict = {"pair_id": pair_id, "verdict": "same", "gesture_key": f"same {pair_id}"}
            judge_pair(desk, "peer", by=LEAD, **verdict)

    import_file(desk, rest=judge_meanwhile)
    assert merges(desk) == {SECOND: FIRST, THIRD: FIRST, LAST: FIRST}
    assert "possible" not in pairs(desk).values()
    assert questions(desk) == []
