"""Imports and the records they bring."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, update

from screening.records import Record, SourceRecord
from screening.sources import Import
from store.bodies import body_of, pack_raw, record_of, unpack_raw
from store.part import REVIEW, ROWS, Part, inserting, pieces
from store.rows import import_of
from store.schema import (
    counters,
    imports,
    record_abstracts,
    record_bodies,
    record_raws,
    records,
)

ABSTRACT_HEAD = 1000
"""Characters of an abstract given for linking: more than comparing looks at, less than memory minds."""

MILESTONES = frozenset({1_000, 4_000, 16_000, 64_000})
"""Records of a file after which Postgres should look at its tables again."""

_IMPORTS = select(imports).where(imports.c.review_id == REVIEW)
_BY_DIGEST = _IMPORTS.where(imports.c.sha256 == bindparam("digest"))
_ALL_IMPORTS = _IMPORTS.order_by(imports.c.import_id)
_FOR_LINKING = (
    select(
        record_bodies.c.record_id,
        record_bodies.c.body,
        func.substr(record_abstracts.c.abstract, 1, ABSTRACT_HEAD).label("abstract"),
    )
    .select_from(
        record_bodies.outerjoin(
            record_abstracts,
            (record_abstracts.c.review_id == record_bodies.c.review_id)
            & (record_abstracts.c.record_id == record_bodies.c.record_id),
        )
    )
    .where(record_bodies.c.review_id == REVIEW)
    .order_by(record_bodies.c.record_id)
)
_RAW = select(record_raws.c.raw).where(
    record_raws.c.review_id == REVIEW, record_raws.c.record_id == bindparam("record")
)
_COUNTER = select(counters.c.value).where(
    counters.c.review_id == REVIEW, counters.c.name == bindparam("counter")
)


_SET_IMPORT = (
    update(imports)
    .where(imports.c.review_id == REVIEW, imports.c.import_id == bindparam("import"))
    .values(
        duplicates=bindparam("removed"), possible=bindparam("to_check"), added=bindparam("alone")
    )
)
_BROUGHT = select(func.count()).where(
    records.c.review_id == REVIEW, records.c.import_id == bindparam("import")
)


@cache
def counting_on(dialect: str) -> Any:
    """Return the statement that adds to a counter, making it if need be, and tells where it stands."""
    insert = inserting(dialect, counters)
    return insert.on_conflict_do_update(
        index_elements=["review_id", "name"],
        set_={"value": counters.c.value + insert.excluded.value},
    ).returning(counters.c.value)


class Imports(Part):
    """Search exports, as they came."""

    def next_record_numbers(self, count: int) -> range:
        """Reserve `count` consecutive record numbers; 0 only tells the next free one."""
        if count == 0:
            first = int(self._value(_COUNTER, counter="records") or 0) + 1
            return range(first, first)
        return self._reserve("records", count)

    def _reserve(self, counter: str, count: int) -> range:
        """Take `count` consecutive numbers from a counter of the review, the first being 1."""
        row = {"review_id": self.review_id, "name": counter, "value": count}
        reached = self._connection.execute(counting_on(self._dialect), row).scalar_one()
        return range(reached - count + 1, reached + 1)

    def add_import(self, imported: Import) -> None:
        """Record that a search export was read."""
        source = imported.source
        row = {
            "review_id": self.review_id,
            "import_id": imported.import_id,
            "source_name": source.name,
            "source_kind": source.kind,
            "platform": source.platform,
            "searched_on": source.searched_on.isoformat() if source.searched_on else "",
            "file_name": imported.file_name,
            "sha256": imported.sha256,
            "format": imported.format,
            "imported_at": imported.imported_at,
            "imported_by": imported.imported_by,
            "records": imported.records,
            "duplicates": imported.duplicates,
            "possible": imported.possible,
            "added": imported.new,
            "problems": list(imported.problems),
        }
        self._connection.execute(imports.insert(), row)

    def set_import(self, imported: Import) -> None:
        """Write what became of an import so far: its duplicates, possible and new records."""
        self._run(
            _SET_IMPORT,
            **{"import": imported.import_id},
            removed=imported.duplicates,
            to_check=imported.possible,
            alone=imported.new,
        )

    def records_brought(self, import_id: str) -> int:
        """Return how many of an import's records are recorded."""
        return int(self._value(_BROUGHT, **{"import": import_id}) or 0)

    def import_with_digest(self, sha256: str) -> Import | None:
        """Return the import of a file with these bytes, if there was one."""
        row = self._first(_BY_DIGEST, digest=sha256)
        return None if row is None else import_of(row)

    def imports(self) -> list[Import]:
        """Return all imports, in order of time."""
        return [import_of(row) for row in self._all(_ALL_IMPORTS)]

    def add_records(self, import_id: str, records: Iterable[tuple[str, SourceRecord, str]]) -> None:
        """Add records as (record_id, what the file gave, order key), a thousand at a time."""
        grown = False
        for piece in pieces(records, ROWS):
            self._add_piece(import_id, piece)
            grown = grown or any(source.position in MILESTONES for _, source, _ in piece)
        if grown:
            self._measure("records", "record_bodies", "record_abstracts", "screenings")

    def _add_piece(self, import_id: str, piece: list[tuple[str, SourceRecord, str]]) -> None:
        ids = [{"review_id": self.review_id, "record_id": record_id} for record_id, _, _ in piece]
        sources = [source for _, source, _ in piece]
        self._insert(
            records,
            (
                {
                    **own,
                    "import_id": import_id,
                    "position": source.position,
                    "line": source.line,
                    "order_key": order_key,
                    "merged_into": None,
                }
                for own, (_, source, order_key) in zip(ids, piece, strict=True)
            ),
        )
        self._insert(
            record_bodies,
            (
                {**own, "body": body_of(source.record, with_abstract=False)}
                for own, source in zip(ids, sources, strict=True)
            ),
        )
        self._insert(
            record_abstracts,
            (
                {**own, "abstract": source.record.abstract}
                for own, source in zip(ids, sources, strict=True)
                if source.record.abstract
            ),
        )
        self._insert(
            record_raws,
            (
                {**own, "raw": pack_raw(source.raw)}
                for own, source in zip(ids, sources, strict=True)
            ),
        )

    def raw_fields(self, record_id: str) -> tuple[tuple[str, str], ...]:
        """Return every field of a record as its file wrote it; none for an unknown record."""
        packed = self._value(_RAW, record=record_id)
        return () if packed is None else unpack_raw(packed)

    def all_for_linking(self) -> list[tuple[str, Record]]:
        """Return every record as it came, merged ones too, abstracts cut to what comparing needs."""
        rows = self._connection.execution_options(yield_per=ROWS).execute(
            _FOR_LINKING, {"review": self.review_id}
        )
        return [(row.record_id, record_of(row.body, row.abstract)) for row in rows]
