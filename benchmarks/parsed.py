"""Records parsed from PDFs, as GROBID gives them: how many of their duplicates are merged, asked, missed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from benchmarks.duplicates import SETS, Known, Rows, data_folder, read_set
from benchmarks.generator import abbreviated
from screening.duplicates import clusters, find_duplicates
from screening.records import Record

Change = Callable[[Record, random.Random], Record]

_HEADERS = (
    "ORIGINAL ARTICLE", "Research Article", "REVIEW", "Open Access", "Clinical Study",
    "Contents lists available at ScienceDirect", "Full Length Article", "RESEARCH",
)  # fmt: skip
_INSTITUTES = (
    "Department of Medicine", "University Hospital", "School of Public Health, Boston",
    "Department of Information Systems", "Institute of Pathology", "E-mail: author@example.org",
)  # fmt: skip


def _names(record: Record) -> list[str]:
    return [n for n in re.split(r"\s+and\s+|;\s*", " and ".join(record.authors)) if n]


def _given_first(name: str) -> str:
    family, _, given = name.partition(", ")
    return f"{given} {family}".strip()


def _cut_end(record: Record, chance: random.Random) -> Record:
    words = record.title.split()
    kept = max(4, int(len(words) * chance.uniform(0.4, 0.8)))
    return replace(record, title=" ".join(words[:kept]))


def _cut_start(record: Record, chance: random.Random) -> Record:
    words = record.title.split()
    lost = min(int(len(words) * chance.uniform(0.15, 0.5)), max(0, len(words) - 4))
    return replace(record, title=" ".join(words[lost:]))


def _with_authors(record: Record, chance: random.Random) -> Record:
    mark = chance.choice(("", "1", "1,2", "*"))
    people = " ".join(f"{_given_first(n)}{mark}" for n in _names(record)[:4])
    return replace(record, title=f"{record.title} {people}")


def _with_header(record: Record, chance: random.Random) -> Record:
    masthead = f"{record.journal} {record.year or ''} {record.volume}: {record.pages}"
    return replace(record, title=f"{chance.choice((*_HEADERS, masthead))} {record.title}")


def _with_both(record: Record, chance: random.Random) -> Record:
    return _with_header(_with_authors(record, chance), chance)


def _with_abstract(record: Record, chance: random.Random) -> Record:
    begin = " ".join(record.abstract.split()[: chance.randint(5, 15)])
    return replace(record, title=f"{record.title} Abstract {begin}")


def _hyphenated(record: Record, chance: random.Random) -> Record:
    """A line ends within a word; the hyphen stays, with a space behind it."""
    words = record.title.split()
    for at in chance.sample(range(len(words)), min(2, len(words))):
        if len(words[at]) > 6:
            cut = chance.randint(3, len(words[at]) - 3)
            words[at] = f"{words[at][:cut]}- {words[at][cut:]}"
    return replace(record, title=" ".join(words))


def _no_ligatures(record: Record, chance: random.Random) -> Record:
    """Fonts without a Unicode map lose fi, fl and ff, or leave a blank for them."""
    blank = chance.choice(("", " ", "\ufffd"))
    return replace(record, title=re.sub(r"ffi|ff|fi|fl|tt|ti", blank, record.title))


def _glued(record: Record, chance: random.Random) -> Record:
    return replace(
        record, title=re.sub(r" (?=\w)", lambda _: chance.choice((" ", "")), record.title)
    )


def _other_title(record: Record, _: random.Random) -> Record:
    return replace(record, title="See discussions, stats, and author profiles for this publication")


def _as_it_is(record: Record, _: random.Random) -> Record:
    return record


TITLES: dict[str, Change] = {
    "title intact": _as_it_is,
    "title cut at the end": _cut_end,
    "title cut at the start": _cut_start,
    "authors in the title": _with_authors,
    "a header in the title": _with_header,
    "header and authors in the title": _with_both,
    "abstract in the title": _with_abstract,
    "hyphens": _hyphenated,
    "ligatures lost": _no_ligatures,
    "words glued": _glued,
    "another title": _other_title,
}
_WEIGHTS = (28, 12, 6, 12, 12, 5, 5, 8, 8, 3, 1)


def _parse_authors(record: Record, chance: random.Random) -> tuple[str, ...]:
    names = _names(record)
    roll = chance.random()
    if roll < 0.35:
        return tuple(_given_first(n) for n in names)
    if roll < 0.5:
        return ()
    if roll < 0.65:
        return tuple(chance.sample(_INSTITUTES, 2))
    if roll < 0.75:
        return tuple(f"{_given_first(n)} {chance.randint(1, 4)}" for n in names)
    if roll < 0.85:
        return tuple(names[1:3])
    if roll < 0.92:
        return (" ".join(_given_first(n) for n in names),)
    return tuple(n.split(",")[0] for n in names)


def _parse_year(record: Record, chance: random.Random) -> int | None:
    if record.year is None or chance.random() < 0.3:
        return None
    return record.year + (chance.choice((-3, -2, -1, 1, 2)) if chance.random() < 0.3 else 0)


def _parse_pages(record: Record, chance: random.Random) -> str:
    roll = chance.random()
    return "" if roll < 0.55 else f"1-{chance.randint(4, 20)}" if roll < 0.65 else record.pages


def parsed(record: Record, chance: random.Random, title: Change) -> Record:
    """Give a record as a parser would read it from the PDF, the title changed as told."""
    kept = title(record, chance)
    journal = chance.choice(("", "", record.journal, abbreviated(record.journal)))
    lost = chance.random() < 0.5
    return replace(
        kept,
        authors=_parse_authors(record, chance),
        year=_parse_year(record, chance),
        journal=journal,
        volume="" if lost else record.volume,
        number="" if lost or chance.random() < 0.6 else record.number,
        pages=_parse_pages(record, chance),
        doi="" if chance.random() < 0.7 else record.doi,
        abstract=_parse_abstract(record.abstract, chance),
        entry_type="",
    )


def _parse_abstract(abstract: str, chance: random.Random) -> str:
    roll = chance.random()
    if roll < 0.35:
        return ""
    if roll < 0.5:
        return abstract[chance.randint(10, 80) :]  # the first line went elsewhere
    return re.sub(r"(\w{4})(\w{4})", r"\1- \2", abstract, count=3) if roll < 0.7 else abstract


def measured() -> Iterator[dict[str, Any]]:
    """Parse half of the records that have a duplicate from PDFs, by kind of title and all together."""
    if not data_folder().is_dir():
        yield {"absent": str(data_folder()), "remedy": "set WINNOW_DATA to the folder of the data"}
        return
    sets = {name: read_set(name) for name in SETS}
    for kind in (*TITLES, "mixed"):
        counts = {"parsed": 0, "merged": 0, "asked": 0, "missed": 0}
        wrong = {"impure": 0, "asked_wrongly": 0, "records": 0, "records_asked": 0}
        for rows, records in sets.values():
            for seed in range(2):
                _count(rows, records, kind, random.Random(seed), counts, wrong)
        share = {"missed_share": round(counts["missed"] / counts["parsed"], 4)}
        asked = {"asked_share": round(wrong["records_asked"] / wrong["records"], 4)}
        yield {"kind": kind, **counts, **share, **wrong, **asked}


def _count(
    rows: Rows,
    records: Known,
    kind: str,
    chance: random.Random,
    counts: dict[str, int],
    wrong: dict[str, int],
) -> None:
    """Parse some of the records and add up what becomes of them."""
    gold = {row["record_id"]: row["gold_cluster"] for row in rows}
    members: dict[str, list[str]] = {}
    for id_, cluster in gold.items():
        members.setdefault(cluster, []).append(id_)
    chosen: set[str] = set()
    altered: Known = []
    for id_, record in records:
        if len(members[gold[id_]]) > 1 and chance.random() < 0.5:
            names = list(TITLES)
            title = chance.choices(names, _WEIGHTS)[0] if kind == "mixed" else kind
            record = parsed(record, chance, TITLES[title])
            chosen.add(id_)
        altered.append((id_, record))
    linking = find_duplicates(altered)
    found = clusters(gold, linking)
    group = {id_: id_ for id_ in gold}
    for cluster in found:
        wrong["impure"] += len({gold[id_] for id_ in cluster.members}) > 1
        group |= dict.fromkeys(cluster.members, cluster.members[0])
    possible = [link for link in linking.links if link.certainty == "possible"]
    asked = {frozenset((group[link.first], group[link.second])) for link in possible}
    wrong["asked_wrongly"] += sum(gold[link.first] != gold[link.second] for link in possible)
    wrong["records"] += len(gold)
    wrong["records_asked"] += len({id_ for link in possible for id_ in (link.first, link.second)})
    for id_ in chosen:
        others = {group[other] for other in members[gold[id_]] if other != id_}
        counts["parsed"] += 1
        if group[id_] in others:
            counts["merged"] += 1
        elif any(frozenset((group[id_], other)) in asked for other in others):
            counts["asked"] += 1
        else:
            counts["missed"] += 1


CASES: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {"duplicates_parsed": measured}
