"""`winnow prisma`: the PRISMA 2020 counts, as text, template, JSON or flow diagram."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.printing import print_json
from bot.commands.whole_files import write_whole
from bot.opening import chosen_review, clock_option, config_option, opened, review_option

if TYPE_CHECKING:
    from screening.prisma import PrismaReport
    from screening.review import Review

FORMATS = ("text", "csv", "json", "svg", "png", "pdf")
LINES = (
    ("Identified", "database_results", "from databases"),
    ("", "register_results", "from registers"),
    ("", "website_results", "from websites"),
    ("", "organisation_results", "from organisations"),
    ("", "citations_results", "from citation searching"),
    ("Removed", "duplicates", "duplicates"),
    ("", "other_duplicates", "duplicates from other methods"),
    ("Screened", "records_screened", "records"),
    ("", "records_excluded", "excluded"),
    ("", "awaiting_title_abstract", "still to be decided"),
    ("Reports", "dbr_sought_reports", "sought for retrieval"),
    ("", "dbr_notretrieved_reports", "not retrieved"),
    ("", "dbr_assessed", "assessed"),
    ("", "dbr_excluded", "excluded"),
    ("", "awaiting_full_text", "still to be decided"),
    ("Other methods", "other_sought_reports", "reports sought"),
    ("", "other_notretrieved_reports", "not retrieved"),
    ("", "other_assessed", "assessed"),
    ("", "other_excluded", "excluded"),
    ("Included", "new_studies", "new studies"),
    ("", "new_reports", "reports of new studies"),
    ("", "total_studies", "studies in all"),
)


@click.command("prisma")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write here, not to the terminal.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@review_option
@config_option
@clock_option
def command(
    form: str,
    out: Path | None,
    as_json: bool,
    review_id: str | None,
    config_path: Path,
    clock_url: str | None,
) -> None:
    """Give the PRISMA 2020 counts or the flow diagram.

    csv is the PRISMA2020 package's own template; svg, png and pdf are the flow diagram.

    \b
    Example: winnow prisma --format pdf --out flow.pdf
    """
    from screening.gestures import overview

    form = "json" if as_json else form
    with opened(config_path, clock_url) as (_, desk):
        review = chosen_review(desk, review_id)
        report = overview.prisma(desk, review.review_id)
    if form == "json" and out is None:
        print_json(as_values(report))
    elif form == "text" and out is None:
        click.echo(as_text(report, review), nl=False)
    else:
        data = as_file(report, review, form)
        if out is None:
            sys.stdout.buffer.write(data)
        else:
            write_whole(out, data)
            click.echo(f"Written: {out}", err=True)
    for identity in report.failed:
        click.echo(f"Does not add up: {identity.sentence()}", err=True)
    for warning in report.warnings:
        click.echo(warning, err=True)


def as_values(report: PrismaReport) -> dict[str, object]:
    """Return the report as JSON values."""
    return {
        "review": report.review_id,
        "counts": dict(report.counts),
        "specific": {key: dict(items) for key, items in report.specific.items()},
        "reasons": {key: dict(items) for key, items in report.reasons.items()},
        "failed": [identity.sentence() for identity in report.failed],
        "warnings": list(report.warnings),
    }


def as_text(report: PrismaReport, review: Review) -> str:
    """Return the counts as lines for a person; what is nought and optional is left out."""
    lines = [f"PRISMA 2020: {review.title}"]
    heading = ""
    for head, key, words in LINES:
        heading = head or heading
        count = report.counts.get(key, 0)
        optional = key.startswith(("other_", "website", "organisation", "citations", "awaiting"))
        if count == 0 and (optional or key == "register_results"):
            continue
        lines.append(f"{heading:<14}{count:>9,}  {words}")
        heading = ""
        specific = report.specific.get(key.replace("_results", "_specific_results"), ())
        listed = (*specific, *report.reasons.get(key, ()))
        lines += [f"{'':<14}{n:>9,}    {name}" for name, n in listed]
    return "\n".join(lines) + "\n"


def as_file(report: PrismaReport, review: Review, form: str) -> bytes:
    """Return the report as the bytes of a file of that format."""
    import json

    if form == "json":
        return json.dumps(as_values(report), ensure_ascii=False, indent=2).encode()
    if form == "text":
        return as_text(report, review).encode()
    if form == "csv":
        from screening.prisma_template import COLUMNS, template_rows
        from screening.writing.tables import delimited

        rows = [[str(cell) for cell in row] for row in template_rows(report)]
        return delimited(COLUMNS, rows, ",").removeprefix(b"\xef\xbb\xbf")
    from bot.diagram import flow_diagram

    return flow_diagram(report, form)
