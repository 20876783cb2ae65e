"""The tables of config.toml: which keys there are, of which type, and what each value must look like."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from screening.config.cron import parse_cron
from screening.config.problems import did_you_mean, looks_secret, shown

_REVIEW_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{5,20}")
_USER = re.compile(r"[UW][A-Z0-9]{5,20}")
_SPREADSHEET = re.compile(r"[A-Za-z0-9_-]{10,}")
_SPREADSHEET_URL = re.compile(
    r"https?://[^/]+/(?:.*/)?spreadsheets/(?:u/\d+/)?d/([A-Za-z0-9_-]{10,})"
)


def _review_id(value: str) -> str:
    if not _REVIEW_ID.fullmatch(value):
        raise ValueError(
            f"{shown(value)} is not a review ID; write up to 40 of a-z, 0-9, “-” and “_”, "
            "such as “peer-mentoring”."
        )
    return value


def _channel(value: str) -> str:
    if not _CHANNEL.fullmatch(value):
        raise ValueError(
            f"{shown(value)} is not a channel ID; it begins with C or G, such as “C0123ABCDEF” "
            "(in Slack: the channel's name, About, at the bottom)."
        )
    return value


def _user(value: str) -> str:
    if not _USER.fullmatch(value):
        raise ValueError(
            f"{shown(value)} is not a member ID; it begins with U or W, such as “U0123ABCDEF” "
            "(in Slack: the profile, ⋮, Copy member ID)."
        )
    return value


def _spreadsheet(value: str) -> str:
    address = _SPREADSHEET_URL.match(value)
    if address:
        return address[1]
    if not _SPREADSHEET.fullmatch(value) or looks_secret(value):
        raise ValueError(
            f"{shown(value)} is not a spreadsheet; copy its address, or the part of it between "
            "/d/ and /edit."
        )
    return value


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"{shown(value)} is not a time zone; write one of the IANA names, such as "
            f"“Europe/Berlin”.{did_you_mean(value, available_timezones())}"
        ) from None
    return value


def _cron(value: str) -> str:
    if value:
        parse_cron(value)
    return value


def _daily_cron(value: str) -> str:
    if value and not parse_cron(value).once_a_day:
        raise ValueError(
            f"{shown(value)} fires more than once a day; name one minute and one hour."
        )
    return value


def _address(value: str) -> str:
    if not re.match(r"https?://[^\s/]+", value):
        raise ValueError(f"{shown(value)} is not an address; it begins with https:// or http://.")
    return value


def _reason(value: str) -> str:
    if not value.strip():
        raise ValueError("an exclusion reason is empty; name it or take it out.")
    return _listed(value, "a reason")


def _source(value: str) -> str:
    return _listed(_text(value), "a source's name")


def _listed(value: str, what: str) -> str:
    """Return a name that PRISMA's template and Slack's menus can list."""
    if "," in value or ";" in value:
        raise ValueError(
            f"{shown(value)}: no comma or semicolon in {what}, because PRISMA's template separates "
            "with these; write “and” or a dash."
        )
    if len(value) > 75:
        raise ValueError(f"{shown(value)} is {len(value)} characters long; Slack's menu shows 75.")
    return value.strip()


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty; write something or take the key out.")
    return value.strip()


Text = Annotated[str, AfterValidator(_text)]
Address = Annotated[str, AfterValidator(_address)]
Cron = Annotated[str, AfterValidator(_cron)]
DailyCron = Annotated[str, AfterValidator(_daily_cron)]
Zone = Annotated[str, AfterValidator(_timezone)]
StageName = Literal["title_abstract", "full_text"]


class Table(BaseModel):
    """A table of config.toml: no key but those named, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class MemberTable(Table):
    """[[reviews.members]]: one person."""

    id: Annotated[str, AfterValidator(_user)]
    name: Text
    role: Literal["lead", "reviewer", "observer"] = "reviewer"
    stages: list[StageName] = ["title_abstract", "full_text"]
    active: bool = True
    paused: bool = False


class StageTable(Table):
    """[reviews.stages.title_abstract]: how a stage is screened."""

    votes_needed: Annotated[int, Field(ge=1, le=9)] = 2
    maybe: Literal["include", "conflict"] = "include"
    tie_break: Literal["lead", "third_vote"] = "lead"
    batch_size: Annotated[int, Field(ge=1, le=500)] = 25
    lease_days: Annotated[float, Field(gt=0, le=365)] = 7.0
    order: Literal["mixed", "import"] = "mixed"


class FullTextTable(StageTable):
    """[reviews.stages.full_text]: the same, with reasons for exclusion."""

    reasons_must_agree: bool = False
    exclusion_reasons: Annotated[
        list[Annotated[str, AfterValidator(_reason)]], Field(min_length=1, max_length=99)
    ] = ["Wrong population", "Wrong intervention", "Wrong outcome", "Wrong study design"]


class StagesTable(Table):
    """[reviews.stages]: one table a stage."""

    title_abstract: StageTable = StageTable()
    full_text: FullTextTable = FullTextTable()


class CriteriaTable(Table):
    """[reviews.criteria]: eligibility in sentences, and the terms highlighted in abstracts."""

    include: list[Text] = []
    exclude: list[Text] = []
    highlight_include: list[Text] = []
    highlight_exclude: list[Text] = []


class ScheduleTable(Table):
    """[reviews.schedule]: cron expressions in the review's time zone, "" for never."""

    hand_out: Cron = "0 8 * * mon-fri"
    digest: DailyCron = "0 9 * * *"
    prisma: DailyCron = "0 9 * * mon"
    reminder: DailyCron = "0 16 * * mon-fri"
    catch_up_hours: Annotated[float, Field(gt=0, le=168)] = 12.0


class SourceTable(Table):
    """[[reviews.sources]]: a database or another place that was searched."""

    name: Annotated[str, AfterValidator(_source)]
    kind: Literal["database", "register", "website", "organisation", "citations"] = "database"
    platform: str = ""
    searched_on: date | None = None


class PreviousTable(Table):
    """[reviews.previous]: what the review that is updated had included."""

    studies: Annotated[int, Field(ge=0)]
    reports: Annotated[int, Field(ge=0)]


class ReviewTable(Table):
    """[[reviews]]: one channel, one spreadsheet, one team."""

    id: Annotated[str, AfterValidator(_review_id)]
    title: Text
    channel: Annotated[str, AfterValidator(_channel)]
    spreadsheet: Annotated[str, AfterValidator(_spreadsheet)]
    timezone: Zone = "UTC"
    blinding: Literal["sealed", "open"] = "sealed"
    undo_minutes: Annotated[float, Field(gt=0, le=60)] = 5.0
    members: Annotated[list[MemberTable], Field(min_length=1)]
    stages: StagesTable = StagesTable()
    criteria: CriteriaTable = CriteriaTable()
    schedule: ScheduleTable = ScheduleTable()
    sources: Annotated[list[SourceTable], Field(max_length=99)] = []
    previous: PreviousTable | None = None


class SlackTable(Table):
    """[installation.slack]: where Slack is."""

    api_url: Address = "https://slack.com/api/"


class GoogleTable(Table):
    """[installation.google]: the service account's key file, and where Google is."""

    credentials_file: str = ""
    sheets_url: Address = "https://sheets.googleapis.com"
    drive_url: Address = "https://www.googleapis.com"


class BackupTable(Table):
    """[installation.backup]: where copies of the store go, and how many are kept."""

    folder: str = ""
    keep: Annotated[int, Field(ge=1, le=1000)] = 14
    at: DailyCron = "30 3 * * *"


class InstallationTable(Table):
    """[installation]: what all reviews share."""

    store: Text = "sqlite:///winnow.sqlite3"
    timezone: Zone = "UTC"
    seal_key: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] = "WINNOW_SEAL_KEY"
    listener_threads: Annotated[int, Field(ge=5, le=200)] = 20
    slack: SlackTable = SlackTable()
    google: GoogleTable = GoogleTable()
    backup: BackupTable = BackupTable()


class ConfigFile(Table):
    """The whole file."""

    installation: InstallationTable = InstallationTable()
    reviews: Annotated[list[ReviewTable], Field(min_length=1)]
