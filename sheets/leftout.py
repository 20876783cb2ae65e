"""Rows that cannot be built: left out, told once by their ID, and tried again with each slow beat."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from screening.errors import WinnowError
from screening.views import OutboxItem

log = logging.getLogger(__name__)

Made = TypeVar("Made")


class LeftOut:
    """What one review's sheet lacks because it could not be built; it stays in the outbox."""

    def __init__(self, review_id: str) -> None:
        self._review_id = review_id
        self._seqs: set[int] = set()
        self._told: set[tuple[str, str]] = set()

    def __len__(self) -> int:
        return len(self._seqs)

    def others(self, items: Iterable[OutboxItem]) -> list[OutboxItem]:
        """Return the items that were not left out."""
        return [item for item in items if item.seq not in self._seqs]

    def try_again(self) -> None:
        """Let every row that was left out be tried once more."""
        self._seqs.clear()

    def built(
        self, tab: str, key: str, build: Callable[[], Made], seqs: Collection[int] = ()
    ) -> Made | None:
        """Build a row; None when that fails, which is logged the first time.

        Errors that are sentences for people, such as a store that does not answer, are raised.
        """
        try:
            return build()
        except WinnowError:
            raise
        except Exception as error:  # one row must not keep all others from the sheet
            self._seqs.update(seqs)
            if (tab, key) not in self._told:
                self._told.add((tab, key))
                log.error(
                    "%s: %s %s could not be made into a row and is left out of the sheet: %s: %s",
                    self._review_id,
                    tab,
                    key,
                    type(error).__name__,
                    error,
                    exc_info=error,
                )
            return None
