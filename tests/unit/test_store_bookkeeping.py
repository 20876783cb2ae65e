"""Gestures, done-marks, posts, settings and the outbox."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy.exc import DBAPIError

from tests.store_samples import RID, T0, at


def test_a_gesture_is_new_once(store):
    with store.writing(RID) as tx:
        assert tx.remember_gesture("click", T0)
        assert not tx.remember_gesture("click", T0)
    with store.writing(RID) as tx:
        assert not tx.remember_gesture("click", T0)
    with store.writing("other") as tx:
        assert tx.remember_gesture("click", T0)


def test_a_gesture_of_a_failed_transaction_was_never_made(store):
    with pytest.raises(LookupError), store.writing(RID) as tx:
        tx.remember_gesture("click", T0)
        tx.enqueue("slack", "digest", "d", T0)
        raise LookupError
    with store.writing(RID) as tx:
        assert tx.remember_gesture("click", T0)
        assert tx.outbox_size("slack") == 0


def test_done_marks_are_set_once_a_period(store):
    with store.writing(RID) as tx:
        assert tx.mark_done("digest", "", "2026-03-02", T0)
        assert not tx.mark_done("digest", "", "2026-03-02", at(9))
        assert tx.mark_done("digest", "", "2026-03-03", at(9))
        assert tx.mark_done("reminder", "U1", "2026-03-03", at(9))
        assert tx.last_done("digest", "") == ("2026-03-03", at(9))
        assert tx.last_done("digest", "x") is None
        assert tx.done_marks("digest", at(1)) == [("", "2026-03-03", at(9))]


def test_marks_set_by_a_clock_that_was_ahead_are_forgotten(store):
    with store.writing(RID) as tx:
        for kind, period, minute in (("digest", "d1", 1), ("digest", "d2", 9), ("prisma", "p", 9)):
            tx.mark_done(kind, "", period, at(minute))
        assert tx.forget_done("digest", at(1)) == 1
        assert tx.last_done("digest", "") == ("d1", at(1))
        assert tx.last_done("prisma", "") == ("p", at(9))
        assert tx.mark_done("digest", "", "d2", at(2))


def test_posts_and_settings_are_found_again(store):
    with store.writing(RID) as tx:
        assert tx.post("k") is None
        tx.record_post("k", "C1", "1.1", T0)
        tx.record_post("k", "C1", "1.2", T0)
        assert tx.post("k") == ("C1", "1.2")
        assert tx.setting("s") is None
        tx.set_setting("s", "one")
        tx.set_setting("s", "two")
        assert tx.setting("s") == "two"


def test_the_outbox_keeps_order_and_kinds(store):
    with store.writing(RID) as tx:
        tx.enqueue("slack", "digest", "d1", T0, {"n": 1, "at": T0, "who": {"b", "a"}})
        tx.enqueue_rows("Votes", ["V1", "V2"], T0)
        tx.enqueue_rows("Records", ["R1"], T0)
        assert [i.key for i in tx.outbox("sheet", 9)] == ["V1", "V2", "R1"]
        assert [i.key for i in tx.outbox("sheet", 9, ["Records"])] == ["R1"]
        (first,) = tx.outbox("sheet", 1)
        assert first.key == "V1"
        assert [i.key for i in tx.outbox("sheet", 1, after=first.seq)] == ["V2"]
        assert [i.key for i in tx.outbox("sheet", 9, ["Records"], after=first.seq)] == ["R1"]
        (digest,) = tx.outbox("slack", 9)
        assert digest.payload == {"n": 1, "at": T0.isoformat(), "who": ["a", "b"]}
        tx.fail_outbox([digest.seq], "Slack is away", at(1))
        tx.fail_outbox([digest.seq], "Slack is still away", at(2))
        assert (tx.outbox("slack", 9)[0].attempts, tx.outbox("slack", 9)[0].tried_at) == (2, at(1))
        tx.finish_outbox([digest.seq])
        assert (tx.outbox_size("slack"), tx.outbox_size("sheet")) == (0, 3)
        tx.finish_outbox([])


def test_of_two_who_read_an_item_one_may_take_it_up(store):
    with store.writing(RID) as tx:
        tx.enqueue("slack", "digest", "d1", T0)
        tx.enqueue("slack", "digest", "d2", T0)
        tx.enqueue("slack", "digest", "d3", T0)
    with store.reading(RID) as tx:
        read = tx.outbox("slack", 9)
    first, second, third = (item.seq for item in read)
    with store.writing(RID) as tx:
        assert tx.claim_outbox(read[:1], at(1)) == {first}
    with store.writing(RID) as tx:
        tx.finish_outbox([second])
        assert tx.claim_outbox(read, at(2)) == {third}
        assert tx.claim_outbox([], at(2)) == set()
        found = [(item.attempts, item.tried_at) for item in tx.outbox("slack", 9)]
    assert found == [(1, at(1)), (1, at(2))]


def test_a_row_changed_while_it_is_carried_stays_waiting(store):
    with store.writing(RID) as tx:
        tx.enqueue_rows("Records", ["R1", "R2"], T0)
    with store.reading(RID) as tx:
        carried = tx.outbox("sheet", 9)
    with store.writing(RID) as tx:
        tx.enqueue_rows("Records", ["R1"], at(5))
    with store.writing(RID) as tx:
        tx.finish_outbox([item.seq for item in carried])
    with store.reading(RID) as tx:
        (again,) = tx.outbox("sheet", 9)
    assert again.key == "R1"
    assert again.seq > max(item.seq for item in carried)
    assert again.created_at == T0, "the lag is told from the first change that was not carried"


def test_a_number_is_never_given_twice(store):
    seen = []
    for minute in range(4):
        with store.writing(RID) as tx:
            tx.enqueue_rows("Records", ["R1"], at(minute))
        with store.writing(RID) as tx:
            (item,) = tx.outbox("sheet", 9)
            seen.append(item.seq)
            tx.finish_outbox([item.seq])
    assert seen == sorted(set(seen))


def test_a_carrier_and_twenty_voters_lose_no_row(store):
    rounds, people = 15, 8
    written: dict[str, int] = {}
    done = threading.Event()

    def vote(person: int) -> None:
        for round_ in range(rounds):
            with store.writing(RID) as tx:
                tx.set_setting(f"row{person}", str(round_))
                tx.enqueue_rows("Records", [f"row{person}"], T0)

    def carry() -> None:
        while True:
            last = done.is_set()
            with store.reading(RID) as tx:
                items = tx.outbox("sheet", 100)
                values = {item.key: int(tx.setting(item.key)) for item in items}
            written.update(values)
            with store.writing(RID) as tx:
                tx.finish_outbox([item.seq for item in items])
            if last and not items:
                return

    carrier = threading.Thread(target=carry)
    voters = [threading.Thread(target=vote, args=(n,)) for n in range(people)]
    for thread in (carrier, *voters):
        thread.start()
    for thread in voters:
        thread.join()
    done.set()
    carrier.join()
    assert written == {f"row{n}": rounds - 1 for n in range(people)}


def test_who_waits_for_commits_is_told_after_those_that_enqueued(opened):
    told = []
    store = opened(after_commit=lambda: told.append(1))
    with store.writing(RID) as tx:
        tx.set_setting("a", "b")
    assert told == []
    with store.writing(RID) as tx:
        tx.enqueue("slack", "digest", "d", T0)
        assert told == []
    assert told == [1]
    with pytest.raises(LookupError), store.writing(RID) as tx:
        tx.enqueue("slack", "digest", "e", T0)
        raise LookupError
    assert told == [1]


def test_a_listener_that_fails_does_not_undo_the_commit(opened, caplog):
    def fail() -> None:
        raise RuntimeError("no")

    store = opened(after_commit=fail)
    with store.writing(RID) as tx:
        tx.enqueue("slack", "digest", "d", T0)
    with store.reading(RID) as tx:
        assert tx.outbox_size("slack") == 1
    assert "the commit itself stands" in caplog.text


def test_a_snapshot_reads_one_moment_and_writes_nothing(store):
    with store.writing(RID) as tx:
        tx.set_setting("s", "before")
    with store.reading(RID) as tx:
        assert tx.setting("s") == "before"
        with store.writing(RID) as writer:
            writer.set_setting("s", "after")
        assert tx.setting("s") == "before"
    with pytest.raises(DBAPIError), store.reading(RID) as tx:
        tx.set_setting("s", "no")
    with pytest.raises(DBAPIError), store.reading(RID) as tx:
        tx.enqueue("slack", "digest", "d", T0)
    with store.reading(RID) as tx:
        assert tx.setting("s") == "after"


def test_the_review_last_used_is_remembered(store):
    assert store.last_review_of("U1") is None
    store.set_last_review_of("U1", "peer")
    store.set_last_review_of("U1", "peer")
    with store.writing(RID):
        store.set_last_review_of("U1", "second")
    assert store.last_review_of("U1") == "second"


def test_a_write_inside_a_write_is_a_mistake_told_at_once(store):
    with (
        pytest.raises(RuntimeError, match="inside another"),
        store.writing(RID),
        store.writing("other"),
    ):
        pass
    with store.writing(RID) as tx:
        tx.set_setting("still", "works")
