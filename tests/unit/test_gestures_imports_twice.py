"""One import started twice: from two buttons, two processes, or by a bot that is still stopping."""

from __future__ import annotations

import threading

import pytest

from screening.gestures.importing import import_export
from screening.gestures.overview import prisma
from screening.sources import Source
from tests.desks import LEAD, bring, make_desk, ris, title

FILE = ris(title(n) for n in range(50, 500))
"""450 records; the first 50 are there already."""


@pytest.fixture
def desk(store):
    desk = make_desk(store)
    bring(desk, 100)
    return desk


def import_file(desk, **more):
    return import_export(
        desk, "peer", by=LEAD, file_name="f.ris", data=FILE, source=Source("EMBASE"), **more
    )


def stored(desk):
    """What the store says of the import, and how often its end was told."""
    with desk.store.reading("peer") as tx:
        imported = tx.imports()[-1]
        told = [i for i in tx.outbox("slack", 99) if i.payload.get("file_name") == "f.ris"]
        assert tx.records_brought(imported.import_id) == 450
    assert prisma(desk, "peer").failed == ()
    assert prisma(desk, "peer").counts["database_results"] == 550
    return (imported.records, imported.duplicates, imported.possible, imported.new), len(told)


class Killed(Exception):
    """The process died."""


def die():
    raise Killed


def once(gesture):
    """Make of a gesture something that happens the first time only."""
    pending = [gesture]

    def run(*_: object) -> None:
        if pending:
            pending.pop()()

    return run


def test_an_import_started_again_while_it_is_under_way_sums_up_rightly(desk):
    summary = import_file(desk, rest=once(lambda: import_file(desk)))
    assert (summary.read, summary.duplicates, summary.new) == (450, 50, 400)
    assert stored(desk) == ((450, 50, 0, 400), 1)


def test_the_end_of_an_import_already_told_stays_as_it_was_tried(desk):
    """Told anew, it would look never tried, and a post that came through unnoted be repeated."""

    def tell_elsewhere():
        import_file(desk)
        with desk.store.writing("peer") as tx:
            seqs = [item.seq for item in tx.outbox("slack", 99)]
            tx.fail_outbox(seqs, "no answer", desk.clock.now())

    import_file(desk, rest=once(tell_elsewhere))
    with desk.store.reading("peer") as tx:
        assert {item.attempts for item in tx.outbox("slack", 99)} == {1}


def test_a_cut_short_import_gone_on_with_twice_records_nothing_twice(desk):
    """The second run begins and ends while the first still reads the file."""
    with pytest.raises(Killed):
        import_file(desk, rest=die)
    elsewhere = once(lambda: import_file(desk))
    summary = import_file(desk, progress=elsewhere)
    assert (summary.read, summary.duplicates, summary.new) == (450, 50, 400)
    assert stored(desk) == ((450, 50, 0, 400), 1)


def test_the_rest_recorded_elsewhere_between_two_chunks(desk):
    with pytest.raises(Killed):
        import_file(desk, rest=die)

    def one_more_chunk():
        with pytest.raises(Killed):
            import_file(desk, rest=die)

    import_file(desk, rest=once(one_more_chunk))
    assert stored(desk) == ((450, 50, 0, 400), 1)


def test_a_bot_that_still_imports_while_the_next_one_does(desk):
    """The old process's thread goes on after the stop: whoever records, each record comes once."""
    halfway, faults = threading.Event(), []

    def run(**more):
        try:
            import_file(desk, **more)
        except Exception as error:
            faults.append(error)
            raise

    old = threading.Thread(target=run, kwargs={"rest": once(lambda: halfway.set())})
    old.start()
    assert halfway.wait(30)
    new = threading.Thread(target=run)
    new.start()
    old.join()
    new.join()
    assert faults == []
    assert stored(desk) == ((450, 50, 0, 400), 1)
