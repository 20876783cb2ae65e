"""An empty store is filled from the sheet and then says the same as the one that was lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from screening.gestures.conflicts import override_decision
from screening.gestures.duplicates import judge_pair
from screening.gestures.importing import import_export
from screening.gestures.voting import undo_vote
from screening.ports import Desk
from screening.sealing import Seal, SealError, new_key
from screening.sources import Source, SourceKind
from screening.stages import Outcome, Stage, Status
from screening.views import DuplicatePair
from screening.votes import VotePolicy
from sheets.errors import StoreNotEmptyError
from sheets.rebuild import rebuild_store
from store import open_store
from tests.desks import BEN, CHLOE, LEAD, bring, make_desk
from tests.flows.sheetdesk import SheetDesk, sheet_desk
from tests.flows.test_sheet_basics import disagree, edit, handed


def said(desk: Desk) -> dict[str, object]:
    """All that must come back, without what a sheet cannot hold."""
    with desk.store.reading("peer") as tx:
        records = [
            replace(
                v,
                screenings=tuple(replace(s, leases=0) for s in v.screenings),
                lead_cells={k: t for k, t in v.lead_cells.items() if t and not k.startswith("#")},
            )
            for v in tx.records_after("", 1000)
        ]
        votes = tx.vote_views(tx.vote_ids_after("", 1000))
        conflicts = tx.conflict_views(tx.conflict_ids_after("", 1000))
        return {
            "records": records,
            "raw": [tx.raw_fields(v.record_id) for v in records],
            "votes": votes,
            "conflicts": conflicts,
            "pairs": tx.pairs(),
            "merges": tx.merges(),
            "imports": tx.imports(),
            "stages": tx.stage_figures(),
            "flow": tx.flow_figures(),
            "agreement": tx.agreement(),
            "done": tx.done_marks("digest", desk.clock.now().replace(year=2025)),
            "next": tx.next_record_numbers(0).start,
            "before merging": [tx.setting(f"merged:{r}") for r in sorted(tx.merges())],
        }


def eventful(desk: SheetDesk) -> None:
    """A review with something of everything."""
    desk.without_quota()
    bring(desk.desk, 14)
    bring(desk.desk, 2, start=100, name="A website", kind=SourceKind.WEBSITE)
    conflict = disagree(desk)
    edit(desk, "Conflicts", "Decision", "Record", conflict, "include")
    edit(desk, "Conflicts", "Comment", "Record", conflict, "after a talk")
    desk.carry()
    mine = handed(desk, BEN)
    shown = desk.vote(BEN, mine[0], "exclude", note="no, with ünïcode\nand a line")
    undo_vote(desk.desk, "peer", by=BEN, vote_id=shown.recorded.vote_id, gesture_key="undo")
    desk.vote(BEN, mine[0], "include")
    desk.vote(CHLOE, mine[0], "maybe")
    desk.vote(BEN, mine[1], "include")
    desk.vote(CHLOE, mine[1], "exclude")
    desk.settle_votes()
    with desk.store.writing("peer") as tx:
        now = desk.clock.now()
        one, other = sorted(mine[6:8])
        pair = DuplicatePair("D1", "peer", one, other, "possible", 0.91, "", "possible")
        tx.add_pair(pair)
        tx.mark_done("digest", "", "2026-03-02", now)
        open_one = tx.open_conflicts()[0]
        tx.record_post(f"peer/conflict_opened/{open_one.conflict_id}", "C0SCREEN", "1.5", now)
        tx.enqueue_rows("Conflicts", [open_one.conflict_id], now)
        tx.enqueue_rows("Duplicates", ["D1"], now)
    judge_pair(desk.desk, "peer", by=LEAD, pair_id="D1", verdict="same", gesture_key="judge")
    override_decision(
        desk.desk,
        "peer",
        by=LEAD,
        record_id=mine[3],
        stage=Stage.TITLE_ABSTRACT,
        outcome=Outcome.EXCLUDE,
        gesture_key="override",
    )
    desk.vote(BEN, mine[2], "include", note="still pending")
    desk.carry()
    edit(desk, "Records", "Labels", "ID", "R000005", "=mine")
    edit(desk, "Records", "Full-text link", "ID", "R000005", "https://example.org/x.pdf")
    edit(desk, "Sources", "Strategy", "Source", "MEDLINE", "peer* AND mentor*")
    desk.clock.move(minutes=1)
    desk.carry()


@pytest.fixture
def fresh(tmp_path: Path):
    stores = []

    def make(desk: SheetDesk) -> Desk:
        stores.append(open_store(f"sqlite:///{tmp_path / f'fresh{len(stores)}.db'}"))
        return make_desk(stores[-1], desk.review, desk.clock)

    yield make
    for store in stores:
        store.close()


def test_a_rebuilt_store_equals_the_lost_one(fresh) -> None:
    with sheet_desk() as desk:
        eventful(desk)
        desk.lead("sort", tab="Votes", column="Vote ID", descending=True)
        desk.lead("sort", tab="Records", column="Title")
        desk.lead("columns/insert", tab="Votes", column="A", headers=["Mine"])
        other = fresh(desk)
        rebuilt = rebuild_store(desk.service.client, other, desk.review, desk.seal)
        assert rebuilt.problems == []
        before, after = said(desk.desk), said(other)
        for part in before:
            assert after[part] == before[part], part
        # And the sheet is right for the new store without a single row rewritten.
        service = desk.new_service(other)
        assert "missing" not in (found := service.reconcile("peer")), found
        assert "different" not in found, found
        with pytest.raises(StoreNotEmptyError):
            rebuild_store(desk.service.client, other, desk.review, desk.seal)


def keys(desk: SheetDesk, kind: str) -> list[str]:
    """The rows of the hidden tab that hold something of a kind, by their IDs."""
    rows = [(row["Key"], row["JSON"]) for row in desk.rows("_winnow")]
    return [key for key, text in rows if f'"kind":"{kind}"' in text.replace(": ", ":")]


def test_fault_7c_damage_in_the_hidden_tab_is_found_and_mended(fresh) -> None:
    with sheet_desk() as desk:
        eventful(desk)
        desk.service.reconcile("peer")
        before = {row["Key"]: row for row in desk.rows("_winnow")}
        (merged,) = [k for k in keys(desk, "decision") if '"merged"' in before[k]["JSON"]]
        decided, deleted = [k for k in keys(desk, "decision") if k != merged][:2]
        conflict, record, vote = (keys(desk, kind)[0] for kind in ("conflict", "record", "vote"))
        changed = before[conflict]["JSON"].replace("include", "exclude")
        assert changed != before[conflict]["JSON"]
        for key, text in (
            (merged, ""),
            (decided, "{}"),
            (conflict, changed),
            (record, before[record]["JSON"].replace("Effects", "Affects")),
            (vote, before[vote]["JSON"].replace("true", "false")),
        ):
            edit(desk, "_winnow", "JSON", "Key", key, text)
        place = [row["Key"] for row in desk.rows("_winnow")].index(deleted)
        desk.lead("rows/delete", tab="_winnow", row=place + 2, count=1)
        found = desk.service.reconcile("peer")
        assert "missing: _winnow 1" in found and "different: _winnow 5" in found, found
        assert {row["Key"]: row for row in desk.rows("_winnow")} == before
        assert "different" not in (found := desk.service.reconcile("peer")), found
        other = fresh(desk)
        rebuild_store(desk.service.client, other, desk.review, desk.seal)
        kept, back = said(desk.desk), said(other)
        for part in ("merges", "conflicts", "records", "votes"):
            assert back[part] == kept[part], part


def test_fault_7c_a_row_of_the_hidden_tab_that_lost_its_key_is_written_again(fresh) -> None:
    with sheet_desk() as desk:
        eventful(desk)
        key = keys(desk, "decision")[0]
        edit(desk, "_winnow", "Key", "Key", key, "")
        assert "missing: _winnow 1" in desk.service.reconcile("peer")
        other = fresh(desk)
        rebuild_store(desk.service.client, other, desk.review, desk.seal)
        assert said(other)["records"] == said(desk.desk)["records"]


def test_a_wrong_key_is_named_and_nothing_is_written(fresh) -> None:
    with sheet_desk() as desk:
        bring(desk.desk, 3)
        record = handed(desk, BEN)[0]
        desk.vote(BEN, record, "include")
        desk.carry()
        other = fresh(desk)
        with pytest.raises(SealError, match="does not open with this key"):
            rebuild_store(desk.service.client, other, desk.review, Seal(new_key()))
        with other.store.reading("peer") as tx:
            assert not tx.imports()


def test_a_last_vote_that_had_not_settled_decides_in_the_rebuilt_store(fresh) -> None:
    with sheet_desk() as desk:
        bring(desk.desk, 2)
        agreed, split = handed(desk, BEN)
        handed(desk, CHLOE)
        for record, choice in ((agreed, "include"), (split, "include")):
            desk.vote(BEN, record, choice)
        desk.settle_votes()
        desk.vote(CHLOE, agreed, "include")
        desk.vote(CHLOE, split, "exclude")
        desk.carry()
        desk.clock.move(minutes=10)
        other = fresh(desk)
        rebuild_store(desk.service.client, other, desk.review, desk.seal)
        with other.store.reading("peer") as tx:
            decided, conflict = (tx.screening(r, Stage.TITLE_ABSTRACT) for r in (agreed, split))
            assert decided is not None and decided.outcome is Outcome.INCLUDE
            assert conflict is not None and conflict.status is Status.CONFLICT
            assert [c.record_id for c in tx.open_conflicts()] == [split]
            assert not tx.unsettled_votes()
        desk.new_service(other).settle("peer")
        assert desk.row("Records", "ID", agreed)["Title/abstract"] == "include"
        assert desk.row("Conflicts", "Record", split)["Votes"] == "Ben: include; Chloe: exclude"


def test_the_book_does_not_tell_that_the_votes_on_a_pending_record_differ(fresh) -> None:
    with sheet_desk(policy=VotePolicy(tie_break="third_vote")) as desk:
        bring(desk.desk, 1)
        (record,) = handed(desk, BEN)
        handed(desk, CHLOE)
        for outcome in (Outcome.INCLUDE, None):  # decided once, so that it has a row in the book
            override_decision(
                desk.desk,
                "peer",
                by=LEAD,
                record_id=record,
                stage=Stage.TITLE_ABSTRACT,
                outcome=outcome,
                gesture_key=f"override {outcome}",
            )
            desk.carry()
        for who, choice in ((BEN, "include"), (CHLOE, "exclude")):
            desk.batch(who)
            desk.vote(who, record, choice)
        desk.settle_votes()
        desk.carry()
        assert '"needed"' not in str(desk.row("_winnow", "Key", f"decision:{record}"))
        other = fresh(desk)
        rebuild_store(desk.service.client, other, desk.review, desk.seal)
        with other.store.reading("peer") as tx:
            screening = tx.screening(record, Stage.TITLE_ABSTRACT)
            assert screening is not None and screening.needed == 3


def test_records_with_very_long_fields_are_carried_and_come_back_shortened(fresh) -> None:
    lengths = (50_000, 225_000, 1_000_000, 5_000_000)
    long = "".join(
        f"TY  - JOUR\nTI  - Long {number} of its kind\nAB  - {'word ' * (length // 5)}\nER  - \n"
        for number, length in enumerate(lengths)
    )
    notes = "".join(f"N1  - {n} {'note ' * 4_000}\n" for n in range(40))
    long += f"TY  - JOUR\nTI  - Many notes\n{notes}ER  - \n"
    with sheet_desk() as desk:
        bring(desk.desk, 2)
        import_export(
            desk.desk,
            "peer",
            by=LEAD,
            file_name="long.ris",
            data=long.encode(),
            source=Source("ERIC"),
        )
        bring(desk.desk, 2, start=50, name="PsycINFO")
        desk.carry()
        assert len(desk.rows("Records")) == 9
        other = fresh(desk)
        rebuilt = rebuild_store(desk.service.client, other, desk.review, desk.seal)
        assert rebuilt.records == 9
        named = [p.split(" came back shortened (")[0] for p in rebuilt.problems]
        assert named == ["R000004", "R000005", "R000006", "R000007"]
        assert "of 4,999,999 characters" in rebuilt.sentence()
        with other.store.reading("peer") as tx:
            came = {v.record_id: v.record for v in tx.records_after("", 99)}
            raw = tx.raw_fields("R000007")
        assert len(came["R000003"].abstract) == 49_999
        for record_id in ("R000004", "R000005", "R000006"):
            assert len(came[record_id].abstract) > 190_000
            assert came[record_id].abstract.endswith("characters in all]")
        assert [tag for tag, _ in raw].count("N1") == 40
        found = desk.new_service(other).reconcile("peer")
        assert "missing" not in found, found
        assert "different" not in found, found
