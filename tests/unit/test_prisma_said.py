"""PRISMA counts as post, text and diagram say them: nothing is left out in silence, all in one format."""

from __future__ import annotations

import shutil
import warnings
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.blocks.figures import BEHIND, prisma_lines
from bot.commands.prisma import as_text
from bot.diagram import draw_figures, flow_diagram, flow_of_payload
from bot.flowboxes import PAD, POINTS, Contents, Figures, _inches, columns_of, wrapped
from bot.glyphs import fonts_for, readable
from screening.gestures.overview import prisma_payload
from screening.prisma import PrismaReport, prisma_report
from screening.views import FlowFigures
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


# Pictures


def lines_of(figures: Figures) -> list[str]:
    boxes = [b for row in Contents(figures, columns_of(figures)).rows() for b in row.values()]
    return [line for box in boxes for line in box.lines]


def extreme(reasons: int = 35, name: str = "Reason") -> Figures:
    """A report of a million records, with many reasons, the first with a name of its own."""
    listed = [(name, 1_000), *((f"Reason {n}", 10) for n in range(2, reasons + 1))]
    counts = {"database_results": 1_000_000, "dbr_excluded": 990 + 10 * reasons}
    named = [("MEDLINE", 996_960), ("CNKI", 3_040)]
    return Figures(
        counts, {"database_specific_results": named}, {"dbr_excluded": listed}, False, False
    )


@pytest.mark.parametrize("word", ["W" * 75, "Donaudampfschiff" * 4, "研究人群不符合纳入标准" * 6])
def test_fault_36_no_line_is_wider_than_its_box(word: str) -> None:
    figures = extreme(name=word)
    for row in Contents(figures, columns_of(figures)).rows():
        for box in row.values():
            assert all(_inches(line, POINTS) <= box.width - 2 * PAD for line in box.lines)
    told = "".join(line.strip() for line in lines_of(figures))
    assert word in told
    assert "(n\u00a0=\u00a01,000)" in told


def test_fault_36_a_width_less_than_a_letter_ends_too() -> None:
    assert wrapped("  ab", 0.01) == ["  a", "    b"]


@pytest.mark.parametrize("count", [14, 15, 35])
def test_fault_36_reasons_beyond_those_named_are_counted_and_summed(count: int) -> None:
    figures = extreme(count)
    told = " ".join(" ".join(lines_of(figures)).replace("\u00a0", " ").split())
    if count == 14:
        assert "more reason" not in told
        return
    more = "1 more reason" if count == 15 else "21 more reasons"
    assert f"and {more}, see the table (n = {10 * (count - 14)})" in told


def test_fault_36_what_no_font_has_is_never_a_square() -> None:
    families, missing = fonts_for("Wrong \u0378 \u0379")  # never assigned: no font has them
    assert families[0] == "DejaVu Sans"
    assert missing == {"\u0378", "\u0379"}
    assert readable("CNKI \u0378\u0379 (2)", missing) == "CNKI ? (2)"
    assert readable("\u0378\u0379", missing) == ""
    figures = replace(extreme(name="\u0378\u0379"), missing=missing)
    assert any("no. 1 in the table (n" in line.replace("\u00a0", " ") for line in lines_of(figures))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw_figures(extreme(name="\u0378\u0379"), "png").startswith(b"\x89PNG")
    assert "\u0378\u0379" in draw_figures(extreme(name="\u0378\u0379"), "svg").decode()


def test_fault_36_a_font_of_the_system_is_used_where_it_has_the_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib import font_manager, get_data_path

    (tmp_path / "broken-Regular.ttf").write_bytes(b"no font")
    held = shutil.copy(f"{get_data_path()}/fonts/ttf/STIXNonUni.ttf", tmp_path / "x.ttf")
    base = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    own = set(font_manager.get_font(held).get_charmap()) - set(base.get_charmap())
    monkeypatch.setattr(
        font_manager, "findSystemFonts", lambda: [str(path) for path in tmp_path.iterdir()]
    )
    letter = chr(min(own))
    assert fonts_for(letter) == (("DejaVu Sans", "STIXNonUnicode"), frozenset())


def test_fault_36_identities_that_fail_are_on_the_picture_and_name_their_records() -> None:
    made = prisma_report(
        "peer",
        FlowFigures({("database", "ERIC"): 60}, {}, {}, {}),
        None,
        lambda key: [f"R{n:06}" for n in range(1, 61)] if key == "database_results" else [],
    )
    (failed,) = made.failed
    assert "R000020 and 40 more" in failed.sentence()
    for words in (
        words_in(flow_diagram(made, "svg")),
        words_in(flow_of_payload(prisma_payload(made, date(2026, 3, 2)), "svg")),
    ):
        assert "Does not add up: identified, less removed" in words
        assert "R000001" in words


def test_fault_36_a_failure_without_records_sends_nobody_to_a_check_that_finds_none() -> None:
    (failed,) = prisma_report("peer", FlowFigures({("database", "ERIC"): 1}, {}, {}, {})).failed
    assert "winnow check" not in failed.sentence()
    assert "no single record explains it" in failed.sentence()


def test_fault_36_a_failure_is_told_in_the_same_format() -> None:
    (failed,) = prisma_report("peer", FlowFigures({("database", "ERIC"): 1_040}, {}, {}, {})).failed
    assert "(by +1,040; " in failed.sentence()


def test_fault_36_the_post_has_one_format_and_says_how_many_it_leaves_out() -> None:
    reasons = {(False, f"Reason {n:02}"): 1_500 - n for n in range(20)}
    text = posted(report(reasons=reasons))
    assert "MEDLINE 3,060, ERIC 1,040" in text
    assert "Reason 00 1,500" in text
    assert "Reason 11 1,489 and 8 more, see the PRISMA tab" in text
    assert "Reason 12" not in text
