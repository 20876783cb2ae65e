"""Pairs that look alike and are two publications: none may be certain, whatever fields are left."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from benchmarks.duplicates import data_folder
from benchmarks.scale import real_works
from screening.duplicates import find_duplicates
from screening.duplicates.vocabulary import OPPOSED_WORDS
from screening.records import Record

_OPPOSITES = {
    one: other
    for pair in OPPOSED_WORDS
    for one, other in (pair.split("/"), reversed(pair.split("/")))
}
# Pairs that no list of the program's holds; the pattern or the replaced word must tell.
_OPPOSITES |= {
    "pregnant": "lactating", "nurses": "physicians", "students": "graduates", "cancer": "sarcoma",
    "cervical": "anal", "pleural": "pericardial", "women": "girls", "europe": "asia",
    "workers": "managers", "clients": "vendors", "cytology": "histology", "software": "hardware",
    "lung": "liver", "treatment": "prevention", "online": "mobile", "human": "animal",
}  # fmt: skip
_PREFIXES = ("non-", "non", "un", "pre-", "post-", "anti-", "sub", "hyper", "inter", "semi-")
_MORE = ("older", "obese", "rural", "not", "untreated", "hospitalised", "without", "Asian")
_PREFIXED = re.compile(r"\b[a-z]{7,}\b")


def opposite(title: str, chance: random.Random) -> str:
    """Give a title whose meaning one word turns, or "" where there is no such word."""
    words = title.split()
    turning = [at for at, word in enumerate(words) if word.lower() in _OPPOSITES]
    if turning and chance.random() < 0.6:
        at = chance.choice(turning)
        words[at] = _OPPOSITES[words[at].lower()]
        return " ".join(words)
    if chance.random() < 0.6:
        found = list(_PREFIXED.finditer(title))
        if not found:
            return ""
        at = chance.choice(found).start()
        return f"{title[:at]}{chance.choice(_PREFIXES)}{title[at:]}"
    if len(words) < 5:
        return ""
    at = chance.randrange(2, len(words) - 1)
    return " ".join((*words[:at], chance.choice(_MORE), *words[at:]))


def _abstracts(one: Record, other: Record, chance: random.Random) -> tuple[Record, Record]:
    """Give each an abstract of its own, the sentences of one study in another order."""
    words = [
        "patients",
        "were",
        "followed",
        "for",
        "months",
        "and",
        "the",
        "groups",
        "differed",
        "in",
        "outcome",
        "after",
        "care",
    ]
    texts = [" ".join(chance.choices(words, k=90)) for _ in range(2)]
    return replace(one, abstract=texts[0]), replace(other, abstract=texts[1])


_DOI = "10.1016/j.supplement.2010.05.001"
PLACES: dict[str, dict[str, Any]] = {
    "one DOI": {"doi": _DOI, "volume": "", "number": "", "pages": ""},
    "one DOI and issue": {"doi": _DOI, "volume": "12", "number": "3", "pages": ""},
    "one DOI and page": {"doi": _DOI, "volume": "12", "number": "", "pages": "S45"},
    "one issue": {"doi": "", "volume": "12", "number": "3", "pages": ""},
    "one page": {"doi": "", "volume": "12", "number": "3", "pages": "45"},
    "two pages": {"doi": "", "volume": "12", "number": "3", "pages": "45-46"},
    "one PMID": {"doi": "", "pmid": "1234567", "volume": "12", "number": "3", "pages": ""},
}


def opposites() -> Iterator[dict[str, Any]]:
    """Turn real titles round and set both titles in one place, with abstracts of their own or none."""
    if not data_folder().is_dir():
        yield {"absent": str(data_folder()), "remedy": "set WINNOW_DATA to the folder of the data"}
        return
    chance = random.Random(0)
    works = [work for work in real_works() if len(work.title) > 40 and work.authors]
    chance.shuffle(works)
    pairs = [(work, turned) for work in works if (turned := opposite(work.title, chance))][:1000]
    for place, changes in PLACES.items():
        for own in (False, True):
            counts = {"pairs": 0, "certain": 0, "asked": 0, "unlinked": 0}
            examples = []
            for work, turned in pairs:
                one = replace(work, abstract="", **changes)
                other = replace(one, title=turned)
                if own:
                    one, other = _abstracts(one, other, chance)
                kind = _verdict(one, other)
                counts["pairs"] += 1
                counts[kind] += 1
                if kind == "certain":
                    examples.append((work.title, turned))
            yield {"place": place, "own_abstracts": own, **counts, "examples": examples[:5]}


def _verdict(one: Record, other: Record) -> str:
    links = find_duplicates([("a", one), ("b", other)]).links
    if not links:
        return "unlinked"
    return "certain" if links[0].certainty == "certain" else "asked"


Sibling = Callable[[Record, random.Random], Record]


def _next_page(record: Record) -> dict[str, Any]:
    first = re.match(r"\d+", record.pages)
    return {"pages": f"{int(first[0]) + 40}-{int(first[0]) + 48}" if first else "", "doi": ""}


def _part(record: Record, chance: random.Random) -> Record:
    title = f"{record.title}. Part {chance.choice(('II', '2', 'B'))}"
    return replace(record, title=title, abstract="", **_next_page(record))


def _notice(record: Record, chance: random.Random) -> Record:
    form = chance.choice(
        ("Erratum: {}", "Reply to: {}", "Comment on {}", "{} (vol 12, pg 3, 2010)",
         "{} (Journal (2009) 360 (542-544))", "{}: authors' reply", "Retraction notice to {}",
         "\u201c{}\u201d: Correction to Lee et al. (2014)")
    )  # fmt: skip
    return replace(record, title=form.format(record.title), abstract="")


def _protocol(record: Record, chance: random.Random) -> Record:
    tail = chance.choice(
        (": study protocol", ": a protocol", ": follow-up", ": secondary analysis")
    )
    return replace(record, title=record.title + tail, abstract="", **_next_page(record))


def _abroad(record: Record, chance: random.Random) -> Record:
    """A meeting's abstract of the same study, in another journal the year before."""
    return replace(
        record, journal="Value in Health", volume="17", number="7", doi="",
        pages=f"A{chance.randint(100, 999)}", year=(record.year or 2000) - 1,
        abstract="OBJECTIVES: To assess what is new. METHODS: We looked. RESULTS: We saw it. " * 3,
    )  # fmt: skip


def _version(record: Record, chance: random.Random) -> Record:
    """A review updated two years later under its old title."""
    later = (record.year or 2000) + 2
    return replace(record, year=later, volume=str(later), number="4", doi="", pages="", abstract="")


def _by_others(record: Record, chance: random.Random) -> Record:
    people = ("Zimmer, Quentin", "Yilmaz, Ruya", "Wax, Lena")
    return replace(record, authors=people, abstract="", **_next_page(record))


SIBLINGS: dict[str, Sibling] = {
    "a second part": _part,
    "a notice or reply": _notice,
    "a protocol or follow-up": _protocol,
    "a meeting abstract elsewhere": _abroad,
    "a later version": _version,
    "one title by others": _by_others,
}


def siblings() -> Iterator[dict[str, Any]]:
    """Set beside each real work one that goes with it, as searches find them together."""
    if not data_folder().is_dir():
        yield {"absent": str(data_folder()), "remedy": "set WINNOW_DATA to the folder of the data"}
        return
    works = [w for w in real_works() if len(w.title) > 40 and w.authors and w.pages and w.volume]
    for name, sibling in SIBLINGS.items():
        chance = random.Random(0)
        counts = {"pairs": 0, "certain": 0, "asked": 0, "unlinked": 0}
        examples = []
        for work in works[:1500]:
            other = sibling(work, chance)
            kind = _verdict(work, other)
            counts["pairs"] += 1
            counts[kind] += 1
            if kind == "certain":
                examples.append((work.title, other.title))
        yield {"sibling": name, **counts, "examples": examples[:5]}


CASES: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {
    "duplicates_opposites": opposites,
    "duplicates_siblings": siblings,
}
