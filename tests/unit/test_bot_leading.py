"""Leading: work begins with the lead, and begins again after a lease that ran out."""

from __future__ import annotations

from bot.leading import Leader


class Lease:
    """A lease that can always be had, and runs out when the test says so."""

    def __init__(self) -> None:
        self.current = False

    def try_acquire(self) -> bool:
        self.current = True
        return True

    def is_current(self) -> bool:
        return self.current

    def release(self) -> None:
        self.current = False


class Work:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def start(self) -> None:
        self.told.append("start")

    def stop(self) -> None:
        self.told.append("stop")

    def watch(self) -> None:
        self.told.append("watch")


def test_fault_40_work_begins_again_when_the_lease_had_run_out_in_between() -> None:
    lease, work = Lease(), Work()
    leader = Leader(lease, [work])
    leader._beat()
    leader._beat()
    assert work.told == ["start", "watch"]
    lease.current = False  # suspended meanwhile: another process may have led and be gone again
    leader._beat()
    assert work.told == ["start", "watch", "stop", "start"]
    assert leader.leading
