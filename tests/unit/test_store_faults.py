"""A database that cannot record says what it is, and records again once it can."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from bot.checking.storing import check_store
from bot.clocks import SystemClock
from bot.usable_store import usable_store
from jobs.tick import Tick
from screening.config.installation import Backup, Installation
from screening.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreDiskError,
    StoreFaultError,
    StoreFullError,
    StoreGoneError,
    StoreReadOnlyError,
)
from store import SqlStore, open_store
from store.errors import BackupFailedError
from store.faults import sqlite_fault
from tests.desks import make_desk, make_review
from tests.flows.standins import wait_until
from tests.store_samples import RID, bring

WRITE_VERSION = 18
"""Byte of a SQLite file: above 2, the file must be taken for read-only
(https://www.sqlite.org/fileformat2.html, 1.3.3). It binds root, too."""


def sqlite_store(folder: Path) -> SqlStore:
    store = open_store(f"sqlite:///{folder}/winnow.sqlite3")
    with store.writing(RID) as tx:
        bring(tx, range(1, 200))
    return store


def checkpoint(path: Path) -> None:
    """Put everything into the file itself."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def overwrite(path: Path, at: int, data: bytes) -> None:
    with path.open("rb+") as file:
        file.seek(at)
        file.write(data)


def make_read_only(path: Path) -> None:
    checkpoint(path)
    overwrite(path, WRITE_VERSION, b"\x03")


def make_writable(path: Path) -> None:
    overwrite(path, WRITE_VERSION, b"\x02")


def write(store: SqlStore) -> None:
    with store.writing(RID) as tx:
        tx.set_setting("s", "x" * 5_000)


def test_fault_7g_a_full_disk_is_named_and_recovered_from(tmp_path):
    store = sqlite_store(tmp_path)
    full = True

    @event.listens_for(store.database._writer, "begin")
    def limit(connection):
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages if full else 1_000_000}")

    with pytest.raises(StoreFullError, match=r"disk is full.*has to make room"):
        for _ in range(50):
            with store.writing(RID) as tx:
                tx.set_setting(os.urandom(8).hex(), "x" * 5_000)
    full = False
    write(store)
    store.close()


def test_fault_7g_a_read_only_file_is_named_and_recovered_from_without_a_restart(tmp_path):
    path = tmp_path / "winnow.sqlite3"
    sqlite_store(tmp_path).close()
    make_read_only(path)
    store = open_store(f"sqlite:///{path}")
    with pytest.raises(StoreReadOnlyError, match="read-only, so nothing was recorded"):
        write(store)
    make_writable(path)
    write(store)
    with store.reading(RID) as tx:
        assert tx.setting("s") is not None
    store.close()


def test_fault_7g_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "winnow.sqlite3"
    sqlite_store(tmp_path).close()
    checkpoint(path)
    overwrite(path, path.stat().st_size - 3 * 4096, b"\xff" * 3 * 4096)
    store = open_store(f"sqlite:///{path}")
    with (
        pytest.raises(StoreDamagedError, match=r"damaged.*newest backup"),
        store.writing(RID) as tx,
    ):
        tx._connection.exec_driver_sql("REINDEX")
    with pytest.raises(StoreDamagedError):
        store.check_intact()
    with pytest.raises(StoreDamagedError):
        store.copy_to(str(tmp_path / "copy.sqlite3"))
    assert not list(tmp_path.glob("copy*")), "no damaged copy may take a good one's place"
    store.close()
    overwrite(path, 0, b"This is no database at all, whatever it was before." * 100)
    with pytest.raises(StoreDamagedError):
        open_store(f"sqlite:///{path}")


class _FakeError(Exception):
    """As SQLAlchemy wraps what the driver raised."""

    def __init__(self, code: int) -> None:
        self.orig = sqlite3.OperationalError("disk I/O error")
        self.orig.sqlite_errorcode = code


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_BUSY, StoreBusyError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreBusyError),
        (sqlite3.SQLITE_LOCKED, StoreBusyError),
        (sqlite3.SQLITE_FULL, StoreFullError),
        (sqlite3.SQLITE_READONLY_DIRECTORY, StoreReadOnlyError),
        (sqlite3.SQLITE_CORRUPT, StoreDamagedError),
        (sqlite3.SQLITE_NOTADB, StoreDamagedError),
        (sqlite3.SQLITE_IOERR_FSYNC, StoreDiskError),
        (sqlite3.SQLITE_CANTOPEN, StoreGoneError),
        (sqlite3.SQLITE_CONSTRAINT, None),
        (sqlite3.SQLITE_ERROR, None),
    ],
)
def test_fault_7g_each_code_of_sqlite_has_its_meaning(code, expected, tmp_path):
    found = sqlite_fault(_FakeError(code), tmp_path / "w.sqlite3", 2.0)
    assert type(found) is (expected or type(None))


def test_fault_7g_any_failed_write_on_a_full_disk_is_a_full_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("store.faults._is_full", lambda _: True)
    for code in (sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_CANTOPEN):
        assert isinstance(sqlite_fault(_FakeError(code), tmp_path / "w", 2.0), StoreFullError)


def test_fault_7g_a_lost_server_is_named_and_recovered_from(postgres_server):
    url = postgres_server.new_database()
    store = open_store(url)
    with (
        pytest.raises(StoreGoneError, match="its server does not answer"),
        store.writing(RID) as tx,
    ):
        with postgres_server.connect() as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND application_name LIKE 'winnow%'"
            )
        tx.set_setting("s", "lost")
    write(store)
    with postgres_server.connect() as admin:
        name = url.split("@/")[1].split("?")[0]
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    store.database.renew()
    with pytest.raises(StoreReadOnlyError):
        write(store)
    store.close()
    postgres_server.drop_database(url)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    (tmp_path / "kept").mkdir()
    return Installation(
        folder=tmp_path,
        reviews={RID: make_review(review_id=RID)},
        store_url=f"sqlite:///{tmp_path}/winnow.sqlite3",
        backup=Backup(folder=str(tmp_path / "kept")),
        timezone=ZoneInfo("UTC"),
    )


def waiting_for(
    installation: Installation,
) -> Iterator[tuple[list[SqlStore | None], threading.Event]]:
    """Open the store as `winnow run` does, in a thread."""
    stopping, found = threading.Event(), []
    thread = threading.Thread(
        target=lambda: found.append(usable_store(installation, SystemClock(), stopping))
    )
    thread.start()
    yield found, stopping
    thread.join(10)
    assert not thread.is_alive()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [line for line in caplog.messages if line.startswith("Winnow is not ready")]


def test_fault_7g_a_bot_on_a_read_only_store_waits_and_goes_on(
    installation, tmp_path, caplog, monkeypatch
):
    path = tmp_path / "winnow.sqlite3"
    sqlite_store(tmp_path).close()
    make_read_only(path)
    monkeypatch.setattr("bot.usable_store.FIRST_PAUSE", 0.05)
    for found, _stopping in waiting_for(installation):
        wait_until(lambda: told(caplog))
        assert found == [], "it must not be ready"
        make_writable(path)
    assert isinstance(found[0], SqlStore)
    assert told(caplog) == [
        "Winnow is not ready: The database is read-only, so nothing was recorded. Whoever runs "
        "Winnow has to allow writing to it (to the file and its folder); Winnow then continues by "
        "itself."
    ]
    found[0].close()


def test_fault_7g_a_bot_on_a_damaged_store_names_the_backup_and_stops_when_told(
    installation, tmp_path, caplog
):
    (tmp_path / "winnow.sqlite3").write_bytes(b"no database" * 1000)
    (tmp_path / "kept" / "winnow-2026-03-01.sqlite3").touch()
    (tmp_path / "kept" / "winnow-2026-03-02.sqlite3").touch()
    for found, stopping in waiting_for(installation):
        wait_until(lambda: told(caplog))
        stopping.set()
    assert found == [None]
    (line,) = told(caplog)
    assert line.endswith(f"The newest backup is {tmp_path}/kept/winnow-2026-03-02.sqlite3.")


def test_fault_7g_check_tells_a_damaged_and_a_read_only_store(installation, tmp_path):
    path = tmp_path / "winnow.sqlite3"
    store = sqlite_store(tmp_path)
    store.copy_to(str(tmp_path / "kept" / "winnow-2026-03-01.sqlite3"))
    store.close()

    def found() -> list[tuple[str, str]]:
        findings = check_store(installation, {}, SystemClock())
        return [(f.seen, f.remedy) for f in findings if f.state == "wrong"]

    assert found() == []
    make_read_only(path)
    assert ["read-only" in seen for seen, _ in found()] == [True]
    make_writable(path)
    size = path.stat().st_size
    overwrite(path, size - 3 * 4096, b"\xff" * 3 * 4096)
    ((seen, remedy),) = found()
    assert "damaged" in seen
    assert remedy == f"The newest backup is {tmp_path}/kept/winnow-2026-03-01.sqlite3."


def test_fault_44_check_names_a_review_that_was_renamed(installation, tmp_path):
    store = open_store(installation.store_url)
    with store.writing("old-name") as tx:
        bring(tx, range(1, 3))
    store.close()
    (finding,) = (f for f in check_store(installation, {}, SystemClock()) if f.name == "reviews")
    assert "old-name" in finding.seen
    assert "old ID back" in finding.remedy


def test_fault_44_a_backup_without_room_is_a_sentence(store, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BackupFailedError, match=r"could not be written: .*Make room there"):
        store.copy_to(str(tmp_path / "file" / "below" / "copy.sqlite3"))


def test_fault_7g_a_tick_says_once_that_it_waits(tmp_path, caplog):
    desk = make_desk(open_store(f"sqlite:///{tmp_path}/w.sqlite3"))
    fails = True

    def chore(at):
        if fails:
            raise StoreFullError

    tick = Tick(desk, (chore,))
    with caplog.at_level(logging.INFO, "jobs.tick"):
        for _ in range(3):
            tick.run()
        fails = False
        tick.run()
    about = [line for line in caplog.messages if "chore" in line]
    assert ["waits for the next" in line for line in about] == [True, False]
    assert issubclass(StoreFullError, StoreFaultError)
