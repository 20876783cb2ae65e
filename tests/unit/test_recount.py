"""What the team did, counted once more from the log, against every place that tells it.

Merges after voting are where counts went wrong: a merged record has one vote of each reviewer, their
newest, and is decided once or not at all.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations

import pytest

from bot.commands.export import _progress, _vote_rows
from bot.commands.status import status_of
from screening.agreement import agreement_of
from screening.errors import WinnowError
from screening.gestures.batches import request_batch
from screening.gestures.conflicts import override_decision, resolve_conflict
from screening.gestures.duplicates import judge_pair
from screening.gestures.overview import compose_digest
from screening.gestures.settling import settle_due
from screening.gestures.voting import cast_vote, change_vote
from screening.ports import Desk, Transaction
from screening.stages import Outcome, Stage, Status
from screening.views import DuplicatePair
from screening.votes import Choice, Vote
from sheets.derived import Derived
from sheets.layout import PROGRESS, TEAM
from sheets.leftout import LeftOut
from tests.desks import BEN, CHLOE, DEV, LEAD, REASONS, bring, make_desk, screening_of, vote

FIRST, SECOND = "R000001", "R000002"


@dataclass
class Count:
    """Everything that is told about the team's work."""

    votes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By day and member."""
    decided: Counter[str] = field(default_factory=Counter)
    opened: Counter[str] = field(default_factory=Counter)
    resolved: Counter[str] = field(default_factory=Counter)
    done: Counter[tuple[str, Stage]] = field(default_factory=Counter)
    rated: Counter[tuple[str, Stage]] = field(default_factory=Counter)
    included: Counter[tuple[str, Stage]] = field(default_factory=Counter)
    outcomes: Counter[Stage] = field(default_factory=Counter)
    pairs: dict[tuple[str, str, Stage], Counter[tuple[str, str]]] = field(default_factory=dict)


def log_of(tx: Transaction) -> list[Vote]:
    views = tx.vote_views(tx.vote_ids_after("", 10_000))
    return sorted((view.vote for view in views), key=lambda v: (v.cast_at, v.vote_id))


def recount(desk: Desk) -> Count:
    """Count from the log of votes, the merges, the decisions and the conflicts, and nothing else."""
    zone, count = desk.review("peer").timezone, Count()

    def day(at) -> str:
        return at.astimezone(zone).date().isoformat()

    with desk.store.reading("peer") as tx:
        log, merges = log_of(tx), tx.merges()
        records = tx.records_after("", 10_000)
        conflicts = [v.conflict for v in tx.conflict_views(tx.conflict_ids_after("", 10_000))]
    cast: dict[tuple[str, Stage, str], tuple[Vote, Choice | None]] = {}
    for each in log:
        place = (each.record_id, each.stage, each.reviewer_id)
        if each.choice is Choice.WITHDRAWN:
            cast.pop(place, None)
            continue
        before = cast[place][1] if place in cast else None
        cast[place] = (each, each.choice if each.independent else before)
    screenings = [s for r in records if r.merged_into is None for s in r.screenings]
    decided = {(s.record_id, s.stage) for s in screenings if s.status is Status.DECIDED}
    standing: dict[tuple[str, Stage, str], Vote] = {}
    independent: dict[tuple[str, Stage], dict[str, Choice]] = {}
    for (record_id, stage, who), (each, choice) in cast.items():
        kept = (merges.get(record_id, record_id), stage)
        newest = standing.get((*kept, who))
        if newest is None or (newest.cast_at, newest.vote_id) < (each.cast_at, each.vote_id):
            standing[*kept, who] = each
    for (record_id, stage, who), (each, choice) in sorted(
        cast.items(), key=lambda item: (item[1][0].cast_at, item[1][0].vote_id)
    ):
        kept = (merges.get(record_id, record_id), stage)
        if choice is not None and each.settled and each.revealed and kept in decided:
            independent.setdefault(kept, {})[who] = choice
    for (kept, stage, who), each in standing.items():
        count.votes[day(each.cast_at), who] += 1
        count.done[who, stage] += 1
        if (kept, stage) in decided and each.settled and each.revealed:
            count.rated[who, stage] += 1
            count.included[who, stage] += each.choice is not Choice.EXCLUDE
    for (_, stage), by_member in independent.items():
        for one, other in combinations(sorted(by_member), 2):
            table = count.pairs.setdefault((one, other, stage), Counter())
            table[by_member[one].value, by_member[other].value] += 1
    for screening in screenings:
        if screening.status is Status.DECIDED:
            count.decided[day(screening.decided_at)] += 1
            count.outcomes[screening.stage] += 1
    for conflict in conflicts:
        count.opened[day(conflict.opened_at)] += 1
        if conflict.resolved_at is not None:
            count.resolved[day(conflict.resolved_at)] += 1
    return count


def check_all_agree(desk: Desk) -> None:
    """Compare the recount with digest, Progress tab, Team tab, export and status."""
    review, count = desk.review("peer"), recount(desk)
    now = desk.clock.now()
    today = now.astimezone(review.timezone).date()
    by_day: Counter[str] = Counter()
    for (day, _), n in count.votes.items():
        by_day[day] += n
    with desk.store.reading("peer") as tx:
        rows = Derived(review, LeftOut("peer")).rows(tx, now)
        columns, exported = _progress(tx, review, today)
        votes = list(_vote_rows(tx, review))
        digest = compose_digest(tx, review, day=today + timedelta(days=1), now=now)
        agreement = {(a.first, a.second, a.stage): Counter(a.table) for a in tx.agreement()}
        stages = tx.stage_figures()
        behind = {d: len(tx.records_behind(f"decided:{d}:{review.timezone.key}")) for d in by_day}
    in_tab = {row.key: row.cells for row in rows if row.tab == PROGRESS}
    in_file = {row[0]: dict(zip(columns, row, strict=True)) for row in exported}
    in_digest = {day.day.isoformat(): day for day in digest.days}
    assert by_day.keys() | count.decided.keys() <= in_tab.keys() & in_file.keys()
    for day, cells in in_tab.items():
        told = (by_day[day], count.decided[day], count.opened[day], count.resolved[day])
        names = ("Screened", "Decided", "Conflicts", "Resolved")
        assert tuple(cells[name] for name in names) == told
        people = {who: n for (on, who), n in count.votes.items() if on == day}
        assert sorted(str(cells["By person"]).split("; ")) == (
            sorted(f"{review.name_of(who)} {n}" for who, n in people.items()) or [""]
        )
        line = in_file[day]
        names = ("votes", "decided", "conflicts_opened", "conflicts_resolved")
        assert tuple(int(line[name]) for name in names) == told
        for who, n in people.items():
            assert line[review.name_of(who)] == str(n)
        if day in in_digest:
            figures = in_digest[day]
            assert tuple(getattr(figures, name) for name in names) == told
            assert figures.by_member == people
    # A record decided at both stages on one day stands behind the number once.
    assert all(behind[day] <= count.decided[day] for day in behind)
    assert Counter(row[1][:10] for row in votes if row[10] == "yes").total() == by_day.total()
    status = status_of(desk, review)
    team = {row.key: row.cells for row in rows if row.tab == TEAM}
    for member in status["members"]:
        done = sum(n for (who, _), n in count.done.items() if who == member["id"])
        rated = sum(n for (who, _), n in count.rated.items() if who == member["id"])
        included = sum(n for (who, _), n in count.included.items() if who == member["id"])
        assert member["done"] == team[member["id"]]["Done"] == done
        assert team[member["id"]]["Include rate"] == (round(included / rated, 4) if rated else None)
    assert agreement == count.pairs
    for (one, other, stage), table in count.pairs.items():
        said = f"{review.name_of(other)}, {stage.label}: "
        said += f"{agreement_of(table).raw.value:.0%} of {table.total()}, "
        assert said in str(team[one]["Agreement with each partner"])
    for figures in stages:
        parts = figures.included + figures.excluded + figures.not_retrieved
        assert parts == count.outcomes[figures.stage]
        told = status["stages"][figures.stage.value]
        assert told["included"] + told["excluded"] + told["not_retrieved"] == parts


def pair(desk: Desk, pair_id: str, first: str, second: str) -> None:
    with desk.store.writing("peer") as tx:
        tx.add_pair(DuplicatePair(pair_id, "peer", first, second, "possible", 80.0, "", "possible"))


def judge(desk: Desk, verdict: str, pair_id: str = "D1") -> None:
    judge_pair(
        desk, "peer", by=LEAD, pair_id=pair_id, verdict=verdict, gesture_key=desk.new_id("G")
    )


def hand(desk: Desk, who: str, size: int = 4) -> None:
    request_batch(desk, "peer", by=who, size=size, gesture_key=desk.new_id("G"))


def settled(desk: Desk) -> None:
    settle_due(desk, "peer", at=desk.clock.move(minutes=6))


@pytest.fixture
def two(store) -> Desk:
    """Two records that the lead takes for one; Ben and Chloe hold both."""
    desk = make_desk(store)
    bring(desk, 2)
    pair(desk, "D1", FIRST, SECOND)
    hand(desk, BEN)
    hand(desk, CHLOE)
    return desk


def test_fault_31_a_decision_that_a_merge_made_a_conflict_is_counted_no_more(two: Desk) -> None:
    for record, choice in ((FIRST, "include"), (SECOND, "exclude")):
        vote(two, BEN, record, choice)
        vote(two, CHLOE, record, choice)
    settled(two)
    two.clock.move(days=1)
    judge(two, "same")
    merged = screening_of(two, FIRST)
    assert (merged.status, merged.decided_at) == (Status.CONFLICT, None)
    count = recount(two)
    assert count.decided == {}
    assert count.opened.total() == 1
    check_all_agree(two)
    with two.store.reading("peer") as tx:
        assert tx.records_behind("decided:2026-03-02:Europe/Berlin") == []
    judge(two, "different")
    assert recount(two).decided.total() == 2
    check_all_agree(two)


def test_fault_31_no_undecided_record_keeps_a_day_of_decision(two: Desk) -> None:
    """Also from stores and sheets in which one did."""
    decided = screening_of(two, FIRST)
    with two.store.writing("peer") as tx:
        tx.set_screening(replace(decided, status=Status.CONFLICT, decided_at=two.clock.now()))
    assert screening_of(two, FIRST).decided_at is None


@pytest.mark.parametrize("newer", ["include", "exclude"])
def test_fault_32_a_merged_record_has_one_vote_of_each_reviewer(two: Desk, newer: str) -> None:
    for record, choice in ((FIRST, "include"), (SECOND, newer)):
        vote(two, BEN, record, choice)
        vote(two, CHLOE, record, choice)
        settled(two)
    judge(two, "same")
    if newer == "exclude":
        with two.store.reading("peer") as tx:
            (conflict,) = tx.open_conflicts()
            (view,) = tx.conflict_views([conflict.conflict_id])
        assert [(v.reviewer_id, v.choice.value) for v in view.votes] == [
            (BEN, "exclude"),
            (CHLOE, "exclude"),
        ]
        resolve_conflict(
            two,
            "peer",
            by=LEAD,
            conflict_id=conflict.conflict_id,
            outcome=Outcome.EXCLUDE,
            gesture_key="r",
        )
    with two.store.reading("peer") as tx:
        (agreement,) = tx.agreement()
        assert agreement.table == {(newer, newer): 1}
        assert [f.done for f in tx.member_figures()] == [1, 1]
        today = date(2026, 3, 2)
        (day,) = tx.day_figures(today, today, "Europe/Berlin")
        assert (day.votes, day.by_member) == (2, {BEN: 1, CHLOE: 1})
        assert tx.records_behind("votes:2026-03-02:Europe/Berlin") == [FIRST]
    check_all_agree(two)
    judge(two, "different")
    assert recount(two).votes.total() == 4
    check_all_agree(two)


@pytest.mark.parametrize("seed", range(4))
def test_fault_32_all_numbers_are_the_logs_whatever_is_merged_and_parted(store, seed: int) -> None:
    team = Team(make_desk(store), random.Random(seed))
    for step in range(60):
        team.do_something()
        if step % 20 == 19:
            check_all_agree(team.desk)
    assert team.merged


class Team:
    """A team that votes, merges, parts and decides by the throw of a die."""

    def __init__(self, desk: Desk, die: random.Random) -> None:
        self.desk, self.die, self.merged = desk, die, 0
        bring(desk, 8)
        for n, (one, other) in enumerate(combinations(range(1, 6), 2)):
            pair(desk, f"D{n}", f"R{one:06}", f"R{other:06}")

    def do_something(self) -> None:
        acts = [self.vote, self.vote, self.vote, self.judge, self.change, self.decide, self.rest]
        with suppress(WinnowError):  # some acts are refused: nothing to decide, no such card
            self.die.choice(acts)()

    def vote(self) -> None:
        who = self.die.choice([BEN, CHLOE, DEV])
        for stage in Stage:
            request_batch(
                self.desk, "peer", by=who, size=5, stage=stage, gesture_key=self.desk.new_id("G")
            )
            with self.desk.store.reading("peer") as tx:
                held = tx.open_assignments(reviewer_id=who, stage=stage)
            for card in held[:3]:
                choice = self.die.choice([Choice.INCLUDE, Choice.INCLUDE, Choice.EXCLUDE])
                cast_vote(
                    self.desk,
                    "peer",
                    by=who,
                    assignment_id=card.assignment_id,
                    choice=choice,
                    reason=REASONS[0]
                    if (stage, choice) == (Stage.FULL_TEXT, Choice.EXCLUDE)
                    else "",
                    gesture_key=self.desk.new_id("G"),
                )
                self.desk.clock.move(seconds=7)

    def judge(self) -> None:
        settled(self.desk)
        verdict = self.die.choice(["same", "same", "different"])
        judge(self.desk, verdict, f"D{self.die.randrange(10)}")
        with self.desk.store.reading("peer") as tx:
            self.merged = max(self.merged, len(tx.merges()))

    def change(self) -> None:
        with self.desk.store.reading("peer") as tx:
            last = tx.last_votes(self.die.choice([BEN, CHLOE]), 3)
        if not last:
            return
        change_vote(
            self.desk,
            "peer",
            by=last[0].vote.reviewer_id,
            vote_id=self.die.choice(last).vote.vote_id,
            choice=self.die.choice([Choice.INCLUDE, Choice.EXCLUDE]),
            reason=REASONS[1],
            gesture_key=self.desk.new_id("G"),
        )

    def decide(self) -> None:
        settled(self.desk)
        outcome = self.die.choice([Outcome.INCLUDE, Outcome.EXCLUDE])
        with self.desk.store.reading("peer") as tx:
            conflicts = tx.open_conflicts(1)
        if conflicts and self.die.random() < 0.7:
            resolve_conflict(
                self.desk,
                "peer",
                by=LEAD,
                conflict_id=conflicts[0].conflict_id,
                outcome=outcome,
                reason=REASONS[0],
                gesture_key=self.desk.new_id("G"),
            )
            return
        with self.desk.store.reading("peer") as tx:
            record_id = tx.kept(f"R{self.die.randint(1, 8):06}")
        override_decision(
            self.desk,
            "peer",
            by=LEAD,
            record_id=record_id,
            outcome=self.die.choice([outcome, None]),
            reason=REASONS[0],
            gesture_key=self.desk.new_id("G"),
        )

    def rest(self) -> None:
        settled(self.desk)
        self.desk.clock.move(hours=self.die.randint(5, 40))
