"""What votes decide: one table of cases for the pure rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.stages import Outcome, Stage, Status
from screening.votes import Choice, Vote, VotePolicy, decide

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TWO = VotePolicy()
ONE = VotePolicy(votes_needed=1)
THIRD = VotePolicy(tie_break="third_vote")
MAYBE_CONFLICT = VotePolicy(maybe="conflict")
REASONS = VotePolicy(reasons_must_agree=True)


def votes(text: str) -> list[Vote]:
    """Build votes from words: i, m, e, w(ithdrawn); "!" unsettled; "e:reason"."""
    made = []
    for n, word in enumerate(text.split()):
        settled = not word.endswith("!")
        letter, _, reason = word.rstrip("!").partition(":")
        choice = {
            "i": Choice.INCLUDE,
            "m": Choice.MAYBE,
            "e": Choice.EXCLUDE,
            "w": Choice.WITHDRAWN,
        }[letter]
        made.append(
            Vote(
                vote_id=f"V{n}",
                review_id="r",
                record_id="R000001",
                stage=Stage.TITLE_ABSTRACT,
                reviewer_id=f"U{n}",
                choice=choice,
                cast_at=START + timedelta(minutes=n),
                reason=reason,
                settled=settled,
            )
        )
    return made


CASES = [
    # votes, policy, status, outcome, maybe, needed, reason
    ("", TWO, "pending", None, False, 2, ""),
    ("i", TWO, "pending", None, False, 2, ""),
    ("e", TWO, "pending", None, False, 2, ""),
    ("i i", TWO, "decided", "include", False, 2, ""),
    ("e e", TWO, "decided", "exclude", False, 2, ""),
    ("i e", TWO, "conflict", None, False, 2, ""),
    ("i e!", TWO, "pending", None, False, 2, ""),
    ("i! i!", TWO, "pending", None, False, 2, ""),
    ("i w", TWO, "pending", None, False, 2, ""),
    ("i m", TWO, "decided", "include", True, 2, ""),
    ("m m", TWO, "decided", "include", True, 2, ""),
    ("m e", TWO, "conflict", None, False, 2, ""),
    ("i m", MAYBE_CONFLICT, "conflict", None, False, 2, ""),
    ("m m", MAYBE_CONFLICT, "decided", "include", True, 2, ""),
    ("m e", MAYBE_CONFLICT, "conflict", None, False, 2, ""),
    ("i e", THIRD, "pending", None, False, 3, ""),
    ("i e i", THIRD, "decided", "include", False, 2, ""),
    ("i e e", THIRD, "decided", "exclude", False, 2, ""),
    ("i e m", THIRD, "decided", "include", True, 2, ""),
    ("i e i e", THIRD, "pending", None, False, 5, ""),
    ("i i e", TWO, "conflict", None, False, 2, ""),
    ("i", ONE, "decided", "include", False, 1, ""),
    ("m", ONE, "decided", "include", True, 1, ""),
    ("e:wrong e:wrong", TWO, "decided", "exclude", False, 2, "wrong"),
    ("e:late e:wrong", TWO, "decided", "exclude", False, 2, "late"),
    ("e:late e:wrong", REASONS, "conflict", None, False, 2, ""),
    ("e:wrong e:wrong", REASONS, "decided", "exclude", False, 2, "wrong"),
    ("e:late i e:wrong", THIRD, "decided", "exclude", False, 2, "late"),
]


@pytest.mark.parametrize(
    ("cast", "policy", "status", "outcome", "maybe", "needed", "reason"), CASES
)
def test_votes_decide(cast, policy, status, outcome, maybe, needed, reason):
    verdict = decide(votes(cast), policy)
    assert (verdict.status, verdict.outcome) == (status, outcome)
    assert (verdict.maybe, verdict.needed, verdict.reason) == (maybe, needed, reason)


def test_a_changed_vote_decides_as_the_new_one_says():
    before = votes("i e")
    after = [before[0], votes("i i")[1]]
    assert decide(before, TWO).status is Status.CONFLICT
    assert decide(after, TWO).outcome is Outcome.INCLUDE


@given(st.lists(st.sampled_from(["i", "m", "e", "i!", "e!", "w"]), max_size=6), st.randoms())
def test_the_order_of_votes_never_matters_without_reasons(words, random):
    cast = votes(" ".join(words))
    shuffled = list(cast)
    random.shuffle(shuffled)
    for policy in (TWO, ONE, THIRD, MAYBE_CONFLICT):
        assert decide(cast, policy) == decide(shuffled, policy)


@given(st.lists(st.sampled_from(["i", "m", "e"]), min_size=1, max_size=6))
def test_unsettled_votes_reveal_nothing(words):
    settled = votes("i")
    unsettled = votes(" ".join(f"{word}!" for word in words))
    for policy in (TWO, THIRD, MAYBE_CONFLICT):
        assert decide([*settled, *unsettled], policy) == decide(settled, policy)
