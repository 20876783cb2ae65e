"""Leading and threads: who holds the lock works, who lost it rests, what died is started anew."""

from __future__ import annotations

import threading

import pytest

from bot.leading import Leader
from bot.threads import Threaded
from tests.flows.standins import wait_until


class Lock:
    """A lock that a test gives and takes."""

    def __init__(self) -> None:
        self.free = True
        self.asked = threading.Semaphore(0)
        self.released = 0

    def try_acquire(self) -> bool:
        self.asked.release()
        return self.free

    def is_current(self) -> bool:
        return self.free

    def release(self) -> None:
        self.released += 1


class Work:
    """Notes what it was told."""

    def __init__(self, fails: bool = False) -> None:
        self.told: list[str] = []
        self._fails = fails

    def start(self) -> None:
        self.told.append("start")

    def stop(self) -> None:
        self.told.append("stop")
        if self._fails:
            raise RuntimeError("it will not stop")

    def watch(self) -> None:
        self.told.append("watch")


def beats(lock: Lock, count: int) -> None:
    for _ in range(count):
        assert lock.asked.acquire(timeout=5)


def test_leader_starts_watches_and_stops_its_work() -> None:
    lock, works = Lock(), [Work(fails=True), Work()]
    leader = Leader(lock, works, seconds=0.01)
    leader.start()
    assert leader.leading
    beats(lock, 5)
    leader.stop()
    for work in works:
        assert work.told[0] == "start"
        assert work.told[-1] == "stop"
        assert "watch" in work.told
    assert lock.released == 1
    assert not leader.leading


def test_follower_rests_until_the_lock_is_free_and_rests_again_when_it_is_lost() -> None:
    lock, work = Lock(), Work()
    lock.free = False
    leader = Leader(lock, [work], seconds=0.01)
    leader.start()
    beats(lock, 3)
    assert work.told == []
    lock.free = True
    wait_until(lambda: work.told[:1] == ["start"])
    lock.free = False
    wait_until(lambda: work.told[-1] == "stop")
    leader.stop()
    assert work.told.count("stop") == 1


def test_heartbeat_goes_on_when_the_lock_cannot_be_asked() -> None:
    lock, work = Lock(), Work()
    asked = 0

    def failing() -> bool:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise RuntimeError("the database is away")
        return Lock.try_acquire(lock)

    lock.try_acquire = failing  # type: ignore[method-assign]
    leader = Leader(lock, [work], seconds=0.01)
    leader.start()
    beats(lock, 2)
    leader.stop()
    assert work.told[0] == "start"


def test_thread_that_died_is_started_anew(caplog: pytest.LogCaptureFixture) -> None:
    runs = threading.Semaphore(0)
    count = 0

    def loop(stop: threading.Event, wake: threading.Event) -> None:
        nonlocal count
        count += 1
        runs.release()
        if count == 1:
            raise RuntimeError("once")
        stop.wait(5)

    thread = Threaded("notifier", loop)
    thread.start()
    assert runs.acquire(timeout=5)
    pause = threading.Event()
    for _ in range(500):
        thread.watch()
        if runs.acquire(timeout=0.01):
            break
        pause.wait(0.01)
    else:
        pytest.fail("it was not started anew")
    thread.stop()
    assert count == 2
    assert "The notifier thread failed" in caplog.text
