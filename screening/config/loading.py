"""Reads a configuration whole: the file, the secrets, and everything that is wrong with either."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from screening.config.checks import check_whole
from screening.config.explaining import explain
from screening.config.installation import Backup, GoogleAccess, Installation, SlackAccess
from screening.config.problems import ConfigProblem, ConfigurationError
from screening.config.reviews import review_of
from screening.config.secrets import SecretReader
from screening.config.shapes import ConfigFile, InstallationTable


def load_config(
    path: Path | str, environ: Mapping[str, str], *, secrets: bool = True
) -> Installation:
    """Read the file at `path` and the secrets in `environ`.

    With `secrets=False` absent tokens and keys are no fault (commands that never leave the store).
    Raises `ConfigurationError` with all faults.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        sentence = (
            f"cannot be read ({error.strerror}); copy config.example.toml to it, or name another "
            "file with --config."
        )
        raise ConfigurationError(str(path), [ConfigProblem("", sentence)]) from error
    except UnicodeDecodeError as error:
        problem = ConfigProblem("", "is not UTF-8; save it as UTF-8 in your editor.")
        raise ConfigurationError(str(path), [problem]) from error
    return read_config(text, environ, folder=path.resolve().parent, name=path.name, secrets=secrets)


def read_config(
    text: str,
    environ: Mapping[str, str],
    *,
    folder: Path,
    name: str = "config.toml",
    secrets: bool = True,
) -> Installation:
    """Read a configuration from its text; relative paths in it start at `folder`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(name, [ConfigProblem("", f"is not TOML: {error}.")]) from error
    problems = check_whole(raw)
    file: ConfigFile | None = None
    try:
        file = ConfigFile.model_validate(raw)
    except ValidationError as error:
        problems = explain(error) + problems
    table = file.installation if file else _readable(raw)
    reader = SecretReader(environ, folder, secrets)
    slack = SlackAccess(
        bot_token=reader.read(
            "SLACK_BOT_TOKEN", "Copy it from the Slack app's page OAuth & Permissions.", "xoxb-"
        ),
        app_token=reader.read(
            "SLACK_APP_TOKEN",
            "Create it on the Slack app's page Basic Information, App-Level Tokens, with the "
            "scope connections:write.",
            "xapp-",
        ),
        api_url=table.slack.api_url.rstrip("/") + "/",
    )
    google = GoogleAccess(
        credentials=reader.google(table.google.credentials_file),
        sheets_url=table.google.sheets_url.rstrip("/"),
        drive_url=table.google.drive_url.rstrip("/"),
    )
    seal_key = reader.seal_key(table.seal_key)
    problems += reader.problems
    if file is None or problems:
        raise ConfigurationError(name, problems)
    return Installation(
        folder=folder,
        reviews={review.id: review_of(review) for review in file.reviews},
        store_url=_store_url(environ.get("DATABASE_URL", "").strip() or table.store, folder),
        slack=slack,
        google=google,
        seal_key=seal_key,
        seal_key_variable=table.seal_key,
        backup=Backup(
            folder=str(folder / table.backup.folder) if table.backup.folder else "",
            keep=table.backup.keep,
            at=table.backup.at,
        ),
        timezone=ZoneInfo(table.timezone),
        listener_threads=table.listener_threads,
    )


def _readable(raw: Mapping[str, object]) -> InstallationTable:
    """Return [installation] if it can be read by itself, so that secrets are checked all the same."""
    try:
        return InstallationTable.model_validate(raw.get("installation", {}))
    except ValidationError:
        return InstallationTable()


def _store_url(url: str, folder: Path) -> str:
    """Anchor a relative SQLite file at the configuration's folder, whatever the working folder."""
    scheme, _, path = url.partition(":///")
    if scheme.startswith("sqlite") and path and not path.startswith(("/", ":memory:")):
        return f"{scheme}:///{folder / path}"
    return url
