"""What became of an import, as the store has it."""

from __future__ import annotations

from screening.ports import Desk
from screening.sources import Import
from screening.views import ImportSummary


def known_import(desk: Desk, review_id: str, sha256: str) -> ImportSummary | None:
    """Return what became of a file that was imported whole, by its digest; else None."""
    with desk.store.reading(review_id) as tx:
        imported = tx.import_with_digest(sha256)
        if imported is None or tx.records_brought(imported.import_id) < imported.records:
            return None
    return already(imported)


def already(imported: Import) -> ImportSummary:
    """Return the numbers of an import that is not made again, saying when it was made."""
    return summary_of(
        imported, already=f"{imported.imported_at:%Y-%m-%d} from {imported.source.name}"
    )


def summary_of(imported: Import, already: str = "") -> ImportSummary:
    """Return the numbers of an import as people are told them."""
    return ImportSummary(
        import_id=imported.import_id,
        file_name=imported.file_name,
        source=imported.source.name,
        format=imported.format,
        read=imported.records,
        duplicates=imported.duplicates,
        possible=imported.possible,
        new=imported.new - imported.possible,
        problems=imported.problems,
        already=already,
    )
