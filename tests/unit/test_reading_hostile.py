"""Hostile and hopeless files end in a clear sentence, in bounded time and memory."""

from __future__ import annotations

import time
import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from screening.errors import UnreadableFileError
from screening.reading import ReadingLimits, decode, read_export
from screening.records import SourceRecord
from screening.writing import write_export


def zipped(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "&a{n - 1 if n else ""};&a{n - 1 if n else ""};">' for n in range(20))
    + "]><xml><records><record><titles><title>&a19;</title></titles></record></records></xml>"
)
HOPELESS = [
    ("a PDF named .ris", b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "a PDF document"),
    ("an image", b"\x89PNG\r\n\x1a\n" + bytes(50), "an image"),
    ("a photograph", b"\xff\xd8\xff\xe0" + bytes(50), "an image"),
    ("an archive", zipped({"a.txt": b"x"}), "a zip archive"),
    ("a document", zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), "a Word document"),
    ("an OpenDocument sheet", zipped({"mimetype": b"", "content.xml": b""}), "OpenDocument"),
    ("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old Office document"),
    ("a compressed file", b"\x1f\x8b\x08" + bytes(30), "compressed"),
    ("rich text", b"{\\rtf1\\ansi x}", "rich-text"),
    ("an error page", b"<!DOCTYPE html>\n<html><body>Session expired</body></html>", "a web page"),
    ("a log-in page", b"\n<html lang='en'><head><title>Log in</title>", "a web page"),
    ("nothing", b"", "it is empty"),
    ("blanks", b" \r\n\t\n", "no text"),
    ("prose", b"Dear all,\nplease find the results attached.\n", "no record"),
    ("JSON", b'[{"title": "x"}]', "JSON"),
    ("other XML", b"<?xml version='1.0'?><rss><item/></rss>", "<rss>"),
    ("a table without a header", b"1,2,3\n4,5,6\n", "no row names its columns"),
    ("an entity bomb", BOMB.encode(), "XML entities"),
    ("an external entity", b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
     b"<xml><records><record><titles><title>&x;</title></titles></record></records></xml>",
     "XML entities"),
    ("a broken workbook", zipped({"xl/workbook.xml": b"<x"}), "damaged"),
    ("PubMed's printed text", b"1. J Foo. 2019.\n\nTitle here.\n\nPMID: 12345\n", "made for printing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "reason"), [row[1:] for row in HOPELESS], ids=[r[0] for r in HOPELESS]
)
def test_hopeless_files_are_named(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read_export(data, "results.ris")
    sentence = str(caught.value)
    assert sentence.startswith("results.ris cannot be read: ")
    assert reason in sentence
    assert sentence.endswith(".")
    assert sentence.count(". ") >= 1, "the remedy is a sentence of its own"


def test_a_missing_file_and_one_too_large() -> None:
    with pytest.raises(UnreadableFileError, match="no such file"):
        read_export(Path("/nowhere/x.ris"), "x.ris")
    with pytest.raises(UnreadableFileError, match="several parts"):
        read_export(b"TY  - JOUR\n" * 10, "x.ris", ReadingLimits(file_bytes=50))


def test_zip_bomb_in_a_workbook() -> None:
    sheet = zipped(
        {
            "[Content_Types].xml": b"<x/>",
            "xl/workbook.xml": b"<x/>",
            "xl/worksheets/sheet1.xml": b"\0" * 60_000_000,
        }
    )
    with pytest.raises(UnreadableFileError, match="unpack to 60 MB"):
        read_export(sheet, "bomb.xlsx")


def test_a_sheet_that_claims_endless_columns_and_rows() -> None:
    source = write_export([], "xlsx")
    with zipfile.ZipFile(BytesIO(source)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c></row>'
        b'<row r="2"><c r="XFD2" t="inlineStr"><is><t>far</t></is></c></row>'
        b'<row r="900000000"><c r="A900000000" t="inlineStr"><is><t>deep</t></is></c></row>'
        b"</sheetData></worksheet>"
    )
    parts["xl/worksheets/sheet1.xml"] = sheet
    began = time.monotonic()
    read_export(zipped(parts), "x.xlsx")
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "data",
    [
        b"TY  - JOUR\nTI  - " + b"a" * 5_000_000 + b"\nER  - \n",
        b"@article{a, title = {" + b"{" * 100_000 + b"x" + b"}" * 100_000 + b"}}",
        b"@article{a, title = {" + b"{" * 200_000,
        b"@a{" * 100_000,
        b"title,authors\n" + b'"' * 500_001,
        b"title,authors\n" + b'a,"b\n' * 20_000,
        b"<xml><records>" + b"<record>" * 10_000,
        b"<xml><records><record>" + b"<style>" * 20_000 + b"x</record></records></xml>",
        b"TY  - JOUR\nTI  - " + b"<i " * 200_000 + b"\nER  - ",
        b"TY  - JOUR\nTI  - " + b"&lt;" * 200_000 + b"\nER  - ",
        b"TY  - JOUR\nTI  - x\nDO  - " + b"10.1000/" + b"(" * 100_000 + b"\nER  - ",
        b"TY  - JOUR\nTI  - x\nAU  - " + b"A, " * 100_000 + b"\nER  - ",
        b"TY  - JOUR\nTI  - " + b"\xff\xe9" * 200_000 + b"\nER  - ",
        b"TY  - JOUR\nTI  - x\n" + b"\n" * 500_000 + b"AB  - y\nER  - ",
        b"PMID- 1\nTI  - x\n" + b"      more\n" * 100_000,
        b"title\n" + b"x" * 5_000_000,
    ],
    ids=lambda data: f"{data[:11].decode('ascii')!r} and {len(data):,} bytes",
)
def test_bounded_time(data: bytes) -> None:
    began = time.monotonic()
    reading = read_export(data, "hostile.txt")
    assert time.monotonic() - began < 10
    assert reading.records or reading.problems


def test_a_long_line_is_kept_whole_and_told() -> None:
    reading = read_export(b"TY  - JOUR\nTI  - t\nAB  - " + b"word " * 1_000_000 + b"\nER  - ", "x")
    assert len(reading.records[0].record.abstract) == 4_999_999
    assert "more than 1,000,000 characters" in reading.problems[0].message


def test_memory_stays_near_the_size_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "large.ris"
    abstract = "word " * 300
    with path.open("w") as file:
        for number in range(1_500):
            file.write(f"TY  - JOUR\nTI  - Title {number}\nAB  - {number} {abstract}\nER  - \n")
    tracemalloc.start()
    reading = read_export(path, path.name)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(reading.records) == 1_500
    # The abstract is held once as written and once cleaned at most.
    assert peak < 2.5 * path.stat().st_size + 8_000_000


def test_formulas_and_mentions_come_through_as_text() -> None:
    titles = ['=IMPORTXML("http://x","//a")', "<!channel> look", "@everyone", "+1 or -1", "<@U123>"]
    data = "".join(f"TY  - JOUR\nTI  - {title}\nER  - \n" for title in titles).encode()
    reading = read_export(data, "x.ris")
    assert [item.record.title for item in reading.records] == titles
    for format in ("csv", "tsv"):
        text = write_export(reading.records, format).decode("utf-8-sig")
        assert not any(line.lstrip('"')[:1] in "=+-@" for line in text.splitlines() if line)
        back = read_export(text.encode(), "x")
        assert [item.record.title for item in back.records] == titles


def test_workbook_cells_are_text() -> None:
    import openpyxl

    data = write_export(read_export(b"TY  - JOUR\nTI  - =1+1\nER  - \n", "x").records, "xlsx")
    sheet = openpyxl.load_workbook(BytesIO(data)).active
    assert sheet is not None
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value == "=1+1"


def test_decode_tells_what_it_guessed() -> None:
    assert decode("é\r\nb".encode()) == ("é\r\nb", "utf-8", ())
    text, encoding, problems = decode("“é”".encode("cp1252"))
    assert (text, encoding) == ("“é”", "windows-1252")
    assert len(problems) == 1 and problems[0].line == 1
    assert decode(b"\x81\xe9")[1] == "iso-8859-1"
    assert decode("é".encode("utf-16"))[:2] == ("é", "utf-16-le")
    assert decode("a\u2028b\x0bc\x85".encode())[0] == "a\u2028b\x0bc\x85"
    assert decode(b"")[0] == ""


def test_records_are_source_records_with_raw_in_order() -> None:
    item = read_export(b"TY  - JOUR\nAU  - B\nTI  - x\nAU  - A\nER  - \n", "x").records[0]
    assert isinstance(item, SourceRecord)
    assert item.raw == (("TY", "JOUR"), ("AU", "B"), ("TI", "x"), ("AU", "A"))
