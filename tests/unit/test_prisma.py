"""PRISMA counts and identities, from figures that add up and from ones that do not."""

from __future__ import annotations

from screening.prisma import prisma_report
from screening.review import PreviousStudies
from screening.stages import Stage
from screening.views import FlowFigures, StageFigures

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


def flow(**changes) -> FlowFigures:
    values = {
        "identified": {
            ("database", "MEDLINE"): 400,
            ("database", "ERIC"): 100,
            ("website", "ACGME"): 6,
        },
        "duplicates": {("database", "ERIC"): 57, ("website", "ACGME"): 1},
        "stages": {
            (TA, False): StageFigures(TA, 443, pending=40, conflict=3, included=50, excluded=350),
            (FT, False): StageFigures(
                FT, 50, pending=4, conflict=1, included=9, excluded=34, not_retrieved=2
            ),
            (FT, True): StageFigures(FT, 5, included=1, excluded=3, not_retrieved=1),
        },
        "reasons": {
            (False, "Wrong population"): 30,
            (False, "No outcomes"): 4,
            (True, "No outcomes"): 3,
        },
    }
    return FlowFigures(**(values | changes))


def test_every_identity_holds_when_the_log_is_whole():
    report = prisma_report("r", flow(), PreviousStudies(3, 4))
    assert report.failed == ()
    assert report.counts["records_screened"] == 400
    assert report.counts["awaiting_title_abstract"] == 43
    assert report.counts["dbr_sought_reports"] == 50
    assert report.counts["dbr_assessed"] == 43
    assert report.counts["new_studies"] == 10
    assert report.counts["total_studies"] == 13
    assert report.counts["total_reports"] == 14
    assert report.has_other_methods


def test_names_are_listed_as_the_template_wants_them():
    report = prisma_report("r", flow())
    assert report.text_of("dbr_excluded") == "Wrong population, 30; No outcomes, 4"
    assert report.text_of("database_specific_results") == "MEDLINE, 400; ERIC, 100"
    assert report.text_of("duplicates") == "57"


def test_a_record_that_fell_out_is_named():
    stages = dict(flow().stages)
    stages[(TA, False)] = StageFigures(TA, 442, pending=39, conflict=3, included=50, excluded=350)
    behind = {
        "database_results": ["R000001", "R000002"],
        "duplicates": [],
        "records_screened": ["R000001"],
    }
    report = prisma_report("r", flow(stages=stages), None, lambda key: behind.get(key, []))
    (failed,) = report.failed
    assert failed.difference == 1
    assert failed.record_ids == ("R000002",)
    assert "R000002" in failed.sentence()


def test_fewer_reports_than_studies_is_a_warning_not_a_failure():
    report = prisma_report("r", flow(), PreviousStudies(studies=8, reports=2))
    assert report.failed == ()
    assert "fewer reports" in report.warnings[0]
