"""`winnow export records --as-imported` gives back what came in."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from bot.cli import run
from bot.commands.returning import file_name, give_back
from screening.gestures.importing import import_export
from screening.records import SourceRecord
from screening.sources import Source
from store import open_store
from tests.desks import LEAD, make_desk

RIS = """TY  - JOUR
TI  - Peer mentoring of residents <i>in vivo</i> &amp; more
AU  - Smith, John
ZZ  - unknown tag value
C9  - another
N1  - note line one
note line two
PY  - 2019//
JO  - Acad Med
VL  - 94
IS  - 3
SP  - 123
EP  - 9
DO  - https://doi.org/10.1097/ACM.123
ER  -

TY  - JOUR
TI  - Something else altogether about glaciers in the northern summer
AU  - Writer, Bob
PY  - 2018
ER  -

""".replace("ER  -\n", "ER  - \n")
CSV = """Title,Authors,Year,Source title,Volume,Issue,Page start,Page end,DOI,My Label
"Peer mentoring of residents in vivo & more",Smith J.,2019,Acad Med,94,3,123,129,10.1097/ACM.123,keepme
"""


@pytest.fixture
def brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    example = Path(__file__).parents[2] / "config.example.toml"
    (tmp_path / "config.toml").write_text(example.read_text())
    (tmp_path / "a.ris").write_text(RIS)
    (tmp_path / "b.csv").write_text(CSV)
    for name, source in (("a.ris", "MEDLINE"), ("b.csv", "Scopus")):
        assert run(["import", name, "--source", source, "--sheet-is-new", "--json"]) == 0
    return tmp_path


def test_every_record_comes_back_with_its_raw_fields(
    brought: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["export", "records", "--as-imported", "--out", "back", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["rows"] == 3  # the merged one, too
    assert [(file["file"], file["records"], file["altered"]) for file in said["files"]] == [
        ("a.ris", 2, 0),
        ("b.csv", 1, 0),
    ]
    assert (brought / "back" / "a.ris").read_text() == RIS
    (row,) = csv.DictReader((brought / "back" / "b.csv").open(encoding="utf-8-sig"))
    assert row == next(csv.DictReader((brought / "b.csv").open()))


def test_only_what_was_so_decided_comes_back(
    brought: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    chosen = ["--outcome", "include", "--out", "back", "--json"]
    assert run(["export", "records", "--as-imported", *chosen]) == 0
    assert json.loads(capsys.readouterr().out) == {"folder": "back", "files": [], "rows": 0}


def test_the_exports_themselves_are_never_overwritten(
    brought: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for out in (".", "a.ris"):
        assert run(["export", "--as-imported", "--out", out]) == 2
        assert "Name a new folder" in capsys.readouterr().err
    assert (brought / "a.ris").read_text() == RIS


def test_what_does_not_go_with_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    for more in (["votes"], ["--format", "ris"]):
        assert run(["export", "--as-imported", "--out", "back", *more]) == 2
        assert "Leave out --format" in capsys.readouterr().err


def test_a_changed_cell_is_told(brought: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (brought / "c.csv").write_text("Title,Authors\n=SUM(1) of glaciers,Zed Q\n")
    assert run(["import", "c.csv", "--source", "Other"]) == 0
    assert run(["export", "--as-imported", "--out", "back"]) == 0
    said = capsys.readouterr()
    assert "c.csv: 1 not wholly as they came; a cell that a spreadsheet would run" in said.err
    assert "4 records as they came → back" in said.out


def test_records_without_raw_fields_go_into_a_file_of_their_own(tmp_path: Path) -> None:
    from bot.commands.returning import Place

    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    desk = make_desk(store)
    import_export(
        desk, "peer", by=LEAD, file_name="a.ris", data=RIS.encode(), source=Source("MEDLINE")
    )
    with store.writing("peer") as tx:
        (imported,) = tx.imports()
        plain = tx.members_of("R000001")[0][1]
        tx.add_records(imported.import_id, [("R000009", SourceRecord(plain, 9, 1), "z")])
    places = [Place(r, imported.import_id, n, r) for n, r in enumerate(("R000001", "R000009"))]
    with store.reading("peer") as tx:
        files = give_back(tx, places, tmp_path / "back")
    store.close()
    assert [(file.file, file.records, file.altered) for file in files] == [
        ("a.ris", 1, 0),
        ("a.ris without raw fields.ris", 1, 1),
    ]
    assert "Peer mentoring" in (tmp_path / "back" / files[1].file).read_text()


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("medline.ris", "medline.ris"),
        ("../../etc/passwd", "passwd"),
        ("C:\\work\\x.ris", "x.ris"),
        ("a:b?.csv", "a_b_.csv"),
        ("..", "export"),
        ("Taken.ris", "Taken (2).ris"),
        ("é" * 300 + ".ris", "é" * 100 + ".ris"),
    ],
)
def test_a_file_keeps_its_name_as_far_as_a_folder_takes_it(wanted: str, name: str) -> None:
    assert file_name(wanted, {"taken.ris"}) == name
