"""`winnow backup`: a consistent copy of the store, also while the bot runs."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.printing import print_json
from bot.opening import WrongCommandError, clock_option, config_option, json_option, opened


@click.command("backup")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; else one named by date in the configured backup folder.",
)
@config_option
@clock_option
@json_option
def command(out: Path | None, config_path: Path, clock_url: str | None, as_json: bool) -> None:
    """Write a backup of the store, also while the bot runs.

    \b
    Example: winnow backup --out winnow-backup.sqlite3
    """
    from jobs.backups import PREFIX, Backups

    with opened(config_path, clock_url) as (installation, desk):
        now = desk.clock.now()
        if out is None and not installation.backup.folder:
            raise WrongCommandError(
                "Where should the backup go? Say --out, or name installation.backup.folder."
            )
        plan = installation.backup
        if out is None:
            stamp = now.astimezone(installation.timezone).strftime("%Y-%m-%dT%H%M%S")
            out = Path(plan.folder) / f"{PREFIX}{stamp}.sqlite3"
        elif out.exists():
            raise WrongCommandError(f"{str(out)!r} exists already. Name a new file with --out.")
        Backups(desk.store, plan, installation.timezone).make(out)
    if as_json:
        print_json({"file": str(out), "bytes": out.stat().st_size})
    else:
        click.echo(f"Backup written: {out} ({out.stat().st_size:,} bytes)")
