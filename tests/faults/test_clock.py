"""Clock changes and outages: one digest a due local date, late rather than never."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.desks import title
from tests.faults.course import course
from tests.flows.installation import Installation
from tests.flows.screening_a_review import quiet, reading
from tests.flows.standins import wait_until
from tests.flows.team import write_ris
from tests.flows.truths import check_truths, posted_keys

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SMALL_HOURS = """
[reviews.stages.title_abstract]
batch_size = 4
"""


def told(it: Installation, kind: str) -> dict[str, int]:
    """Date → how often a kind was posted for it."""
    start = f"peer/{kind}/"
    return {k.removeprefix(start): n for k, n in posted_keys(it).items() if k.startswith(start)}


def wait_for_day(it: Installation, kind: str, day: str) -> None:
    """Wait until a day's post stands in the channel."""
    wait_until(lambda: day in told(it, kind), 40, every=0.3)


def marks(it: Installation, kind: str) -> Counter[str]:
    """The dates for which a job was marked as done or passed over."""
    from datetime import UTC, datetime

    with reading(it) as tx:
        found = tx.done_marks(kind, datetime(2026, 1, 1, tzinfo=UTC))
    return Counter(period for _, period, _ in found)


def test_clock_changes_and_an_outage_give_one_digest_a_day(tmp_path: Path) -> None:
    """In Berlin 02:30 is left out on 29 March 2026 and comes twice on 25 October."""
    with course(tmp_path, 12, config=SMALL_HOURS, start=False) as review:
        it = review.it
        path = it.folder / "config.toml"
        path.write_text(path.read_text().replace('digest = "0 9', 'digest = "30 2'))
        it.move_to("2026-03-28T00:30:00+00:00")  # 01:30
        it.start_bot()
        wait_until(lambda: has_begun(it), 20, every=0.3)
        it.move_to("2026-03-28T01:40:00+00:00")  # 02:40
        wait_for_day(it, "digest", "2026-03-28")
        review.deal()
        review.vote(most=2)
        it.move_to("2026-03-29T01:35:00+00:00")  # 03:35: the clock went from 02:00 to 03:00
        wait_for_day(it, "digest", "2026-03-29")
        it.move_to("2026-03-29T07:05:00+00:00")  # 09:05, an hour earlier in UTC than the day before
        wait_for_day(it, "prisma", "2026-03-29")
        review.vote(most=1)  # a digest comes only where something was done since the last one

        # Two days of outage: the last day is told late, the day before is passed over, and said so.
        it.kill_bot()
        it.move_to("2026-03-31T08:00:00+00:00")  # 10:00
        it.start_bot()
        wait_for_day(it, "digest", "2026-03-31")
        wait_for_day(it, "prisma", "2026-03-31")
        quiet(it)
        assert marks(it, "digest")["2026-03-30"] == 1
        assert "for 2026-03-30 was missed and is skipped" in it.log.read_text()

        # An outage that ends after catch_up_hours: nothing is told of that day any more.
        it.kill_bot()
        it.move_to("2026-04-01T18:00:00+00:00")  # 20:00, 17.5 h after 02:30 and 11 h after 09:00
        it.start_bot()
        wait_for_day(it, "prisma", "2026-04-01")
        assert "2026-04-01" not in told(it, "digest")
        review.deal()
        review.vote(most=1)

        # In autumn the hour that comes twice brings one digest.
        it.kill_bot()
        it.move_to("2026-10-25T00:20:00+00:00")  # 02:20, the first time
        it.start_bot()
        it.move_to("2026-10-25T00:40:00+00:00")  # 02:40, the first time
        wait_for_day(it, "digest", "2026-10-25")
        it.move_to("2026-10-25T01:40:00+00:00")  # 02:40, the second time
        it.bring(write_ris(it.folder / "late.ris", [title(n) for n in range(50, 52)]), "ERIC")
        it.move_to("2026-10-25T08:10:00+00:00")  # 09:10
        wait_for_day(it, "prisma", "2026-10-25")
        quiet(it)
        for kind, days in (
            ("digest", {"2026-03-28", "2026-03-29", "2026-03-31", "2026-10-25"}),
            ("prisma", {"2026-03-29", "2026-03-31", "2026-04-01", "2026-10-25"}),
        ):
            found = told(it, kind)
            assert days <= set(found)
            assert set(found.values()) == {1}, found
            assert max(marks(it, kind).values()) == 1
        check_truths(it, review.journal)
        it.stop_bot()


def has_begun(it: Installation) -> bool:
    """Tell whether the jobs know since when they are due."""
    with reading(it) as tx:
        return tx.setting("jobs_since") is not None
