"""Files are read by a child process that takes no more than its bounds and tells all that it read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import cast

import psutil
import pytest

from bot.bounded import DROPPED, BoundedReader, Bounds, ReadingStoppedError
from bot.fetching import LARGEST_EXPORT, fetched
from bot.payloads import DroppedFile
from bot.slack import SlackClient
from bot.slack_faults import FileTooLargeError, NotInSlackError
from screening.errors import UnreadableFileError
from screening.reading import read_export
from tests.flows.standins import wait_until

EXPORTS = Path(__file__).resolve().parents[1] / "data" / "exports"
RECORD = b"TY  - JOUR\nTI  - A long title of words\nAB  - " + b"word " * 400 + b"\nER  - \n\n"
NAMES = sorted(path.name for path in EXPORTS.iterdir() if path.is_file())[::12]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 MB of records, which take seconds to read."""
    path = tmp_path_factory.mktemp("large") / "large.ris"
    path.write_bytes(RECORD * (20_000_000 // len(RECORD)))
    return path


def reading_children() -> list[psutil.Process]:
    """The processes that read files for this one; tests of the browser leave others."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # ended meanwhile
            if "bot.readchild" in child.cmdline():
                found.append(child)
    return found


def workbook(rows: int, width: int) -> bytes:
    """An XLSX of a few MB whose cells unpack to much more."""
    head = b'<row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c></row>'
    cell = b"%d" + b"abstract " * (width // 9)
    row = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>' + cell + b"</t></is></c></row>"
    rest = b"".join(row % (n, n, n) for n in range(2, rows + 2))
    main = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/s.xml" ContentType="{kinds}.worksheet+xml"/>'
            "</Types>"
        ).encode(),
        "_rels/.rels": relation("officeDocument", "xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": relation("worksheet", "worksheets/s.xml"),
        "xl/workbook.xml": b"<workbook "
        + main
        + b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        + b'<sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/s.xml": b"<worksheet %s><sheetData>%s%s</sheetData></worksheet>"
        % (main, head, rest),
    }
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def relation(kind: str, target: str) -> bytes:
    """A part that relates another one to a third."""
    base = "http://schemas.openxmlformats.org"
    return (
        f'<Relationships xmlns="{base}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{base}/officeDocument/2006/relationships/{kind}" Target="{target}"/>'
        "</Relationships>"
    ).encode()


@pytest.mark.parametrize("name", NAMES)
def test_fault_2_the_child_tells_what_a_reader_tells(name: str) -> None:
    path = EXPORTS / name
    assert BoundedReader().read(path, name) == read_export(path, name)


def test_fault_2_what_cannot_be_read_is_told_by_its_own_sentence() -> None:
    with pytest.raises(UnreadableFileError) as raised:
        BoundedReader().understand(b"%PDF-1.7 not a search export", "paper.ris")
    with pytest.raises(UnreadableFileError) as told:
        read_export(b"%PDF-1.7 not a search export", "paper.ris")
    assert str(raised.value) == str(told.value)


@pytest.mark.slow
def test_fault_2_a_workbook_that_unpacks_to_much_costs_the_bot_nothing() -> None:
    data = workbook(5_000, 8_000)
    before = psutil.Process().memory_info().rss
    understood = BoundedReader().understand(data, "many.xlsx")
    assert understood.records == 5_000
    assert psutil.Process().memory_info().rss - before < 15_000_000
    with pytest.raises(UnreadableFileError, match="more memory than a search export needs"):
        BoundedReader(Bounds(200_000_000, 60, 10_000_000)).understand(data, "many.xlsx")
    assert reading_children() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        (Bounds(DROPPED.memory, 1, DROPPED.output), "minutes of computing"),
        (Bounds(DROPPED.memory, 60, 1_000_000), "holds more than one search export does"),
    ],
)
def test_fault_2_a_file_over_a_bound_becomes_one_sentence(
    bounds: Bounds, reason: str, large: Path
) -> None:
    begun = time.monotonic()
    with pytest.raises(UnreadableFileError, match=reason) as raised:
        BoundedReader(bounds).read(large, "large.ris")
    assert str(raised.value).startswith("large.ris cannot be read: ")
    assert str(raised.value).endswith(" in several parts, or as RIS.")
    assert time.monotonic() - begun < 30
    assert reading_children() == []


@pytest.mark.slow
def test_fault_2_one_file_is_read_at_a_time(large: Path) -> None:
    reader = BoundedReader(Bounds(DROPPED.memory, 1, DROPPED.output))
    readings = [threading.Thread(target=refused, args=(reader, large)) for _ in range(3)]
    for each in readings:
        each.start()
    most = 0
    while any(each.is_alive() for each in readings):
        most = max(most, len(reading_children()))
        time.sleep(0.02)
    assert most == 1


def refused(reader: BoundedReader, path: Path) -> None:
    with pytest.raises(UnreadableFileError):
        reader.understand(path, path.name)


@pytest.mark.slow
def test_fault_2_a_bot_that_stops_does_not_wait_for_a_file(large: Path) -> None:
    reader = BoundedReader()
    told: list[str] = []

    def reading() -> None:
        try:
            reader.understand(large, "large.ris")
        except ReadingStoppedError as error:
            told.append(str(error))

    thread = threading.Thread(target=reading)
    thread.start()
    wait_until(lambda: reading_children())
    reader.close()
    thread.join(5)
    assert told == [str(ReadingStoppedError("large.ris"))]


@pytest.fixture
def parent(large: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that reads a large file, with a secret in its environment."""
    code = (
        "import sys; from pathlib import Path; from bot.bounded import BoundedReader; "
        "BoundedReader().understand(Path(sys.argv[1]), 'large.ris')"
    )
    environ = {**os.environ, "SLACK_BOT_TOKEN": "xoxb-secret"}
    with subprocess.Popen([sys.executable, "-c", code, str(large)], env=environ) as started:
        yield started
        started.kill()


@pytest.mark.slow
def test_fault_2_the_child_knows_no_secret_and_dies_with_its_parent(
    parent: subprocess.Popen[bytes],
) -> None:
    child = wait_until(lambda: busy_child(parent.pid))
    assert "xoxb-secret" not in str(child.environ())
    assert child.nice() > psutil.Process(parent.pid).nice()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    psutil.wait_procs([child], timeout=3)
    assert not child.is_running()


def busy_child(pid: int) -> psutil.Process | None:
    """The child of a process once it reads, its bounds taken on."""
    found = psutil.Process(pid).children()
    return found[0] if found and found[0].nice() > 5 else None


def test_fault_2_what_slack_says_of_a_file_is_checked_before_it_is_fetched() -> None:
    nowhere = cast(SlackClient, None)
    declared = DroppedFile("F1", "a.ris", LARGEST_EXPORT + 1, "https://files.slack.com/x", "")
    with pytest.raises(FileTooLargeError, match="larger than 100 MB"), fetched(nowhere, declared):
        pass
    remote = DroppedFile("F1", "a.ris", 10, "https://evil.example/x", "", is_external=True)
    with pytest.raises(NotInSlackError, match="outside Slack"), fetched(nowhere, remote):
        pass
