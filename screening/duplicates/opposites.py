"""Opposites: words that look like one word mistyped and turn what a title says round."""

from __future__ import annotations

from screening.duplicates.vocabulary import (
    NEGATED_IN_GREEK,
    OPPOSED_WORDS,
    TURNING_IN_TITLES,
    TURNING_STARTS,
)

_OPPOSED = frozenset(frozenset(pair.split("/")) for pair in OPPOSED_WORDS)
_OPPOSED_STARTS = (
    ("hypo", "hyper"), ("pre", "post"), ("intra", "inter"), ("intra", "extra"), ("macro", "micro"),
    ("mono", "poly"), ("under", "over"), ("in", "out"), ("ante", "post"), ("endo", "exo"),
    ("sub", "super"), ("homo", "hetero"), ("anti", "pro"), ("ab", "ad"), ("uni", "bi"),
)  # fmt: skip
_ADDING = frozenset(("and", "or", "versus", "vs", "plus", "but"))


def opposed(a: str, b: str) -> bool:
    """Tell whether two words are as good as opposites, however few letters part them."""
    if frozenset((a, b)) in _OPPOSED:
        return True
    for start, other in _OPPOSED_STARTS:
        if (a.startswith(start) and b.startswith(other) and a[len(start) :] == b[len(other) :]) or (
            b.startswith(start) and a.startswith(other) and b[len(start) :] == a[len(other) :]
        ):
            return True
    whole, bare = (a, b) if len(a) > len(b) else (b, a)
    if len(bare) < 4 or not whole.endswith(bare):
        return False
    start = whole[: -len(bare)]
    # A lost first letter is a slip ("dolescents"), so the Greek "a-" counts where it is known.
    return start in TURNING_STARTS or (start in ("a", "an") and bare in NEGATED_IN_GREEK)


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
