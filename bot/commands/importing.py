"""`winnow import`: brings search exports into a review."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from bot.bounded import BY_HAND, BoundedReader
from bot.commands.printing import print_json, progress_bar
from bot.opening import (
    WrongCommandError,
    chosen_review,
    clock_option,
    config_option,
    json_option,
    opened,
    review_option,
)
from bot.sheetguard import check_before_import
from screening.errors import NotAllowedError, WinnowError
from screening.members import Role
from screening.policies import check_is_lead, check_source_name
from screening.ports import Desk
from screening.records import problem_count
from screening.review import Review
from screening.sources import Source, SourceKind
from screening.views import ImportSummary

PROBLEMS_SHOWN = 10

Progress = Callable[[str, int, int], None]

NEW_SHEET = "--sheet-is-new"

REST_SECONDS = 0.04
"""Between transactions, so that votes get their turn at the database."""


@click.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE…",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--source", "source_name", required=True, help="The database or place searched.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in SourceKind]),
    help="What kind of source it is; else what the configuration says of it, else database.",
)
@click.option("--platform", help="Through which platform it was searched, such as Ovid.")
@click.option(
    "--searched",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day of the search, such as 2026-11-01.",
)
@click.option(
    NEW_SHEET,
    "sheet_is_new",
    is_flag=True,
    help="Do not look into the shared sheet before the first import.",
)
@click.option("--as", "member_id", help="The lead who imports; not needed for a sole lead.")
@review_option
@config_option
@clock_option
@json_option
def command(
    files: tuple[Path, ...],
    source_name: str,
    kind: str | None,
    platform: str | None,
    searched: datetime | None,
    sheet_is_new: bool,
    member_id: str | None,
    review_id: str | None,
    config_path: Path,
    clock_url: str | None,
    as_json: bool,
) -> None:
    """Bring search exports into a review.

    A file that cannot be read leaves nothing behind. The same file again changes nothing, unless its
    import was cut short: then it goes on where it stopped. --json prints one line a file.

    While the store holds no records, Google is asked whether the shared sheet holds the review
    already: then the store was lost, nothing is imported, and `winnow rebuild` fills it from the
    sheet. Where Google cannot be asked, the import goes on with a warning; --sheet-is-new does not ask.

    \b
    Example: winnow import medline.ris --source MEDLINE --kind database --platform Ovid
             --searched 2026-11-01
    """
    with opened(config_path, clock_url) as (_, desk):
        review = chosen_review(desk, review_id)
        by = _lead(review, member_id)
        source = source_of(review, source_name, kind, platform, searched)
        # What is wrong with the command itself is said before anybody else is asked.
        _check_is_lead(review, by)
        check_source_name(source.name)
        if not sheet_is_new:
            unseen = check_before_import(desk, review, config_path)
            if unseen:
                click.echo(f"Warning: {unseen}", err=True)
        for file in files:
            with progress_bar(file.name) as tell:
                (summary,) = import_files(desk, review, by, [file], source, tell)
            if as_json:
                print_json(asdict(summary))
            else:
                _tell(summary)


def import_files(
    desk: Desk, review: Review, by: str, files: Sequence[Path], source: Source, tell: Progress
) -> list[ImportSummary]:
    """Import files of one source, one after the other; one cut short goes on when it comes again."""
    # Late: comparing is not loaded for `--help`.
    from screening.gestures.importing import import_export

    # In the other process a file cannot take down a machine that the bot may share.
    reader = BoundedReader(BY_HAND)
    return [
        import_export(
            desk,
            review.review_id,
            by=by,
            file_name=file.name,
            data=file,
            source=source,
            progress=tell,
            rest=lambda: time.sleep(REST_SECONDS),
            read=reader.read,
        )
        for file in files
    ]


def source_of(
    review: Review, name: str, kind: str | None, platform: str | None, searched: datetime | None
) -> Source:
    """Return the source as the command names it; what it leaves out comes from the configuration."""
    known = next((s for s in review.sources if s.name.casefold() == name.casefold()), Source(name))
    return Source(
        name=known.name,
        kind=SourceKind(kind) if kind else known.kind,
        platform=platform if platform is not None else known.platform,
        searched_on=searched.date() if searched else known.searched_on,
    )


def _check_is_lead(review: Review, by: str) -> None:
    """Raise, in words about the person named and not to them, unless they lead the review."""
    try:
        check_is_lead(review, by, "import search exports")
    except NotAllowedError as error:
        raise WinnowError(error.about) from error


def _lead(review: Review, member_id: str | None) -> str:
    if member_id is not None:
        return member_id
    leads = [member.member_id for member in review.leads]
    if len(leads) > 1:
        raise WrongCommandError(
            f"Several lead this review; say --as with one of: {', '.join(leads)}."
        )
    return next((m.member_id for m in review.members if m.role is Role.LEAD and m.active), "")


def _tell(summary: ImportSummary) -> None:
    if summary.already:
        click.echo(f"{summary.file_name}: already imported {summary.already}; nothing changed.")
        return
    count = problem_count(summary.problems)
    click.echo(
        f"{summary.file_name}: {summary.read:,} read, {summary.duplicates:,} duplicates, "
        f"{summary.possible:,} to check, {summary.new:,} new; "
        f"{count:,} {'problem' if count == 1 else 'problems'}"
    )
    for problem in summary.problems[:PROBLEMS_SHOWN]:
        click.echo(f"  {problem}", err=True)
    if count > PROBLEMS_SHOWN:
        click.echo("  … `winnow inspect` names them all", err=True)
