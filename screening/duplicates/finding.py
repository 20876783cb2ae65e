"""Finding duplicates: candidates, evidence, verdicts, and groups in which no two records clash."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from screening.duplicates.abstracts import (
    AbstractLikeness,
    begin_the_same,
    compare_abstracts,
    read_abstract,
)
from screening.duplicates.authors import AuthorLikeness, Name, compare_authors, name_for_name
from screening.duplicates.broken import in_common, unhurt, worth_asking
from screening.duplicates.candidates import candidate_pairs
from screening.duplicates.evidence import (
    Evidence,
    agreements,
    disagreements,
    gather,
    one_title,
    share_identity,
)
from screening.duplicates.grouping import Finding, Grouping, unambiguous
from screening.duplicates.judging import Verdict, judge
from screening.duplicates.linking import Link, Linking
from screening.duplicates.profiles import Details, Profile, Reader
from screening.duplicates.rating import rate
from screening.duplicates.vetoes import parts
from screening.records import Record


def find_duplicates(
    records: Sequence[tuple[str, Record]],
    *,
    among: Collection[str] | None = None,
    kept_apart: Collection[frozenset[str]] = (),
) -> Linking:
    """Give every link between `records` (pairs of a unique ID and a record), in a fixed order.

    With `among`, only links that touch one of those IDs are looked for; they are the ones a
    search of all would find. `kept_apart` are pairs a person said are different: no certain link
    joins them, neither directly nor through others.
    """
    wanted = None if among is None else frozenset(among)
    with _collecting_later():
        links = [
            link
            for link in _Search(records, kept_apart).links(wanted)
            if wanted is None or link.first in wanted or link.second in wanted
        ]
    links.sort(key=lambda link: (link.certainty, link.first, link.second))
    return Linking(tuple(links))


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Spare the garbage collector: a search makes many objects and no cycles of them.

    Looking through them all again and again took a quarter of the time for 50,000 records.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Search:
    """One search through one set of records. Positions count distinct records, in order of ID."""

    def __init__(
        self, records: Sequence[tuple[str, Record]], kept_apart: Collection[frozenset[str]]
    ) -> None:
        apart = {id_ for pair in kept_apart for id_ in pair}
        self._reader = Reader()
        self._ids: list[str] = []
        self._profiles: list[Profile] = []
        self._copies: dict[int, list[str]] = {}
        self._details: dict[int, Details] = {}
        self._abstracts: dict[int, str] = {}
        self._clashes: dict[tuple[int, int], bool] = {}
        self._authors: dict[int, tuple[Name, ...]] = {}
        first_copies: dict[Record, int] = {}
        for id_, record in sorted(records, key=lambda pair: pair[0]):
            at = -1 if id_ in apart else first_copies.get(record, -1)
            if at >= 0 and self._is_itself(at):
                self._copies.setdefault(at, []).append(id_)
                continue
            if id_ not in apart:
                first_copies.setdefault(record, len(self._ids))
            self._ids.append(id_)
            self._profiles.append(self._reader.profile(record))
        positions = {id_: at for at, id_ in enumerate(self._ids)}
        self._apart = {
            tuple(sorted(positions[id_] for id_ in pair))
            for pair in kept_apart
            if len(pair) == 2 and all(id_ in positions for id_ in pair)
        }

    def links(self, wanted: frozenset[str] | None) -> Iterator[Link]:
        """Give the links of all records, or at least those that touch a wanted one."""
        findings = list(self._all_findings() if wanted is None else self._findings_near(wanted))
        certain = [f for f in findings if f.verdict >= Verdict.DESCRIBED]
        for finding in certain:
            self._clashes[(finding.first, finding.second)] = False
        held, _ = unambiguous(certain, self._clash)
        groups = Grouping(self._clash)
        groups.join(held)
        for finding in held:
            if groups.of(finding.first) == groups.of(finding.second):
                yield self._link(finding, "certain")
        for at, copies in self._copies.items():
            for copy in copies:
                yield Link(self._ids[at], copy, "certain", 100.0, "the same in every field")
        yield from self._possible(findings, groups)

    def _possible(self, findings: list[Finding], groups: Grouping) -> Iterator[Link]:
        """Ask once about each two groups, where they are most alike."""
        best: dict[tuple[int, int], Finding] = {}
        for finding in findings:
            pair = sorted((groups.of(finding.first), groups.of(finding.second)))
            if pair[0] == pair[1] or (finding.first, finding.second) in self._apart:
                continue
            known = best.get((pair[0], pair[1]))
            if known is None or _better(finding, known):
                best[(pair[0], pair[1])] = finding
        for (one, other), finding in best.items():
            if not self._kept_apart(groups.members(one), groups.members(other)):
                yield self._link(finding, "possible")

    def _link(self, finding: Finding, certainty: str) -> Link:
        a, b = self._profiles[finding.first], self._profiles[finding.second]
        why = "; ".join(agreements(finding.evidence))
        if certainty == "certain":
            return Link(
                self._ids[finding.first], self._ids[finding.second], "certain", finding.score, why
            )
        against = disagreements(finding.evidence, a, b)
        if not against and finding.verdict >= Verdict.DESCRIBED:
            against = ["another record agrees as well and contradicts this one"]
        contrast = ", ".join(against or ["too little else is given"])
        why = f"{why}; but {contrast}" if why else contrast
        return Link(
            self._ids[finding.first], self._ids[finding.second], "possible", finding.score, why
        )

    def _all_findings(self) -> Iterator[Finding]:
        for first, second in candidate_pairs(self._profiles):
            finding = self._judge(first, second)
            if finding is not None:
                yield finding

    def _findings_near(self, wanted: frozenset[str]) -> Iterator[Finding]:
        """Judge only pairs that can bear on the wanted records.

        These are theirs and those of every record that a chain of certain findings leads to, and
        the same once more from the records they are possibly the same as.
        """
        partners: dict[int, list[int]] = {}
        for first, second in candidate_pairs(self._profiles):
            partners.setdefault(first, []).append(second)
            partners.setdefault(second, []).append(first)
        judged: dict[tuple[int, int], Finding | None] = {}
        begin = {
            at
            for at, id_ in enumerate(self._ids)
            if id_ in wanted or any(copy in wanted for copy in self._copies.get(at, ()))
        }
        done: set[int] = set()
        for least in (Verdict.POSSIBLE, Verdict.DESCRIBED):
            waiting, beyond = sorted(begin - done), set[int]()
            while waiting:
                at = waiting.pop()
                if at in done:
                    continue
                done.add(at)
                for other in partners.get(at, ()):
                    pair = (at, other) if at < other else (other, at)
                    if pair not in judged:
                        judged[pair] = self._judge(*pair)
                    finding = judged[pair]
                    if finding is not None and finding.verdict >= Verdict.DESCRIBED:
                        waiting.append(other)
                    elif finding is not None and least == Verdict.POSSIBLE:
                        beyond.add(other)
            begin = beyond
        return (finding for finding in judged.values() if finding is not None)

    def _judge(self, first: int, second: int) -> Finding | None:
        names, others = self._names(first), self._names(second)
        authors = compare_authors(names, others)
        a, b = self._profiles[first], self._profiles[second]
        if authors == AuthorLikeness.DIFFERENT and not share_identity(a, b) and not one_title(a, b):
            return None  # such pairs are many, and nothing else could join them
        evidence = self._evidence(first, second, authors)
        verdict = judge(evidence)
        if verdict == Verdict.UNRELATED:
            if not unhurt(evidence):
                return None
            if not worth_asking(evidence, in_common(a.title, b.title, evidence)):
                return None
            verdict = Verdict.POSSIBLE
        if verdict >= Verdict.DESCRIBED and (first, second) in self._apart:
            verdict = Verdict.POSSIBLE
        return Finding(first, second, verdict, rate(evidence), evidence)

    def _evidence(self, first: int, second: int, authors: AuthorLikeness | None = None) -> Evidence:
        names, others = self._names(first), self._names(second)
        if authors is None:
            authors = compare_authors(names, others)
        ours, theirs = self._more(first), self._more(second)
        if (
            authors == AuthorLikeness.SAME
            and (ours.generic or theirs.generic)
            and not (ours.span > 1 and self._on_the_same_pages(first, second))
            and not name_for_name(names, others)
        ):
            authors = AuthorLikeness.OVERLAPPING
        return gather(
            self._profiles[first],
            ours,
            self._profiles[second],
            theirs,
            authors,
            min(len(names), len(others)),
            self._compare_abstracts(first, second),
            self._reader.compare_journals(
                self._profiles[first].record.journal, self._profiles[second].record.journal
            ),
        )

    def _on_the_same_pages(self, first: int, second: int) -> bool:
        return self._profiles[first].pages == self._profiles[second].pages

    def _compare_abstracts(self, first: int, second: int) -> AbstractLikeness:
        a, b = self._profiles[first].record.abstract, self._profiles[second].record.abstract
        if not a or not b:
            return AbstractLikeness.BLANK
        if begin_the_same(a, b):
            return AbstractLikeness.IDENTICAL
        return compare_abstracts(self._abstract(first), self._abstract(second))

    def _abstract(self, position: int) -> str:
        abstract = self._abstracts.get(position)
        if abstract is None:
            abstract = read_abstract(self._profiles[position].record.abstract)
            self._abstracts[position] = abstract
        return abstract

    def _names(self, position: int) -> tuple[Name, ...]:
        names = self._authors.get(position)
        if names is None:
            names = self._authors[position] = self._reader.names(self._profiles[position])
        return names

    def _more(self, position: int) -> Details:
        details = self._details.get(position)
        if details is None:
            details = self._details[position] = self._reader.details(self._profiles[position])
        return details

    def _clash(self, a: int, b: int) -> bool:
        pair = (a, b) if a < b else (b, a)
        clash = self._clashes.get(pair)
        if clash is None:
            clash = pair in self._apart or parts(self._evidence(*pair))
            self._clashes[pair] = clash
        return clash

    def _kept_apart(self, ours: list[int], theirs: list[int]) -> bool:
        return bool(self._apart) and any(
            ((a, b) if a < b else (b, a)) in self._apart for a in ours for b in theirs
        )

    def _is_itself(self, position: int) -> bool:
        """Tell whether a record says enough for an exact copy of it to be a duplicate for certain."""
        return judge(self._evidence(position, position)) >= Verdict.DESCRIBED


def _better(a: Finding, b: Finding) -> bool:
    return (-a.verdict, -a.score, a.first, a.second) < (-b.verdict, -b.score, b.first, b.second)
