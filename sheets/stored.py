"""What the store has of a tab's rows, by ID: the same texts that the sheet should show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from screening.ports import Transaction
from screening.review import Review
from screening.sealing import Seal
from sheets.layout import CONFLICTS, DUPLICATES, RECORDS, SOURCES, VOTES
from sheets.rows import (
    Cells,
    conflict_cells,
    duplicate_cells,
    record_cells,
    source_cells,
    vote_cells,
)


def ids_after(tx: Transaction, tab: str, after: str, limit: int) -> Sequence[str]:
    """Return the next IDs of a tab's rows in their order, [] at the end."""
    find: Mapping[str, Callable[[], Sequence[str]]] = {
        RECORDS: lambda: [v.record_id for v in tx.records_after(after, limit)],
        VOTES: lambda: tx.vote_ids_after(after, limit),
        CONFLICTS: lambda: tx.conflict_ids_after(after, limit),
        DUPLICATES: lambda: tx.pair_ids_after(after, limit),
        SOURCES: lambda: sorted(i.import_id for i in tx.imports() if i.import_id > after)[:limit],
    }
    return find[tab]()


def cells_of(
    tx: Transaction, tab: str, keys: Collection[str], review: Review, seal: Seal | None
) -> dict[str, Cells]:
    """Return the bot's cells of some rows of a tab."""
    find: Mapping[str, Callable[[], dict[str, Cells]]] = {
        RECORDS: lambda: {v.record_id: record_cells(v) for v in tx.records(keys)},
        VOTES: lambda: {v.vote.vote_id: vote_cells(v, review, seal) for v in tx.vote_views(keys)},
        CONFLICTS: lambda: {
            v.conflict.conflict_id: conflict_cells(v, review) for v in tx.conflict_views(keys)
        },
        DUPLICATES: lambda: {
            v.pair.pair_id: duplicate_cells(v, review) for v in tx.duplicate_views(keys)
        },
        SOURCES: lambda: {
            i.import_id: source_cells(i) for i in tx.imports() if i.import_id in keys
        },
    }
    return find[tab]()
