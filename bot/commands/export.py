"""`winnow export`: records, votes or progress as a file for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from bot.commands.printing import print_json, progress_bar
from bot.commands.returning import Place, check_folder, give_back
from bot.commands.whole_files import write_whole
from bot.opening import (
    WrongCommandError,
    chosen_review,
    clock_option,
    config_option,
    json_option,
    opened,
    review_option,
)
from screening.ports import Desk, Transaction
from screening.review import Review
from screening.stages import Outcome, Stage
from screening.views import RecordView

AT_ONCE = 1000
TABLES = ("csv", "tsv", "xlsx")
CITATIONS = ("ris", "nbib", "endnote_xml", "enw", "ciw", "bibtex", "pubmed_xml")
BY_SUFFIX = {"bib": "bibtex", "xml": "endnote_xml", **{f: f for f in (*TABLES, *CITATIONS)}}
RECORD_COLUMNS = (
    "record_id",
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "number",
    "pages",
    "doi",
    "pmid",
    "abstract",
    "sources",
    "merged",
    "title_abstract_status",
    "title_abstract",
    "full_text_status",
    "full_text",
    "exclusion_reason",
)
VOTE_COLUMNS = (
    "vote_id",
    "cast_at",
    "record_id",
    "title",
    "stage",
    "reviewer",
    "vote",
    "reason",
    "note",
    "independent",
    "current",
    "replaces",
)


@click.command("export")
@click.argument("what", type=click.Choice(["records", "votes", "progress"]), default="records")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The file to write, its ending tells the format; with --as-imported a new folder.",
)
@click.option(
    "--as-imported",
    is_flag=True,
    help="Give back what came in: a file for each search export, merged records and raw fields too.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([*TABLES, *CITATIONS]),
    help="In place of the file's ending; citation formats are for records.",
)
@click.option(
    "--stage", type=click.Choice([s.value for s in Stage]), help="Only records of this stage."
)
@click.option(
    "--outcome",
    type=click.Choice([o.value for o in Outcome]),
    help="Only records so decided, at --stage or else at the last stage they reached.",
)
@review_option
@config_option
@clock_option
@json_option
def command(
    what: str,
    out: Path,
    as_imported: bool,
    form: str | None,
    stage: str | None,
    outcome: str | None,
    review_id: str | None,
    config_path: Path,
    clock_url: str | None,
    as_json: bool,
) -> None:
    """Write records, votes or progress to a file.

    Votes that are not revealed yet are left blank: an export never tells them.

    \b
    Example: winnow export records --outcome include --out included.ris
    """
    chosen_stage = Stage(stage) if stage else None
    chosen_outcome = Outcome(outcome) if outcome else None
    if as_imported:
        if what != "records" or form is not None:
            raise WrongCommandError(
                "--as-imported gives back records, each in the format it came in. "
                "Leave out --format, and say `winnow export records`."
            )
        _give_back(out, chosen_stage, chosen_outcome, review_id, config_path, as_json)
        return
    if out.is_dir():
        raise WrongCommandError(f"{str(out)!r} is a folder. Name a file with --out.")
    form = form or BY_SUFFIX.get(out.suffix.lstrip(".").lower())
    if form is None or (what != "records" and form not in TABLES):
        choices = ", ".join(TABLES if what != "records" else (*TABLES, *CITATIONS))
        raise WrongCommandError(
            f"What format is {str(out)!r}? Say --format with one of: {choices}."
        )
    with opened(config_path, clock_url) as (_, desk), progress_bar("Export") as tell:
        review = chosen_review(desk, review_id)
        with desk.store.reading(review.review_id) as tx:
            views = (
                view
                for view in _records(tx)
                if what == "records" and _wanted(view, chosen_stage, chosen_outcome)
            )
            if form in CITATIONS:
                from screening.writing import write_export

                kept = [view.record for view in views]
                data, count = write_export(kept, form), len(kept)
            else:
                columns: tuple[str, ...]
                if what == "records":
                    columns, rows = RECORD_COLUMNS, [_record_row(view) for view in views]
                elif what == "votes":
                    columns, rows = VOTE_COLUMNS, list(_vote_rows(tx, review))
                else:
                    columns, rows = _progress(tx, review, _today(desk, review))
                data, count = _table(columns, rows, form), len(rows)
        tell("record", count, count)
    write_whole(out, data)
    if as_json:
        print_json({"file": str(out), "format": form, "rows": count})
    else:
        click.echo(f"{count:,} {what if what != 'progress' else 'days'} → {out}")


def _give_back(
    out: Path,
    stage: Stage | None,
    outcome: Outcome | None,
    review_id: str | None,
    config_path: Path,
    as_json: bool,
) -> None:
    """Write each search export again, with the records that are wanted or merged into such."""
    check_folder(out)
    with opened(config_path) as (_, desk), progress_bar("Export") as tell:
        review = chosen_review(desk, review_id)
        with desk.store.reading(review.review_id) as tx:
            places: list[Place] = []
            wanted: set[str] = set()
            for view in _all_records(tx):
                stands_for = view.merged_into or view.record_id
                places.append(Place(view.record_id, view.import_id, view.position, stands_for))
                if view.merged_into is None and _wanted(view, stage, outcome):
                    wanted.add(view.record_id)
            kept = [place for place in places if place.stands_for in wanted]
            files = give_back(tx, kept, out)
        tell("record", len(kept), len(kept))
    if as_json:
        print_json({"folder": str(out), "files": files, "rows": len(kept)})
        return
    for file in files:
        click.echo(f"  {file.records:,} from {file.source}: {file.file}")
    click.echo(f"{len(kept):,} records as they came → {out}")
    for file in files:
        if file.altered:
            click.echo(
                f"{file.file}: {file.altered:,} not wholly as they came; {file.why}.", err=True
            )


def _today(desk: Desk, review: Review) -> date:
    return desk.clock.now().astimezone(review.timezone).date()


def _records(tx: Transaction) -> Iterator[RecordView]:
    """Yield every record that is not merged into another."""
    return (view for view in _all_records(tx) if view.merged_into is None)


def _all_records(tx: Transaction) -> Iterator[RecordView]:
    after = ""
    while views := tx.records_after(after, AT_ONCE):
        yield from views
        after = views[-1].record_id


def _wanted(view: RecordView, stage: Stage | None, outcome: Outcome | None) -> bool:
    reached = [s for s in view.screenings if stage is None or s.stage is stage]
    if stage is not None and not reached:
        return False
    if outcome is None:
        return True
    last = max(reached, key=lambda s: list(Stage).index(s.stage), default=None)
    return last is not None and last.outcome is outcome


def _record_row(view: RecordView) -> list[str]:
    record = view.record
    fields = [
        view.record_id,
        record.title,
        "; ".join(record.authors),
        str(record.year or ""),
        record.journal,
        record.volume,
        record.number,
        record.pages,
        record.doi,
        record.pmid,
        record.abstract,
        "; ".join(view.sources),
        " ".join(view.members),
    ]
    reason = ""
    for stage in Stage:
        screening = view.screening(stage)
        fields.append(screening.status.value if screening else "")
        fields.append(screening.outcome.value if screening and screening.outcome else "")
        reason = screening.reason if screening else reason
    return [*fields, reason]


def _vote_rows(tx: Transaction, review: Review) -> Iterator[list[str]]:
    after = ""
    while ids := tx.vote_ids_after(after, AT_ONCE):
        for view in tx.vote_views(ids):
            vote = view.vote
            told = view.revealed
            yield [
                vote.vote_id,
                vote.cast_at.isoformat(timespec="seconds"),
                vote.record_id,
                view.title,
                vote.stage.value,
                review.name_of(vote.reviewer_id),
                vote.choice.value if told else "",
                vote.reason if told else "",
                vote.note if told else "",
                "yes" if vote.independent else "no",
                "yes" if view.current else "no",
                vote.replaces or "",
            ]
        after = ids[-1]


def _progress(
    tx: Transaction, review: Review, today: date
) -> tuple[tuple[str, ...], list[list[str]]]:
    """Return a row a local day since the first work on it, with a column for each member."""
    import pandas as pd

    first, last = tx.days_of_work(review.timezone.key) or (today, today)
    days = tx.day_figures(first, max(last, today), review.timezone.key)
    frame = pd.DataFrame.from_records(
        [
            {
                "day": day.day.isoformat(),
                "votes": day.votes,
                "decided": day.decided,
                "conflicts_opened": day.conflicts_opened,
                "conflicts_resolved": day.conflicts_resolved,
                **{review.name_of(member): n for member, n in day.by_member.items()},
            }
            for day in days
        ]
    )
    if len(frame):
        counts = frame.columns.drop("day")
        frame[counts] = frame[counts].fillna(0).astype(int)
        frame["decided_in_all"] = frame["decided"].cumsum()
    return tuple(map(str, frame.columns)), [[str(cell) for cell in row] for row in frame.to_numpy()]


def _table(columns: tuple[str, ...], rows: list[list[str]], form: str) -> bytes:
    from screening.writing.tables import delimited, workbook

    if form == "xlsx":
        return workbook(columns, rows)
    return delimited(columns, rows, "\t" if form == "tsv" else ",")
