"""PRISMA counts as post, text and diagram say them: nothing is left out in silence, all in one format."""

from __future__ import annotations

from datetime import date

from bot.blocks.figures import BEHIND, prisma_lines
from bot.commands.prisma import as_text
from bot.diagram import flow_diagram
from screening.gestures.overview import prisma_payload
from screening.prisma import PrismaReport
from tests.desks import make_review
from tests.unit.test_charts import words_in
from tests.unit.test_prisma_template import report


def posted(made: PrismaReport) -> str:
    """What the channel reads of a report."""
    payload = prisma_payload(made, date(2026, 3, 2))
    return prisma_lines(
        payload["counts"],
        payload["specific"],
        payload["reasons"],
        has_previous=made.has_previous,
        has_other_methods=made.has_other_methods,
    )


def test_fault_33_duplicates_among_other_methods_are_told_everywhere() -> None:
    made = report()
    assert "4 from citation searching; 2 duplicates removed, 8 sought" in posted(made)
    assert "2  duplicates from other methods" in as_text(made, make_review())
    words = words_in(flow_diagram(made, "svg"))
    assert "removed, identified via other methods (n = 2)" in words
    assert "other_duplicates" in BEHIND


def test_fault_33_without_such_duplicates_the_diagram_has_no_note() -> None:
    made = report(duplicates={("database", "ERIC"): 57})
    assert "identified via other methods (n =" not in words_in(flow_diagram(made, "svg"))
