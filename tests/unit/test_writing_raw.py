"""Raw fields go out in the format they came in, told from the tags where it is not named."""

from __future__ import annotations

import pytest

from screening.reading import read_export
from screening.records import Record, SourceRecord
from screening.writing import FORMATS, write_export, write_raw
from screening.writing.exports import UnknownFormatError

RECORD = Record(title="A title", authors=("Doe, Ann",), year=2020, pmid="31000001", doi="10.5555/a")


@pytest.mark.parametrize("format", [f for f in FORMATS if f not in ("tsv", "xlsx")])
def test_the_format_is_told_from_the_tags(format: str) -> None:
    first = read_export(write_export([RECORD], format), "x")
    again = read_export(write_raw(first.records), "x")
    assert again.format == format
    assert [item.raw for item in again.records] == [item.raw for item in first.records]


def test_wrapped_values_are_wrapped_again() -> None:
    data = b"PMID- 31000001\nTI  - A title over\n      two lines\n"
    assert write_raw(read_export(data, "x").records) == data


def test_unbalanced_braces_do_not_swallow_the_next_field() -> None:
    raw = (("@", "article"), ("key", "k"), ("title", "Open { brace"), ("year", "2001"))
    data = write_raw([SourceRecord(Record(), 1, 1, raw)], "bibtex")
    record = read_export(data, "x").records[0].record
    assert (record.title, record.year) == ("Open brace", 2001)


def test_unknown_formats_are_named() -> None:
    with pytest.raises(UnknownFormatError, match=r"'doc'.*ris, nbib"):
        write_export([RECORD], "doc")
    with pytest.raises(UnknownFormatError):
        write_raw([SourceRecord(RECORD, 1, 1, (("a", "b"),))], "doc")


def test_no_records_make_a_file_all_the_same() -> None:
    for format in FORMATS:
        assert isinstance(write_export([], format), bytes)
    assert write_raw([], "ris") == b""
