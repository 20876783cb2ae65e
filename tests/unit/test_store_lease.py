"""Leading by a lease: a process that hangs is replaced, and does nothing more when it wakes up."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from store import SqlStore
from store.lease import LeasedLeadership
from store.schema import settings


class Lock:
    """One lock of the system, as seen by several processes."""

    def __init__(self) -> None:
        self.holder: object = None

    def of(self) -> ProcessLock:
        return ProcessLock(self)


class ProcessLock:
    def __init__(self, lock: Lock) -> None:
        self._lock = lock

    def try_acquire(self) -> bool:
        if self._lock.holder is None:
            self._lock.holder = self
        return self._lock.holder is self

    def release(self) -> None:
        if self._lock.holder is self:
            self._lock.holder = None


class Clock:
    """A process's monotonic clock."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def election(store: SqlStore):
    lock, clock = Lock(), Clock()

    def candidate(seconds: float = 45.0) -> LeasedLeadership:
        return LeasedLeadership(store.database, lock.of(), seconds=seconds, monotonic=clock)

    return lock, clock, candidate


def kept(store: SqlStore) -> dict[str, object]:
    with store.database.read() as connection:
        value = connection.execute(
            select(settings.c.value).where(settings.c.name == "leader")
        ).scalar_one()
    return json.loads(value)


def let_it_run_out(store: SqlStore) -> None:
    with store.database.write("leader") as connection:
        value = json.dumps(kept(store) | {"expires": 0.0})
        connection.execute(settings.update().values(value=value))


def test_fault_40_a_leader_that_hangs_is_replaced_once_its_lease_ran_out(store, election):
    lock, clock, candidate = election
    hung, other, third = candidate(), candidate(), candidate()
    assert hung.try_acquire()
    assert not other.try_acquire(), "the lease still runs"
    clock.now += 100  # the process hangs, and its lock with it
    let_it_run_out(store)
    assert not hung.is_current(), "whatever it does when it wakes up, it asks this first"
    assert other.try_acquire()
    assert other.is_current()
    assert not third.try_acquire()
    assert not hung.try_acquire(), "it has the lock but not the lease"
    assert lock.holder is None
    assert not hung.try_acquire()
    assert not third.try_acquire(), "the free lock is no sign that the holder died: it never had it"
    assert other.try_acquire()
    clock.now += 20
    assert other.try_acquire()
    assert kept(store)["locked"] is True, "now it has both"


def test_fault_40_a_leader_that_died_is_replaced_at_once(election):
    lock, _, candidate = election
    dead, other = candidate(), candidate()
    assert dead.try_acquire()
    lock.holder = None  # the system frees it
    assert other.try_acquire()
    assert not dead.try_acquire()


def test_fault_40_the_lease_is_renewed_in_time_and_given_up_at_the_end(store, election):
    _, clock, candidate = election
    leader, other = candidate(), candidate()
    assert leader.try_acquire()
    first = kept(store)
    for _ in range(30):
        clock.now += 4
        assert leader.try_acquire()
        assert leader.is_current()
    assert kept(store)["expires"] >= first["expires"]
    leader.release()
    assert not leader.is_current()
    assert other.try_acquire()


def test_fault_40_a_database_that_cannot_record_ends_the_lead_with_the_lease(
    election, store, monkeypatch
):
    _, clock, candidate = election
    leader = candidate()
    assert leader.try_acquire()

    def full(*_: object) -> None:
        from screening.errors import StoreFullError

        raise StoreFullError

    with monkeypatch.context() as patched:
        patched.setattr("store.lease._write", full)
        clock.now += 15
        assert leader.try_acquire(), "nobody else can have taken it yet"
        clock.now += 30
        assert not leader.try_acquire()
    assert leader.try_acquire()
