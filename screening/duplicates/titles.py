"""Titles: what belongs to the title, what a database added to it, and how alike two of them are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from screening.duplicates.text import compact, fold, numerals
from screening.duplicates.vocabulary import GENERIC_IN_TITLES, OPPOSED_WORDS, UNTELLING_IN_TITLES


class TitleLikeness(IntEnum):
    """How alike two titles are, from nothing in common to the same."""

    DIFFERENT = 0
    ALIKE = 1  # much in common, but words were replaced
    EXTENDED = 2  # one is the other with more: a subtitle, a note
    NEAR = 3  # the same but for spelling and typing
    SAME = 4


# Words databases put after a title in brackets, none of them part of the title.
_NOTE = (
    r"(?:\d+\s+)?(?:review|refs?\b|references|erratum|errata|corrigend|comment|see comment|letter"
    r"|editorial|abstracts?\b|corrected|correction|retract|published|meta-analysis|news|reprint"
    r"|translat|structured abstract|provisional abstract|conference abstract|conference paper"
    r"|article in|in (?:chinese|german|french|spanish|russian|japanese|italian|polish|portuguese"
    r"|turkish|dutch|korean|persian|hungarian|czech|danish|swedish|norwegian)|author'?s transl"
    r"|(?:chinese|german|french|spanish|russian|japanese|italian|polish|portuguese|turkish|dutch"
    r"|korean|persian|english)\s*$|electronic|summary for patients|proceedings|clinical conference"
    r"|historical article|biography|response|reply|letter)"
)
_BRACKETED_NOTE = re.compile(
    rf"[.,;:]?\s*[\[(]\s*{_NOTE}[^\[\]()]*(?:\([^()]*\)[^\[\]()]*)*[\])]\.?"
)
_LANGUAGE_NOTE = re.compile(r"\s+la:\s*[a-z]{2,3}\s*$")
# Web of Science names the article a correction belongs to: "Title (vol 12, pg 3, 2010)".
_CORRECTED_PLACE = re.compile(r"\(\s*vol(?:ume)?\.?\s+[^()]{1,30}(?:,|p)[^()]{0,40}\)\s*\.?$")
_RETRACTED_PREFIX = re.compile(r"^\W*retracted(?: article| paper)?\s*[:.\]\-]+\s*")

_MARKS = (
    (
        "correction",
        re.compile(
            r"^\W*(?:(?:publisher|author|editorial)'?s?'? )?"
            r"(?:errat(?:um|a)|corrigend(?:um|a)|corrections?|addendum|addenda"
            r"|correction notice|notice of correction)\b(?: to\b| for\b| notice\b|\s*[:.\-\[(]|\s*$)"
        ),
    ),
    ("correction", re.compile(r"[\s\[(:.\-](?:erratum|corrigendum)\W*$")),
    ("retraction", re.compile(r"^\W*(?:notice of |editorial )?retraction\b(?:\s*$| note| notice|\s*[:.\-]| of\b)")),
    ("concern", re.compile(r"^\W*(?:editorial )?expression of concern\b")),
    (
        "reply",
        re.compile(
            r"^\W*(?:(?:the )?authors?'?s?'? (?:reply|response|replies)|(?:in )?reply\b"
            r"|re(?:\s*:|\s+\[)|response to\s*[\"'“«:]|response to (?=.*\b(?:letters?|comments?|commentary|editor|et al)\b)"
            r"|repl(?:y|ies) to\b|rejoinder\b|rebuttal\b|in response\b|response\s*$)"
        ),
    ),
    ("reply", re.compile(r"[\-:.\[(]\s*(?:(?:the )?authors?'?s?'? )?(?:reply|response|rejoinder)\W*$")),
    (
        "comment",
        re.compile(
            r"^\W*(?:(?:invited|editorial|guest|expert) )?(?:comment(?:s|ary|aries)?)\b"
            r"(?: on\b| to\b|\s*[:.\-\[]|\s*$)|^\W*(?:letter|discussion)\b(?: on\b| of\b|\s*[:.])"
        ),
    ),
    ("comment", re.compile(r"[\-:.\[(]\s*(?:(?:invited|editorial) )?comment(?:ary)?\W*$")),
)  # fmt: skip
_MARK_HINT = re.compile(
    r"errat|corrig|correct|addend|retract|concern|repl|re:|re \[|respon|rejoin|rebut|comment|letter|discussion"
)


@dataclass(frozen=True, slots=True)
class Title:
    """A title as it is compared: `key` its letters and digits, `mark` what else it is than a paper.

    `bracketed` tells that the source put it in brackets, as databases do with translated titles.
    """

    folded: str
    key: str
    mark: str
    bracketed: bool


def read_title(title: str) -> Title:
    """Fold a title, take off what databases add to it, and note whether it corrects or answers."""
    text = fold(title)
    mark = ""
    if "retracted" in text:
        text = _RETRACTED_PREFIX.sub("", text)
    if "[" in text or "(" in text:
        if "vol" in text and _CORRECTED_PLACE.search(text):
            text = _CORRECTED_PLACE.sub("", text)
            mark = "correction"
        if not mark and _MARK_HINT.search(text):
            mark = _mark(text)
        bare = _BRACKETED_NOTE.sub(" ", text)
        # A title that is nothing but such a note ("[Letter]") stays as it is.
        if len(bare) >= 12:
            text = bare
    elif _MARK_HINT.search(text):
        mark = _mark(text)
    if " la:" in text:
        text = _LANGUAGE_NOTE.sub("", text)
    text = text.strip(" .\"'")
    return Title(text, compact(text), mark, text.startswith("["))


def _mark(text: str) -> str:
    for mark, pattern in _MARKS:
        if pattern.search(text):
            return mark
    return ""


def is_short(telling: list[str]) -> bool:
    """Tell whether a title has so few telling words that unrelated works may share it."""
    return len(telling) < 3 or sum(map(len, telling)) < 20


def is_generic(telling: list[str]) -> bool:
    """Tell whether a title is too common to mean one work ("Editor's comments")."""
    return not telling or (len(telling) == 1 and len(telling[0]) < 12)


def telling_words(title_words: list[str]) -> list[str]:
    """Give the words of a title that say something about the work."""
    return [w for w in title_words if w not in GENERIC_IN_TITLES and not w.isdigit()]


# Replaced words that look like a slip of the pen but turn the meaning round.
_OPPOSED = frozenset(frozenset(pair.split("/")) for pair in OPPOSED_WORDS)
_OPPOSED_STARTS = (
    ("hypo", "hyper"), ("pre", "post"), ("intra", "inter"), ("intra", "extra"), ("macro", "micro"),
    ("mono", "poly"), ("under", "over"), ("in", "out"), ("ante", "post"), ("endo", "exo"),
    ("sub", "super"), ("homo", "hetero"), ("anti", "pro"), ("ab", "ad"), ("uni", "bi"),
)  # fmt: skip


def _opposed(a: str, b: str) -> bool:
    if frozenset((a, b)) in _OPPOSED:
        return True
    for start, other in _OPPOSED_STARTS:
        if (a.startswith(start) and b.startswith(other) and a[len(start) :] == b[len(other) :]) or (
            b.startswith(start) and a.startswith(other) and b[len(start) :] == a[len(other) :]
        ):
            return True
    return a in (f"non{b}", f"un{b}", f"in{b}") or b in (f"non{a}", f"un{a}", f"in{a}")


_ENDINGS = frozenset(("s", "es", "d", "ed", "ing", "al", "ic", "ical", "ly"))


def _same_word(a: str, b: str) -> bool:
    """Tell whether two words are one word, mistyped or spelled in another way."""
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if not (a.isalpha() and b.isalpha()):
        return False
    if len(short) >= 3 and long.startswith(short) and long[len(short) :] in _ENDINGS:
        return True
    if len(long) < 4:
        # "of" and "fo", "in" and "ina": only a small word may be mistyped so, never a name.
        small = short in UNTELLING_IN_TITLES or long in UNTELLING_IN_TITLES
        moved = sorted(a) == sorted(b) or len(a) != len(b)
        return small and moved and len(long) > 1 and OSA.distance(a, b) == 1
    allowed = 1 if len(long) < 8 else 2
    edits = OSA.distance(a, b, score_cutoff=allowed)
    if edits <= allowed:
        if _opposed(a, b):
            return False
        # Of short words, "cats" and "rats" or "lung" and "long" are two; "fo" for "of" is a slip.
        moved = sorted(a) == sorted(b) or (len(a) != len(b) and edits == 1)
        return moved or (a[0] == b[0] and len(long) >= 6) or len(long) >= 9
    # Spelling variants (tumour, haematology, -isation) and lost endings of long words.
    return len(short) >= 7 and a[:3] == b[:3] and ratio(a, b) >= 86 and not _opposed(a, b)


def compare_titles(
    a: Title, b: Title, words_a: list[str], words_b: list[str]
) -> tuple[TitleLikeness, float, bool]:
    """Give how alike two titles are, in per cent too, and whether the numbers in them disagree."""
    if a.key == b.key:
        return TitleLikeness.SAME, 100.0, False
    if not a.key or not b.key:
        return TitleLikeness.EXTENDED, 0.0, False  # a blank never contradicts
    percent = ratio(a.key, b.key)
    short, long = (a.key, b.key) if len(a.key) <= len(b.key) else (b.key, a.key)
    short_words, long_words = (words_a, words_b) if len(a.key) <= len(b.key) else (words_b, words_a)
    extended = len(short) >= 18 and len(short_words) >= 3 and _continues(short, long)
    if percent < 60 and not extended:
        return TitleLikeness.DIFFERENT, percent, False
    only_short, only_long = _differing(short_words, long_words)
    numbers_short, numbers_long = numerals(short_words), numerals(long_words)
    conflict = numbers_short != numbers_long
    if conflict:
        lost = [n for n in numbers_short if numbers_short.count(n) > numbers_long.count(n)]
        extra = len(numbers_long) - len(numbers_short) + len(lost)
        # A whole subtitle may bring numbers of its own; a bare "2" or "part II" may not.
        if extended and not lost and len(only_long) > extra + 2:
            conflict = False
        elif "".join(sorted("".join(numbers_short))) == "".join(sorted("".join(numbers_long))):
            conflict = False  # the same digits, spaced in another way
    telling_short = [w for w in only_short if w not in UNTELLING_IN_TITLES]
    telling_long = [w for w in only_long if w not in UNTELLING_IN_TITLES]
    if not telling_short and not telling_long:
        if percent >= 85:
            return TitleLikeness.NEAR, percent, conflict
        return TitleLikeness.ALIKE, percent, conflict
    if extended or (not telling_short and percent >= 80):
        return TitleLikeness.EXTENDED, percent, conflict
    if percent >= 75:
        return TitleLikeness.ALIKE, percent, conflict
    return TitleLikeness.DIFFERENT, percent, conflict


def _continues(short: str, long: str) -> bool:
    if long.startswith(short) or long.endswith(short):
        return True
    return (
        len(short) >= 30
        and len(long) - len(short) >= 6
        and max(ratio(short, long[: len(short)]), ratio(short, long[-len(short) :])) >= 94
    )


def _differing(a: list[str], b: list[str]) -> tuple[list[str], list[str]]:
    """Give the words that only one of the two titles has, typing and spacing apart."""
    only_a, only_b = _beyond(a, b)
    if only_a and only_b and (_written_in(only_b, a) or _written_in(only_a, b)):
        only_a, only_b = _beyond(_joined(a, set(b)), _joined(b, set(a)))
    unmatched: list[str] = []
    for word in only_a:
        match = next((other for other in only_b if _same_word(word, other)), None)
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
