"""Backups, and moving a store between databases."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from sqlalchemy import func, select, text

from screening.records import Record
from store import SqlStore, copy_all, open_store
from store.errors import StoreNotEmptyError
from store.schema import METADATA
from tests.store_samples import FT, RID, T0, TA, a_vote, bring, decide, hand, rid


def fill(store: SqlStore) -> None:
    with store.writing(RID) as tx:
        bring(tx, range(1, 31))
        tx.next_record_numbers(30)
        tx.merge(rid(1), rid(2), Record(title="both", abstract="long"))
        tx.enter_stage(FT, [rid(1)], 2, T0)
        hand(tx, "B1", "U1", [rid(3), rid(4)])
        tx.add_vote(a_vote("V1", rid(1), "U1", note="ünïcode"))
        decide(tx, rid(1), "include")
        tx.audit(T0, "U1", "vote", rid(1), {"vote": "V1"})
        tx.enqueue("slack", "digest", "d", T0, {"n": 1})
        tx.remember_gesture("click", T0)
        tx.mark_done("digest", "", "2026-03-02", T0)
    store.set_last_review_of("U1", RID)


def contents(store: SqlStore) -> dict[str, list[tuple[object, ...]]]:
    with store.database.read() as connection:
        return {
            name: sorted(
                (tuple(row) for row in connection.execute(select(table))), key=lambda r: str(r)
            )
            for name, table in METADATA.tables.items()
        }


def test_a_backup_opens_and_holds_everything(store, tmp_path):
    fill(store)
    path = tmp_path / "backups" / "today.sqlite3"
    store.copy_to(str(path))
    assert [p.name for p in path.parent.iterdir()] == ["today.sqlite3"]
    copy = open_store(f"sqlite:///{path}")
    assert contents(copy) == contents(store)
    assert copy.drifted(RID) == []
    with copy.writing(RID) as tx:
        assert tx.next_record_numbers(1) == range(31, 32)
        tx.audit(T0, "U1", "goes on", "x", {})
        assert "screenings_to_hand_out" in str(
            tx._connection.execute(text("SELECT idx FROM sqlite_stat1")).scalars().all()
        )
    copy.close()


def test_a_backup_replaces_the_one_before(store, tmp_path):
    path = tmp_path / "b.sqlite3"
    store.copy_to(str(path))
    fill(store)
    store.copy_to(str(path))
    with sqlite3.connect(path) as copy:
        assert copy.execute("SELECT count(*) FROM votes").fetchone() == (1,)
    copy.close()


def test_a_backup_while_people_vote_is_of_one_moment(store, tmp_path):
    with store.writing(RID) as tx:
        bring(tx, range(1, 201), needed=50)
    stop = threading.Event()

    def vote() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            with store.writing(RID) as tx:
                tx.add_vote(a_vote(f"V{n:05d}", rid(n % 200 + 1), f"U{n}"))
                tx.audit(T0, "U", "vote", f"V{n:05d}", {})

    thread = threading.Thread(target=vote)
    thread.start()
    try:
        for turn in range(3):
            store.copy_to(str(tmp_path / f"{turn}.sqlite3"))
    finally:
        stop.set()
        thread.join()
    for turn in range(3):
        copy = open_store(f"sqlite:///{tmp_path}/{turn}.sqlite3")
        assert copy.drifted(RID) == []
        with copy.database.read() as connection:
            votes, audited = (
                connection.execute(select(func.count()).select_from(METADATA.tables[t])).scalar()
                for t in ("votes", "audit_log")
            )
        assert votes == audited
        copy.close()


def test_a_store_moves_to_the_other_database_and_goes_on(store, tmp_path, postgres_server):
    fill(store)
    url = postgres_server.new_database()
    moved, back = open_store(url), open_store(f"sqlite:///{tmp_path}/back.sqlite3")
    assert copy_all(store, moved) == sum(len(rows) for rows in contents(store).values())
    with moved.writing(RID) as tx:
        tx.audit(T0, "U1", "goes on", "x", {})
        tx.add_vote(a_vote("V2", rid(3), "U2"))
        assert tx.candidates(TA, "U3", 2) == [rid(4), rid(5)]
    copy_all(moved, back)
    assert contents(back) == contents(moved)
    assert back.drifted(RID) == []
    with pytest.raises(StoreNotEmptyError, match="nothing was copied"):
        copy_all(store, back)
    moved.close()
    back.close()
    postgres_server.drop_database(url)
