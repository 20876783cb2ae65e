"""What Winnow writes down can be read by its own account only."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import stat
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.demo.folder import DemoFolder
from jobs.backups import Backups
from playground.persistence import write_atomically
from screening.config.installation import Backup
from store import open_store
from store.errors import BackupFailedError
from store.leadership import FileLock
from store.private_files import close_backups
from tests.store_samples import RID, T0, bring


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def _an_open_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[Path]:
    return [path for path in (folder, *folder.rglob("*")) if mode(path) & 0o077]


def test_fault_4_a_store_its_log_and_its_lock_are_private(tmp_path):
    folder = tmp_path / "new" / "place"
    store = open_store(f"sqlite:///{folder}/winnow.sqlite3")
    with store.writing(RID) as tx:
        bring(tx, range(1, 3))
    assert store.leadership().try_acquire()
    names = {path.name.removeprefix("winnow.sqlite3") for path in folder.iterdir()}
    assert names == {"", "-wal", "-shm", ".leader"}
    assert open_to_others(tmp_path / "new") == []
    store.close()


def test_fault_4_an_older_store_is_closed_to_others_with_a_line_in_the_log(tmp_path, caplog):
    path = tmp_path / "winnow.sqlite3"
    store = open_store(f"sqlite:///{path}")
    with store.writing(RID) as tx:
        bring(tx, range(1, 3))
    store.leadership().try_acquire()
    for name in ("", "-wal", "-shm", ".leader"):
        path.with_name(path.name + name).chmod(0o644)
    tmp_path.chmod(0o755)
    with caplog.at_level(logging.WARNING):
        other = open_store(f"sqlite:///{path}")
    assert [p for p in open_to_others(tmp_path) if p != tmp_path] == []
    assert mode(tmp_path) == 0o755, "a folder that Winnow did not make is not its own to close"
    assert sum("Other accounts could read" in line for line in caplog.messages) == 4
    caplog.clear()
    open_store(f"sqlite:///{path}").close()
    assert caplog.messages == []
    other.close()
    store.close()


def test_fault_4_closing_a_store_leaves_sqlites_locks_alone(tmp_path):
    """POSIX frees a process's locks on a file when any descriptor of it is closed."""
    store = open_store(f"sqlite:///{tmp_path}/winnow.sqlite3")
    with store.writing(RID) as tx:
        bring(tx, range(1, 3))
        open_store(f"sqlite:///{tmp_path}/winnow.sqlite3").close()
        if os.fork() == 0:  # another process must still be refused
            other = sqlite3.connect(tmp_path / "winnow.sqlite3", timeout=0.1)
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                os._exit(0)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
    store.close()


def test_fault_4_backups_are_private(store, tmp_path):
    store.copy_to(str(tmp_path / "kept" / "today.sqlite3"))
    assert open_to_others(tmp_path / "kept") == []


def test_fault_4_older_backups_are_closed_and_a_shared_folder_is_left(tmp_path):
    ours, shared = tmp_path / "ours", tmp_path / "shared"
    for folder in (ours, shared):
        folder.mkdir(mode=0o755)
        (folder / "winnow-2026-03-01.sqlite3").touch(0o644)
    (shared / "notes.txt").touch(0o644)
    close_backups(ours, "winnow-*.sqlite3")
    close_backups(shared, "winnow-*.sqlite3")
    assert open_to_others(ours) == []
    assert open_to_others(shared) == [shared, shared / "notes.txt"]
    close_backups(tmp_path / "none", "winnow-*.sqlite3")


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_fault_7h_a_failed_backup_leaves_nothing(kind, request, tmp_path, monkeypatch):
    server = request.getfixturevalue("postgres_server") if kind == "postgres" else None
    store = open_store(server.new_database() if server else f"sqlite:///{tmp_path}/w.sqlite3")
    folder = tmp_path / "kept"

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("store.copying.os.fsync", full)
    with pytest.raises(BackupFailedError, match=r"No space left.*Make room"):
        store.copy_to(str(folder / "today.sqlite3"))
    assert list(folder.iterdir()) == []
    store.close()


def test_fault_7h_a_night_on_which_the_bot_was_killed_leaves_no_part_for_long(store, tmp_path):
    left = tmp_path / "winnow-2026-03-01.sqlite3.part"
    by_hand = tmp_path / "winnow-2026-03-02T100000.sqlite3.part"
    for part in (left, by_hand):
        part.touch()
    plan = Backup(folder=str(tmp_path))
    assert Backups(store, plan, ZoneInfo("UTC")).run(T0 + timedelta(days=1)) is not None
    assert not left.exists()
    assert by_hand.exists(), "it may be under way in another process"


def test_fault_4_the_demos_folder_is_private_and_an_older_one_is_closed(tmp_path, caplog):
    folder = tmp_path / "demo-data"
    demo = DemoFolder(folder)
    demo.prepare(reset=False)
    demo.seal_key()
    (folder / "exports").mkdir()
    (folder / "exports" / "medline.ris").write_text("TY  - JOUR")
    assert open_to_others(folder) == []
    older = tmp_path / "older"
    shutil.copytree(folder, older)
    for path in (older, *older.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    DemoFolder(older).prepare(reset=False)
    assert open_to_others(older) == []
    assert any("now only this one can" in line for line in caplog.messages)


def test_fault_4_the_playgrounds_state_is_private(tmp_path):
    path = tmp_path / "new" / "playground.json"
    write_atomically(path, b"{}")
    path.chmod(0o644)
    write_atomically(path, b"{}")
    assert open_to_others(tmp_path / "new") == []


def test_fault_39_a_full_disk_leaks_no_lock(tmp_path, monkeypatch):
    lock, other = FileLock(tmp_path / "w.leader"), FileLock(tmp_path / "w.leader")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("store.leadership.os.pwrite", full)
        patched.setattr("store.leadership.os.ftruncate", full)
        assert lock.try_acquire(), "the lock holds though nothing could be noted"
        assert not other.try_acquire()
    lock.release()
    with monkeypatch.context() as patched:
        patched.setattr("store.leadership.os.open", full)
        assert not lock.try_acquire()
    assert lock.try_acquire()
    assert not other.try_acquire()
    lock.release()
    assert other.try_acquire()
    other.release()
