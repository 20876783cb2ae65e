"""The command line where it needs no review: help, inspect, dedupe, exit codes."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path

import pytest

from bot.cli import COMMANDS, run
from bot.commands.dedupe import cluster_rows, file_names, record_names
from screening.duplicates import Link, Linking
from screening.records import Reading, Record, SourceRecord

RIS = """TY  - JOUR
TI  - Mentoring of residents by their peers, a cohort study of outcomes
AU  - Writer, Ann
PY  - 2019
DO  - 10.1000/one
ER  -

TY  - JOUR
TI  - Something else altogether about glaciers in the northern summer
AU  - Writer, Bob
PY  - 2018
DO  - 10.1000/two
ER  -
"""


@pytest.fixture
def ris(tmp_path: Path) -> Path:
    path = tmp_path / "medline.ris"
    path.write_text(RIS)
    return path


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([name, "--help"]) == 0
    assert re.search(rf"Example: winnow {name}\b", capsys.readouterr().out)


def test_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspekt"]) == 2
    assert "Did you mean “inspect”?" in capsys.readouterr().err


def test_missing_file_is_a_wrong_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", "nowhere.ris"]) == 2


def test_missing_configuration_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["status", "--config", str(tmp_path / "config.toml")]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "config.example.toml" in said.err


def test_inspect_as_json(ris: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", str(ris), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said) == {"format", "encoding", "records", "problems", "fields"}
    assert said["format"] == "ris"
    assert said["records"] == 2
    assert said["problems"] == []
    assert said["fields"]["doi"] == 2


def test_fault_16_inspect_shows_each_record_as_it_was_read(
    ris: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["inspect", str(ris), "--records", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said) == {"format", "encoding", "records", "problems", "fields", "read"}
    assert len(said["read"]) == said["records"]
    first = said["read"][0]
    assert {
        "title",
        "authors",
        "year",
        "journal",
        "volume",
        "number",
        "pages",
        "doi",
        "abstract",
    } <= (set(first))
    assert isinstance(first["authors"], list) and first["authors"]
    assert (first["position"], first["line"]) == (1, 1)
    assert run(["inspect", str(ris), "--records"]) == 0
    shown = capsys.readouterr().out
    assert first["title"] in shown and "; ".join(first["authors"]) in shown


def test_inspect_refuses_what_is_no_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "thesis.ris"
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    assert run(["inspect", str(path)]) == 1
    said = capsys.readouterr()
    assert "thesis.ris" in said.err
    assert "Traceback" not in said.err


def test_dedupe_writes_a_row_a_record(
    ris: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = tmp_path / "again.ris"
    again.write_text(RIS.split("ER  -")[0] + "ER  -\n")
    out = tmp_path / "out.csv"
    assert run(["dedupe", str(ris), str(again), "--out", str(out), "--json"]) == 0
    rows = list(csv.DictReader(out.open()))
    assert [tuple(row.values()) for row in rows] == [
        ("medline.ris:1", "medline.ris:1", "certain"),
        ("medline.ris:2", "medline.ris:2", "unique"),
        ("again.ris:1", "medline.ris:1", "certain"),
    ]
    said = json.loads(capsys.readouterr().out)
    assert (said["records"], said["duplicates"], said["unique"]) == (3, 1, 1)


def test_dedupe_keeps_the_record_ids_of_a_table(tmp_path: Path) -> None:
    table = tmp_path / "set.csv"
    table.write_text(
        "record_id,title,author,year,doi,gold_cluster\n"
        'id_7,Peers who mentor residents in the first year,"Writer, Ann",2019,10.1/a,x\n'
        'id_3,Glaciers in the northern summer of last year,"Writer, Bob",2018,10.1/b,x\n'
    )
    out = tmp_path / "out.csv"
    assert run(["dedupe", str(table), "--out", str(out)]) == 0
    assert [row["record_id"] for row in csv.DictReader(out.open())] == ["id_7", "id_3"]


def test_dedupe_into_a_folder_that_is_not_there(
    ris: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["dedupe", str(ris), "--out", str(tmp_path / "gone" / "out.csv")]) == 1
    assert "Traceback" not in capsys.readouterr().err


def _reading(*ids: str) -> Reading:
    records = tuple(
        SourceRecord(Record(title=name), place, place, (("record_id", name),) if name else ())
        for place, name in enumerate(ids, 1)
    )
    return Reading("csv", "utf-8", records)


def test_names_fall_back_to_file_and_position_and_stay_unique() -> None:
    assert record_names([("a.csv", _reading("1", "2")), ("b.csv", _reading("2", "3"))]) == [
        "1",
        "a.csv:2",
        "b.csv:2",
        "3",
    ]
    assert record_names([("a.csv", _reading("1", ""))]) == ["a.csv:1", "a.csv:2"]
    odd = [("a.csv", _reading("1", "a.csv:1")), ("b.csv", _reading("1"))]
    assert len(set(record_names(odd))) == 3


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["x.ris", "y.ris"], ["x.ris", "y.ris"]),
        (["/d/A/x.ris", "/d/B/x.ris"], ["A/x.ris", "B/x.ris"]),
        (["/d/A/x.ris", "/d/B/x.ris", "/e/B/x.ris"], ["A/x.ris", "d/B/x.ris", "e/B/x.ris"]),
        (["/x.ris", "/d/x.ris", "y.ris"], ["/x.ris", "d/x.ris", "y.ris"]),
        (["/d/x.ris", "/d/x.ris"], ["x.ris", "x.ris (2)"]),
    ],
)
def test_files_of_one_name_are_told_apart_by_their_paths(
    files: list[str], names: list[str]
) -> None:
    assert file_names([Path(file) for file in files]) == names


def test_dedupe_names_records_of_two_files_of_one_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("A", "B"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.ris").write_text(RIS)
    files = [str(tmp_path / folder / "x.ris") for folder in ("A", "B")]
    assert run(["dedupe", *files, "--out", str(tmp_path / "out.csv")]) == 0
    rows = list(csv.DictReader((tmp_path / "out.csv").open()))
    assert [row["record_id"] for row in rows] == [
        "A/x.ris:1", "A/x.ris:2", "B/x.ris:1", "B/x.ris:2",
    ]  # fmt: skip
    assert rows[2]["cluster_id"] == "A/x.ris:1"


def test_possible_ones_stand_under_the_cluster_they_may_belong_to() -> None:
    links = (
        Link("0", "1", "certain", 99.0, ""),
        Link("1", "2", "possible", 80.0, ""),
        Link("3", "4", "possible", 70.0, ""),
    )
    rows = list(cluster_rows("012345", ["a", "b", "c", "d", "e", "f"], Linking(links)))
    assert rows == [
        ("a", "a", "certain"),
        ("b", "a", "certain"),
        ("c", "a", "possible"),
        ("d", "d", "possible"),
        ("e", "d", "possible"),
        ("f", "f", "unique"),
    ]


def test_an_unexpected_error_is_a_sentence_and_a_log_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ris: Path
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("exclude, said Ana")

    monkeypatch.setattr("screening.reading.read_export", broken)
    assert run(["inspect", str(ris)]) == 1
    told = capsys.readouterr().err
    assert "an error that Winnow did not expect (KeyError) ended the command" in told
    assert "Traceback" not in told
    assert "said Ana" not in told, "an error's own words may hold a vote"


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    example = Path(__file__).parents[2] / "config.example.toml"
    (tmp_path / "config.toml").write_text(example.read_text())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["status", "--review", "nope"], "There is no review 'nope'. The configuration names:"),
        (["export", "votes", "--out", "votes.ris"], "Say --format with one of: csv, tsv, xlsx."),
        (["backup", "--out", "config.toml"], "'config.toml' exists already."),
    ],
)
def test_what_is_wrong_with_a_command_ends_with_2(
    command: list[str], told: str, configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--source", "MEDLINE", "--as", "U0AAAAAAA04"], "Dev is an observer in this review"),
        (["--source", "Ovid; all"], "without commas and semicolons"),
    ],
)
def test_what_an_import_refuses(
    options: list[str], told: str, ris: Path, configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", str(ris), *options]) == 1
    assert told in capsys.readouterr().err


def test_a_first_import_looks_for_the_sheet_and_later_ones_do_not(
    ris: Path, configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("GOOGLE_CREDENTIALS", "GOOGLE_CREDENTIALS_FILE"):
        assert name not in os.environ
    assert run(["import", str(ris), "--source", "MEDLINE"]) == 0
    shown = capsys.readouterr()
    assert "Google could not be asked" in shown.err
    assert "winnow rebuild" in shown.err
    assert "2 new" in shown.out
    assert run(["import", str(ris), "--source", "MEDLINE"]) == 0
    shown = capsys.readouterr()
    assert "already imported" in shown.out
    assert shown.err == ""


def test_status_names_an_import_that_was_cut_short(
    ris: Path, configured: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("screening.gestures.importing.AT_ONCE", 1)
    monkeypatch.setattr("bot.commands.importing.time.sleep", lambda _: killed())
    assert run(["import", str(ris), "--source", "MEDLINE", "--sheet-is-new"]) == 1
    capsys.readouterr()
    assert run(["status"]) == 0
    told = capsys.readouterr().out
    assert "medline.ris: 1 of 2 records." in told
    assert "import the same file again and it goes on" in told
    monkeypatch.undo()
    monkeypatch.chdir(configured)
    assert run(["import", str(ris), "--source", "MEDLINE"]) == 0
    assert "2 read, 0 duplicates, 0 to check, 2 new" in capsys.readouterr().out
    assert run(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["unfinished_imports"] == []
