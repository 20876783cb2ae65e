"""Many hands at once: threads, further stores, locks that are not to be had, leadership."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from screening.errors import StoreBusyError
from store import SqlStore, is_embedded, open_store
from store.opening import connect_database
from tests.store_samples import RID, T0, TA, a_vote, bring, hand, rid

THREADS = 20


def all_at_once(work: Callable[[int], object]) -> list[object]:
    """Run the work in twenty threads that start together."""
    start = threading.Barrier(THREADS)

    def run(number: int) -> object:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_twenty_reviewers_vote_on_one_record_and_change_their_minds(store):
    with store.writing(RID) as tx:
        bring(tx, [1, 2], needed=THREADS + 1)
        for n in range(THREADS):
            hand(tx, f"B{n}", f"U{n}", [rid(1)])

    def vote(n: int) -> None:
        for attempt in range(3):
            with store.writing(RID) as tx:
                tx.add_vote(a_vote(f"V{n:02d}{attempt}", rid(1), f"U{n}"))
                (card,) = tx.open_assignments(f"U{n}") or [None]
                if card is not None and attempt == 2:
                    tx.set_assignment(card)
            with store.reading(RID) as tx:
                assert tx.current_vote(rid(1), TA, f"U{n}").vote_id == f"V{n:02d}{attempt}"

    all_at_once(vote)
    with store.reading(RID) as tx:
        votes = tx.current_votes([rid(1)], TA)
        assert sorted(v.vote_id for v in votes) == [f"V{n:02d}2" for n in range(THREADS)]
        assert len(tx.vote_ids_on(rid(1), TA)) == 3 * THREADS
        screening = tx.screening(rid(1), TA)
        assert (screening.votes_in, screening.leases) == (THREADS, THREADS)
    assert store.drifted(RID) == []


def test_one_of_twenty_equal_gestures_counts(opened):
    stores = [opened(), opened()]

    def click(n: int) -> bool:
        with stores[n % 2].writing(RID) as tx:
            return tx.remember_gesture("same click", T0)

    assert sum(bool(new) for new in all_at_once(click)) == 1


def test_two_stores_take_turns(store, store_url):
    # Patient ones: this is about order, not about how long a loaded machine lets one wait.
    stores = [SqlStore(connect_database(store_url, wait_seconds=20)) for _ in range(2)]

    def count(n: int) -> None:
        for _ in range(5):
            with stores[n % 2].writing(RID) as tx:
                tx.next_record_numbers(1)

    all_at_once(count)
    with stores[0].reading(RID) as tx:
        assert tx.next_record_numbers(0).start == 5 * THREADS + 1
    for each in stores:
        each.close()


def impatient(store_url: str) -> SqlStore:
    return SqlStore(connect_database(store_url, wait_seconds=0.2))


@pytest.mark.parametrize("same_store", [True, False], ids=["thread", "process"])
def test_a_lock_that_is_not_to_be_had_is_told_in_time(store, store_url, same_store):
    hasty = impatient(store_url)
    holder = hasty if same_store else store
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with holder.writing(RID) as tx:
            tx.set_setting("held", "yes")
            held.set()
            free.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    began = time.monotonic()
    try:
        with pytest.raises(StoreBusyError, match=r"0\.2 s"), hasty.writing(RID):
            pass
        assert 0.15 < time.monotonic() - began < 1.5
        with hasty.reading(RID) as tx:
            assert tx.setting("held") is None, "reading never waits"
    finally:
        free.set()
        thread.join()
    with hasty.writing(RID) as tx:
        assert tx.setting("held") == "yes"
    hasty.close()


def test_an_error_never_tells_what_was_written(store):
    with pytest.raises(Exception, match="hidden") as caught, store.writing(RID) as tx:
        bring(tx, [1])
        tx.add_vote(a_vote("V1", rid(1), "U1", note="my secret opinion"))
        tx.add_vote(a_vote("V1", rid(1), "U1", note="my secret opinion"))
    assert "secret" not in str(caught.value)


def test_one_store_leads_at_a_time(opened):
    one, other = opened(), opened()
    assert one.leadership().try_acquire()
    assert one.leadership().try_acquire(), "asking again is still leading"
    assert not other.leadership().try_acquire()
    one.leadership().release()
    one.leadership().release()
    assert other.leadership().try_acquire()
    assert not one.leadership().try_acquire()
    other.close()
    assert one.leadership().try_acquire()


def test_a_lost_connection_is_lost_leadership(opened, store_url):
    if is_embedded(store_url):
        return  # a file lock has no connection to lose
    one, other = opened(), opened()
    assert one.leadership().try_acquire()
    with psycopg.connect(store_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'winnow leader' AND datname = current_database()"
        )
    deadline = time.monotonic() + 5
    while not other.leadership().try_acquire():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert not one.leadership().try_acquire()


def test_a_new_file_that_another_process_is_making_is_waited_for(tmp_path):
    path = tmp_path / "new.sqlite3"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    thread = threading.Timer(0.3, other.execute, ["COMMIT"])
    thread.start()
    store = open_store(f"sqlite:///{path}")
    thread.join()
    other.close()
    with store.writing(RID) as tx:
        tx.set_setting("opened", "yes")
    store.close()
