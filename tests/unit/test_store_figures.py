"""Counts in the store, and the records behind them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from screening.conflicts import Conflict
from screening.errors import UnknownThingError
from screening.prisma import IDENTITIES, prisma_report
from screening.sources import SourceKind
from screening.stages import Outcome, Stage
from screening.views import DuplicatePair, MemberFigures, StageFigures
from store.nodes import NO_RECORDS
from tests.store_samples import FT, RID, T0, TA, a_vote, at, bring, decide, hand, rid


@pytest.fixture
def midway(store):
    """A review under way: nine records from a database, two from citations, one merged away."""
    with store.writing(RID) as tx:
        bring(tx, range(1, 10))
        bring(tx, [10, 11], import_id="I2", kind=SourceKind.CITATIONS, name="Cited", stage=None)
        tx.merge(rid(1), rid(9), tx.record(rid(1)).record)
        tx.leave_stage(TA, rid(9))
        tx.enter_stage(FT, [rid(10), rid(11)], 2, T0)
        for n, outcome in ((1, "include"), (2, "include"), (3, "exclude"), (4, "include")):
            decide(tx, rid(n), outcome, maybe=n == 2, decided_at=at(n))
        tx.enter_stage(FT, [rid(1), rid(2), rid(4)], 2, T0)
        decide(tx, rid(5), None)
        tx.add_conflict(Conflict("C1", RID, rid(5), TA, at(1)))
        tx.add_vote(a_vote("V1", rid(6), "U1", cast_at=at(3)))
        hand(tx, "B1", "U2", [rid(6), rid(7)])
        decide(tx, rid(1), "exclude", FT, reason="No outcomes")
        decide(tx, rid(2), "not_retrieved", FT)
        decide(tx, rid(10), "include", FT)
        tx.add_pair(DuplicatePair("D1", RID, rid(7), rid(8), "possible", 0.7, "", "possible"))
    return store


def test_the_parts_of_a_stage_add_up(midway):
    with midway.reading(RID) as tx:
        ta, ft = tx.stage_figures()
    assert ta == StageFigures(
        TA, 8, pending=3, conflict=1, included=3, excluded=1, half_voted=1, maybes=1
    )
    assert ft == StageFigures(FT, 5, pending=2, included=1, excluded=1, not_retrieved=1)


def test_every_prisma_identity_holds_and_its_records_are_as_many(midway):
    with midway.reading(RID) as tx:
        report = prisma_report(RID, tx.flow_figures(), None, tx.records_behind)
        assert report.failed == ()
        for key, count in report.counts.items():
            assert len(tx.records_behind(key)) == count, key
    assert report.counts["database_results"] == 9
    assert report.counts["duplicates"] == 1
    assert {k for i in IDENTITIES for k in (*i.left, *i.minus, *i.right)} <= set(report.counts)


def test_the_figures_of_the_digest_name_their_records(midway):
    with midway.reading(RID) as tx:
        behind = {
            "half_voted": [rid(6)],
            "maybes": [rid(2)],
            "conflicts": [rid(5)],
            "possible_duplicates": [rid(7), rid(8)],
            "included": [rid(10)],
            "database_specific_results": [rid(n) for n in range(1, 10)],
            "votes:2026-03-02": [rid(6)],
            "votes:2026-03-02:Asia/Tokyo": [rid(6)],
            "votes:2026-02-27..2026-03-02:Asia/Tokyo": [rid(6)],
            "votes:2026-02-27..2026-03-01:UTC": [],
            "votes:2026-03-03:UTC": [],
            "decided:2026-03-02": [rid(n) for n in (1, 2, 3, 4, 10)],
            "conflicts_opened:2026-03-02": [rid(5)],
            "conflicts_resolved:2026-03-02": [],
        }
        assert {node: tx.records_behind(node) for node in behind} == behind
        assert all(tx.records_behind(node) == [] for node in NO_RECORDS)
        for wrong in (
            "votes",
            "nonsense",
            "votes:soon",
            "votes:2026-03-02..soon",
            "votes:2026-03-02:Nowhere/Town",
        ):
            with pytest.raises(UnknownThingError):
                tx.records_behind(wrong)


def test_members_are_counted_by_stage(midway):
    with midway.writing(RID) as tx:
        tx.add_vote(
            a_vote("V2", rid(1), "U1", "include", cast_at=at(5), settled=True, revealed=True)
        )
        tx.add_vote(
            a_vote("V3", rid(3), "U1", "exclude", cast_at=at(4), settled=True, revealed=True)
        )
        tx.add_vote(
            a_vote(
                "V4", rid(10), "U1", "maybe", cast_at=at(6), stage=FT, settled=True, revealed=True
            )
        )
    with midway.reading(RID) as tx:
        assert tx.member_figures() == [
            MemberFigures("U1", TA, 3, 3, 0, 1, 2, at(5)),
            MemberFigures("U1", FT, 1, 1, 0, 1, 1, at(6)),
            MemberFigures("U2", TA, assigned=2, left=2),
        ]
        assert [f.stage for f in tx.member_figures("U1")] == [TA, FT]
        assert [f.left for f in tx.member_figures("U2")] == [2]


def test_local_days_are_told_apart_also_when_clocks_change(store):
    berlin = "Europe/Berlin"
    instants = [
        datetime(2026, 3, 28, 22, 59, tzinfo=UTC),  # 23:59 on the 28th
        datetime(2026, 3, 28, 23, 0, tzinfo=UTC),  # 00:00 on the 29th, a day of 23 hours
        datetime(2026, 3, 29, 21, 59, tzinfo=UTC),  # 23:59 on the 29th
        datetime(2026, 3, 29, 22, 0, tzinfo=UTC),  # 00:00 on the 30th
        datetime(2026, 10, 25, 22, 59, tzinfo=UTC),  # 23:59 on a day of 25 hours
        datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
    ]
    with store.writing(RID) as tx:
        bring(tx, range(1, 7))
        for n, instant in enumerate(instants, 1):
            tx.add_vote(a_vote(f"V{n}", rid(n), f"U{n % 2}", cast_at=instant))
        decide(tx, rid(1), "exclude", decided_at=instants[0])
        tx.add_conflict(
            Conflict("C1", RID, rid(2), TA, instants[1], instants[3], outcome=Outcome.INCLUDE)
        )
    with store.reading(RID) as tx:
        days = tx.day_figures(date(2026, 3, 27), date(2026, 3, 31), berlin)
        assert [d.day.day for d in days] == [27, 28, 29, 30, 31]
        assert [d.votes for d in days] == [0, 1, 2, 1, 0]
        assert [d.decided for d in days] == [0, 1, 0, 0, 0]
        assert [d.conflicts_opened for d in days] == [0, 0, 1, 0, 0]
        assert [d.conflicts_resolved for d in days] == [0, 0, 0, 1, 0]
        assert days[2].by_member == {"U0": 1, "U1": 1}
        autumn = tx.day_figures(date(2026, 10, 24), date(2026, 10, 26), berlin)
        assert [d.votes for d in autumn] == [0, 1, 1]
        half = tx.day_figures(date(2026, 3, 28), date(2026, 3, 29), "Asia/Kathmandu")
        assert [d.votes for d in half] == [0, 2]
        # The import is dated (T0) before any of this; the last vote fell on the next local day.
        assert tx.days_of_work(berlin) == (T0.date(), date(2026, 10, 26))


def test_work_begins_with_the_first_vote_although_the_import_is_dated_later(store):
    """A file imported on a machine whose clock is ahead."""
    with store.writing(RID) as tx:
        assert tx.days_of_work("UTC") is None
        bring(tx, [1])
        tx.add_vote(a_vote("V1", rid(1), "U1", cast_at=T0 - timedelta(days=200)))
        decide(tx, rid(1), "exclude", decided_at=T0 - timedelta(days=100))
        first, last = tx.days_of_work("UTC")
        assert (first, last) == ((T0 - timedelta(days=200)).date(), T0.date())


def test_an_empty_review_has_empty_figures(store):
    with store.reading(RID) as tx:
        assert tx.stage_figures() == [StageFigures(stage) for stage in Stage]
        assert tx.flow_figures().identified == {}
        assert (tx.member_figures(), tx.agreement()) == ([], [])
        assert [d.votes for d in tx.day_figures(date(2026, 1, 1), date(2026, 1, 2), "UTC")] == [
            0,
            0,
        ]


def test_reviews_do_not_see_each_other(midway):
    with midway.writing("second") as tx:
        bring(tx, [1])
        tx.add_vote(a_vote("V1", rid(1), "U9"))
    with midway.reading("second") as tx:
        assert [f.entered for f in tx.stage_figures()] == [1, 0]
        assert [f.member_id for f in tx.member_figures()] == ["U9"]
        assert tx.records_behind("conflicts") == []
