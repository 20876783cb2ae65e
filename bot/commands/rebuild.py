"""`winnow rebuild`: the sheet from the store, or an empty store from the sheet."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.printing import print_json, progress_bar
from bot.leading import Leader
from bot.opening import (
    chosen_review,
    clock_option,
    config_option,
    json_option,
    opened,
    review_option,
)
from screening.errors import WinnowError


class BotRunsError(WinnowError):
    """Two writers of one sheet would undo each other's work."""

    def __init__(self) -> None:
        super().__init__(
            "The bot is running and writes the sheet itself. Stop it, rebuild, and start it again."
        )


@click.command("rebuild")
@click.argument("what", type=click.Choice(["sheet", "store"]), default="store")
@review_option
@config_option
@clock_option
@json_option
def command(
    what: str, review_id: str | None, config_path: Path, clock_url: str | None, as_json: bool
) -> None:
    """Rebuild an empty store from the sheet, or the sheet from the store.

    `store` (when nothing is named) fills an empty store from the sheet: records, votes, decisions
    and what the lead wrote. Leases, clicks already seen and the audit older than the sheet cannot
    come back. `sheet` compares every row with the store and mends what differs; the lead's own
    columns and rows are left alone.

    \b
    Example: winnow rebuild store
    """
    from bot.sheetwork import sheet_service

    with opened(config_path, clock_url, secrets=True) as (installation, desk):
        review = chosen_review(desk, review_id)
        # No bot may write meanwhile, however long this takes: the lease is renewed beside it.
        leader = Leader(desk.store.leadership(), ())
        leader.start()
        try:
            if not leader.leading:
                raise BotRunsError
            service = sheet_service(installation, desk)
            with progress_bar(f"Rebuilding the {what}") as tell:
                tell("read", 0, 0)
                if what == "sheet":
                    said = service.reconcile(review.review_id)
                else:
                    said = service.rebuild(review.review_id)
        finally:
            leader.stop()
    if as_json:
        print_json({"review": review.review_id, "rebuilt": what, "result": said})
    else:
        click.echo(f"{review.title}: {said}")
