"""A small review that goes on while faults strike: one installation, a few cards a round."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.desks import title
from tests.flows.installation import Installation, installed
from tests.flows.screening_a_review import (
    decide_conflicts,
    leave_the_lead_out,
    quiet,
    reading,
)
from tests.flows.standins import wait_until
from tests.flows.team import (
    Journal,
    ask_patiently,
    newest_card,
    title_on,
    vote_patiently,
    write_ris,
)
from tests.flows.truths import check_truths, posted_keys

REVIEWERS = ("ben", "chloe")
CARDS = 6
BATCHES = f"""
[reviews.stages.title_abstract]
batch_size = {CARDS}
"""

KINDS: dict[str, dict[str, Any]] = {
    "429": {"status": 429, "retry_after": 1},
    "500": {"status": 500},
    "503": {"status": 503},
    "timeout_before_effect": {"kind": "timeout_before_effect", "hold_ms": 150},
    "timeout_after_effect": {"kind": "timeout_after_effect", "hold_ms": 150},
    "drop_socket": {"kind": "drop_socket"},
}
"""Everything that can go wrong with one call."""


@dataclass
class Course:
    """The review on its way: what members meant, the day, and the records still untouched."""

    it: Installation
    journal: Journal = field(default_factory=Journal)
    day: date = date(2026, 3, 2)
    contested: set[str] = field(default_factory=set)

    def strike(self, service: str, kind: str, *methods: str, **more: Any) -> None:
        """Let the next call of each method go wrong."""
        for method in methods:
            self.it.control.fault(service=service, method=method, **KINDS[kind], **more)

    def faults_left(self) -> list[str]:
        """The methods whose fault has not struck yet."""
        return [f["rule"]["method"] for f in self.it.control.get("faults")["faults"]]

    def opinion(self, who: str, title: str, stage: str) -> str:
        """Everybody excludes, but for what Chloe contests."""
        return "Include" if who == "chloe" and title in self.contested else "Exclude"

    def deal(self) -> None:
        """Ask for cards for whoever has none."""
        for who in REVIEWERS:
            if newest_card(self.it, who) is None:
                ask_patiently(self.it, who, CARDS)

    def vote(self, most: int = 500) -> int:
        """Let both vote on up to `most` of their cards."""
        return sum(
            vote_patiently(self.it, who, self.opinion, self.journal, most=most) for who in REVIEWERS
        )

    def contest(self) -> str:
        """Let Chloe disagree about the first card that Ben is shown; return its title."""
        card = newest_card(self.it, "ben")
        assert card is not None
        title = title_on(card)
        assert ("chloe", title, "title_abstract") not in self.journal.meant
        self.contested.add(title)
        return title

    def conflicts(self) -> list[str]:
        """The conflicts that are open."""
        with reading(self.it) as tx:
            return [conflict.conflict_id for conflict in tx.open_conflicts()]

    def told(self, key: str, seconds: float = 40) -> None:
        """Wait until a message with a key stands in Slack."""
        wait_until(lambda: posted_keys(self.it)[f"peer/{key}"], seconds, every=0.3)

    def decide(self) -> None:
        """End the open conflicts."""
        with reading(self.it) as tx:
            waiting = sorted(conflict.conflict_id for conflict in tx.open_conflicts())
        ids = lambda: {row["ID"] for row in self.it.rows("Conflicts")}  # noqa: E731
        wait_until(lambda: ids() >= set(waiting), 90, every=0.3)
        decide_conflicts(self.it, patient=True)

    def next_morning(self) -> str:
        """Move to the next day, half an hour after its posts are due; return its date."""
        self.day += timedelta(days=1)
        self.it.move_to(f"{self.day}T08:30:00+00:00")
        return self.day.isoformat()

    def check(self) -> None:
        """Wait for quiet and check that nothing was lost or doubled."""
        self.it.control.delete("faults")
        quiet(self.it)
        check_truths(self.it, self.journal)


@contextlib.contextmanager
def course(folder: Path, records: int, *, config: str = "", start: bool = True) -> Iterator[Course]:
    """A review with records to vote on and a running bot, for the length of a `with` block."""
    with installed(folder, reviewers=len(REVIEWERS), config=config or BATCHES) as it:
        leave_the_lead_out(it)
        it.bring(
            write_ris(it.folder / "medline.ris", [title(n) for n in range(records)]), "MEDLINE"
        )
        if start:
            it.start_bot()
        yield Course(it)
