"""An installation: its reviews, where it stores, and how it reaches Slack and Google."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from screening.review import Review


@dataclass(frozen=True, slots=True)
class SlackAccess:
    """Slack's tokens and address; `api_url` ends with a slash."""

    bot_token: SecretStr = field(default=SecretStr(""))
    app_token: SecretStr = field(default=SecretStr(""))
    api_url: str = "https://slack.com/api/"


@dataclass(frozen=True, slots=True)
class GoogleAccess:
    """The service account's key (JSON text) and the two addresses, without a trailing slash."""

    credentials: SecretStr = field(default=SecretStr(""))
    sheets_url: str = "https://sheets.googleapis.com"
    drive_url: str = "https://www.googleapis.com"


@dataclass(frozen=True, slots=True)
class Backup:
    """Nightly copies of the store: a folder ("" = none), how many are kept, when they are made."""

    folder: str = ""
    keep: int = 14
    at: str = "30 3 * * *"


@dataclass(frozen=True, slots=True)
class Installation:
    """All that one process serves; `folder` is the configuration's own, for relative paths."""

    folder: Path
    reviews: Mapping[str, Review]
    store_url: str = field(repr=False)
    slack: SlackAccess = field(default_factory=SlackAccess)
    google: GoogleAccess = field(default_factory=GoogleAccess)
    seal_key: SecretStr = field(default=SecretStr(""))
    seal_key_variable: str = "WINNOW_SEAL_KEY"
    backup: Backup = field(default_factory=Backup)
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    listener_threads: int = 20
