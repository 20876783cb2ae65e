"""The PRISMA2020 package's template: its rows in its order, so that a report exports straight into it.

Source: PRISMA.csv of the PRISMA2020 R package 1.1.4 (Haddaway et al. 2022, Campbell Syst Rev 18:e1230,
MIT). `NA` and the empty cell of `organisation_results` are the package's own.

Its PRISMA_data() finds a row by a part of its key (`grep("duplicates", data[, 1])`) and takes one value
for each: a row of our own must not hold any of the template's keys in its own.
"""

from __future__ import annotations

from screening.prisma import PrismaReport

COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")

_NA = "NA"
_OWN = {"other_removed": "other_duplicates"}
"""Rows that the template has not: their keys there, by the keys of the counts."""

_ROWS: tuple[tuple[str, str, str, str, str, str, str], ...] = (
    (
        _NA,
        "node4",
        "prevstud",
        "Grey title box; Previous studies",
        "Previous studies",
        "=",
        "prevstud.html",
    ),
    (
        "previous_studies",
        "node5",
        "box1",
        "Studies included in previous version of review",
        "=",
        "=",
        "previous_studies.html",
    ),
    (
        "previous_reports",
        _NA,
        "box1",
        "Reports of studies included in previous version of review",
        "=",
        _NA,
        "previous_reports.html",
    ),
    (
        _NA,
        "node6",
        "newstud",
        "Yellow title box; Identification of new studies via databases and registers",
        "Identification of new studies via databases and registers",
        "=",
        "newstud.html",
    ),
    (
        "database_results",
        "node7",
        "box2",
        "Records identified from: Databases",
        "Databases",
        "Records identified from: Databases and Registers",
        "database_results.html",
    ),
    (
        "database_specific_results",
        _NA,
        "box2",
        "Records identified from: specific databases",
        "Specific Databases",
        _NA,
        "database_results.html",
    ),
    ("register_results", _NA, "box2", "Records identified from: Registers", "Registers", _NA, _NA),
    (
        "register_specific_results",
        _NA,
        "box2",
        "Records identified from: specific registers",
        "Specific Registers",
        _NA,
        "database_results.html",
    ),
    (
        _NA,
        "node16",
        "othstud",
        "Grey title box; Identification of new studies via other methods",
        "Identification of new studies via other methods",
        "=",
        "othstud.html",
    ),
    (
        "website_results",
        "node17",
        "box11",
        "Records identified from: Websites",
        "Websites",
        "Records identified from: Websites, Organisations and Citation Searching",
        "website_results.html",
    ),
    (
        "organisation_results",
        "",
        "box11",
        "Records identified from: Organisations",
        "Organisations",
        _NA,
        _NA,
    ),
    (
        "citations_results",
        _NA,
        "box11",
        "Records identified from: Citation searching",
        "Citation searching",
        _NA,
        _NA,
    ),
    ("duplicates", "node8", "box3", "Duplicate records", "=", "=", "duplicates.html"),
    (
        "excluded_automatic",
        _NA,
        "box3",
        "Records marked as ineligible by automation tools",
        "=",
        _NA,
        _NA,
    ),
    ("excluded_other", _NA, "box3", "Records removed for other reasons", "=", _NA, _NA),
    (
        "records_screened",
        "node9",
        "box4",
        "Records screened (databases and registers)",
        "Records screened",
        "=",
        "records_screened.html",
    ),
    (
        "records_excluded",
        "node10",
        "box5",
        "Records excluded (databases and registers)",
        "Records excluded",
        "=",
        "records_excluded.html",
    ),
    (
        "dbr_sought_reports",
        "node11",
        "box6",
        "Reports sought for retrieval (databases and registers)",
        "Reports sought for retrieval",
        "=",
        "dbr_sought_reports.html",
    ),
    (
        "dbr_notretrieved_reports",
        "node12",
        "box7",
        "Reports not retrieved (databases and registers)",
        "Reports not retrieved",
        "=",
        "dbr_notretrieved_reports.html",
    ),
    (
        "other_sought_reports",
        "node18",
        "box12",
        "Reports sought for retrieval (other)",
        "Reports sought for retrieval",
        "=",
        "other_sought_reports.html",
    ),
    (
        "other_notretrieved_reports",
        "node19",
        "box13",
        "Reports not retrieved (other)",
        "Reports not retrieved",
        "=",
        "other_notretrieved_reports.html",
    ),
    (
        "dbr_assessed",
        "node13",
        "box8",
        "Reports assessed for eligibility (databases and registers)",
        "Reports assessed for eligibility",
        "=",
        "dbr_assessed.html",
    ),
    (
        "dbr_excluded",
        "node14",
        "box9",
        "Reports excluded (databases and registers): [separate reasons and numbers using ; e.g. Reason1, xxx; Reason2, xxx; Reason3, xxx]",
        "Reports excluded",
        "Reports excluded (databases and registers)",
        "dbrexcludedrecords.html",
    ),
    (
        "other_assessed",
        "node20",
        "box14",
        "Reports assessed for eligibility (other)",
        "Reports assessed for eligibility",
        "=",
        "other_assessed.html",
    ),
    (
        "other_excluded",
        "node21",
        "box15",
        "Reports excluded (other): [separate reasons and numbers using ; e.g. Reason1, xxx; Reason2, xxx; Reason3, xxx]",
        "Reports excluded",
        "Reports excluded (other)",
        "other_excluded.html",
    ),
    (
        "new_studies",
        "node15",
        "box10",
        "New studies included in review",
        "=",
        "=",
        "new_studies.html",
    ),
    ("new_reports", _NA, "box10", "Reports of new included studies", "=", _NA, _NA),
    (
        "total_studies",
        "node22",
        "box16",
        "Total studies included in review",
        "=",
        "=",
        "total_studies.html",
    ),
    ("total_reports", _NA, "box16", "Reports of total included studies", "=", _NA, _NA),
    (
        "identification",
        "node1",
        "identification",
        "Blue identification box",
        "Identification",
        "=",
        "identification.html",
    ),
    ("screening", "node2", "screening", "Blue screening box", "Screening", "=", "screening.html"),
    ("included", "node3", "included", "Blue included box", "Included", "=", "included.html"),
    # No count of a meta-analysis is known here: whoever draws that box fills these in.
    (
        "total_studies_ma",
        "node23",
        "box17",
        "Total studies included in meta-analysis",
        "=",
        "=",
        "total_studies_meta_analysis.html",
    ),
    (
        "total_reports_ma",
        _NA,
        "box17",
        "Reports of total included studies in meta-analysis",
        "=",
        _NA,
        _NA,
    ),
    (
        "other_removed",
        _NA,
        _NA,
        "Duplicate records removed (other methods); no box of the diagram shows them",
        "Duplicate records removed (other methods)",
        _NA,
        _NA,
    ),
)
"""The first seven columns; "=" repeats the description."""


def template_rows(
    report: PrismaReport,
) -> list[tuple[str, str, str, str, str, str, str, str | int]]:
    """Return the template's rows in `COLUMNS`, a count as a number and a list of names as text.

    Title rows and boxes without a count say 0, as the package's own file does.
    """
    rows: list[tuple[str, str, str, str, str, str, str, str | int]] = []
    for data, node, box, description, boxtext, tooltips, url in _ROWS:
        texts = [description if text == "=" else text for text in (boxtext, tooltips)]
        rows.append((data, node, box, description, texts[0], texts[1], url, _count(report, data)))
    return rows


def _count(report: PrismaReport, key: str) -> str | int:
    if report.specific.get(key) or report.reasons.get(key):
        return report.text_of(key)
    # Where nothing is listed the package takes a bare number for a count without names.
    return report.counts.get(_OWN.get(key, key), 0)
