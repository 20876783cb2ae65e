"""A fault costs at most what it touches, and is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.reading import read_export
from screening.records import Reading
from screening.writing import write_raw
from screening.writing.tables import workbook

EXPORTS = Path(__file__).parents[1] / "data" / "exports"

# File, titles read, (line, part of the message) of each problem.
FAULTS: list[tuple[str, list[str], list[tuple[int | None, str]]]] = [
    (
        "bad_missing_er.ris",
        ["One", "Two", "Last"],
        [(3, "begins on line 1 has no ER"), (6, "last record has no ER")],
    ),
    ("bad_text_before.ris", ["One"], [(1, "2 lines of text outside any record")]),
    ("bad_wrapped.ris", ["A title that runs on"], []),
    ("bad_tags.ris", ["Repeated"], []),
    ("bad_spacing.ris", ["One space", "Three spaces", "No dash"], []),
    ("bad_lower_case.ris", ["Lower case"], []),
    (
        "bad_no_ty.ris",
        ["First without a mark", "Second"],
        [(1, "lacks its TY"), (5, "lacks its TY"), (None, "0 record marks")],
    ),
    ("bad_line_ends.ris", ["Carriage", "Two still two still"], []),
    ("bad_utf16.ris", ["Zażółć"], []),
    ("bad_utf16_no_bom.ris", ["Without a mark é"], []),
    ("bad_utf32.ris", ["Wide é"], []),
    ("bad_latin1.ris", ["Müller"], [(2, "read as Latin-1")]),
    ("bad_windows1252.ris", ["“Müller” – a case"], [(2, "read as Windows-1252")]),
    ("bad_mixed_encodings.ris", ["Müller", "“Müller”"], [(5, "not UTF-8")]),
    ("bad_nul.ris", ["A title"], [(2, "NUL")]),
    ("bad_two_boms.ris", ["One", "Two"], []),
    ("bad_decomposed.ris", ["Café"], []),
    ("bad_markup.ris", ["E. coli in H2O bold & <!channel> p <0.05"], []),
    ("bad_years_pages.ris", ["a", "b", "c", "d"], []),
    ("bad_formula.csv", ['=IMPORTXML("http://x","//a")', "<!channel> read this"], []),
    (
        "bad_missing_pmid.nbib",
        ["One", "No PMID", "Three"],
        [(5, "lacks its PMID"), (None, "2 record marks")],
    ),
    ("bad_no_mark.enw", ["One", "No type"], [(5, "lacks its %0"), (None, "1 record mark")]),
    (
        "bad_missing_er.ciw",
        ["One", "Two", "Cut off"],
        [(5, "line 3 has no ER"), (9, "last record has no ER")],
    ),
    (
        "bad_braces.bib",
        ["One two", "Closed early", "Same key", "Cut"],
        [(1, "do not match"), (7, "do not match"), (18, "do not match")],
    ),
    (
        "bad_quotes.csv",
        ["One", 'Two "q"', "Unclosed", "Four", "Multi line", "Three cells", "One cell"],
        [(4, "do not pair"), (8, "5 cells"), (9, "1 cells"), (None, "6 record marks")],
    ),
    (
        "bad_ampersands.xml",
        ["Salt & pepper: p <0.05 x", "Mismatched", "Control", "Cut off</tit"],
        [(2, "mended"), (3, "mended"), (4, "mended"), (5, "not closed"), (5, "mended"),
         (None, "3 record marks")],
    ),
    (
        "bad_nested.xml",
        ["Müller", "Not closed", "Third"],
        [(2, "not closed"), (2, "mended"), (None, "2 record marks")],
    ),
]  # fmt: skip


def read(name: str) -> Reading:
    return read_export(EXPORTS / name, name)


@pytest.mark.parametrize(("name", "titles", "problems"), FAULTS, ids=[row[0] for row in FAULTS])
def test_faults(name: str, titles: list[str], problems: list[tuple[int | None, str]]) -> None:
    reading = read(name)
    assert [item.record.title for item in reading.records] == titles
    assert [problem.line for problem in reading.problems] == [line for line, _ in problems]
    for problem, (_, part) in zip(reading.problems, problems, strict=True):
        assert part in problem.message


def test_every_malformed_file_has_its_row() -> None:
    assert {path.name for path in EXPORTS.glob("bad_*")} == {row[0] for row in FAULTS}


def test_wrapped_lines_stay_with_their_field() -> None:
    record = read("bad_wrapped.ris").records[0]
    assert record.record.abstract == (
        "First line AI-based second line ER-positive third line New paragraph"
    )
    assert record.record.authors == ("Doe, A",)
    assert ("AB", "First line\nAI-based second line\nER-positive third line\n\nNew paragraph") in (
        record.raw
    )


def test_unknown_and_empty_tags_are_kept_raw() -> None:
    raw = read("bad_tags.ris").records[0].raw
    assert ("ZZ", "unknown") in raw
    assert [tag for tag, _ in raw] == ["TY", "TI", "TI", "AU", "ZZ", "AB", "KW"]


def test_years_and_pages() -> None:
    got = [(item.record.year, item.record.pages) for item in read("bad_years_pages.ris").records]
    assert got == [(2019, "123-9"), (2018, "123-9"), (2017, "e0139442"), (None, "5")]


def test_decomposed_letters_are_composed_but_kept_raw() -> None:
    item = read("bad_decomposed.ris").records[0]
    assert item.record.authors == ("Müller, J",)
    assert ("TI", "Cafe\u0301") in item.raw


def test_a_fault_in_the_middle_loses_no_neighbour() -> None:
    rows = [f'"Title {number}","Doe, A","200{number % 10}"' for number in range(500)]
    rows[100] = '"Title 100,"Doe, A",2000'
    rows[200] = 'Title "200" with quotes,"Doe, A",2000'
    rows[300] = '"Title ""300"" runs\non","Doe, A",2000'
    reading = read_export("\n".join(["title,authors,year", *rows]).encode(), "x.csv")
    titles = [item.record.title for item in reading.records]
    assert len(titles) == 500
    assert [title for title in titles if "299" in title or "301" in title or "499" in title] == [
        "Title 299", "Title 301", "Title 499",
    ]  # fmt: skip
    assert 'Title "300" runs on' in titles


def test_many_problems_are_summed_up() -> None:
    data = b"".join(b"TY  - JOUR\nTI  - %d\n" % number for number in range(3000))
    reading = read_export(data, "x.ris")
    assert len(reading.records) == 3000
    assert len(reading.problems) == 1001
    assert "2,000 further problems" in reading.problems[-1].message


WOS = "PT\tAU\tTI\tSO\tPY\tUT\n"
QUOTED = [
    '"Nothing about us',
    'Second "x"',
    '"All quoted title"',
    '"Quoted" and "quoted"',
    '"Starts with" quotation',
]


def test_a_web_of_science_table_quotes_nothing() -> None:
    rows = "".join(f"J\tDoe, A\t{title}\tBMJ\t2019\tWOS:{n}\n" for n, title in enumerate(QUOTED))
    reading = read_export((WOS + rows).encode(), "x.txt")
    assert [item.record.title for item in reading.records] == QUOTED
    assert [dict(item.raw)["TI"] for item in reading.records] == QUOTED
    assert (reading.marks, reading.problems) == (len(QUOTED), ())
    again = read_export(write_raw(reading.records, "tsv"), "x.txt")
    assert [item.raw for item in again.records] == [item.raw for item in reading.records]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_closing_quote_inside_a_cell_is_text(delimiter: str) -> None:
    rows = [
        ("title", "authors", "year"),
        ('"Starts with" quotation', '"Doe, A; Roe, B"', "2019"),
        ('"Quoted" and "quoted"', "Doe A", "2018"),
        ('Ends "in one"', '"Doe" A', "2017"),
    ]
    data = "\n".join(delimiter.join(row) for row in rows)
    reading = read_export(data.encode(), "x.csv")
    assert [item.record.title for item in reading.records] == [title for title, *_ in rows[1:]]
    assert reading.records[0].record.authors == ("Doe, A", "Roe, B")
    assert [item.record.year for item in reading.records] == [2019, 2018, 2017]
    assert reading.problems == ()


def test_a_header_met_again_is_no_record() -> None:
    part = '"Title","Authors","Year"\n"{}","Doe A","2019"\n'
    data = f"{part.format('One')},,\n\ufeff{part.format('Two')}".encode()
    reading = read_export(data, "x.csv")
    assert [item.record.title for item in reading.records] == ["One", "Two"]
    assert [item.position for item in reading.records] == [1, 2]
    assert reading.marks == 2
    assert [problem.line for problem in reading.problems] == [4]
    assert "header row stands here again" in reading.problems[0].message


def test_a_header_met_again_in_a_workbook_is_no_record() -> None:
    header = ("Title", "Authors", "Year")
    data = workbook(header, [("One", "Doe A", "2019"), header, ("Two", "Roe B", "2018")])
    reading = read_export(data, "x.xlsx")
    assert [item.record.title for item in reading.records] == ["One", "Two"]
    assert reading.marks == 2
    assert [problem.line for problem in reading.problems] == [3]


def test_another_tables_header_is_told() -> None:
    data = b"Title,Authors,Year\nOne,Doe A,2019\nAuthors,Title,Journal\nRoe B,Two,BMJ\n"
    reading = read_export(data, "x.csv")
    assert len(reading.records) == 3
    assert [problem.line for problem in reading.problems] == [3]
    assert "import each as its own file" in reading.problems[0].message


def test_a_record_that_sounds_like_a_heading_is_none() -> None:
    data = b"Title,Authors,Journal,Volume,Type\nT1,Doe A,Journal,C5,Article\n"
    assert read_export(data, "x.csv").problems == ()


def test_authors_that_cannot_be_told_apart_are_told() -> None:
    data = b'Title,Authors\nOne,"Ministry of Health, Oslo, Norway, Institute of Health"\n'
    reading = read_export(data, "x.csv")
    assert len(reading.records[0].record.authors) == 1
    assert "authors of record 1 could not be told apart" in reading.problems[0].message


def test_fault_16_a_start_mark_may_stand_below_the_title() -> None:
    """AIS's library writes "%T" first; taken for a start, "%0" would move every title on by one."""
    text = "%T One\n%0 Journal Article\n%A Doe, A\n\n%T Two\n%0 Journal Article\n%A Roe, B\n"
    reading = read_export(text.encode(), "x.enl")
    assert [(item.record.title, item.record.authors) for item in reading.records] == [
        ("One", ("Doe, A",)),
        ("Two", ("Roe, B",)),
    ]
    assert reading.problems == ()
    assert [item.line for item in reading.records] == [1, 5]
