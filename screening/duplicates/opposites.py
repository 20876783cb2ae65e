"""Opposites: words that look like one word mistyped or added, and turn what a title says round."""

from __future__ import annotations

from itertools import pairwise

from screening.duplicates.vocabulary import (
    GENERIC_IN_TITLES,
    NEGATED_IN_GREEK,
    OPPOSED_WORDS,
    TURNING_IN_TITLES,
    TURNING_STARTS,
    UNTELLING_IN_TITLES,
)

_OPPOSED = frozenset(frozenset(pair.split("/")) for pair in OPPOSED_WORDS)
_LONGEST_START = max(map(len, TURNING_STARTS))
_ADDING = frozenset(("and", "or", "versus", "vs", "plus", "but"))
_STEM = 4
_WORDS_OF_THEIR_OWN = frozenset(("in", "out", "over", "under", "after", "para", "ad", "de", "pro"))
# With the words of other titles that say nothing, these name a kind of paper.
_KINDS = frozenset(("short", "rapid", "communication", "communications", "technical", "structured"))


def opposed(a: str, b: str) -> bool:
    """Tell whether two words are as good as opposites, however few letters part them.

    So are words on the list, a word and the same with a prefix, and one word with two prefixes.
    """
    if frozenset((a, b)) in _OPPOSED:
        return True
    if a in TURNING_STARTS and b in TURNING_STARTS and a != b:
        return True  # "hypo-", "hyper-", written as words of their own
    whole, bare = (a, b) if len(a) > len(b) else (b, a)
    if whole == f"n{bare}" and 2 < len(bare) <= _STEM:
        return True  # "REM" and "NREM", "STEMI" and "NSTEMI"
    if whole[-_STEM:] != bare[-_STEM:] or len(bare) < _STEM:
        return False
    return any(
        _prefixes(whole[:cut], bare[: len(bare) - len(whole) + cut], whole[cut:])
        for cut in range(min(_LONGEST_START, len(whole) - _STEM) + 1)
        if bare.endswith(whole[cut:])
    )


def _prefixes(start: str, other: str, stem: str) -> bool:
    """Tell whether two different prefixes stand before one stem, or one of them and none."""
    if not other:
        # A lost first letter is a slip ("dolescents"), so the Greek "a-" counts where it is known.
        return start in TURNING_STARTS or (start in ("a", "an") and stem in NEGATED_IN_GREEK)
    return start in TURNING_STARTS and other in TURNING_STARTS


def turns_round(only_a: list[str], only_b: list[str]) -> bool:
    """Tell whether the words that only one of two titles has make two works of them.

    Opposites do, and so do words that one title has more: "without", "protocol", "follow-up".
    """
    for words, others in ((only_a, only_b), (only_b, only_a)):
        for at, word in enumerate(words):
            if word in TURNING_IN_TITLES or (word == "follow" and words[at + 1 : at + 2] == ["up"]):
                return True
            if any(opposed(word, other) for other in others):
                return True
        if not others and words and words[0] in _ADDING:
            return True  # "in physicians", "in physicians and nurses"
    return False


def prefixed(only: list[str], title: list[str]) -> bool:
    """Tell whether a title sets a prefix that only it has before a word of both ("non-diabetic")."""
    return any(
        word in TURNING_STARTS
        and word not in _WORDS_OF_THEIR_OWN
        and word in only
        and follower not in only
        for word, follower in pairwise(title)
    )


def inserted(only: list[str], *, continued: bool) -> bool:
    """Tell whether words that one title has more narrow what it is about ("in obese adults").

    Within the title any word may; where the title goes on after or before the other, one alone: a
    subtitle has more of them. Words that name a kind of paper ("original article") narrow nothing.
    """
    telling = [
        word
        for word in only
        if word not in UNTELLING_IN_TITLES and word not in GENERIC_IN_TITLES and word not in _KINDS
    ]
    return len(telling) == 1 if continued else bool(telling)
