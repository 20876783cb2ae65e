"""Titles: what belongs to the title, what a database added to it, and how alike two of them are."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate
from typing import NamedTuple

from rapidfuzz.distance import Indel
from rapidfuzz.fuzz import ratio

from screening.duplicates.opposites import inserted, prefixed, turns_round
from screening.duplicates.text import compact, fold, numerals
from screening.duplicates.vocabulary import COUNTED, UNTELLING_IN_TITLES
from screening.duplicates.wording import differing


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
# Embase does so too: "Title (Journal (2009) 360 (542-544))", "(Journal (2009) 360:6 (542) DOI: …)".
_CORRECTED_PLACE = re.compile(
    r"\(\s*(?:vol(?:ume)?\.?\s+[^()]{1,30}(?:,|p)[^()]{0,40}"
    r"|[^()]{2,120}(?:\([^()\d]{2,30}\)[^()]{0,40})?\((?:1[89]|20)\d\d\)[\s,;:]*[^()]{0,20}"
    r"\([^()]{0,30}\d[^()]{0,30}\)[^()]{0,60}"
    r"(?:\([^()]*\)[^()]*)?)\)\s*\.?$"
)
# A note that the source cut before its bracket closed: "Title.[Erratum appears in J Pedia".
_CUT_NOTE = re.compile(
    rf"(?:[.,;:]\s*[\[(]|\s\[)\s*(?:{_NOTE}[^\[\]]*"
    r"|errat?u?|corrige?n?d?|comme?n?|retra?c?)$"
)
# What parsers of PDFs take for the title: the cover of a copy from a network, a publisher's banner.
_COVER = re.compile(
    r"^see discussions, stats, and author profiles.*$|^contents lists available at sciencedirect\W*"
    r"|^this article was downloaded by.*$|^provided for non-commercial research.*$"
)
_COVERS = ("see discussions", "contents lists", "this article was", "provided for")
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
    ("correction", re.compile(r"[\s\[(:.\-](?:erratum|corrigendum)\W*$|[:.\-\"”]\s*correction to\b")),
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


class TitleComparison(NamedTuple):
    """How alike two titles are, in per cent too.

    `numbers_conflict`: the numbers in them disagree. `turned`: a word that one of them has more, or
    an opposite, makes two works of them. `continued`: one says much, and the other all of it first.
    `footnoted`: one has a digit or a letter more, which may be the mark of a footnote or a part.
    """

    likeness: TitleLikeness
    percent: float
    numbers_conflict: bool = False
    turned: bool = False
    continued: bool = False
    footnoted: bool = False


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
    if text.startswith(_COVERS):
        text = _COVER.sub("", text)
    if "retracted" in text:
        text = _RETRACTED_PREFIX.sub("", text)
    if "[" in text or "(" in text:
        if text.count("[") > text.count("]") or text.count("(") > text.count(")"):
            cut = _CUT_NOTE.sub("", text)
            text = cut if len(cut) >= 12 else text
        if text.rstrip(" .").endswith(")") and _CORRECTED_PLACE.search(text):
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


ANCHOR = 20
_STEP = 10


def anchors(key: str, *, many: bool = False) -> set[str]:
    """Give pieces of a title's key to find it by in another: its start, middle and end, or more."""
    last = len(key) - ANCHOR
    if last < 0:
        return set()
    places = [0, last // 2, last, *(range(_STEP, last, _STEP) if many else ())]
    return {key[at : at + ANCHOR] for at in places}


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


def compare_titles(a: Title, b: Title, words_a: list[str], words_b: list[str]) -> TitleComparison:
    """Give how alike two titles are, and what in them speaks against one work."""
    if a.key == b.key:
        return TitleComparison(TitleLikeness.SAME, 100.0)
    if not a.key or not b.key:
        return TitleComparison(TitleLikeness.EXTENDED, 0.0)  # a blank never contradicts
    percent = ratio(a.key, b.key)
    short, long = (a.key, b.key) if len(a.key) <= len(b.key) else (b.key, a.key)
    short_words, long_words = (words_a, words_b) if len(a.key) <= len(b.key) else (words_b, words_a)
    if len(short) >= 18 and _footnoted(short, long, short_words, long_words):
        return TitleComparison(TitleLikeness.EXTENDED, percent, footnoted=True)
    if long.endswith(short) or long.startswith(short):
        shorter, longer = sorted((a, b), key=_length)
        if _parallel(shorter, longer):
            return TitleComparison(TitleLikeness.EXTENDED, percent)
    extended = len(short) >= 18 and len(short_words) >= 3 and _continues(short, long, long_words)
    if percent < 60 and not extended:
        return TitleComparison(TitleLikeness.DIFFERENT, percent)
    only_short, only_long = differing(short_words, long_words)
    conflict = _numbers_conflict(short_words, long_words, len(only_long) if extended else 0)
    telling_short = [w for w in only_short if w not in UNTELLING_IN_TITLES]
    telling_long = [w for w in only_long if w not in UNTELLING_IN_TITLES]
    if not telling_short and not telling_long:
        likeness = TitleLikeness.NEAR if percent >= 85 else TitleLikeness.ALIKE
        return TitleComparison(likeness, percent, conflict)
    turned = turns_round(only_short, only_long) or prefixed(only_long, long_words)
    if not turned and not telling_short and not _set_off(*sorted((a, b), key=_length)):
        turned = inserted(only_long, continued=extended)
    if extended or (not telling_short and percent >= 80):
        continued = len(short_words) >= _MUCH and long.startswith(short)
        return TitleComparison(TitleLikeness.EXTENDED, percent, conflict, turned, continued)
    likeness = TitleLikeness.ALIKE if percent >= 75 else TitleLikeness.DIFFERENT
    return TitleComparison(likeness, percent, conflict, turned)


def _footnoted(short: str, long: str, short_words: list[str], long_words: list[str]) -> bool:
    """Tell whether a title has but a digit or a letter more at its end: "… systems 1"."""
    more = long[len(short) :] if long.startswith(short) else ""
    if not (more.isdigit() and len(more) <= 2) and not (len(more) == 1 and more.isalpha()):
        return False
    if more.isdigit() and short[-1].isdigit() and long_words[-1] != more:
        return False  # a number that goes on is another number: "cohort 5", "cohort 58"
    if long_words[-1] == more:
        return short_words[-1] not in COUNTED  # "hepatitis", "hepatitis B"
    return long_words[-1] == short_words[-1] + more and not more.isalpha()


def _parallel(short: Title, long: Title) -> bool:
    """Tell whether one title stands whole in the brackets that end the other: its original title."""
    head, bracket, tail = long.folded.rpartition("[")
    return bool(bracket) and len(head) >= 18 and compact(tail) == short.key


def _length(title: Title) -> int:
    return len(title.key)


_JOINT = re.compile(r"\s*[:.?!;()\[\]]+\s*|\s+-+\s+|--+")


def _set_off(short: Title, long: Title) -> bool:
    """Tell whether a title's end or beginning alone is the other, a mark before or after it."""
    parts = [compact(part) for part in _JOINT.split(long.folded)]
    return any(
        Indel.distance(short.key, "".join(piece), score_cutoff=_SLIP) <= _SLIP
        for cut in range(1, len(parts))
        for piece in (parts[:cut], parts[cut:])
    )


_SLIP = 2  # letters
_MUCH = 8  # words; titles that begin with as many in common are seldom two


def _numbers_conflict(short: list[str], long: list[str], subtitle: int) -> bool:
    """Tell whether the numbers in two titles disagree; `subtitle` words continue the shorter one."""
    few, many = numerals(short), numerals(long)
    if few == many:
        return False
    lost = [n for n in few if few.count(n) > many.count(n)]
    extra = len(many) - len(few) + len(lost)
    # A whole subtitle may bring numbers of its own; a bare "2" or "part II" may not.
    if not lost and subtitle > extra + 2:
        return False
    # The same digits may be spaced in another way.
    return sorted("".join(few)) != sorted("".join(many))


def _continues(short: str, long: str, long_words: list[str]) -> bool:
    """Tell whether a title goes on in another, whole words before or after it."""
    ends = list(accumulate(map(len, long_words)))
    if long.startswith(short):
        # A title cut within a word has lost more than the end of that word ("Niger", "Nigeria").
        return len(short) in ends or len(long_words) - bisect_right(ends, len(short)) >= 3
    if long.endswith(short):
        return len(long) - len(short) in ends
    return (
        len(short) >= 30
        and len(long) - len(short) >= 6
        and max(ratio(short, long[: len(short)]), ratio(short, long[-len(short) :])) >= 94
    )
