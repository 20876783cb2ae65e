"""The format is told from the content; names and stray content of other formats do not mislead."""

from __future__ import annotations

import pytest

from screening.reading import read_export
from screening.records import Record
from screening.writing import FORMATS, write_export

RECORD = Record(
    title="A title", authors=("Doe, Ann",), year=2020, journal="J", abstract="Some text"
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
NAMES = ("x.ris", "x.csv", "x.pdf", "x", "x.XLSX")


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_the_name_says_nothing(format: str, name: str) -> None:
    reading = read_export(write_export([RECORD], format), name)
    assert reading.format == format
    assert reading.records[0].record.title == "A title"


@pytest.mark.parametrize("format", [format for format in FORMATS if format != "xlsx"])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end(format: str, encoding: str, ends: str) -> None:
    text = write_export([RECORD, RECORD], format).decode("utf-8-sig").replace("\r\n", "\n")
    text = text.replace(' encoding="UTF-8"', "")
    reading = read_export(text.replace("\n", ends).encode(encoding), "x")
    assert (reading.format, len(reading.records), reading.marks) == (format, 2, 2)
    assert reading.records[1].record.abstract == "Some text"
    assert reading.problems == ()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "foreign",
    ["TY  - JOUR", "@article{x, title={y}}", "%0 Book", "PMID- 1", "PT J", "title,authors,year",
     "<record><titles>", "<PubmedArticle>", "<1>", "Record #1 of 2", "PK\x03\x04", "%PDF-1.4"],
)  # fmt: skip
def test_another_formats_marks_inside_a_field(format: str, foreign: str) -> None:
    record = Record(title="Marks", year=2020, abstract=f"See {foreign} and more")
    reading = read_export(write_export([record], format), "x")
    assert reading.format == format
    assert len(reading.records) == reading.marks == 1
    assert "and more" in reading.records[0].record.abstract


@pytest.mark.parametrize(
    ("header", "count"),
    [
        ("title", 1),
        ("Title;Abstract", 1),
        ("TITLE\tYEAR", 1),
        ("Article Title,Authors,Source Title,Publication Year", 1),
        ('"Primary Title"|"Author(s)"', 1),
        ("ID,Study Title,Authors", 1),
    ],
)
def test_headers(header: str, count: int) -> None:
    delimiter = next((sign for sign in ";\t|," if sign in header), ",")
    width = header.count(delimiter) + 1
    row = delimiter.join(f"value {place}" for place in range(width))
    assert len(read_export(f"{header}\n{row}\n".encode(), "x").records) == count


def test_a_table_whose_cells_hold_ris() -> None:
    data = b'title,abstract,year\n"One","TY  - JOUR\nTI  - no\nER  - ",2020\n'
    reading = read_export(data, "x.ris")
    assert (reading.format, len(reading.records)) == ("csv", 1)


def test_two_formats_joined_are_told() -> None:
    ris, bib = (write_export([RECORD] * count, name) for count, name in ((3, "ris"), (1, "bibtex")))
    reading = read_export(ris + b"\n" + bib, "x")
    assert (reading.format, len(reading.records)) == ("ris", 3)
    assert "also has 1 record marks of the format bibtex" in "".join(
        problem.message for problem in reading.problems
    )
