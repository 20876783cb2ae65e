"""Whatever a team imports, merges, parts and decides, every PRISMA identity holds after each gesture."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from screening.errors import WinnowError
from screening.gestures.batches import request_batch
from screening.gestures.conflicts import override_decision, resolve_conflict
from screening.gestures.duplicates import judge_pair
from screening.gestures.fulltext import report_not_retrieved
from screening.gestures.overview import prisma
from screening.gestures.settling import settle_due
from screening.gestures.voting import cast_vote
from screening.sources import SourceKind
from screening.stages import Outcome, Stage, Status
from screening.views import DuplicatePair
from screening.votes import Choice
from store import open_store
from tests.desks import BEN, CHLOE, LEAD, REASONS, bring, make_desk

PLACES = st.integers(0, 30)
KINDS = st.sampled_from(
    [SourceKind.DATABASE, SourceKind.REGISTER, SourceKind.WEBSITE, SourceKind.CITATIONS]
)
CHOICES = st.sampled_from([Choice.INCLUDE, Choice.INCLUDE, Choice.EXCLUDE])
OUTCOMES = st.sampled_from([Outcome.INCLUDE, Outcome.EXCLUDE])


class Team(RuleBasedStateMachine):
    """A small review with records from databases and from other methods, some of them the same."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="winnow-team-"))
        self.store = open_store(f"sqlite:///{self.folder}/winnow.sqlite3")
        self.desk = make_desk(self.store)
        self.numbers = itertools.count(1)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def key(self) -> str:
        return f"g{next(self.numbers)}"

    @initialize()
    def first_searches(self) -> None:
        bring(self.desk, 3)
        bring(self.desk, 2, start=2, name="WWW", kind=SourceKind.WEBSITE)

    @rule(start=st.integers(0, 6), kind=KINDS)
    def search(self, start: int, kind: SourceKind) -> None:
        bring(self.desk, 2, start=start, name=self.key(), kind=kind)

    @rule(who=st.sampled_from([BEN, CHLOE]), choice=CHOICES, stage=st.sampled_from(Stage))
    def vote(self, who: str, choice: Choice, stage: Stage) -> None:
        """Take some cards and vote on the first; votes of both settle a moment later."""
        request_batch(self.desk, "peer", by=who, size=3, stage=stage, gesture_key=self.key())
        with self.store.reading("peer") as tx:
            held = tx.open_assignments(reviewer_id=who, stage=stage)
        for card in held[:2]:
            full_text_reason = stage is Stage.FULL_TEXT and choice is Choice.EXCLUDE
            cast_vote(
                self.desk,
                "peer",
                by=who,
                assignment_id=card.assignment_id,
                choice=choice,
                reason=REASONS[0] if full_text_reason else "",
                gesture_key=self.key(),
            )
        settle_due(self.desk, "peer", at=self.desk.clock.move(minutes=6))

    @rule()
    def report_missing(self) -> None:
        with self.store.reading("peer") as tx:
            held = tx.open_assignments(reviewer_id=BEN, stage=Stage.FULL_TEXT)
        if held:
            report_not_retrieved(
                self.desk,
                "peer",
                by=BEN,
                assignment_id=held[0].assignment_id,
                gesture_key=self.key(),
            )

    @rule(place=PLACES, outcome=st.one_of(OUTCOMES, st.none()))
    def override(self, place: int, outcome: Outcome | None) -> None:
        kept = self.kept()
        with suppress(WinnowError):  # there may be no override to take back
            override_decision(
                self.desk,
                "peer",
                by=LEAD,
                record_id=kept[place % len(kept)],
                outcome=outcome,
                reason=REASONS[1],
                gesture_key=self.key(),
            )

    @rule(outcome=OUTCOMES)
    def resolve(self, outcome: Outcome) -> None:
        with self.store.reading("peer") as tx:
            conflicts = tx.open_conflicts(1)
        for conflict in conflicts:
            full_text_reason = conflict.stage is Stage.FULL_TEXT and outcome is Outcome.EXCLUDE
            resolve_conflict(
                self.desk,
                "peer",
                by=LEAD,
                conflict_id=conflict.conflict_id,
                outcome=outcome,
                reason=REASONS[0] if full_text_reason else "",
                gesture_key=self.key(),
            )

    @precondition(lambda self: len(self.kept()) > 3)
    @rule(place=PLACES, other=PLACES)
    def call_same(self, place: int, other: int) -> None:
        kept = self.kept()
        first, second = kept[place % len(kept)], kept[other % len(kept)]
        if first == second:
            return
        pair = DuplicatePair(
            f"DX{next(self.numbers):03}", "peer", first, second, "possible", 0.9, "", "possible"
        )
        with self.store.writing("peer") as tx:
            tx.add_pair(pair)
        self.judge(pair.pair_id, "same")

    @rule(place=PLACES, verdict=st.sampled_from(["same", "different"]))
    def change_verdict(self, place: int, verdict: str) -> None:
        with self.store.reading("peer") as tx:
            pairs = tx.pairs()
        if pairs:
            self.judge(pairs[place % len(pairs)].pair_id, verdict)

    def judge(self, pair_id: str, verdict: str) -> None:
        judge_pair(
            self.desk, "peer", by=LEAD, pair_id=pair_id, verdict=verdict, gesture_key=self.key()
        )

    def kept(self) -> list[str]:
        with self.store.reading("peer") as tx:
            merged = tx.merges()
            return [v.record_id for v in tx.records_after("", 500) if v.record_id not in merged]

    @invariant()
    def the_numbers_add_up(self) -> None:
        assert [identity.sentence() for identity in prisma(self.desk, "peer").failed] == []
        assert self.store.drifted("peer") == []

    @invariant()
    def each_record_is_where_its_source_and_its_decisions_bring_it(self) -> None:
        with self.store.reading("peer") as tx:
            kinds = {each.import_id: each.source.kind for each in tx.imports()}
            views = tx.records_after("", 500)
            contested = {(each.record_id, each.stage) for each in tx.open_conflicts()}
        for view in views:
            first, full_text = (view.screening(stage) for stage in Stage)
            if view.merged_into is not None:
                assert view.screenings == ()
            elif kinds[view.import_id].is_other_method:
                assert first is None and full_text is not None
            else:
                assert first is not None
                assert (full_text is not None) == (first.outcome is Outcome.INCLUDE)
            for standing in view.screenings:
                in_conflict = standing.status is Status.CONFLICT
                assert ((view.record_id, standing.stage) in contested) == in_conflict

    @invariant()
    def the_pairs_say_what_is_merged(self) -> None:
        with self.store.reading("peer") as tx:
            merged = tx.merges()
            pairs = tx.pairs(states=("merged", "possible"))
        for pair in pairs:
            together = merged.get(pair.first, pair.first) == merged.get(pair.second, pair.second)
            assert together == (pair.state == "merged"), pair


Team.TestCase.settings = settings(max_examples=25, stateful_step_count=18, deadline=None)
TestWhateverATeamDoes = Team.TestCase
