"""`winnow status`: how far the reviews have come."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.printing import print_json
from bot.opening import (
    chosen_review,
    clock_option,
    config_option,
    json_option,
    opened,
    review_option,
)
from screening.pairing import lag, refusal
from screening.ports import Desk
from screening.review import Review
from screening.stages import Stage


@click.command("status")
@review_option
@config_option
@clock_option
@json_option
def command(review_id: str | None, config_path: Path, clock_url: str | None, as_json: bool) -> None:
    """Show how far the reviews have come.

    \b
    Example: winnow status
    """
    with opened(config_path, clock_url) as (_, desk):
        reviews = [chosen_review(desk, review_id)] if review_id else list(desk.each_review())
        found = [status_of(desk, review) for review in reviews]
    if as_json:
        print_json(found)
        return
    for each in found:
        _tell(each)


def status_of(desk: Desk, review: Review) -> dict[str, object]:
    """Return the figures of a review, as JSON values; nothing in them tells a pending vote."""
    with desk.store.reading(review.review_id) as tx:
        behind = lag(tx, desk.clock.now())
        stages = {
            figures.stage.value: {
                "entered": figures.entered,
                "pending": figures.pending,
                "conflict": figures.conflict,
                "included": figures.included,
                "excluded": figures.excluded,
                "not_retrieved": figures.not_retrieved,
            }
            for figures in tx.stage_figures()
        }
        imports = tx.imports()
        brought = {each.import_id: tx.records_brought(each.import_id) for each in imports}
        done: dict[str, int] = {}
        left: dict[str, int] = {}
        for member in tx.member_figures():
            done[member.member_id] = done.get(member.member_id, 0) + member.done
            left[member.member_id] = left.get(member.member_id, 0) + member.left
        return {
            "review": review.review_id,
            "title": review.title,
            "imports": len(imports),
            "records": sum(brought.values()),
            "unfinished_imports": [
                {
                    "file": each.file_name,
                    "source": each.source.name,
                    "records": each.records,
                    "recorded": brought[each.import_id],
                }
                for each in imports
                if brought[each.import_id] < each.records
            ],
            "possible_duplicates": len(tx.pairs(states=("possible",))),
            "stages": stages,
            "members": [
                {
                    "id": m.member_id,
                    "name": m.name,
                    "role": m.role.value,
                    "done": done.get(m.member_id, 0),
                    "left": left.get(m.member_id, 0),
                }
                for m in review.members
            ],
            "waiting_for_slack": tx.outbox_size("slack"),
            "waiting_for_sheet": tx.outbox_size("sheet"),
            "sheet_refused": refusal(tx),
            "sheet_behind_since": behind.since.isoformat() if behind else None,
            "sheet_trouble": behind.why if behind else "",
        }


def _tell(status: dict[str, object]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=120)
    title = escape(f"{status['title']} ({status['review']})")
    console.print(f"[bold]{title}[/bold]")
    console.print(
        f"{status['records']:,} records from {status['imports']} imports, "
        f"{status['possible_duplicates']} possible duplicates to check"
    )
    unfinished = status["unfinished_imports"]
    if isinstance(unfinished, list):
        for each in unfinished:
            console.print(
                f"{escape(each['file'])}: {each['recorded']:,} of {each['records']:,} records. "
                "If no import is running, import the same file again and it goes on."
            )
    stages = status["stages"]
    table = Table(
        "Stage", "Records", "Pending", "Conflicts", "Included", "Excluded", "Not retrieved"
    )
    if isinstance(stages, dict):
        for name, figures in stages.items():
            table.add_row(Stage(name).label, *(f"{n:,}" for n in _columns(figures)))
    console.print(table)
    team = Table("Member", "Role", "Done", "Left")
    members = status["members"]
    if isinstance(members, list):
        for member in members:
            row = (member["role"], f"{member['done']:,}", f"{member['left']:,}")
            team.add_row(escape(member["name"]), *row)
    console.print(team)
    waiting = (status["waiting_for_slack"], status["waiting_for_sheet"])
    if status["sheet_refused"]:
        console.print(f"Nothing is written to the sheet. {escape(str(status['sheet_refused']))}")
    if any(waiting):
        console.print("Waiting to be carried: {} to Slack, {} to the sheet".format(*waiting))
    if status["sheet_behind_since"]:
        since, why = status["sheet_behind_since"], escape(str(status["sheet_trouble"]))
        console.print(f"The sheet is behind: rows have waited since {since}. {why}")


def _columns(figures: dict[str, int]) -> list[int]:
    return [
        figures[name]
        for name in ("entered", "pending", "conflict", "included", "excluded", "not_retrieved")
    ]
