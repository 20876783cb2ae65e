"""Records, merges and pairs in the store."""

from __future__ import annotations

import pytest

from screening.records import Record, SourceRecord
from screening.sources import SourceKind
from screening.views import DuplicatePair
from store.imports import ABSTRACT_HEAD
from tests.store_samples import FT, RID, T0, TA, a_vote, bring, decide, hand, rid, source_record


def test_a_record_comes_back_as_it_came(store):
    full = Record(
        title="Ünïcode \N{GREEK SMALL LETTER ALPHA}\0\ud83d",
        authors=("Doe, J.", "Roe, R."),
        year=2019,
        journal="J",
        volume="1",
        number="2",
        pages="e1-9",
        doi="10.1/x",
        pmid="12",
        abstract="Long. " * 1000,
        entry_type="JOUR",
        language="en",
        issn="1234-5678",
        accession="A1",
        original_title="O",
        publisher="P",
        keywords=("a", "b"),
        urls=("https://x",),
    )
    raw = (("TI", "one\0two"), ("TI", "again"), ("", ""))
    with store.writing(RID) as tx:
        bring(tx, [])
        tx.add_records("I1", [("R000001", SourceRecord(full, 7, 70, raw), "k")])
    with store.reading(RID) as tx:
        view = tx.record("R000001")
        assert view.record == full
        assert (view.position, view.import_id, view.sources) == (7, "I1", ("MEDLINE",))
        assert tx.raw_fields("R000001") == raw
        assert tx.raw_fields("R9") == ()
        assert tx.record("R9") is None
        ((_, slim),) = tx.all_for_linking()
        assert slim.abstract == full.abstract[:ABSTRACT_HEAD]
        assert tx.members_of("R000001") == [("R000001", full)]


def test_records_are_paged_in_order_of_id(store):
    with store.writing(RID) as tx:
        bring(tx, [3, 1, 2])
    with store.reading(RID) as tx:
        assert [v.record_id for v in tx.records_after("", 2)] == [rid(1), rid(2)]
        assert [v.record_id for v in tx.records_after(rid(2), 9)] == [rid(3)]
        assert [v.record_id for v in tx.records([rid(3), "R9", rid(1), rid(3)])] == [rid(3), rid(1)]
        assert tx.records([]) == []


def test_record_numbers_are_reserved_once(store):
    with store.writing(RID) as tx:
        assert tx.next_record_numbers(0) == range(1, 1)
        assert tx.next_record_numbers(3) == range(1, 4)
        assert tx.next_record_numbers(2) == range(4, 6)
    with store.reading(RID) as tx:
        assert tx.next_record_numbers(0).start == 6
    with store.reading("other") as tx:
        assert tx.next_record_numbers(0).start == 1


def test_an_import_is_found_by_its_digest(store):
    with store.writing(RID) as tx:
        bring(tx, [1])
    with store.reading(RID) as tx:
        assert tx.import_with_digest("digest-I1") == tx.imports()[0]
        assert tx.import_with_digest("other") is None
    with store.reading("other") as tx:
        assert tx.imports() == []


def test_a_merged_record_shows_the_best_of_both_and_comes_apart_again(store):
    best = Record(title="Best", doi="10.1/b")
    with store.writing(RID) as tx:
        bring(tx, [1, 2])
        bring(tx, [3], import_id="I2", name="ERIC")
        tx.merge(rid(2), rid(3), Record(title="first"))
        tx.merge(rid(1), rid(2), best)
        with pytest.raises(ValueError, match="does not stand alone"):
            tx.merge(rid(2), rid(1), best)
    with store.reading(RID) as tx:
        kept, removed = tx.records([rid(1), rid(2)])
        assert kept.record == best
        assert (kept.members, kept.sources) == ((rid(2), rid(3)), ("MEDLINE", "ERIC"))
        assert (removed.merged_into, removed.record.title) == (rid(1), "Study 2")
        assert [r for r, _ in tx.members_of(rid(1))] == [rid(1), rid(2), rid(3)]
        assert tx.merges() == {rid(2): rid(1), rid(3): rid(1)}
    alone = source_record(3).record
    with store.writing(RID) as tx:
        tx.unmerge(rid(3), {rid(1): Record(title="Still two"), rid(3): alone})
        tx.unmerge(rid(3), {})
    with store.reading(RID) as tx:
        assert tx.merges() == {rid(2): rid(1)}
        assert tx.record(rid(1)).record.title == "Still two"
        assert tx.record(rid(3)).record == alone


def test_votes_follow_a_merge_and_its_undoing(store):
    with store.writing(RID) as tx:
        bring(tx, [1, 2])
        tx.add_vote(a_vote("V1", rid(1), "U1"))
        tx.add_vote(a_vote("V2", rid(2), "U1"))
        tx.add_vote(a_vote("V3", rid(2), "U2", "exclude"))
        hand(tx, "B1", "U3", [rid(2)])
        tx.merge(rid(1), rid(2), Record(title="both"))
        kept = tx.screening(rid(1), TA)
        assert (kept.votes_in, kept.leases) == (2, 1), "one vote a reviewer"
        assert [v.vote_id for v in tx.current_votes([rid(1), rid(2)], TA)] == ["V1", "V2", "V3"]
        decide(tx, rid(1), "include")
    assert store.drifted(RID) == []
    with store.writing(RID) as tx:
        tx.unmerge(rid(2), {rid(1): Record(title="1"), rid(2): Record(title="2")})
        assert (tx.screening(rid(1), TA).votes_in, tx.screening(rid(1), TA).leases) == (1, 0)
        assert (tx.screening(rid(2), TA).votes_in, tx.screening(rid(2), TA).leases) == (2, 1)
    assert store.drifted(RID) == []


def test_a_vote_on_a_merged_record_counts_for_the_kept_one(store):
    with store.writing(RID) as tx:
        bring(tx, [1, 2])
        tx.merge(rid(1), rid(2), Record(title="both"))
        tx.add_vote(a_vote("V1", rid(2), "U1"))
        assert tx.screening(rid(1), TA).votes_in == 1
        assert tx.candidates(TA, "U1", 9) == [], "nobody votes twice on one cluster"
        assert tx.candidates(TA, "U2", 9) == [rid(1)]
        tx.add_vote(a_vote("V2", rid(2), "U1", "withdrawn", replaces="V1"))
        assert tx.screening(rid(1), TA).votes_in == 0
        assert tx.candidates(TA, "U1", 9) == [rid(1)]
    assert store.drifted(RID) == []


def test_counters_start_from_what_is_there_when_a_record_comes_back(store):
    with store.writing(RID) as tx:
        bring(tx, [1, 2])
        tx.add_vote(a_vote("V1", rid(1), "U1"))
        hand(tx, "B1", "U2", [rid(1)])
        decide(tx, rid(1), "include")
        tx.leave_stage(TA, rid(1))
        assert tx.screening(rid(1), TA) is None
        assert tx.vote_views(["V1"])[0].revealed is True, "what was shown once stays shown"
        tx.enter_stage(TA, [rid(1), rid(2)], 2, T0)
        back = tx.screening(rid(1), TA)
        assert (back.votes_in, back.leases, back.status) == (1, 1, "pending")
    assert store.drifted(RID) == []


def test_entering_twice_changes_nothing(store):
    with store.writing(RID) as tx:
        bring(tx, [1])
        decide(tx, rid(1), "exclude")
        tx.enter_stage(TA, [rid(1)], 3, T0)
        assert tx.screening(rid(1), TA).outcome == "exclude"
        assert tx.screening(rid(1), TA).needed == 2


def test_a_record_stays_in_the_column_of_the_source_that_brought_it(store):
    with store.writing(RID) as tx:
        bring(tx, [1], kind=SourceKind.CITATIONS, name="Citations", stage=FT)
        bring(tx, [2, 3], import_id="I2")
        decide(tx, rid(1), "exclude", FT, reason="No outcomes")
        assert tx.flow_figures().reasons == {(True, "No outcomes"): 1}
        tx.merge(rid(1), rid(2), Record(title="found twice"))
        flow = tx.flow_figures()
        assert flow.reasons == {(True, "No outcomes"): 1}
        assert flow.identified == {("citations", "Citations"): 1, ("database", "MEDLINE"): 2}
        assert flow.duplicates == {("database", "MEDLINE"): 1}
        tx.unmerge(rid(2), {rid(1): Record(title="a"), rid(2): Record(title="b")})
        assert tx.flow_figures().reasons == {(True, "No outcomes"): 1}
        tx.merge(rid(1), rid(3), Record(title="again"))
        tx.leave_stage(FT, rid(1))
        tx.enter_stage(FT, [rid(1)], 2, T0)
        assert set(tx.flow_figures().stages) == {(TA, False), (FT, True)}


def pair(pair_id, first, second, state="possible"):
    return DuplicatePair(pair_id, RID, first, second, "possible", 0.8, "same title", state)


def test_pairs_are_found_by_state_and_by_record(store):
    with store.writing(RID) as tx:
        bring(tx, [1, 2, 3])
        tx.add_pair(pair("D1", rid(1), rid(2)))
        tx.add_pair(pair("D2", rid(2), rid(3), "different"))
    with store.writing(RID) as tx:
        tx.set_pair(pair("D1", rid(1), rid(2), "undone"))
    with store.reading(RID) as tx:
        assert [p.pair_id for p in tx.pairs()] == ["D1", "D2"]
        assert [p.pair_id for p in tx.pairs(states=["undone"])] == ["D1"]
        assert [p.pair_id for p in tx.pairs(record_ids=[rid(3)])] == ["D2"]
        assert tx.pairs(states=["undone"], record_ids=[rid(3)]) == []
        assert tx.pair("D2").state == "different"
        assert tx.pair("D9") is None
        (view,) = tx.duplicate_views(["D1", "D9"])
        assert (view.first.title, view.second.title) == ("Study 1", "Study 2")
        assert view.first.abstract == "About 1."
        assert tx.pair_ids_after("D1", 9) == ["D2"]


def test_the_leads_cells_stay_and_an_empty_one_is_forgotten(store):
    with store.writing(RID) as tx:
        bring(tx, [1])
        tx.save_lead_cells("Records", rid(1), {"Note": "see\0 me", "Labels": "a"})
        tx.save_lead_cells("Records", rid(1), {"Labels": ""})
        tx.save_lead_cells("Conflicts", rid(1), {"Decision": "include"})
    with store.reading(RID) as tx:
        assert tx.record(rid(1)).lead_cells == {"Note": "see\0 me"}
        assert tx.lead_cells("Conflicts", [rid(1), "C9"]) == {rid(1): {"Decision": "include"}}


def test_more_rows_than_one_question_holds(store):
    with store.writing(RID) as tx:
        ids = bring(tx, range(1, 1252))
        tx.enqueue_rows("Records", ids, T0)
    with store.reading(RID) as tx:
        assert [v.record_id for v in tx.records(ids)] == ids
        assert tx.outbox_size("sheet") == 1251
        assert len(tx.candidates(TA, "U1", 2000)) == 1251
        assert len(tx.records_behind("awaiting_title_abstract")) == 1251
