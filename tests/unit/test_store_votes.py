"""Votes, cards, stages and conflicts in the store."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from screening.assignments import Lease
from screening.conflicts import Conflict
from screening.stages import How, Outcome
from screening.views import Agreement
from tests.store_samples import RID, T0, TA, a_vote, at, bring, decide, hand, rid


def test_hand_out_finishes_half_voted_records_first(store):
    with store.writing(RID) as tx:
        bring(tx, range(1, 7))
        tx.add_vote(a_vote("V1", rid(5), "U1"))
        hand(tx, "B1", "U1", [rid(4)])
        tx.add_vote(a_vote("V2", rid(6), "U1"))
        tx.add_vote(a_vote("V3", rid(6), "U2"))
        decide(tx, rid(1), "exclude")
        assert tx.candidates(TA, "U3", 9) == [rid(5), rid(4), rid(2), rid(3)]
        assert tx.candidates(TA, "U1", 9) == [rid(2), rid(3)]
        assert tx.candidates(TA, "U3", 2) == [rid(5), rid(4)]
        # An ID that is part of another one is somebody else.
        assert tx.candidates(TA, "U", 9)[0] == rid(5)


def test_a_card_given_back_can_be_given_again(store):
    with store.writing(RID) as tx:
        bring(tx, [1])
        (card,) = hand(tx, "B1", "U1", [rid(1)])
        assert tx.candidates(TA, "U1", 9) == []
        assert tx.screening(rid(1), TA).leases == 1
        tx.set_assignment(replace(card, lease=Lease.RELEASED))
        assert tx.screening(rid(1), TA).leases == 0
        assert tx.candidates(TA, "U1", 9) == [rid(1)]


def test_the_next_card_is_the_least_skipped_of_the_oldest_batch(store):
    with store.writing(RID) as tx:
        bring(tx, range(1, 5))
        first = hand(tx, "B1", "U1", [rid(2), rid(1)])
        hand(tx, "B2", "U1", [rid(3)])
        assert tx.next_assignment("U1") == first[0]
        tx.set_assignment(replace(first[0], skipped=1, note="later"))
        assert tx.next_assignment("U1") == first[1]
        tx.set_assignment(replace(first[1], lease=Lease.VOTED))
        assert tx.next_assignment("U1").batch_id == "B2"
        assert tx.batch("B1").done == 1
        assert tx.assignment(first[0].assignment_id).note == "later"
        assert [a.record_id for a in tx.open_assignments("U1")] == [rid(3), rid(2)]
        assert [a.record_id for a in tx.open_assignments(record_id=rid(2), stage=TA)] == [rid(2)]
        assert tx.open_assignments("U2") == []
        assert tx.expired_assignments(T0) == []
        assert len(tx.expired_assignments(at(60 * 24 * 8))) == 2
        assert (tx.batch("B9"), tx.assignment("A9"), tx.next_assignment("U2")) == (None,) * 3


def test_nobody_holds_two_cards_of_one_record(store):
    with pytest.raises(IntegrityError), store.writing(RID) as tx:
        bring(tx, [1])
        hand(tx, "B1", "U1", [rid(1)])
        hand(tx, "B2", "U1", [rid(1)])
    with store.reading(RID) as tx:
        assert tx.record(rid(1)) is None, "all of the transaction is undone"


def test_the_newest_vote_is_the_current_one_and_the_log_keeps_all(store):
    with store.writing(RID) as tx:
        bring(tx, [1])
        tx.add_vote(a_vote("V1", rid(1), "U1", "include"))
        tx.add_vote(a_vote("V2", rid(1), "U1", "exclude", replaces="V1", note="\0 why \ud83d"))
        tx.add_vote(a_vote("V3", rid(1), "U2", "maybe"))
        assert tx.screening(rid(1), TA).votes_in == 2
        assert tx.current_vote(rid(1), TA, "U1").vote_id == "V2"
        assert tx.vote_ids_on(rid(1), TA) == ["V1", "V2", "V3"]
        assert tx.vote_ids_after("V1", 9) == ["V2", "V3"]
        assert tx.vote("V2").note == "\N{REPLACEMENT CHARACTER} why \N{REPLACEMENT CHARACTER}"
        assert tx.vote("V9") is None
        assert [(v.vote.vote_id, v.current) for v in tx.vote_views(["V2", "V1"])] == [
            ("V2", True),
            ("V1", False),
        ]
        assert tx.vote("V1").settled, "a replaced vote can no longer be taken back"
        assert not tx.vote("V2").settled


def test_votes_settle_and_are_listed_until_they_have(store):
    with store.writing(RID) as tx:
        bring(tx, [1, 2, 3])
        for n, who in ((1, "U1"), (2, "U2"), (3, "U1")):
            tx.add_vote(a_vote(f"V{n}", rid(n), who, cast_at=at(n)))
        assert [v.vote_id for v in tx.unsettled_votes()] == ["V1", "V2", "V3"]
        assert [v.vote_id for v in tx.unsettled_votes("U1")] == ["V1", "V3"]
        assert [v.vote_id for v in tx.unsettled_votes(cast_before=at(2))] == ["V1", "V2"]
        assert [v.vote_id for v in tx.unsettled_votes(limit=1)] == ["V1"]
        tx.settle_votes(["V1", "V2", "V9"])
        assert [v.vote_id for v in tx.unsettled_votes()] == ["V3"]
        assert tx.current_vote(rid(1), TA, "U1").settled
        assert [v.vote.vote_id for v in tx.last_votes("U1", 1)] == ["V3"]


def test_a_vote_is_revealed_once_its_record_is_no_longer_pending(store):
    with store.writing(RID) as tx:
        bring(tx, [1, 2, 3])
        for n in (1, 2, 3):
            tx.add_vote(a_vote(f"V{n}", rid(n), "U1"))
        decide(tx, rid(1), "include")
        decide(tx, rid(2), None)
        revealed = [v.revealed for v in tx.vote_views(["V1", "V2", "V3"])]
        assert revealed == [True, True, False]
        assert tx.vote_views(["V1"])[0].title == "Study 1"


@pytest.mark.parametrize("table", ["votes", "audit_log", "reveals", "decisions"])
@pytest.mark.parametrize("change", ["UPDATE {} SET review_id = 'x'", "DELETE FROM {}"])
def test_votes_and_audit_can_only_be_appended(store, table, change):
    with store.writing(RID) as tx:
        bring(tx, [1])
        tx.add_vote(a_vote("V1", rid(1), "U1"))
        tx.reveal_votes([rid(1)], TA, T0)
        tx.add_decision("E1", rid(1), T0)
        tx.audit(T0, "U1", "vote", rid(1), {"at": T0})
    with pytest.raises(DBAPIError, match="append-only"), store.writing(RID) as tx:
        tx._connection.execute(text(change.format(table)))


def test_a_vote_cannot_be_replaced_in_the_log(store):
    replacing = {
        "sqlite": "INSERT OR REPLACE INTO votes SELECT * FROM votes",
        "postgresql": "TRUNCATE votes CASCADE",
    }
    with store.writing(RID) as tx:
        bring(tx, [1])
        tx.add_vote(a_vote("V1", rid(1), "U1"))
    with pytest.raises(DBAPIError, match="append-only"), store.writing(RID) as tx:
        tx._connection.execute(text(replacing[tx._connection.dialect.name]))


def test_a_vote_id_is_used_once(store):
    with store.writing(RID) as tx:
        bring(tx, [1])
        tx.add_vote(a_vote("V1", rid(1), "U1"))
    with pytest.raises(IntegrityError), store.writing(RID) as tx:
        tx.add_vote(a_vote("V1", rid(1), "U2"))
    assert store.drifted(RID) == []


def test_conflicts_open_once_and_end(store):
    opened = Conflict("C1", RID, rid(1), TA, T0)
    with store.writing(RID) as tx:
        bring(tx, [1, 2])
        tx.add_vote(a_vote("V1", rid(1), "U1"))
        tx.add_vote(a_vote("V2", rid(1), "U2", "exclude", cast_at=at(1)))
        tx.reveal_votes([rid(1)], TA, at(1))
        tx.add_conflict(opened)
        tx.add_conflict(Conflict("C2", RID, rid(2), TA, at(-5)))
        tx.record_post(f"{RID}/conflict_opened/C1", "C0", "1.2", T0)
    with pytest.raises(IntegrityError), store.writing(RID) as tx:
        tx.add_conflict(Conflict("C3", RID, rid(1), TA, T0))
    with store.writing(RID) as tx:
        assert [c.conflict_id for c in tx.open_conflicts()] == ["C2", "C1"]
        assert [c.conflict_id for c in tx.open_conflicts(1)] == ["C2"]
        assert tx.open_conflict(rid(1), TA) == opened
        (view,) = tx.conflict_views(["C1", "C9"])
        assert [v.vote_id for v in view.votes] == ["V1", "V2"]
        assert (view.title, view.thread) == ("Study 1", ("C0", "1.2"))
        ended = replace(
            opened,
            resolved_at=at(9),
            resolved_by="U0ANA",
            how=How.LEAD,
            outcome=Outcome.EXCLUDE,
            comment="clear",
        )
        tx.set_conflict(ended)
        assert tx.conflict("C1") == ended
        assert tx.open_conflict(rid(1), TA) is None
        tx.add_conflict(Conflict("C4", RID, rid(1), TA, at(10)))
        assert tx.conflict_ids_after("C1", 9) == ["C2", "C4"]
        assert tx.conflict("C9") is None


def test_agreement_counts_independent_settled_votes_on_decided_records(store):
    with store.writing(RID) as tx:
        bring(tx, range(1, 6))
        number = iter(range(1, 99))

        def cast(record, who, choice, **more):
            tx.add_vote(a_vote(f"V{next(number):02d}", rid(record), who, choice, **more))

        for record, (one, two) in enumerate(
            [("include", "include"), ("exclude", "include"), ("maybe", "exclude")], 1
        ):
            cast(record, "U1", one, settled=True)
            cast(record, "U2", two, settled=True)
        # Changed in discussion: the disagreement is what was independent.
        cast(2, "U2", "exclude", settled=True, independent=False)
        cast(4, "U1", "include", settled=True)
        cast(4, "U2", "include", settled=False)
        cast(5, "U1", "include", settled=True)
        cast(5, "U2", "include", settled=True)
        for record in (1, 2, 3, 4):
            decide(tx, rid(record), "include")
        table = {("include", "include"): 1, ("exclude", "include"): 1, ("maybe", "exclude"): 1}
        assert tx.agreement() == [Agreement("U1", "U2", TA, table)]


def test_agreement_counts_a_cluster_once(store):
    with store.writing(RID) as tx:
        bring(tx, [1, 2])
        tx.add_vote(a_vote("V1", rid(1), "U1", settled=True))
        tx.add_vote(a_vote("V2", rid(2), "U2", settled=True))
        tx.merge(rid(1), rid(2), tx.record(rid(1)).record)
        decide(tx, rid(1), "include")
        assert [a.table for a in tx.agreement()] == [{("include", "include"): 1}]


def test_the_last_decision_is_the_one_made_last_whatever_its_id(store):
    with store.writing(RID) as tx:
        assert tx.last_decision() == ""
        for decision_id in ("E9", "E5", "E9"):
            tx.add_decision(decision_id, rid(1), T0)
        assert tx.last_decision() == "E5", "made on a machine whose clock is not ahead"
        assert (tx.knows_decision("E9"), tx.knows_decision("E1")) == (True, False)
    with store.reading("other") as tx:
        assert not tx.knows_decision("E9")
