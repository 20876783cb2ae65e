"""Feeds one reader with inputs that atheris grows by coverage: `fuzz_reading.py FORMAT [libFuzzer options]`.

Whatever comes in, the reader gives a Reading or raises UnreadableFileError, in bounded time, and
accounts for every record mark. Needs atheris; pytest does not collect it.
"""

from __future__ import annotations

import sys
import time
import zipfile
from io import BytesIO
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
with atheris.instrument_imports(include=["screening"]):
    from screening.errors import UnreadableFileError
    from screening.reading import FORMATS, ReadingLimits, decode, read_export
    from screening.writing import write_raw

LIMITS = ReadingLimits(problems=50, unpacked_bytes=5_000_000)
SECONDS = 5.0
# What makes random bytes be taken for the format.
OPENINGS = {
    "ris": b"TY  - JOUR\nTI  - ",
    "nbib": b"PMID- 1\nTI  - ",
    "endnote_xml": b"<?xml version='1.0'?><xml><records><record><titles><title>",
    "enw": b"%0 Journal Article\n%T ",
    "ciw": b"FN x\nVR 1.0\nPT J\nTI ",
    "bibtex": b"@article{a, title = {",
    "csv": b"title,authors,year\n",
    "tsv": b"title\tauthors\tyear\n",
    "pubmed_xml": b"<PubmedArticleSet><PubmedArticle><MedlineCitation><Article><ArticleTitle>",
    "cochrane": b"Record #1 of 2\nID: CN-1\nTI: ",
    "refworks": b"RT Journal Article\nT1 ",
    "ovid": b"<1>\nUnique Identifier\n  1\nTitle\n  ",
    "xlsx": b"",
    "decode": b"",
}


def workbook_of(sheet: bytes) -> bytes:
    """Wrap fuzzed bytes as the sheet of an otherwise sound workbook."""
    source = ROOT / "tests/data/exports/table.xlsx"
    out = BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", sheet + b"</sheetData>")
            new.writestr(part, content)
    return out.getvalue()


def check(data: bytes) -> None:
    """Read the bytes and look at what the reader promises."""
    began = time.monotonic()
    try:
        reading = read_export(data, "fuzzed", LIMITS)
    except UnreadableFileError:
        return
    finally:
        took = time.monotonic() - began
        if took > SECONDS:
            raise RuntimeError(f"{len(data)} bytes took {took:.1f} s")
    if len(reading.records) != reading.marks and not reading.problems:
        raise RuntimeError(f"{len(reading.records)} records, {reading.marks} marks, no problem")
    for item in reading.records:
        text = f"{item.record.title}{item.record.abstract}{''.join(item.record.authors)}"
        text.encode("utf-8")
        if "\0" in text or "\n" in text:
            raise RuntimeError("a cleaned field holds a control character")
    if reading.records:
        write_raw(reading.records, reading.format)


def main() -> None:
    """Fuzz the reader named on the command line."""
    name = sys.argv.pop(1)
    if name not in (*FORMATS, "decode"):
        raise SystemExit(f"Choose one of: {', '.join((*FORMATS, 'decode'))}.")
    opening = OPENINGS[name]

    def one(data: bytes) -> None:
        if name == "decode":
            decode(data)
        elif name == "xlsx":
            check(workbook_of(data[1:]) if data[:1] < b"\x80" else b"PK\x03\x04" + data)
        else:
            check(data[1:] if data[:1] == b"\x00" else opening + data)

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
