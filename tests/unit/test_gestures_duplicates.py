"""Imports, duplicates and what becomes of votes when records are merged and parted."""

from __future__ import annotations

from datetime import date

import pytest

from screening.errors import NotAllowedError, UnreadableFileError
from screening.gestures.batches import request_batch
from screening.gestures.conflicts import override_decision
from screening.gestures.duplicates import judge_pair
from screening.gestures.importing import import_export
from screening.gestures.overview import compose_digest, digest_payload, home, prisma, prisma_payload
from screening.gestures.settling import settle_due
from screening.reading import read_export
from screening.records import problem_count
from screening.sources import Source, SourceKind
from screening.stages import How, Outcome, Stage, Status
from tests.desks import BEN, CHLOE, DEV, LEAD, bring, make_desk, ris, screening_of, title, vote


@pytest.fixture
def desk(store):
    return make_desk(store)


def pairs(desk, state):
    with desk.store.reading("peer") as tx:
        return tx.pairs(states=(state,))


def test_an_import_counts_what_it_brought(desk):
    first = bring(desk, 10)
    second = bring(desk, 10, start=6, name="ERIC")
    assert (first.read, first.duplicates, first.new) == (10, 0, 10)
    assert (second.read, second.duplicates, second.new) == (10, 4, 6)
    report = prisma(desk, "peer")
    assert report.failed == ()
    assert report.counts["database_results"] == 20
    assert report.counts["duplicates"] == 4
    assert report.counts["awaiting_title_abstract"] == 16


def test_the_same_file_again_is_recognised(desk):
    bring(desk, 5)
    again = bring(desk, 5, name="Renamed")
    assert again.already.endswith("MEDLINE")
    assert prisma(desk, "peer").counts["database_results"] == 5


def test_an_updated_search_adds_only_what_is_new(desk):
    bring(desk, 5)
    more = bring(desk, 8, name="MEDLINE update")
    assert (more.duplicates, more.new) == (5, 3)


def test_only_the_lead_imports(desk):
    with pytest.raises(NotAllowedError):
        import_export(
            desk, "peer", by=BEN, file_name="x.ris", data=ris(["A b c"]), source=Source("X")
        )


def test_an_unreadable_file_records_nothing(desk):
    with pytest.raises(UnreadableFileError, match=r"x\.ris"):
        import_export(
            desk, "peer", by=LEAD, file_name="x.ris", data=b"%PDF-1.7 \x00\x01", source=Source("X")
        )
    assert prisma(desk, "peer").counts["database_results"] == 0


def test_records_of_other_methods_go_straight_to_full_text(desk):
    bring(desk, 3, name="ACGME", kind=SourceKind.WEBSITE)
    report = prisma(desk, "peer")
    assert report.counts["website_results"] == 3
    assert report.counts["other_sought_reports"] == 3
    assert report.counts["records_screened"] == 0
    assert report.failed == ()


def decide_by_votes(desk, record, first, second):
    for who, choice in ((BEN, first), (CHLOE, second)):
        request_batch(desk, "peer", by=who, size=50, gesture_key=f"n{who}{record}")
        vote(desk, who, record, choice)
    desk.clock.move(minutes=6)
    settle_due(desk, "peer", at=desk.clock.now())


def test_a_duplicate_of_a_decided_record_takes_its_decision(desk):
    bring(desk, 1)
    decide_by_votes(desk, "R000001", "include", "include")
    later = bring(desk, 2, name="ERIC")
    assert (later.duplicates, later.new) == (1, 1)
    shown = request_batch(desk, "peer", by=BEN, gesture_key="again")
    assert shown.card.batch.size == 1
    assert screening_of(desk, "R000002") is None


def two_alike(desk):
    """Two records that only a person would take for one another, both in screening."""
    bring(desk, 1)
    bring(desk, 1, start=30, name="ERIC")
    return "R000001", "R000002"


def add_pair(desk, first, second):
    from screening.views import DuplicatePair

    with desk.store.writing("peer") as tx:
        tx.add_pair(
            DuplicatePair("D9", "peer", first, second, "possible", 81.0, "titles alike", "possible")
        )


def judge(desk, verdict, key):
    return judge_pair(desk, "peer", by=LEAD, pair_id="D9", verdict=verdict, gesture_key=key)


def test_votes_follow_a_merge_and_come_back_when_it_is_undone(desk):
    first, second = two_alike(desk)
    add_pair(desk, first, second)
    request_batch(desk, "peer", by=BEN, gesture_key="b")
    request_batch(desk, "peer", by=CHLOE, gesture_key="c")
    vote(desk, BEN, first, "include")
    vote(desk, CHLOE, second, "include")
    desk.clock.move(minutes=6)
    settle_due(desk, "peer", at=desk.clock.now())
    assert screening_of(desk, first).status is Status.PENDING

    judge(desk, "same", "j1")
    assert screening_of(desk, first).outcome is Outcome.INCLUDE
    assert screening_of(desk, second) is None
    assert prisma(desk, "peer").counts["duplicates"] == 1

    judge(desk, "different", "j2")
    for record in (first, second):
        state = screening_of(desk, record)
        assert (state.status, state.votes_in) == (Status.PENDING, 1)
    assert screening_of(desk, first, Stage.FULL_TEXT) is None
    assert prisma(desk, "peer").failed == ()
    assert pairs(desk, "undone")


def test_nobody_is_given_a_merged_record_twice(desk):
    first, second = two_alike(desk)
    add_pair(desk, first, second)
    request_batch(desk, "peer", by=BEN, gesture_key="b")
    vote(desk, BEN, second, "include")
    judge(desk, "same", "j1")
    assert request_batch(desk, "peer", by=BEN, gesture_key="b2").card is None


def test_two_decisions_that_differ_become_a_conflict(desk):
    first, second = two_alike(desk)
    add_pair(desk, first, second)
    for record, outcome in ((first, Outcome.INCLUDE), (second, Outcome.EXCLUDE)):
        override_decision(
            desk, "peer", by=LEAD, record_id=record, outcome=outcome, gesture_key=record
        )
    view = judge(desk, "same", "j")
    assert view.pair.state == "merged"
    kept = [r for r in (first, second) if screening_of(desk, r) is not None]
    assert len(kept) == 1
    assert screening_of(desk, kept[0]).status is Status.CONFLICT
    assert prisma(desk, "peer").failed == ()
    judge(desk, "different", "k")
    assert screening_of(desk, first).outcome is Outcome.INCLUDE
    assert screening_of(desk, second).outcome is Outcome.EXCLUDE
    assert screening_of(desk, first, Stage.FULL_TEXT).status is Status.PENDING
    assert prisma(desk, "peer").failed == ()


def test_a_lead_decision_survives_a_merge_and_its_undoing(desk):
    first, second = two_alike(desk)
    add_pair(desk, first, second)
    override_decision(
        desk, "peer", by=LEAD, record_id=second, outcome=Outcome.EXCLUDE, gesture_key="o"
    )
    judge(desk, "same", "j")
    assert screening_of(desk, second).how is How.OVERRIDE
    judge(desk, "different", "k")
    assert screening_of(desk, second).outcome is Outcome.EXCLUDE
    assert screening_of(desk, first).status is Status.PENDING


def test_a_pair_kept_apart_is_not_asked_again(desk):
    first, second = two_alike(desk)
    add_pair(desk, first, second)
    judge(desk, "different", "j")
    bring(desk, 3, start=60, name="Scopus")
    assert not pairs(desk, "possible")


def test_home_and_digest_tell_the_same_numbers(desk):
    bring(desk, 12)
    decide_by_votes(desk, "R000001", "include", "exclude")
    request_batch(desk, "peer", by=DEV, gesture_key="d")
    view = home(desk, "peer", by=LEAD)
    assert view.conflict_count == 1
    with desk.store.reading("peer") as tx:
        digest = compose_digest(tx, desk.review("peer"), day=date(2026, 3, 3), now=desk.clock.now())
    assert digest.work.day == date(2026, 3, 2)
    assert digest.work.votes == 2
    assert digest.open_conflicts == 1
    (stage,) = [s for s in digest.stages if s.stage is Stage.TITLE_ABSTRACT]
    parts = stage.pending + stage.conflict + stage.included + stage.excluded
    assert parts == stage.entered == 12
    assert digest_payload(digest)["day"] == "2026-03-03"
    assert prisma_payload(prisma(desk, "peer"), digest.day)["counts"]["database_results"] == 12


def test_titles_of_the_test_records_are_all_different():
    assert len({title(n) for n in range(2_000)}) == 2_000


class CutShort(Exception):
    """The process died."""


def long_export(count: int) -> bytes:
    return ris(title(n) for n in range(count))


def bring_bytes(desk, data, **more):
    return import_export(
        desk, "peer", by=LEAD, file_name="long.ris", data=data, source=Source("MEDLINE"), **more
    )


def test_an_import_cut_short_goes_on_where_it_stopped(desk):
    data = long_export(620)

    def die(step, done, total):
        if step == "record" and done >= 300:
            raise CutShort

    with pytest.raises(CutShort):
        bring_bytes(desk, data, progress=die)
    halfway = prisma(desk, "peer")
    assert halfway.failed == ()
    assert halfway.counts["database_results"] == 300
    request_batch(desk, "peer", by=BEN, size=5, gesture_key="b")
    summary = bring_bytes(desk, data)
    assert (summary.read, summary.duplicates, summary.new) == (620, 0, 620)
    report = prisma(desk, "peer")
    assert report.failed == ()
    assert report.counts["database_results"] == 620
    assert bring_bytes(desk, data).already


def test_another_import_in_between_makes_the_rest_be_linked_again(desk):
    seen = []

    def interrupt(step, done, total):
        if step == "record" and not seen:
            seen.append(done)
            bring(desk, 30, start=600, name="ERIC")

    summary = bring_bytes(desk, long_export(620), progress=interrupt)
    assert (summary.read, summary.duplicates, summary.new) == (620, 20, 600)
    report = prisma(desk, "peer")
    assert report.failed == ()
    assert report.counts["duplicates"] == 20
    assert report.counts["awaiting_title_abstract"] == 630


def test_the_numbers_of_an_import_sum_with_pairs_to_check(desk):
    """ "412 read, 57 duplicates, 9 to check, 346 new": three parts of one whole."""
    first = ris([title(n) for n in range(10)])
    bring(desk, 10)
    alike = first.replace(b"cohort3", b"cohort3: protocol").replace(b"10.1000/", b"10.2000/")
    source = Source("ERIC")
    told = import_export(desk, "peer", by=LEAD, file_name="e.ris", data=alike, source=source)
    assert told.possible > 0
    assert told.read == told.duplicates + told.possible + told.new == 10


def test_an_import_tells_all_problems_also_those_it_does_not_list(desk, monkeypatch):
    monkeypatch.setattr("screening.gestures.importing.PROBLEMS_KEPT", 3)
    data = b"".join(b"stray words\n" + ris([title(n)]) for n in range(6))
    source = Source("ERIC")
    told = import_export(desk, "peer", by=LEAD, file_name="e.ris", data=data, source=source)
    assert len(told.problems) == 3
    assert problem_count(told.problems) == len(read_export(data, "e.ris").problems) > 3


def bring_again(desk, count, name, kind):
    """Import the first `count` records once more, from a source of another kind."""
    return import_export(
        desk,
        "peer",
        by=LEAD,
        file_name=f"{name}.ris",
        data=ris(title(n) for n in range(count)) + f"\n{name}".encode(),
        source=Source(name, kind),
    )


def test_a_citation_that_a_database_brings_later_stays_in_its_column(desk):
    bring(desk, 1, name="Citations", kind=SourceKind.CITATIONS)
    bring_again(desk, 2, "MEDLINE", SourceKind.DATABASE)
    report = prisma(desk, "peer")
    assert report.failed == ()
    assert (report.counts["duplicates"], report.counts["other_duplicates"]) == (1, 0)
    assert (report.counts["awaiting_title_abstract"], report.counts["other_sought_reports"]) == (
        1,
        1,
    )


def test_the_same_record_from_a_database_and_a_website_is_counted_in_one_column(desk):
    bring(desk, 1)
    decide_by_votes(desk, "R000001", "exclude", "exclude")
    bring(desk, 1, start=30, name="WWW", kind=SourceKind.WEBSITE)
    add_pair(desk, "R000001", "R000002")
    judge(desk, "same", "j")
    report = prisma(desk, "peer")
    assert report.failed == ()
    assert (report.counts["duplicates"], report.counts["other_awaiting_full_text"]) == (1, 1)
    judge(desk, "different", "k")
    report = prisma(desk, "peer")
    assert report.failed == ()
    assert (report.counts["records_excluded"], report.counts["other_sought_reports"]) == (1, 1)


def test_a_website_duplicate_judged_different_enters_at_full_text(desk):
    bring(desk, 2)
    bring_again(desk, 1, "WWW", SourceKind.WEBSITE)
    ((pair_id, removed),) = [(p.pair_id, p.second) for p in pairs(desk, "merged")]
    verdict = {"by": LEAD, "pair_id": pair_id, "verdict": "different", "gesture_key": "j"}
    judge_pair(desk, "peer", **verdict)
    assert prisma(desk, "peer").failed == ()
    assert screening_of(desk, removed) is None
    assert screening_of(desk, removed, Stage.FULL_TEXT).status is Status.PENDING


def test_a_card_older_than_the_verdict_changes_nothing(desk):
    first, second = two_alike(desk)
    add_pair(desk, first, second)
    judge(desk, "different", "tab")
    common = {"by": LEAD, "pair_id": "D9", "only_open": True}
    view = judge_pair(desk, "peer", verdict="same", gesture_key="old card", **common)
    assert view.pair.state == "different"
    assert screening_of(desk, second) is not None
    assert judge(desk, "same", "tab again").pair.state == "merged"
    view = judge_pair(desk, "peer", verdict="different", gesture_key="old card 2", **common)
    assert view.pair.state == "merged"
    assert judge(desk, "different", "undone in the tab").pair.state == "undone"
    assert screening_of(desk, second) is not None


def test_a_verdict_has_the_leads_cards_follow_once(desk):
    first, second = two_alike(desk)
    add_pair(desk, first, second)

    def waiting():
        with desk.store.writing("peer") as tx:
            items = tx.outbox("slack", 99, kinds=("pairs_decided",))
            tx.finish_outbox([item.seq for item in items])
        return len(items)

    judge(desk, "same", "j1")
    assert waiting() == 1
    judge(desk, "different", "j2")
    assert waiting() == 0, "no card asks about a merge"
