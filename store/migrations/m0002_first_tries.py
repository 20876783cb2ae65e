"""When carrying an item of the outbox was first tried, by the clock of who carries it.

`created_at` comes from whoever caused the item, perhaps on another machine with another clock.
"""

from __future__ import annotations

from collections.abc import Sequence

NAME = "first tries"


def statements(dialect: str) -> Sequence[str]:
    """Return the DDL for a dialect; it is the same for both."""
    return ["ALTER TABLE outbox ADD COLUMN tried_at BIGINT"]
