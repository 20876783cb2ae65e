"""A process that is killed leaves nothing half done, and frees what it held."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from store import is_embedded
from tests.store_samples import RID, T0, TA, bring, rid

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

VOTER = """
import sys, itertools
from store import open_store
from tests.store_samples import RID, T0, a_vote, rid
store = open_store(sys.argv[1])
print("ready", flush=True)
for n in itertools.count(int(sys.argv[2])):
    vote_id = f"V{n:06d}"
    with store.writing(RID) as tx:
        tx.remember_gesture(vote_id, T0)
        tx.add_vote(a_vote(vote_id, rid(n % 50 + 1), f"U{n}"))
        tx.audit(T0, "U", "vote", vote_id, {})
        tx.enqueue_rows("Votes", [vote_id], T0)
    print(vote_id, flush=True)
"""

HOLDER = """
import sys, time
from store import open_store
from tests.store_samples import RID, T0, a_vote, rid
store = open_store(sys.argv[1])
with store.writing(RID) as tx:
    tx.add_vote(a_vote("V1", rid(1), "U1"))
    tx.flush()
    print("inside", flush=True)
    time.sleep(60)
"""

LEADER = """
import sys, time
from store import open_store
store = open_store(sys.argv[1])
print(store.leadership().try_acquire(), flush=True)
time.sleep(60)
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def kill(process: subprocess.Popen[str]) -> list[str]:
    """Kill without warning; return what it had still to say."""
    process.send_signal(signal.SIGKILL)
    said = process.stdout.read().split()
    process.wait()
    return said


def test_what_was_acknowledged_is_there_and_nothing_is_half_there(store, store_url):
    with store.writing(RID) as tx:
        bring(tx, range(1, 51), needed=1000)
    acknowledged: list[str] = []
    for turn in range(5):
        process = start(VOTER, store_url, turn * 10_000)
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.05 + 0.07 * turn)
        acknowledged += kill(process)
    with store.reading(RID) as tx:
        votes = tx.vote_ids_after("", 100_000)
        # A process can die between the commit and its word; never the other way round.
        assert set(acknowledged) <= set(votes)
        assert len(votes) <= len(acknowledged) + 5
        assert [i.key for i in tx.outbox("sheet", 100_000)] == votes
        audited = tx._connection.execute(text("SELECT subject FROM audit_log ORDER BY entry"))
        assert [row.subject for row in audited] == votes
        gestures = tx._connection.execute(text("SELECT count(*) FROM gestures")).scalar()
        assert gestures == len(votes)
        if is_embedded(store_url):
            assert tx._connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    assert acknowledged
    assert store.drifted(RID) == []


def test_a_transaction_cut_short_never_happened_and_its_lock_is_free(store, store_url):
    with store.writing(RID) as tx:
        bring(tx, [1])
    process = start(HOLDER, store_url)
    assert process.stdout.readline() == "inside\n"
    kill(process)
    with store.writing(RID) as tx:
        assert tx.vote("V1") is None
        assert tx.screening(rid(1), TA).votes_in == 0
        assert tx.remember_gesture("next", T0)


def test_leadership_passes_on_when_its_process_is_killed(store, store_url):
    process = start(LEADER, store_url)
    assert process.stdout.readline() == "True\n"
    assert not store.leadership().try_acquire()
    kill(process)
    deadline = time.monotonic() + 5
    while not store.leadership().try_acquire():
        assert time.monotonic() < deadline
        time.sleep(0.02)
