"""Remembering what the lead wrote in their own columns, so that the sheet can be rebuilt from the store."""

from __future__ import annotations

from collections.abc import Mapping

from screening.ports import Desk


def save_lead_cells(
    desk: Desk, review_id: str, *, tab: str, cells: Mapping[str, Mapping[str, str]]
) -> None:
    """Keep the lead's cells of a tab: row ID → column → text."""
    with desk.store.writing(review_id) as tx:
        for key, columns in cells.items():
            tx.save_lead_cells(tab, key, columns)
