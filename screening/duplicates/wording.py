"""Wording: which words two titles share, slips, spellings and word forms apart, and which they do not."""

from __future__ import annotations

from rapidfuzz.distance import OSA, Indel, Prefix
from rapidfuzz.process import extractOne

from screening.duplicates.opposites import opposed
from screening.duplicates.vocabulary import GENERIC_IN_TITLES, UNTELLING_IN_TITLES


def telling_words(title_words: list[str]) -> list[str]:
    """Give the words of a title that say something about the work."""
    telling = [w for w in title_words if w not in GENERIC_IN_TITLES and not w.isdigit()]
    if len(telling) > _FEW:
        return telling
    # One slip must not make "Editorial Introductton" a title that means one work.
    return [w for w in telling if not _mistyped_generic(w)]


_FEW = 3
_GENERIC = sorted(word for word in GENERIC_IN_TITLES if len(word) >= 6)


def _mistyped_generic(word: str) -> bool:
    """Tell whether a word is a generic one mistyped, or two without the space between them."""
    if len(word) < 5:
        return False
    allowed = 1 if len(word) < 9 else 2
    if extractOne(word, _GENERIC, scorer=OSA.distance, score_cutoff=allowed) is not None:
        return True
    return any(
        word[:at] in GENERIC_IN_TITLES and word[at:] in GENERIC_IN_TITLES
        for at in range(3, len(word) - 2)
    )


_ENDINGS = frozenset(("s", "es", "d", "ed", "ing", "al", "ic", "ical", "ly"))
# What may follow one stem without making another subject of it: "diagnosis", "diagnostic".
_SUFFIXES = _ENDINGS | frozenset(
    [
        "e",
        "y",
        "ies",
        "ion",
        "ions",
        "ive",
        "ives",
        "ally",
        "or",
        "ors",
        "er",
        "ers",
        "ity",
        "ous",
        "ance",
        "ence",
        "ant",
        "ants",
        "ent",
        "ation",
        "ations",
        "ative",
        "able",
        "ability",
        "ics",
        "ist",
        "ists",
        "ise",
        "ize",
        "ised",
        "ized",
        "ising",
        "izing",
        "isation",
        "ization",
        "is",
        "sis",
        "ses",
        "tic",
        "tics",
        "a",
        "ia",
        "um",
        "on",
    ]
)
_STEM = 5
_VARIANTS = (("ae", "e"), ("oe", "e"), ("ou", "o"), ("ph", "f"), ("z", "s"), ("y", "i"), ("k", "c"))
_VOWELS = frozenset("aeiou")


def _spelled(word: str) -> str:
    """Give a word as every country might spell it, doubled letters single."""
    for written, plain in _VARIANTS:
        word = word.replace(written, plain)
    if word.endswith("re"):
        word = f"{word[:-2]}er"
    return "".join(c for at, c in enumerate(word) if c != word[at - 1 : at])


def same_word(a: str, b: str) -> bool:
    """Tell whether two words are one word, mistyped or spelled in another way.

    A slip loses, doubles or swaps letters. One consonant for another makes another word more often
    than not: "erlotinib" and "nilotinib", "content" and "context".
    """
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if not (a.isalpha() and b.isalpha()):
        return False
    if len(short) >= 3 and long.startswith(short) and long[len(short) :] in _ENDINGS:
        return True
    edits = OSA.distance(a, b, score_cutoff=3)
    if edits > 3 and a[:_STEM] != b[:_STEM]:
        return False
    moved = edits == 1 and (len(a) != len(b) or sorted(a) == sorted(b))
    if len(long) < 4:
        # "of" and "fo", "in" and "ina": only a small word may be mistyped so, never a name.
        small = short in UNTELLING_IN_TITLES or long in UNTELLING_IN_TITLES
        return small and moved and len(long) > 1
    if opposed(a, b):
        return False
    if moved or (len(short) >= _STEM and (_spelled(a) == _spelled(b) or _derived(a, b))):
        return True
    if edits > 2 or len(short) < 8:
        return False
    if Indel.distance(a, b) == 2 or (_mistyped_generic(a) and _mistyped_generic(b)):
        return True  # one letter moved, or a slip in each
    return a[0] == b[0] and _consonants(_spelled(a)) == _consonants(_spelled(b))


def _derived(a: str, b: str) -> bool:
    """Tell whether two words are forms of one: "structural", "structures"."""
    stem = Prefix.similarity(a, b)
    return any(
        a[at:] in _SUFFIXES and b[at:] in _SUFFIXES for at in range(max(_STEM, stem - 2), stem + 1)
    )


def _consonants(word: str) -> list[str]:
    return [c for c in word if c not in _VOWELS]


def differing(a: list[str], b: list[str]) -> tuple[list[str], list[str]]:
    """Give the words that only one of the two titles has, typing and spacing apart."""
    only_a, only_b = _beyond(a, b)
    if only_a and only_b and (_written_in(only_b, a) or _written_in(only_a, b)):
        only_a, only_b = _beyond(_joined(a, set(b)), _joined(b, set(a)))
    unmatched: list[str] = []
    for word in only_a:
        match = next((other for other in only_b if same_word(word, other)), None)
        if match is None:
            unmatched.append(word)
        else:
            only_b.remove(match)
    if unmatched and only_b and _misspaced("".join(unmatched), "".join(only_b)):
        return [], []
    return unmatched, only_b


def _misspaced(a: str, b: str) -> bool:
    """Tell whether words differ only in where one ends: "the prevention", "thep revention"."""
    return len(a) >= 6 and sorted(a) == sorted(b) and OSA.distance(a, b, score_cutoff=2) <= 2


def _beyond(a: list[str], b: list[str]) -> tuple[list[str], list[str]]:
    only_a, only_b = [], list(b)
    for word in a:
        if word in only_b:
            only_b.remove(word)
        else:
            only_a.append(word)
    return only_a, only_b


def _written_in(words: list[str], other: list[str]) -> bool:
    """Tell whether a word stands in another title, though not as a word."""
    text = "".join(other)
    return any(len(word) >= 4 and word in text for word in words)


def _joined(parts: list[str], wholes: set[str]) -> list[str]:
    """Write neighbours together where the other title does: "double blinded", "doubleblinded"."""
    result: list[str] = []
    i = 0
    while i < len(parts):
        for size in (3, 2):
            whole = "".join(parts[i : i + size])
            if i + size <= len(parts) and whole in wholes:
                result.append(whole)
                i += size
                break
        else:
            result.append(parts[i])
            i += 1
    return result
