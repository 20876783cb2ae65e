"""All tabs of the sheet as data: columns, owners, widths, drop-downs; fixed from the first release.

Rows are found by the text in a tab's key column, columns by developer metadata or their header. B
columns are the bot's: rewritten whenever they differ from the store. L columns are the lead's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from screening.review import Review
from screening.stages import Stage

Owner = Literal["B", "L"]
Choices = Literal["", "outcome", "override", "reason", "verdict"]
Format = Literal["text", "number", "percent", "score"]

RECORDS, VOTES, CONFLICTS, DUPLICATES = "Records", "Votes", "Conflicts", "Duplicates"
TEAM, PROGRESS, PRISMA, BOOK, SOURCES = "Team", "Progress", "PRISMA", "_winnow", "Sources"

OPEN_END = 2
"""Spare rows kept below the last one, so that the grid never ends at the data."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `long` ones are checked on the slower part of the slow beat."""

    name: str
    owner: Owner = "B"
    width: int = 110
    format: Format = "text"
    choices: Choices = ""
    long: bool = False


@dataclass(frozen=True, slots=True)
class TabLayout:
    """One tab: `key` is the column whose text names a row; `id_pattern` what the bot's keys match."""

    name: str
    key: str
    id_pattern: str
    columns: tuple[Column, ...]
    hidden: bool = False

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(c for c in self.columns if c.name == name)

    @property
    def lead_columns(self) -> tuple[str, ...]:
        """The names of the lead's columns."""
        return tuple(c.name for c in self.columns if c.owner == "L")

    @property
    def bot_columns(self) -> tuple[str, ...]:
        """The names of the bot's columns, the key's included."""
        return tuple(c.name for c in self.columns if c.owner == "B")


def _b(name: str, width: int = 110, form: Format = "text", long: bool = False) -> Column:
    return Column(name, "B", width, form, long=long)


def _l(name: str, width: int = 160, choices: Choices = "") -> Column:
    return Column(name, "L", width, choices=choices)


TABS: tuple[TabLayout, ...] = (
    TabLayout(
        RECORDS,
        "ID",
        r"R\d{6,}",
        (
            _b("ID", 80),
            _b("Title", 380, long=True),
            _b("Authors", 180, long=True),
            _b("Year", 60, "number"),
            _b("Journal", 160, long=True),
            _b("DOI", 150),
            _b("PMID", 80),
            _b("Sources", 110),
            _b("Abstract", 300, long=True),
            _b("Stage", 100),
            _b("Status", 150),
            _b("Votes in", 70, "number"),
            _b("Title/abstract", 110),
            _b("Full text", 110),
            _b("Exclusion reason", 150),
            _l("Full-text link", 180),
            _l("Labels", 120),
            _l("Note", 200),
            _l("Override", 150, "override"),
        ),
    ),
    TabLayout(
        VOTES,
        "Vote ID",
        r"V[0-9A-Za-z_-]+",
        (
            _b("When", 170),
            _b("Record", 80),
            _b("Title", 320, long=True),
            _b("Stage", 100),
            _b("Reviewer", 120),
            _b("Vote", 150),
            _b("Reason", 140),
            _b("Note", 220),
            _b("Replaces", 120),
            _b("Vote ID", 120),
        ),
    ),
    TabLayout(
        CONFLICTS,
        "ID",
        r"C[0-9A-Za-z_-]+",
        (
            _b("ID", 60),
            _b("Record", 80),
            _b("Title", 320, long=True),
            _b("Stage", 100),
            _b("Votes", 220),
            _b("Notes", 260),
            _b("Opened", 170),
            _b("Thread", 150),
            _l("Decision", 110, "outcome"),
            _l("Reason", 150, "reason"),
            _l("Comment", 220),
            _b("Resolved by", 180),
            _b("Resolved at", 170),
        ),
    ),
    TabLayout(
        DUPLICATES,
        "ID",
        r"D[0-9A-Za-z_-]+",
        (
            _b("ID", 60),
            _b("First", 80),
            _b("First title", 300, long=True),
            _b("First authors", 160, long=True),
            _b("First year", 60, "number"),
            _b("First journal", 140, long=True),
            _b("First DOI", 140),
            _b("Second", 80),
            _b("Second title", 300, long=True),
            _b("Second authors", 160, long=True),
            _b("Second year", 60, "number"),
            _b("Second journal", 140, long=True),
            _b("Second DOI", 140),
            _b("Score", 60, "score"),
            _b("Why", 240),
            _b("State", 120),
            _l("Verdict", 110, "verdict"),
        ),
    ),
    TabLayout(
        TEAM,
        "Member ID",
        r"[A-Z0-9]+",
        (
            _b("Name", 140),
            _b("Role", 90),
            _b("Assigned", 80, "number"),
            _b("Done", 80, "number"),
            _b("Left", 80, "number"),
            _b("Include rate", 90, "percent"),
            _b("Agreement with each partner", 420),
            _b("Last active", 170),
            _b("Member ID", 110),
        ),
    ),
    TabLayout(
        PROGRESS,
        "Day",
        r"\d{4}-\d{2}-\d{2}",
        (
            _b("Day", 100),
            _b("Screened", 80, "number"),
            _b("Decided", 80, "number"),
            _b("Conflicts", 80, "number"),
            _b("Resolved", 80, "number"),
            _b("By person", 320),
        ),
    ),
    TabLayout(
        # The template's `data` says NA in its three title rows: descriptions tell all rows apart.
        PRISMA,
        "description",
        r".+",
        (
            _b("data", 190),
            _b("node", 70),
            _b("box", 90),
            _b("description", 300),
            _b("boxtext", 260),
            _b("tooltips", 260),
            _b("url", 180),
            _b("n", 260, "number"),
        ),
    ),
    TabLayout(
        SOURCES,
        "ID",
        r"I[0-9A-Za-z_-]+",
        (
            _b("ID", 60),
            _b("Source", 150),
            _b("Kind", 100),
            _b("Platform", 110),
            _b("Searched on", 100),
            _b("File", 200),
            _b("Records", 80, "number"),
            _b("Duplicates", 80, "number"),
            _b("Problems", 260),
            _l("Strategy", 320),
            _l("Note", 200),
        ),
    ),
    TabLayout(
        BOOK,
        "Key",
        r".+",
        (
            _b("Key", 200),
            _b("JSON", 600, long=True),
            _b("JSON 2", 100, long=True),
            _b("JSON 3", 100, long=True),
            _b("JSON 4", 100, long=True),
        ),
        hidden=True,
    ),
)

BY_NAME = {tab.name: tab for tab in TABS}


def layout_of(tab: str) -> TabLayout:
    """Return a tab's layout by its name."""
    return BY_NAME[tab]


def choices_of(review: Review, choices: Choices) -> tuple[str, ...]:
    """Return what a drop-down offers; the team may always type, and is told what is not understood."""
    reasons = review.rules(Stage.FULL_TEXT).exclusion_reasons
    match choices:
        case "outcome":
            return ("include", "exclude")
        case "override":
            return ("include", "exclude", *(f"exclude: {reason}" for reason in reasons), "votes")
        case "reason":
            return reasons
        case "verdict":
            return ("same", "different")
    return ()
