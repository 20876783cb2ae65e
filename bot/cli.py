"""The command line: `winnow COMMAND`; each command is a module of `bot.commands`, loaded when used."""

from __future__ import annotations

import errno
import logging
import sys
from importlib import import_module

import click

from bot.opening import WrongCommandError
from screening.config.problems import ConfigurationError
from screening.errors import UnknownReviewError, WinnowError

COMMANDS = {
    "demo": "Try Winnow on this machine: a workspace, a sheet and a sample review.",
    "run": "Run the bot.",
    "check": "Try the configuration against Slack, Google and the store.",
    "import": "Bring search exports into a review.",
    "inspect": "Show what would be understood of a search export.",
    "dedupe": "Find duplicates in search exports, without a review.",
    "status": "Show how far the reviews have come.",
    "prisma": "Give the PRISMA 2020 counts or the flow diagram.",
    "export": "Write records, votes or progress to a file.",
    "rebuild": "Rebuild the sheet from the store, or the store from the sheet.",
    "backup": "Write a backup of the store.",
}

WRONG_BEFOREHAND = (ConfigurationError, WrongCommandError, UnknownReviewError)
"""What is wrong with the command or the configuration: exit code 2, and no work was begun."""


class Commands(click.Group):
    """Names every command at once, imports only the one that is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing its module."""
        if cmd_name not in COMMANDS:
            return None
        # `import` is no name for a module.
        module = import_module(f"bot.commands.{cmd_name.replace('import', 'importing')}")
        command = module.command
        if not isinstance(command, click.Command):
            raise TypeError(f"bot.commands.{cmd_name} holds no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was meant; an unknown one is answered with the nearest."""
        if args and args[0] not in COMMANDS:
            from screening.config.problems import did_you_mean

            ctx.fail(f"There is no command {args[0]!r}.{did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="winnow-screening", prog_name="winnow")
def winnow() -> None:
    """Winnow: screen studies for a systematic review, in Slack and a shared Google Sheet.

    \b
    Example: winnow demo
    """


def main(args: list[str] | None = None) -> None:
    """Run a command and end the process: 0 done, 1 the work failed, 2 the command is wrong."""
    sys.exit(run(args))


def run(args: list[str] | None = None) -> int:
    """Run a command and return its exit code; what a person can mend is one sentence on stderr."""
    try:
        code = winnow.main(args, prog_name="winnow", standalone_mode=False)
    except WinnowError as error:
        click.echo(f"winnow: {error}", err=True)
        return 2 if isinstance(error, WRONG_BEFOREHAND) else 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 1
    except Exception as error:  # noqa: BLE001 - the process's last frame: whatever it is, it is told
        return _unexpected(error)
    return code if isinstance(code, int) else 0


def _unexpected(error: Exception) -> int:
    """Tell in a sentence what no command expected; where it arose goes to the log."""
    if isinstance(error, OSError) and error.errno is not None:
        click.echo(f"winnow: {_of_the_system(error)}", err=True)
        return 1
    from bot.logs import configure_logging, log_unexpected

    if not logging.getLogger().handlers:
        configure_logging()
    log_unexpected("The command", error)
    kind = type(error).__name__
    told = f"an error that Winnow did not expect ({kind}) ended the command"
    click.echo(f"winnow: {told}. The log above says where: please report it.", err=True)
    return 1


def _of_the_system(error: OSError) -> str:
    """Say what the system refused, and what to do."""
    where = f"{error.filename!r}: " if error.filename is not None else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{where}the disk is full. Make room, or name another place."
    if error.filename is not None:
        return f"{where}{error.strerror}. Name another."
    return f"the system reports an error: {error.strerror}."
