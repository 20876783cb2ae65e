"""The images: every variant is drawn in every format, and its words are the template's."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.charts import progress_chart
from bot.diagram import draw_figures, flow_diagram
from bot.drawing import DrawingError, draw
from bot.flowboxes import Figures, wrapped
from screening.prisma import prisma_report
from screening.review import PreviousStudies
from screening.stages import Stage
from screening.views import FlowFigures, StageFigures

FLOW = FlowFigures(
    identified={("database", "MEDLINE"): 80, ("database", "ERIC"): 40, ("register", "ICTRP"): 3},
    duplicates={("database", "ERIC"): 23},
    stages={
        (Stage.TITLE_ABSTRACT, False): StageFigures(
            Stage.TITLE_ABSTRACT, entered=100, pending=7, included=30, excluded=63
        ),
        (Stage.FULL_TEXT, False): StageFigures(
            Stage.FULL_TEXT, entered=30, pending=2, included=9, excluded=18, not_retrieved=1
        ),
    },
    reasons={(False, "Wrong population"): 12, (False, "$x_1$ & <no> outcomes"): 6},
)


def figures(previous: bool, other: bool) -> Figures:
    flow = FLOW
    if other:
        flow = FlowFigures(
            {**FLOW.identified, ("citations", "Reference lists"): 11},
            FLOW.duplicates,
            {
                **FLOW.stages,
                (Stage.FULL_TEXT, True): StageFigures(
                    Stage.FULL_TEXT, entered=11, included=2, excluded=9
                ),
            },
            {**FLOW.reasons, (True, "Wrong population"): 9},
        )
    report = prisma_report("peer", flow, PreviousStudies(5, 6) if previous else None)
    return Figures(
        report.counts,
        report.specific,
        report.reasons,
        report.has_previous,
        report.has_other_methods,
    )


def words_in(svg: bytes) -> str:
    return " ".join(re.findall(r">([^<>]+)</text>", svg.decode())).replace("\u00a0", " ")


@pytest.mark.parametrize("previous", [False, True])
@pytest.mark.parametrize("other", [False, True])
def test_each_variant_says_what_the_template_says(previous: bool, other: bool) -> None:
    svg = draw_figures(figures(previous, other), "svg")
    words = words_in(svg)
    new = "new studies" if previous else "studies"
    assert f"Identification of {new} via databases and registers" in words
    assert "Databases (n = 120)" in words
    assert "Duplicate records removed (n = 23)" in re.sub(r"\s+", " ", words)
    assert "Records screened (n = 93)" in words
    assert "Reports not retrieved (n = 1)" in words
    assert "Wrong population (n = 12)" in words
    assert "$x_1$ &amp; &lt;no&gt; outcomes (n = 6)" in re.sub(r"\s+", " ", words)
    assert ("via other methods" in words) is other
    assert ("Citation searching (n = 11)" in re.sub(r"\s+", " ", words)) is other
    assert ("Studies included in previous version" in re.sub(r"\s+", " ", words)) is previous
    included = 11 if other else 9
    if previous:
        assert f"Total studies included in review (n = {included + 5})" in re.sub(
            r"\s+", " ", words
        )
    else:
        assert f"Studies included in review (n = {included})" in re.sub(r"\s+", " ", words)
    assert "7 records await a title/abstract decision" in words


@pytest.mark.parametrize(
    ("form", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")]
)
def test_each_format(form: str, start: bytes) -> None:
    report = prisma_report("peer", FLOW)
    assert flow_diagram(report, form).startswith(start)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="png, svg, pdf"):
        flow_diagram(prisma_report("peer", FLOW), "gif")


def test_lines_are_no_wider_than_their_box_and_counts_stay_whole() -> None:
    lines = wrapped("  A reason of quite a few words to exclude a report (n = 1,204)", 1.8)
    assert len(lines) > 1
    assert lines[0].startswith("  A")
    assert all(line.startswith("    ") for line in lines[1:])
    assert sum("(n\u00a0=\u00a01,204)" in line for line in lines) == 1


DAYS = [
    {"day": f"2026-11-{n:02d}", "votes": 3 * n, "decided": n, "by_member": {}} for n in range(1, 15)
]
STAGES = [
    {"stage": "title_abstract", "entered": 10, "pending": 4, "conflict": 1, "included": 2,
     "excluded": 3, "not_retrieved": 0},
]  # fmt: skip


@pytest.mark.parametrize("payload", [{"stages": STAGES, "days": DAYS}, {"stages": [], "days": []}])
def test_the_progress_chart(payload: dict[str, Any]) -> None:
    assert progress_chart(payload).startswith(b"\x89PNG")


def test_images_are_drawn_in_a_process_of_their_own() -> None:
    assert draw("progress", {"stages": STAGES, "days": DAYS}).startswith(b"\x89PNG")
    with pytest.raises(DrawingError, match="KeyError"):
        draw("flow", {})
