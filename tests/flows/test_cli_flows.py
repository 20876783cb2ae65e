"""The command line against a whole installation: import to export, check, run, demo."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store import open_store
from tests.desks import ris, title
from tests.flows.installation import ROOT, Installation, installed
from tests.flows.standins import wait_until


@pytest.fixture
def it(tmp_path: Path) -> Iterator[Installation]:
    with installed(tmp_path) as installation:
        yield installation


@pytest.fixture
def medline(tmp_path: Path) -> Path:
    path = tmp_path / "medline.ris"
    path.write_bytes(ris(title(n) for n in range(12)))
    return path


def config_of(it: Installation) -> str:
    return str(it.folder / "config.toml")


def test_import_to_export(it: Installation, medline: Path, tmp_path: Path) -> None:
    searched = ("--kind", "database", "--platform", "Ovid", "--searched", "2026-02-01")
    summary = it.bring(medline, "MEDLINE", *searched)
    assert (summary["read"], summary["duplicates"], summary["new"]) == (12, 0, 12)
    assert it.bring(medline, "MEDLINE")["already"]

    (status,) = it.json_of("status")
    assert status["records"] == 12
    assert status["stages"]["title_abstract"]["pending"] == 12
    assert "12" in it.cli("status", "--config", config_of(it)).stdout

    report = it.json_of("prisma")
    assert report["counts"]["database_results"] == 12
    assert report["specific"]["database_specific_results"] == {"MEDLINE": 12}
    assert "MEDLINE" in it.cli("prisma", "--config", config_of(it)).stdout
    template = it.cli("prisma", "--format", "csv", "--config", config_of(it)).stdout
    rows = {row["data"]: row for row in csv.DictReader(io.StringIO(template))}
    assert rows["database_results"]["n"] == "12"
    assert rows["database_specific_results"]["n"] == "MEDLINE, 12"
    for form, start in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")):
        out = tmp_path / f"flow.{form}"
        it.cli("prisma", "--format", form, "--out", str(out), "--config", config_of(it))
        assert out.read_bytes().startswith(start)

    table = tmp_path / "records.csv"
    assert it.json_of("export", "records", "--out", str(table))["rows"] == 12
    rows_out = list(csv.DictReader(table.open(encoding="utf-8-sig")))
    assert [row["record_id"] for row in rows_out] == [f"R{n:06d}" for n in range(1, 13)]
    assert {row["title_abstract_status"] for row in rows_out} == {"pending"}
    for name in ("all.ris", "all.bib", "all.xlsx", "progress.csv"):
        what = "progress" if name.startswith("progress") else "records"
        it.cli("export", what, "--out", str(tmp_path / name), "--config", config_of(it))
    again = it.cli("inspect", str(tmp_path / "all.ris"), "--json")
    assert json.loads(again.stdout)["records"] == 12

    backup = tmp_path / "copy.sqlite3"
    assert it.json_of("backup", "--out", str(backup))["bytes"] > 0
    open_store(f"sqlite:///{backup}").close()
    assert it.cli("backup", "--out", str(backup), "--config", config_of(it), check=False).returncode


def test_export_never_tells_a_pending_vote(it: Installation, medline: Path, tmp_path: Path) -> None:
    it.bring(medline, "MEDLINE")
    it.start_bot()
    it.control.command("ben", "next 5", where="dm")
    wait_until(lambda: _has_button(it, "ben", "Include"), 20)
    it.control.click("ben", "Include", where="dm")
    it.stop_bot()
    out = tmp_path / "votes.csv"
    assert it.json_of("export", "votes", "--out", str(out))["rows"] == 1
    (row,) = csv.DictReader(out.open(encoding="utf-8-sig"))
    assert row["reviewer"] == "Ben"
    assert row["vote"] == row["reason"] == row["note"] == ""
    assert "include" not in out.read_text().lower()
    assert "include" not in it.log.read_text().lower()


def test_store_is_rebuilt_from_the_sheet(it: Installation, medline: Path) -> None:
    it.bring(medline, "MEDLINE")
    it.start_bot()
    wait_until(lambda: not _waiting(it), 30, every=0.3)
    assert len(it.rows("Records")) == 12
    busy = it.cli("rebuild", "sheet", "--config", config_of(it), check=False)
    assert busy.returncode == 1
    assert "Stop it" in busy.stderr
    it.stop_bot()
    assert it.json_of("rebuild", "sheet")["rebuilt"] == "sheet"
    full = it.cli("rebuild", "--config", config_of(it), check=False)
    assert full.returncode == 1
    assert "nothing was rebuilt" in full.stderr
    for file in it.folder.glob("winnow.sqlite3*"):
        file.unlink()
    said = it.json_of("rebuild")["result"]
    assert said.startswith("12 records"), said
    (status,) = it.json_of("status")
    assert status["stages"]["title_abstract"]["pending"] == 12


def test_a_lost_store_never_costs_the_sheet(it: Installation, medline: Path) -> None:
    """Killed, and the disk wiped: everything that people then try leaves the sheet as it is."""
    it.bring(medline, "MEDLINE")
    it.start_bot()
    it.control.command("ben", "next 5", where="dm")
    wait_until(lambda: _has_button(it, "ben", "Include"), 20)
    it.control.click("ben", "Include", where="dm")
    wait_until(lambda: not _waiting(it) and it.rows("Votes"), 30, every=0.3)
    it.kill_bot()
    _lose_the_store(it)
    tabs = ("Records", "Votes", "Sources", "_winnow")
    before = [it.rows(tab) for tab in tabs]

    found = it.cli("check", "--config", config_of(it), check=False)
    assert found.returncode == 1
    assert "winnow rebuild" in found.stdout and "All is right" not in found.stdout
    eric = it.folder / "eric.ris"
    eric.write_bytes(ris(title(n) for n in range(900, 915)))
    options = ("--source", "EMBASE", "--config", config_of(it))
    refused = it.cli("import", str(eric), *options, check=False)
    assert refused.returncode == 1
    assert "Nothing was imported" in refused.stderr and "winnow rebuild" in refused.stderr

    it.start_bot()
    wait_until(lambda: it.json_of("status")[0]["sheet_refused"], 20, every=0.3)
    it.control.command("ben", "next 5", where="dm")
    wait_until(lambda: "winnow rebuild" in json.dumps(it.control.messages("ben", "dm")), 20)
    it.control.post("files", who="ana", where="#screening", name="e.ris", text=eric.read_text())
    wait_until(lambda: "15 records understood" in _channel(it), 20)
    it.control.click("ana", "Import…", where="#screening")
    wait_until(lambda: "Nothing was imported" in _channel(it), 20)
    it.stop_bot()
    assert it.json_of("status")[0]["records"] == 0

    # Even an import that was forced changes nothing in the sheet.
    it.cli("import", str(eric), *options, "--sheet-is-new")
    it.start_bot()
    wait_until(lambda: "does not know" in it.json_of("status")[0]["sheet_refused"], 20, every=0.3)
    it.stop_bot()
    assert it.cli("check", "--config", config_of(it), check=False).returncode == 1
    assert it.cli("import", str(medline), *options, check=False).returncode == 1
    assert [it.rows(tab) for tab in tabs] == before

    _lose_the_store(it)
    assert it.json_of("rebuild")["result"].startswith("12 records, 1 votes")
    it.json_of("check")
    it.bring(eric, "EMBASE")
    it.start_bot()
    wait_until(lambda: len(it.rows("Records")) == 27 and not _waiting(it), 30, every=0.3)
    assert [r["Title"] for r in it.rows("Records")][:12] == [r["Title"] for r in before[0]]
    it.stop_bot()


def test_a_first_import_without_google_goes_on_and_says_so(it: Installation, medline: Path) -> None:
    it.control.post("faults", service="google", status=503, times=1000)
    done = it.cli("import", str(medline), "--source", "MEDLINE", "--config", config_of(it))
    assert "Google could not be asked" in done.stderr
    assert "12 new" in done.stdout
    more = it.folder / "more.ris"
    more.write_bytes(ris(title(n) for n in range(50, 53)))
    assert it.bring(more, "MEDLINE")["new"] == 3, "later imports do not need Google"


def _lose_the_store(it: Installation) -> None:
    for file in it.folder.glob("winnow.sqlite3*"):
        file.unlink()
    it.control.put("sheets/quota")  # many processes ask Google within one minute here


def _channel(it: Installation) -> str:
    return json.dumps([it.control.messages("ana", "#screening"), it.control.see("ana")])


def _waiting(it: Installation) -> int:
    (status,) = it.json_of("status")
    return int(status["waiting_for_sheet"]) + int(status["waiting_for_slack"])


def _has_button(it: Installation, who: str, label: str) -> bool:
    return any(label in json.dumps(m) for m in it.control.messages(who, "dm"))


def test_check_says_what_is_right_and_posts_nothing(it: Installation) -> None:
    found = it.json_of("check")
    assert found["ok"], [f for f in found["findings"] if f["state"] == "wrong"]
    names = {finding["name"] for finding in found["findings"]}
    assert {"store", "seal key", "bot token", "app token", "scopes", "clock"} <= names
    assert {"channel of peer", "team of peer", "sheet of peer"} <= names
    methods = {request["method"] for request in it.control.requests()}
    assert "chat.postMessage" not in methods


def test_check_names_each_thing_that_is_wrong(it: Installation) -> None:
    scopes = it.control.get("app")["scopes"]
    it.control.put("app", scopes=[s for s in scopes if s != "files:write"])
    it.control.post("leave", who="winnow", channel="screening")
    it.control.post(f"sheets/{it.spreadsheet}/unshare", who="ana", **{"with": "service_account"})
    text = (it.folder / "config.toml").read_text()
    (it.folder / "config.toml").write_text(text.replace(it.ids["dev"], "U0000NOBODY"))
    it.environ["SLACK_APP_TOKEN"] = "xapp-1-A000-wrong"
    done = it.cli("check", "--config", config_of(it), check=False)
    assert done.returncode == 1
    assert "missing: files:write" in done.stdout
    assert "/invite @winnow" in done.stdout
    assert "U0000NOBODY" in done.stdout
    assert "✗ app token" in done.stdout
    assert "Share the spreadsheet" in done.stdout
    assert done.stdout.count("✗") == 5
    assert "5 things are wrong" in done.stderr


def test_check_of_a_configuration_that_cannot_be_read(it: Installation) -> None:
    del it.environ["SLACK_BOT_TOKEN"]
    done = it.cli("check", "--config", config_of(it), "--json", check=False)
    assert done.returncode == 2
    said = json.loads(done.stdout)
    assert said["configuration"][0]["place"] == "SLACK_BOT_TOKEN"
    assert it.cli("run", "--config", config_of(it), check=False).returncode == 2


def test_run_says_ready_and_stops_in_order(it: Installation) -> None:
    it.start_bot("--json")
    bot = it.bot
    assert bot is not None
    wait_until(lambda: '"ready": true' in it.log.read_text(), 15)
    it.stop_bot()
    assert bot.returncode == 0
    log = it.log.read_text()
    assert "Traceback" not in log
    for token in ("xoxb-", "xapp-", it.environ["WINNOW_SEAL_KEY"]):
        assert token not in log


def test_run_refuses_a_disk_that_is_wiped(it: Installation) -> None:
    it.environ["DYNO"] = "worker.1"
    done = it.cli("run", "--config", config_of(it), check=False)
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_run_refuses_a_token_that_slack_refuses(it: Installation) -> None:
    it.environ["SLACK_BOT_TOKEN"] = "xoxb-0000-wrong"
    done = it.cli("run", "--config", config_of(it), check=False)
    assert done.returncode == 1
    assert "invalid_auth" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_demo_starts_continues_and_starts_over(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with Demo(folder) as facts:
        first = _status(folder)
        second = subprocess.run(
            [
                sys.executable,
                "-m",
                "bot",
                "demo",
                "--folder",
                str(folder),
                "--reset",
                "--port",
                "0",
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert second.returncode == 1
        assert "already runs" in second.stderr
        assert first["records"] > 3000
        assert first["imports"] == 3
        assert first["stages"]["title_abstract"]["pending"] > 1900
        with urllib.request.urlopen(facts["url"], timeout=10) as page:
            assert page.status == 200
        os.kill(facts["pids"]["bot"], signal.SIGKILL)  # the demo starts it again
        before = {socket["id"] for socket in _sockets(facts["control_url"])}
        wait_until(lambda: {s["id"] for s in _sockets(facts["control_url"])} - before, 20)
    spreadsheet = json.loads((folder / "demo.json").read_text())["spreadsheet"]
    with Demo(folder):
        assert _status(folder)["records"] == first["records"]
        assert json.loads((folder / "demo.json").read_text())["spreadsheet"] == spreadsheet
    with Demo(folder, "--reset"):
        assert json.loads((folder / "demo.json").read_text())["spreadsheet"] != spreadsheet


def test_demo_touches_no_folder_but_its_own(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("dear")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--folder", str(tmp_path), "--reset", "--port", "0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "--folder" in done.stderr
    assert (tmp_path / "thesis.doc").read_text() == "dear"


class Demo:
    """A demo for the length of a `with` block, ended as Ctrl-C ends it."""

    def __init__(self, folder: Path, *more: str) -> None:
        self._arguments = ["--folder", str(folder), "--port", "0", "--no-colleagues", *more]

    def __enter__(self) -> dict[str, Any]:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", "--json", *self._arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            pytest.fail(self._process.communicate()[1])
        return json.loads(line)

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=30)
        assert self._process.returncode == 0


def _status(folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "status", "--json", "--config", str(folder / "config.toml")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    (status,) = json.loads(done.stdout)
    return status


def _sockets(control: str) -> list[Any]:
    with urllib.request.urlopen(f"{control}/sockets", timeout=5) as answer:
        return json.load(answer)


def test_fault_7h_commands_follow_the_playgrounds_clock(it: Installation, medline: Path) -> None:
    it.control.post("clock", seconds=86_400 * 40)
    clock = ("--clock", f"{it.playground.url}/control/clock")
    it.cli("import", str(medline), "--source", "MEDLINE", "--config", config_of(it), *clock)
    store = open_store(f"sqlite:///{it.folder}/winnow.sqlite3")
    with store.reading("peer") as tx:
        (imported,) = tx.imports()
    store.close()
    its_clock = timedelta(seconds=it.control.get("clock")["offset_seconds"])
    assert abs(imported.imported_at - datetime.now(UTC) - its_clock) < timedelta(minutes=5)
    config = ("--config", config_of(it))
    refused = it.cli("status", "--clock", "http://example.org/", *config, check=False)
    assert refused.returncode == 1
    assert "Only this machine's own are accepted" in refused.stderr


def test_fault_44_a_renamed_review_is_told_to_get_its_old_id_back(
    it: Installation, medline: Path
) -> None:
    it.bring(medline, "MEDLINE")
    it.start_bot()
    wait_until(lambda: not _waiting(it) and len(it.rows("Records")) == 12, 30, every=0.3)
    it.stop_bot()
    config = it.folder / "config.toml"
    config.write_text(config.read_text().replace('id = "peer"', 'id = "renamed"', 1))
    found = it.cli("check", "--config", str(config), check=False)
    assert found.returncode == 1
    assert "old ID" in found.stdout and "winnow rebuild" not in found.stdout
    refused = it.cli("import", str(medline), "--source", "X", "--config", str(config), check=False)
    assert refused.returncode == 1
    assert "old ID" in refused.stderr and "winnow rebuild" not in refused.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_fault_44_a_full_disk_is_a_sentence(it: Installation, medline: Path) -> None:
    it.bring(medline, "MEDLINE")
    config = ("--config", config_of(it))
    full = it.folder / "full.csv"
    full.symlink_to("/dev/full")
    for command in (
        ("export", "records", "--format", "csv", "--out", str(full), *config),
        ("prisma", "--format", "csv", "--out", str(full), *config),
        ("dedupe", str(medline), "--out", str(full)),
    ):
        done = it.cli(*command, check=False)
        assert done.returncode == 1
        assert done.stderr.startswith(f"winnow: '{full}': the disk is full."), done.stderr
        assert "Traceback" not in done.stderr


def test_fault_46_a_whole_day_asks_nothing_of_drive(it: Installation, medline: Path) -> None:
    it.bring(medline, "MEDLINE")
    it.start_bot()
    wait_until(lambda: not _waiting(it) and len(it.rows("Records")) == 12, 30, every=0.3)
    it.stop_bot()
    it.json_of("check")
    it.json_of("rebuild", "sheet")
    asked = {request["method"] for request in it.control.requests(service="google")}
    assert "token" in asked
    assert not [name for name in asked if name.startswith("drive")]
    manual = (ROOT / "README.md").read_text()
    assert "Drive API" not in manual and "and Drive" not in manual
