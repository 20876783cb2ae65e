"""Which row holds which ID: an index of 100,000 rows in three megabytes, and ranges drawn from it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

_FEWEST = 1_024

CLAIM = "?"
"""Begins an ID that was given back to a row and not yet found to stand where it belongs: it is none."""

MOST_REPEATED = 2_000
"""Repeated IDs that are remembered: more rows than one write adds."""


class HashMap:
    """Maps texts to numbers of 32 bits by their 64-bit hash: 12 bytes a place, not a dictionary's 150.

    Texts themselves are not kept. Two texts of one hash would share a place; with 64 bits that is
    out of reach, and every row is compared with its ID before it is written anyway.
    """

    def __init__(self) -> None:
        self._clear(_FEWEST)

    def _clear(self, size: int) -> None:
        self._mask = size - 1
        self._keys = array("q", bytes(8 * size))
        self._values = array("I", bytes(4 * size))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, text: str) -> int | None:
        """Return the number of a text, None when it has none."""
        key = hash(text) or 1
        place = self._place(key)
        return self._values[place] if self._keys[place] == key else None

    def put(self, text: str, value: int) -> bool:
        """Set the number of a text; True when it had none."""
        if self._count * 3 >= len(self._keys) * 2:
            self._grow()
        return self._put(hash(text) or 1, value)

    def values(self) -> Iterable[int]:
        """Yield every number, in no order."""
        return (v for k, v in zip(self._keys, self._values, strict=True) if k)

    def _put(self, key: int, value: int) -> bool:
        place = self._place(key)
        new = self._keys[place] != key
        self._keys[place] = key
        self._values[place] = value
        self._count += new
        return new

    def _place(self, key: int) -> int:
        place = (key ^ (key >> 32)) & self._mask
        while (found := self._keys[place]) and found != key:
            place = (place + 1) & self._mask
        return place

    def _grow(self) -> None:
        keys, values = self._keys, self._values
        self._clear(len(keys) * 2)
        for key, value in zip(keys, values, strict=True):
            if key:
                self._put(key, value)


class RowIndex:
    """The rows of one tab by ID; rows count from nought, the header being row 0.

    When an ID stands twice (a row was copied) the first is the bot's; the others are `repeated`.
    `gaps` are rows without an ID above the last one that has one.
    """

    def __init__(self) -> None:
        self._rows = HashMap()
        self.last = 0
        self.repeated: list[tuple[str, int]] = []
        self.gaps = array("I")

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: str) -> int | None:
        """Return the row of an ID, as far as we know."""
        return self._rows.get(key)

    def put(self, key: str, row: int) -> None:
        """Note where an ID stands."""
        self._rows.put(key, row)
        self.last = max(self.last, row)

    def load(self, ids: Sequence[str], first: int) -> None:
        """Take in a stretch of the ID column that begins at row `first`."""
        for row, key in enumerate(ids, first):
            if not key or key.startswith(CLAIM):
                self.gaps.append(row)
                continue
            if self._rows.get(key) is None:
                self._rows.put(key, row)
            elif len(self.repeated) < MOST_REPEATED:
                self.repeated.append((key, row))
            self.last = max(self.last, row)


def spans(rows: Iterable[int], gap: int) -> list[tuple[int, int]]:
    """Return ranges (first, end) that cover rows, joined over gaps of up to `gap` rows."""
    found: list[tuple[int, int]] = []
    for row in sorted(set(rows)):
        if found and row - found[-1][1] <= gap:
            found[-1] = (found[-1][0], row + 1)
        else:
            found.append((row, row + 1))
    return found
