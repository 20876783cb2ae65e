"""The configuration: the example loads, and every fault is told at once, with place and remedy."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from screening.config import ConfigurationError, Installation, load_config, read_config
from screening.config.cron import parse_cron
from screening.members import Role
from screening.sources import SourceKind
from screening.stages import Stage

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
KEY = json.dumps({"client_email": "a@b.c", "private_key": "k", "token_uri": "https://t"})
ENVIRON = {
    "SLACK_BOT_TOKEN": "xoxb-placeholder",
    "SLACK_APP_TOKEN": "xapp-placeholder",
    "GOOGLE_CREDENTIALS": KEY,
    "WINNOW_SEAL_KEY": "A" * 43 + "=",
}
SMALL = """
[[reviews]]
id = "r1"
title = "A review"
channel = "C0123ABCDEF"
spreadsheet = "1AbCdEfGhIjKlMn"
[[reviews.members]]
id = "U0000000001"
name = "Ana"
role = "lead"
[[reviews.members]]
id = "U0000000002"
name = "Ben"
"""


def read(text: str, environ: dict[str, str] | None = None, folder: Path = Path()) -> Installation:
    return read_config(text, ENVIRON if environ is None else environ, folder=folder)


def problems(text: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(text, environ)
    return [str(problem) for problem in caught.value.problems]


def test_example_loads_with_placeholder_secrets() -> None:
    installation = load_config(EXAMPLE, ENVIRON)
    review = installation.reviews["peer-mentoring"]
    assert [source.name for source in review.sources] == [
        "MEDLINE",
        "EMBASE",
        "PsycINFO",
        "Academic Research Complete",
        "ERIC",
        "Education Research Complete",
    ]
    assert {review.rules(stage).policy.votes_needed for stage in Stage} == {2}
    assert review.leads[0].role is Role.LEAD
    assert review.undo_seconds == 300
    assert review.criteria.include


def test_secrets_never_show() -> None:
    environ = ENVIRON | {"DATABASE_URL": "postgresql://winnow:hidden-word@db/winnow"}
    shown = repr(read(SMALL, environ))
    assert "placeholder" not in shown
    assert "hidden-word" not in shown
    assert ENVIRON["WINNOW_SEAL_KEY"] not in shown


def test_small_file_takes_the_defaults() -> None:
    review = read(SMALL).reviews["r1"]
    assert review.blinding == "sealed"
    assert review.schedule.digest == "0 9 * * *"
    assert review.rules(Stage.FULL_TEXT).exclusion_reasons
    assert review.rules(Stage.TITLE_ABSTRACT).exclusion_reasons == ()


@pytest.mark.parametrize(
    ("before", "after", "place", "words"),
    [
        ('channel = "C0123ABCDEF"', 'channel = "#peers"', "reviews[0].channel", "begins with C"),
        ('id = "r1"', 'id = "R 1"', "reviews[0].id", "'R 1' is not a review ID"),
        ('id = "U0000000002"', 'id = "ben"', "reviews[0].members[1].id", "Copy member ID"),
        ('id = "U0000000002"', 'id = "U0000000001"', "reviews[0].members[1].id", "members[0].id"),
        ('name = "Ben"', 'name = "Ana"', "reviews[0].members[1].name", "told apart"),
        ('role = "lead"', 'role = "leed"', "reviews[0].members[0].role", "mean “lead”"),
        ('role = "lead"', 'rolle = "lead"', "reviews[0].members[0].rolle", "mean “role”"),
        ('role = "lead"', "", "reviews[0].members", "nobody leads"),
        ('name = "Ben"', 'name = "Ben"\nactive = false', "stages.title_abstract", "asks 2 votes"),
        ('title = "A review"', "title = 3", "reviews[0].title", "a text in quotation marks"),
        ('title = "A review"', 'title = " "', "reviews[0].title", "is empty"),
        ('title = "A review"\n', "", "reviews[0].title", "is missing"),
        ('spreadsheet = "1AbCdEfGhIjKlMn"', 'spreadsheet = "x"', "spreadsheet", "/edit"),
    ],
)
def test_one_fault_is_told_with_place_and_remedy(
    before: str, after: str, place: str, words: str
) -> None:
    assert before in SMALL
    found = problems(SMALL.replace(before, after, 1))
    assert any(place in problem and words in problem for problem in found), found


@pytest.mark.parametrize(
    ("added", "place", "words"),
    [
        ('timezone = "Mars/Olympus"', "reviews[0].timezone", "IANA"),
        ('timezone = "Europe/Berln"', "reviews[0].timezone", "mean “Europe/Berlin”"),
        ("undo_minutes = 0", "reviews[0].undo_minutes", "more than 0"),
        ("lease_days = 7", "reviews[0].lease_days", "[reviews.stages.title_abstract]"),
        (
            '[reviews.stages.full_text]\nexclusion_reasons = ["A", "b", "wrong, population"]',
            "reviews[0].stages.full_text.exclusion_reasons[2]",
            "'wrong, population': no comma or semicolon",
        ),
        (
            '[reviews.stages.full_text]\nexclusion_reasons = ["Late", "late"]',
            "reviews[0].stages.full_text.exclusion_reasons[1]",
            "once",
        ),
        (
            '[reviews.stages.title_abstract]\ntie_break = "third_vote"',
            "reviews[0].stages.title_abstract",
            "one more to break ties",
        ),
        ('[reviews.schedule]\ndigest = "0 9"', "reviews[0].schedule.digest", "five"),
        (
            '[reviews.schedule]\ndigest = "0 25 * * *"',
            "schedule.digest",
            "'25' is not a valid hour",
        ),
        ('[reviews.schedule]\nprisma = "0,30 9 * * *"', "schedule.prisma", "more than once a day"),
        ("[reviews.schedule]\ncatch_up_hours = 0", "schedule.catch_up_hours", "more than 0"),
        ('[reviews.schedule]\nhand_out = "0 9 1 * mon"', "schedule.hand_out", "name one"),
        ("[reviews.previous]\nstudies = 5\nreports = 4", "reviews[0].previous", "at least one"),
        ('[[reviews.sources]]\nname = "A"\nkind = "paper"', "sources[0].kind", "“database”"),
        ('[[reviews.sources]]\nname = "A"\nsearched_on = "May"', "searched_on", "without quot"),
        ("[[reviews.sources]]\nname = 'A'\n" * 100, "reviews[0].sources", "99"),
        ('[installation]\nstore = "postgresql://a:b@c/d"', "installation.store", "DATABASE_URL"),
        ('[installation.slak]\napi_url = ""', "installation.slak", "mean “slack”"),
    ],
)
def test_faults_in_what_is_added(added: str, place: str, words: str) -> None:
    if added.startswith("[installation"):
        text = f"{added}\n{SMALL}"
    elif added.startswith("["):
        text = f"{SMALL}\n{added}"
    else:
        text = SMALL.replace('title = "A review"', f'title = "A review"\n{added}')
    found = problems(text)
    assert any(place in problem and words in problem for problem in found), found


@pytest.mark.parametrize("name", ["Academic Search, Complete", "Trials; WHO", "  ", "x" * 76])
def test_fault_37_a_source_that_could_not_be_imported_from_is_refused_at_once(name: str) -> None:
    added = f'[[reviews.sources]]\nname = "ERIC"\n[[reviews.sources]]\nname = "{name}"'
    (found,) = problems(f"{SMALL}\n{added}")
    assert found.startswith("reviews[0].sources[1].name")
    assert "write" in found or "75" in found


def test_fault_37_a_source_is_named_once_whatever_its_case() -> None:
    added = '[[reviews.sources]]\nname = "ERIC"\n[[reviews.sources]]\nname = "Eric "'
    (found,) = problems(f"{SMALL}\n{added}")
    assert "name each source once" in found


def test_all_faults_come_at_once() -> None:
    text = SMALL.replace("C0123ABCDEF", "nowhere").replace('role = "lead"', 'rol = "lead"')
    text += '\n[reviews.schedule]\ndigest = "never"\n'
    found = problems(text, {"SLACK_BOT_TOKEN": "xapp-mixed-up"})
    places = [problem.split(":")[0] for problem in found]
    assert set(places) >= {
        "reviews[0].channel",
        "reviews[0].members[0].rol",
        "reviews[0].schedule.digest",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "GOOGLE_CREDENTIALS",
        "WINNOW_SEAL_KEY",
    }


def test_two_reviews_share_neither_channel_nor_id() -> None:
    found = problems(SMALL + SMALL)
    assert any(p.startswith("reviews[1].channel") and "reviews[0].channel" in p for p in found)
    assert any(p.startswith("reviews[1].id") for p in found)
    assert any(p.startswith("reviews[1].spreadsheet") for p in found)


def test_syntax_error_names_its_line() -> None:
    (problem,) = problems("[[reviews]\n")
    assert "is not TOML" in problem
    assert "line 1" in problem


def test_absent_file_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"copy config\.example\.toml"):
        load_config(tmp_path / "config.toml", {})


def test_secrets_from_files(tmp_path: Path) -> None:
    (tmp_path / "bot").write_text("xoxb-from-file\n")
    (tmp_path / "key.json").write_text(KEY)
    environ = {
        "SLACK_BOT_TOKEN_FILE": "bot",
        "SLACK_APP_TOKEN": "xapp-1",
        "GOOGLE_CREDENTIALS_FILE": str(tmp_path / "key.json"),
        "WINNOW_SEAL_KEY": ENVIRON["WINNOW_SEAL_KEY"],
    }
    installation = read_config(SMALL, environ, folder=tmp_path)
    assert installation.slack.bot_token.get_secret_value() == "xoxb-from-file"
    assert installation.google.credentials.get_secret_value() == KEY


def test_credentials_file_named_in_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text(KEY)
    environ = {k: v for k, v in ENVIRON.items() if k != "GOOGLE_CREDENTIALS"}
    text = f'[installation.google]\ncredentials_file = "key.json"\n{SMALL}'
    assert read_config(text, environ, folder=tmp_path).google.credentials


def test_secret_set_twice_or_unreadable_is_a_fault(tmp_path: Path) -> None:
    environ = ENVIRON | {"SLACK_BOT_TOKEN_FILE": "bot", "SLACK_APP_TOKEN": ""}
    found = problems(SMALL, environ | {"SLACK_APP_TOKEN_FILE": str(tmp_path / "gone")})
    assert any("unset one of the two" in problem for problem in found)
    (unread,) = (problem for problem in found if "cannot be read" in problem)
    assert unread.startswith("SLACK_APP_TOKEN_FILE: ")
    assert "No such file" in unread


def test_credentials_that_are_no_service_account() -> None:
    found = problems(SMALL, ENVIRON | {"GOOGLE_CREDENTIALS": '{"installed": {}}'})
    assert found == [found[0]]
    assert "client_email" in found[0]
    assert "JSON" in problems(SMALL, ENVIRON | {"GOOGLE_CREDENTIALS": "no"})[0]


def test_seal_key_of_another_length_is_a_fault() -> None:
    for key in ("short", "!" * 43, "A" * 60):
        (found,) = problems(SMALL, ENVIRON | {"WINNOW_SEAL_KEY": key})
        assert "openssl rand -base64 32" in found


def test_commands_that_stay_at_home_need_no_secrets() -> None:
    installation = read_config(SMALL, {}, folder=Path(), secrets=False)
    assert not installation.slack.bot_token


def test_store_url_is_anchored_and_overridden(tmp_path: Path) -> None:
    assert read(SMALL, folder=tmp_path).store_url == f"sqlite:///{tmp_path}/winnow.sqlite3"
    environ = ENVIRON | {"DATABASE_URL": "postgresql://db/winnow"}
    assert read(SMALL, environ).store_url == "postgresql://db/winnow"


def test_spreadsheet_address_gives_its_id() -> None:
    address = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMn/edit#gid=0"
    text = SMALL.replace("1AbCdEfGhIjKlMn", address)
    assert read(text).reviews["r1"].spreadsheet == "1AbCdEfGhIjKlMn"


def test_source_keeps_kind_and_date() -> None:
    text = f'{SMALL}\n[[reviews.sources]]\nname = "CENTRAL"\nkind = "register"\nsearched_on = 2026-11-01\n'
    (source,) = read(text).reviews["r1"].sources
    assert source.kind is SourceKind.REGISTER
    assert source.searched_on == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("expression", "weekdays"),
    [
        ("0 9 * * 0", ("sun",)),
        ("0 9 * * 7", ("sun",)),
        ("0 9 * * 1-5", ("mon", "tue", "wed", "thu", "fri")),
        ("0 9 * * fri-mon", ("sun", "mon", "fri", "sat")),
        ("0 9 * * MON,wed", ("mon", "wed")),
        ("0 9 * * *", ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
    ],
)
def test_cron_weekdays_are_those_of_cron(expression: str, weekdays: tuple[str, ...]) -> None:
    assert parse_cron(expression).weekdays == weekdays


def test_cron_fields() -> None:
    cron = parse_cron("*/20 8-10 1,15 jan-mar *")
    assert cron.minutes == (0, 20, 40)
    assert cron.hours == (8, 9, 10)
    assert cron.days == (1, 15)
    assert cron.months == (1, 2, 3)
    assert not cron.once_a_day


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "0 9 * *",
        "60 9 * * *",
        "0 9 31 2 *",
        "0 10-8 * * *",
        "*/0 9 * * *",
        "0 9 * * moon",
        "@daily",
    ],
)
def test_cron_that_is_none(expression: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_cron(expression)
