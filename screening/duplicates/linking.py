"""Links and clusters: what the search for duplicates tells of a pair and of a group of records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Certainty = Literal["certain", "possible"]


@dataclass(frozen=True, slots=True)
class Link:
    """Two records held to be one publication; `first` sorts before `second`.

    `score` runs from 0 to 100 and orders links of one certainty. `why` is a sentence for people:
    what agrees and, where the link is only possible, what does not.
    """

    first: str
    second: str
    certainty: Certainty
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Linking:
    """All links found, certain ones first, then by their records."""

    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records that are certainly one publication, sorted, with the links that join them."""

    members: tuple[str, ...]
    links: tuple[Link, ...]


class Groups:
    """Which records have been joined so far (disjoint sets; the smallest member names a group)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def of(self, record: str) -> str:
        """Give the name of the group a record is in."""
        parent = self._parent
        root = record
        while (above := parent.get(root, root)) != root:
            root = above
        while (above := parent.get(record, record)) != root:
            parent[record] = root
            record = above
        return root

    def join(self, a: str, b: str) -> str:
        """Join two groups and give the name of the whole."""
        first, second = sorted((self.of(a), self.of(b)))
        self._parent[second] = first
        return first


def clusters(ids: Iterable[str], linking: Linking) -> tuple[Cluster, ...]:
    """Give every group of two or more of `ids` that certain links join, in the order of their names.

    A link to a record that is not among `ids` joins nothing.
    """
    known = set(ids)
    certain = [
        link
        for link in linking.links
        if link.certainty == "certain" and link.first in known and link.second in known
    ]
    groups = Groups()
    for link in certain:
        groups.join(link.first, link.second)
    members: dict[str, set[str]] = {}
    joining: dict[str, list[Link]] = {}
    for link in certain:
        group = groups.of(link.first)
        members.setdefault(group, set()).update((link.first, link.second))
        joining.setdefault(group, []).append(link)
    return tuple(
        Cluster(tuple(sorted(members[group])), tuple(joining[group])) for group in sorted(members)
    )
