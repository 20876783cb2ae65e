"""Google is down, the lead rearranges the sheet, events are shuffled, sockets break: nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.faults.course import CARDS, Course, course
from tests.flows.installation import Installation, wait_for_message
from tests.flows.screening_a_review import quiet
from tests.flows.standins import wait_until
from tests.flows.truths import check_sheet, posted_keys

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """One review for all of it; each test goes on where the one before ended."""
    with course(tmp_path_factory.mktemp("disturbances"), records=14 * CARDS) as made:
        quiet(made.it)
        yield made
        made.it.stop_bot()
        assert made.it.json_of("prisma", "--format", "json")["failed"] == []


def test_events_are_shuffled_and_lost_on_their_way(review: Course) -> None:
    """Envelopes twice, late, in reverse order, with their ack lost: each vote counts once."""
    for disturbance in (
        {"kind": "duplicate", "times": 4},
        {"kind": "delay", "ms": 400, "times": 3},
        {"kind": "delay", "ms": 3_300, "times": 1},
        {"kind": "lose_ack", "times": 1},
    ):
        review.deal()
        body = {"envelope_type": "interactive", **disturbance}
        review.it.control.post("envelopes/disturb", body)
        review.vote(most=2)
        review.it.control.delete("envelopes/disturb")
    review.check()


def test_sockets_break_and_are_refreshed_in_mid_vote(review: Course) -> None:
    """A socket that drops or is asked to reconnect loses at most a click that Slack warns of."""
    it = review.it
    for gesture in ("sockets/refresh", "sockets/drop", "sockets/refresh", "sockets/refresh"):
        review.deal()
        breaking = threading.Timer(0.05, it.control.post, [gesture])
        breaking.start()
        review.vote(most=3)
        breaking.join()
    wait_for_message(it.control, "ben", "dm", "Recorded", 5)
    review.check()
    keys = posted_keys(it)
    assert max(keys.values()) == 1


def test_google_is_down_for_a_while(review: Course) -> None:
    """Nobody notices but the log; afterwards the sheet catches up."""
    it = review.it
    review.deal()
    logged = len(it.log.read_text())
    fault = it.control.fault(service="google", status=503, times=-1)
    seen = len(it.control.messages("ana", "#screening"))
    it.control.delete("clicks")
    review.contest()
    review.vote()
    wait_until(review.conflicts, 20, every=0.2)
    review.told(f"conflict_opened/{review.conflicts()[0]}")
    assert len(it.control.messages("ana", "#screening")) == seen + 1
    assert not [c for c in it.control.get("clicks") if c["warning"]]
    wait_until(lambda: "the sheet waits" in it.log.read_text()[logged:], 30, every=0.3)
    it.control.delete(f"faults/{fault}")
    it.control.post("sheets/tokens/expire")
    review.decide()
    review.check()


def test_the_lead_rearranges_the_sheet_while_it_is_written(review: Course) -> None:
    """Sorting, inserting, deleting and renaming between the bot's read and write harm nothing."""
    it, sheet = review.it, f"sheets/{review.it.spreadsheet}"
    latency = it.control.post("latency", service="google", method="*", ms=150)
    review.deal()
    gestures = [
        ("sort", {"tab": "Votes", "column": "Reviewer"}),
        ("rows/insert", {"tab": "Votes", "row": 2, "count": 2}),
        ("sort", {"tab": "Records", "column": "Title", "descending": True}),
        ("rows/delete", {"tab": "Votes", "row": 4, "count": 2}),
        ("columns/rename", {"tab": "Votes", "column": "Reviewer", "name": "Who"}),
        ("rows/delete", {"tab": "Records", "row": 5, "count": 1}),
        ("columns/insert", {"tab": "Records", "column": "Year", "count": 1}),
    ]
    for gesture, body in gestures:
        since = it.control.get("requests/counters")["last_seq"]
        review.vote(most=1)
        review.deal()
        method = "spreadsheets.batchUpdate"
        wait_until(lambda s=since, m=method: it.control.requests(s, method=m), 75, every=0.01)
        it.control.post(f"{sheet}/{gesture}", {"as": "ana", **body, "confirm": True})
    it.control.delete(f"faults/{latency['id']}")
    name = {"tab": "Votes", "column": "Who", "name": "Reviewer"}
    it.control.post(f"{sheet}/columns/rename", who="ana", **name)
    # What was deleted comes back on the slow beat, which a start brings forward.
    it.stop_bot()
    it.start_bot()
    wait_until(lambda: heals(it), 90, every=1)
    review.check()


def heals(it: Installation) -> bool:
    """Tell whether the sheet shows what the store holds."""
    try:
        check_sheet(it)
    except AssertionError:
        return False
    return True
