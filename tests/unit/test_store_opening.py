"""Opening stores: addresses, migrations, statistics, platforms that wipe their disk."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, inspect, text

from screening.sources import SourceKind
from screening.stages import Screening, Status
from store import is_embedded, open_store
from store.errors import NewerStoreError, StoreAddressError, StoreUnreachableError
from store.migrations import MIGRATIONS, Migration, migrate, version_of
from store.opening import connect_database
from store.planner import STATISTICS
from store.platforms import wiped_disk_reason
from store.schema import METADATA
from store.sqlstore import EVERYTHING
from tests.store_samples import FT, RID, T0, TA, a_vote, bring, rid

LAST = MIGRATIONS[-1].number
DATA = Path(__file__).parents[1] / "data" / "store"


def test_tables_are_what_the_code_takes_them_for(store):
    with store.database.read() as connection:
        found = inspect(connection)
        names = set(found.get_table_names()) - {"schema_version"}
        assert names == set(METADATA.tables)
        for name, table in METADATA.tables.items():
            there = {c["name"]: c["nullable"] for c in found.get_columns(name)}
            # SQLite tells a serial key as nullable; it never is.
            meant = {c.name: c.nullable for c in table.columns}
            assert there.keys() == meant.keys(), name
            keys = set(found.get_pk_constraint(name)["constrained_columns"])
            assert keys == {c.name for c in table.primary_key}, name
            assert {n for n in there if there[n] and n not in keys} == {
                n for n in meant if meant[n]
            }, name


def test_opening_again_migrates_nothing(store, store_url):
    again = open_store(store_url)
    assert again.migrate() == 0
    again.close()


NEXT = Migration(LAST + 1, "labels", lambda dialect: ["ALTER TABLE batches ADD COLUMN label TEXT"])


def test_a_step_is_taken_once_and_whole(store):
    with store.database.write(EVERYTHING) as connection:
        assert migrate(connection, (*MIGRATIONS, NEXT)) == 1
        assert migrate(connection, (*MIGRATIONS, NEXT)) == 0
        assert version_of(connection) == LAST + 1
    broken = Migration(LAST + 2, "broken", lambda dialect: ["CREATE TABLE x (a TEXT)", "NONSENSE"])
    with (
        pytest.raises(Exception, match="NONSENSE"),
        store.database.write(EVERYTHING) as connection,
    ):
        migrate(connection, (*MIGRATIONS, NEXT, broken))
    with store.database.read() as connection:
        assert version_of(connection) == LAST + 1
        assert not inspect(connection).has_table("x")


def test_a_database_from_a_later_winnow_is_refused(store, store_url):
    with store.database.write(EVERYTHING) as connection:
        migrate(connection, (*MIGRATIONS, NEXT))
    with pytest.raises(
        NewerStoreError, match=f"schema version {LAST + 1}, this Winnow knows up to {LAST}"
    ):
        open_store(store_url)


def test_a_database_of_version_1_opens_with_all_it_holds(store_url):
    """The rows were written by version 1 and are kept as SQL; every later step must carry them."""
    old = sqlite3.connect(":memory:")
    old.executescript((DATA / "v1.sql").read_text(encoding="utf-8"))
    if is_embedded(store_url):
        with sqlite3.connect(store_url.removeprefix("sqlite:///")) as target:
            old.backup(target)
        target.close()
    else:
        database = connect_database(store_url)
        with database.write(EVERYTHING) as connection:
            migrate(connection, MIGRATIONS[:1])
            old.row_factory = sqlite3.Row
            there = set(inspect(connection).get_table_names())
            for table in [t for t in METADATA.sorted_tables if t.name in there]:
                booleans = {c.name for c in table.columns if c.type.python_type is bool}
                for row in old.execute(f"SELECT * FROM {table.name}"):
                    values = {k: bool(row[k]) if k in booleans else row[k] for k in row.keys()}  # noqa: SIM118
                    places = ", ".join(f":{name}" for name in values)
                    connection.execute(
                        text(f"INSERT INTO {table.name} ({', '.join(values)}) VALUES ({places})"),
                        values,
                    )
        database.close()
    old.close()
    store = open_store(store_url)
    with store.reading(RID) as tx:
        kept = tx.record(rid(1))
        assert (kept.members, kept.sources) == ((rid(3),), ("MEDLINE", "ERIC"))
        assert kept.lead_cells == {"Note": "read twice"}
        assert kept.screening(TA).outcome == "include"
        assert kept.screening(FT).status == "pending"
        assert tx.raw_fields(rid(2)) == (("TI", "Study 2"), ("XX", "odd\ttag"))
        assert [v.vote_id for v in tx.current_votes([rid(1)], TA)] == ["V1", "V2"]
        assert tx.open_conflicts()[0].record_id == rid(2)
        assert tx.outbox_size("sheet") == 1
        assert tx.pair("D1").state == "merged"
        assert tx.last_done("digest", "") == ("2026-03-02", T0)
        assert tx.post("peer/digest/2026-03-02") == ("C1", "1.1")
    assert store.drifted(RID) == []
    with store.writing(RID) as tx:
        assert not tx.remember_gesture("click", T0)
        assert tx.next_record_numbers(1) == range(4, 5)
    store.close()


def test_screenings_go_back_to_the_column_of_their_own_source(store, store_url):
    with store.writing(RID) as tx:
        bring(tx, [1, 2])
        bring(tx, [3, 4], import_id="I2", kind=SourceKind.WEBSITE, name="A website", stage=FT)

    def columns() -> list[tuple[str, bool]]:
        with store.database.read() as connection:
            rows = connection.execute(
                text("SELECT record_id, other_method FROM screenings ORDER BY record_id")
            )
            return [(row[0], bool(row[1])) for row in rows]

    right = columns()
    assert {other for _, other in right} == {True, False}
    with store.database.write(EVERYTHING) as connection:
        connection.execute(text("UPDATE screenings SET other_method = NOT other_method"))
    assert columns() != right
    with store.database.write(EVERYTHING) as connection:
        connection.execute(text("DELETE FROM schema_version WHERE version >= 3"))
        migrate(connection, MIGRATIONS[:3])
    assert columns() == right
    assert store.drifted(RID) == []


def test_fault_7b_what_the_sheet_of_an_older_winnow_shows_counts_as_revealed(store):
    """Its votes stand in the clear once their record is decided or in conflict."""
    with store.writing(RID) as tx:
        bring(tx, [1, 2, 3, 4])
        tx.merge(rid(1), rid(4), tx.record(rid(1)).record)
        for n in (1, 2, 3, 4):
            tx.add_vote(a_vote(f"V{n}", rid(n), "U1"))
        for n, status in ((1, Status.DECIDED), (2, Status.CONFLICT)):
            tx.set_screening(Screening(RID, rid(n), TA, status))
        assert not any(view.revealed for view in tx.vote_views(["V1", "V2", "V3", "V4"]))
    with store.database.write(EVERYTHING) as connection:
        connection.execute(text("DROP TABLE reveals"))
        connection.execute(text("DELETE FROM schema_version WHERE version >= 4"))
        migrate(connection, MIGRATIONS[:4])
    with store.reading(RID) as tx:
        shown = {v.vote.vote_id for v in tx.vote_views(["V1", "V2", "V3", "V4"]) if v.revealed}
    assert shown == {"V1", "V2", "V4"}


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://u:secret@h/d", "only SQLite and Postgres"),
        ("winnow.db", "not a URL"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "lost at every stop"),
    ],
)
def test_addresses_that_cannot_be_used(url, why):
    with pytest.raises(StoreAddressError, match=why) as caught:
        open_store(url)
    assert "secret" not in str(caught.value)


def test_databases_that_cannot_be_opened(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnreachableError, match="Check that it exists"):
        open_store(f"sqlite:///{tmp_path}/file/below.sqlite3")
    with pytest.raises(StoreUnreachableError) as caught:
        open_store(f"postgres://u:secret@/d?host={tmp_path}")
    assert "secret" not in str(caught.value)


def test_a_folder_that_is_missing_is_made(tmp_path):
    open_store(f"sqlite:///{tmp_path}/new/winnow.sqlite3").close()
    assert (tmp_path / "new" / "winnow.sqlite3").exists()


def test_herokus_way_to_write_an_address(store_url):
    if is_embedded(store_url):
        return
    store = open_store(store_url.replace("postgresql://", "postgres://"))
    with store.reading(RID) as tx:
        assert tx.imports() == []
    store.close()


def test_commits_are_synced_and_kept_in_wal(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/w.sqlite3")
    with store.writing(RID) as tx:
        asked = {
            name: tx._connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }
    assert asked == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
    }
    store.close()


def test_statistics_name_every_index_of_a_table(tmp_path):
    open_store(f"sqlite:///{tmp_path}/w.sqlite3").close()
    database = sqlite3.connect(tmp_path / "w.sqlite3")
    known = {index for indexes in STATISTICS.values() for index in indexes}
    own = {
        name
        for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")
        if "schema_version" not in name
    }
    assert own <= known
    assert database.execute("SELECT count(*) FROM sqlite_stat1").fetchone()[0] == len(known)
    database.close()


def test_hot_questions_use_their_indexes(tmp_path):
    """On SQLite, where plans are fixed: the questions of a click never walk through a whole review."""
    store = open_store(f"sqlite:///{tmp_path}/w.sqlite3")
    with store.writing(RID) as tx:
        bring(tx, [1, 2])
        tx.add_vote(a_vote("V1", rid(1), "U1"))
    asked: list[str] = []
    event.listen(
        store.database._reader,
        "before_cursor_execute",
        lambda connection, cursor, statement, *more: asked.append(statement),
    )

    def plan(ask) -> str:
        asked.clear()
        with store.reading(RID) as tx:
            ask(tx)
            connection = tx._connection.connection.dbapi_connection
            steps = [
                row[3]
                for statement in asked
                if statement.startswith("SELECT")
                for row in connection.execute(
                    f"EXPLAIN QUERY PLAN {statement}", [None] * statement.count("?")
                )
            ]
        return " | ".join(steps)

    candidates = plan(lambda tx: tx.candidates(TA, "U1", 9))
    assert candidates == (
        "SEARCH screenings USING COVERING INDEX screenings_to_hand_out (review_id=? AND stage=?)"
        " | LIST SUBQUERY 1 | SEARCH assignments USING INDEX assignments_lapsed"
        " (review_id=? AND reviewer_id=? AND stage=?)"
    )
    assert "current_votes_unsettled" in plan(lambda tx: tx.unsettled_votes("U1"))
    assert "assignments_next" in plan(lambda tx: tx.next_assignment("U1"))
    assert "COVERING INDEX screenings_figures" in plan(lambda tx: tx.stage_figures())
    assert "COVERING INDEX current_votes_of_member" in plan(lambda tx: tx.member_figures())
    for ask in (
        lambda tx: tx.record(rid(1)),
        lambda tx: tx.members_of(rid(1)),
        lambda tx: tx.vote("V1"),
        lambda tx: tx.current_vote(rid(1), TA, "U1"),
        lambda tx: tx.current_votes([rid(1)], TA),
        lambda tx: tx.vote_views(["V1"]),
        lambda tx: tx.screening(rid(1), TA),
        lambda tx: tx.next_assignment("U1"),
        lambda tx: tx.open_assignments(record_id=rid(1), stage=TA),
        lambda tx: tx.open_conflict(rid(1), TA),
    ):
        steps = plan(ask)
        assert "SCAN" not in steps
        assert "(review_id=?)" not in steps, steps
    store.close()


@pytest.mark.parametrize(
    ("environ", "platform"),
    [
        ({"DYNO": "web.1"}, "Heroku"),
        ({"K_SERVICE": "winnow"}, "Google Cloud Run"),
        ({"RAILWAY_PROJECT_ID": "p", "RAILWAY_SERVICE_ID": "s"}, "Railway without a volume"),
        ({"AWS_LAMBDA_FUNCTION_NAME": "f"}, "AWS Lambda"),
    ],
)
def test_platforms_that_wipe_their_disk_are_known(environ, platform):
    reason = wiped_disk_reason(environ)
    assert platform in reason
    assert "Set DATABASE_URL to a Postgres database." in reason


def test_nothing_is_said_of_platforms_that_may_keep_a_disk():
    volume = {
        "RAILWAY_PROJECT_ID": "p",
        "RAILWAY_SERVICE_ID": "s",
        "RAILWAY_VOLUME_MOUNT_PATH": "/d",
    }
    for environ in ({}, {"RENDER": "true"}, {"FLY_APP_NAME": "w"}, {"DYNO": ""}, volume):
        assert wiped_disk_reason(environ) is None


def test_the_append_only_tables_refuse_any_client(store, store_url):
    with store.writing(RID) as tx:
        bring(tx, [1])
        tx.add_vote(a_vote("V1", rid(1), "U1"))
    if is_embedded(store_url):
        client = sqlite3.connect(store_url.removeprefix("sqlite:///"))
        errors: type[Exception] = sqlite3.Error
    else:
        client = psycopg.connect(store_url)
        errors = psycopg.Error
    with pytest.raises(errors, match="append-only"):
        client.execute("UPDATE votes SET choice = 'exclude'")
    client.close()
