"""The template that `winnow prisma` and the PRISMA tab write, read as the PRISMA2020 package reads it."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from bot.commands.prisma import as_file
from screening.prisma import PrismaReport, prisma_report
from screening.prisma_template import COLUMNS, template_rows
from screening.stages import Stage
from screening.views import FlowFigures, StageFigures
from tests.desks import make_review

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
PACKAGE = Path(__file__).parent.parent / "data" / "prisma" / "PRISMA2020-1.1.4.csv"
"""inst/extdata/PRISMA.csv of github.com/prisma-flowdiagram/PRISMA2020 at 620aaf9 (1.1.4, MIT)."""

COUNTS = (
    "previous_studies", "previous_reports", "register_results", "database_results",
    "website_results", "organisation_results", "citations_results", "duplicates",
    "excluded_automatic", "excluded_other", "records_screened", "records_excluded",
    "dbr_sought_reports", "dbr_notretrieved_reports", "other_sought_reports",
    "other_notretrieved_reports", "dbr_assessed", "other_assessed", "new_studies", "new_reports",
    "total_studies$", "total_reports$", "total_studies_ma", "total_reports_ma",
)  # fmt: skip
LISTS = ("database_specific_results", "register_specific_results", "dbr_excluded", "other_excluded")
TEXTS = ("identification", "screening", "included")
TITLES = ("prevstud", "newstud", "othstud")


def prisma_data(data: bytes) -> dict[str, str | list[tuple[str, str]]]:
    """Read a template as PRISMA_data() of 1.1.4 does; fails where that stops or takes two values.

    R/PRISMA_data.R: each value is `data[grep("<key>", data[, 1]), ]$n`; R/PRISMA_format.R: what a
    number and a list of reasons may look like.
    """
    rows = [
        {name: None if cell == "NA" else cell for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(data.decode()))
    ]

    def one(pattern: str, column: str, of: str) -> str:
        (found,) = [r[of] for r in rows if r[column] is not None and re.search(pattern, r[column])]
        assert found is not None
        return found

    for key in (*COUNTS, *LISTS, *TEXTS):
        assert one(key, "data", "boxtext")
    for box in TITLES:
        assert one(box, "box", "boxtext")
    read: dict[str, str | list[tuple[str, str]]] = {}
    for key in COUNTS:
        read[key.rstrip("$")] = f"{float(one(key, 'data', 'n')):,.0f}"
    for key in LISTS:
        read[key] = _reasons(one(key, "data", "n"))
    return read


def _reasons(text: str) -> list[tuple[str, str]]:
    """PRISMA_parse_reasons_()."""
    if not re.search("[^0-9,]", text):
        return [("", _comma(text))]
    parts = re.split(r"; ?", text)
    numbers = [re.sub(r"^.*?,([ 0-9,]*)|.*()", r"\1", part, count=1) for part in parts]
    names = [re.sub(",.*$", "", part) for part in parts]
    return list(zip(names, map(_comma, numbers), strict=True))


def _comma(text: str) -> str:
    return f"{float(re.sub('[^0-9.]', '', text)):,.0f}"


def report(**changes) -> PrismaReport:
    values = {
        "identified": {
            ("database", "MEDLINE"): 3_060,
            ("database", "ERIC"): 1_040,
            ("website", "ACGME"): 6,
            ("citations", "Reference lists"): 4,
        },
        "duplicates": {("database", "ERIC"): 57, ("website", "ACGME"): 2},
        "stages": {
            (TA, False): StageFigures(TA, 4_043, included=1_300, excluded=2_743),
            (FT, False): StageFigures(FT, 1_300, included=9, excluded=1_291),
            (FT, True): StageFigures(FT, 8, included=8),
        },
        "reasons": {(False, "Wrong population"): 1_200, (False, "No outcomes"): 91},
    }
    return prisma_report("peer", FlowFigures(**(values | changes)))


def as_csv(made: PrismaReport) -> bytes:
    return as_file(made, make_review(), "csv")


def test_the_readers_rules_hold_for_the_packages_own_template() -> None:
    read = prisma_data(PACKAGE.read_bytes().replace(b"xxx", b"7"))
    assert read["total_studies_ma"] == "0"
    assert read["dbr_excluded"] == [("Reason1", "7"), ("Reason2", "7"), ("Reason3", "7")]


def test_fault_34_rows_and_columns_are_the_packages_in_its_order() -> None:
    theirs = list(csv.reader(PACKAGE.read_text().splitlines()))
    ours = list(csv.reader(io.StringIO(as_csv(report()).decode())))
    assert ours[0] == theirs[0] == list(COLUMNS)
    assert [row[:-1] for row in ours[1:]][: len(theirs) - 1] == [row[:-1] for row in theirs[1:]]
    assert [row[0] for row in ours[len(theirs) :]] == ["other_removed"]


def test_fault_34_the_package_reads_every_count() -> None:
    read = prisma_data(as_csv(report()))
    assert read["database_results"] == "4,100"
    assert read["duplicates"] == "57"
    assert read["total_studies_ma"] == read["total_reports_ma"] == "0"
    assert read["database_specific_results"] == [("MEDLINE", "3,060"), ("ERIC", "1,040")]
    assert read["dbr_excluded"] == [("Wrong population", "1,200"), ("No outcomes", "91")]


@pytest.mark.parametrize("key", LISTS)
def test_fault_34_where_nothing_is_listed_no_name_is_drawn(key: str) -> None:
    empty = report(identified={}, duplicates={}, stages={}, reasons={})
    assert prisma_data(as_csv(empty))[key] == [("", "0")]


def test_fault_33_duplicates_among_other_methods_are_in_the_template() -> None:
    by_key = {row[0]: row[-1] for row in template_rows(report())}
    assert by_key["duplicates"] == 57
    assert by_key["other_removed"] == 2
    assert (
        by_key["website_results"] + by_key["citations_results"] - by_key["other_removed"]
        == (by_key["other_sought_reports"])
    )
