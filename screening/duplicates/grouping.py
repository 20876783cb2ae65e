"""Grouping: which certain links hold when all records they would join are looked at together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from screening.duplicates.evidence import Evidence
from screening.duplicates.judging import Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """What is held of the records at two positions, the lower first."""

    first: int
    second: int
    verdict: Verdict
    score: float
    evidence: Evidence


class Grouping:
    """Records joined by certain findings, so that no two in a group contradict each other.

    `clash` tells of two positions whether they must not be in one group.
    """

    def __init__(self, clash: Callable[[int, int], bool]) -> None:
        self._clash = clash
        self._group: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}

    def of(self, position: int) -> int:
        """Give the group of a record; one that is not joined to any is its own."""
        return self._group.get(position, position)

    def members(self, group: int) -> list[int]:
        """Give the positions in a group."""
        return self._members.get(group, [group])

    def join(self, findings: Iterable[Finding]) -> None:
        """Join the groups of each finding, surest first, unless two of their records clash."""
        for finding in sorted(findings, key=_surest_first):
            first, second = self.of(finding.first), self.of(finding.second)
            if first == second:
                continue
            ours, theirs = self.members(first), self.members(second)
            if any(self._clash(a, b) for a in ours for b in theirs):
                continue
            if len(ours) < len(theirs):
                first, second, ours, theirs = second, first, theirs, ours
            for position in theirs:
                self._group[position] = first
            self._members[first] = ours + theirs
            self._members.pop(second, None)


def _surest_first(finding: Finding) -> tuple[int, float, int, int]:
    return (-finding.verdict, -finding.score, finding.first, finding.second)


def unambiguous(
    findings: list[Finding], clash: Callable[[int, int], bool]
) -> tuple[list[Finding], list[Finding]]:
    """Part certain findings into those that hold and those that might as well go another way.

    A record with few fields may agree with two publications that contradict each other. Then what
    rests on a description alone is in doubt, unless no identifier or place points elsewhere.
    """
    neighbours: dict[int, list[Finding]] = {}
    for finding in findings:
        neighbours.setdefault(finding.first, []).append(finding)
        neighbours.setdefault(finding.second, []).append(finding)
    doubtful: set[tuple[int, int]] = set()
    for position, links in neighbours.items():
        if len(links) < 2 or all(link.verdict == Verdict.IDENTIFIED for link in links):
            continue
        for at, one in enumerate(links):
            for other in links[at + 1 :]:
                if one.verdict == other.verdict == Verdict.IDENTIFIED:
                    continue
                if clash(_beyond(one, position), _beyond(other, position)):
                    doubtful.update(
                        (link.first, link.second)
                        for link in (one, other)
                        if link.verdict == Verdict.DESCRIBED
                    )
    return (
        [f for f in findings if (f.first, f.second) not in doubtful],
        [f for f in findings if (f.first, f.second) in doubtful],
    )


def _beyond(finding: Finding, position: int) -> int:
    return finding.second if finding.first == position else finding.first
