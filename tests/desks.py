"""A desk for tests: a clock that is moved by hand, readable identifiers, a small review."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from screening.gestures.importing import import_export
from screening.members import Member, Role
from screening.ports import Desk, Store
from screening.review import Review, StageRules
from screening.sources import Source, SourceKind
from screening.stages import Stage
from screening.votes import Choice, VotePolicy

LEAD, BEN, CHLOE, DEV, OLA = "U0ANA", "U0BEN", "U0CHLOE", "U0DEV", "U0OLA"
REASONS = ("Wrong population", "Wrong intervention", "No outcomes")


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self.time = start

    def now(self) -> datetime:
        return self.time

    def move(self, **amount: float) -> datetime:
        self.time += timedelta(**amount)
        return self.time


def make_review(**changes) -> Review:
    """A review of one lead, three reviewers and an observer; two votes a record."""
    policy = changes.pop("policy", VotePolicy())
    review = Review(
        review_id="peer",
        title="Peer mentoring",
        channel="C0SCREEN",
        spreadsheet="sheet-1",
        timezone=ZoneInfo("Europe/Berlin"),
        members=(
            Member(LEAD, "Ana", Role.LEAD),
            Member(BEN, "Ben"),
            Member(CHLOE, "Chloe"),
            Member(DEV, "Dev"),
            Member(OLA, "Ola", Role.OBSERVER),
        ),
        stages={
            Stage.TITLE_ABSTRACT: StageRules(policy),
            Stage.FULL_TEXT: StageRules(policy, exclusion_reasons=REASONS),
        },
    )
    return replace(review, **changes)


def make_desk(store: Store, review: Review | None = None, clock: HandClock | None = None) -> Desk:
    """A desk over a real store."""
    review = review or make_review()
    counter = itertools.count(1)
    return Desk(
        store=store,
        clock=clock or HandClock(),
        new_id=lambda prefix: f"{prefix}{next(counter):09d}",
        reviews={review.review_id: review},
    )


def ris(titles: Iterable[str]) -> bytes:
    """A RIS file of records that differ in title, abstract and DOI."""
    lines = []
    for title in titles:
        slug = "".join(c for c in title.lower() if c.isalnum())
        lines.append(
            f"TY  - JOUR\nTI  - {title}\nAU  - Writer, {title.split()[-1]}\nPY  - 2019\n"
            f"DO  - 10.1000/{slug}\nAB  - About {title}, told at some length.\nER  - \n"
        )
    return "\n".join(lines).encode()


WORDS = [
    "heron",
    "walnut",
    "glacier",
    "saffron",
    "pulley",
    "thicket",
    "magnet",
    "orchid",
    "lantern",
    "cobalt",
    "quarry",
    "falcon",
    "meadow",
    "tundra",
    "pepper",
    "violin",
    "cactus",
    "harbour",
    "copper",
    "willow",
    "granite",
    "pigeon",
    "barley",
    "anchor",
]


def title(number: int) -> str:
    """A title unlike every other, so that nothing looks like a duplicate."""
    a, b, c = number % 24, (number // 24 + 7 * number) % 24, (number * 11 + number // 24) % 24
    return f"Effects of {WORDS[a]} and {WORDS[b]} training on {WORDS[c]} outcomes in cohort{number}"


def bring(
    desk: Desk, count: int, *, start: int = 0, name: str = "MEDLINE", kind=SourceKind.DATABASE
):
    """Import `count` records that nothing duplicates, as the lead."""
    return import_export(
        desk,
        "peer",
        by=LEAD,
        file_name=f"{name}.ris",
        data=ris(title(n) for n in range(start, start + count)),
        source=Source(name, kind),
    )


def vote(desk: Desk, who: str, record_id: str, choice: Choice | str, **more):
    """Cast a member's vote on a record that they hold an open card for; return what they see."""
    from screening.gestures.voting import cast_vote

    with desk.store.reading("peer") as tx:
        (assignment,) = tx.open_assignments(reviewer_id=who, record_id=record_id)
    return cast_vote(
        desk,
        "peer",
        by=who,
        assignment_id=assignment.assignment_id,
        choice=Choice(choice),
        gesture_key=more.pop("gesture_key", f"click:{desk.new_id('K')}"),
        **more,
    )


def screening_of(desk: Desk, record_id: str, stage: Stage = Stage.TITLE_ABSTRACT):
    """Read how far a record is at a stage."""
    with desk.store.reading("peer") as tx:
        return tx.screening(record_id, stage)
