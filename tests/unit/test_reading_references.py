"""On clean files our readers agree with rispy and bibtexparser; on broken ones they lose nothing."""

from __future__ import annotations

from pathlib import Path

import bibtexparser
import pytest
import rispy

from screening.reading import read_export

EXPORTS = Path(__file__).parents[1] / "data" / "exports"
CLEAN_RIS = ["ebscohost.ris", "scopus.ris", "zotero.ris", "endnote.ris", "proquest.ris"]


@pytest.mark.parametrize("name", CLEAN_RIS)
def test_agrees_with_rispy(name: str) -> None:
    text = (EXPORTS / name).read_text("utf-8-sig").replace("\r\n", "\n")
    theirs = rispy.loads(text)
    ours = read_export(text.encode(), name).records
    assert len(ours) == len(theirs)
    for item, entry in zip(ours, theirs, strict=True):
        record = item.record
        assert record.title == (entry.get("title") or entry.get("primary_title"))
        assert record.doi == (entry.get("doi") or entry.get("file_attachments1") or record.doi)
        assert record.volume == entry.get("volume", "")
        assert record.number == entry.get("number", "")
        authors = entry.get("authors") or entry.get("first_authors") or []
        assert list(record.authors) == authors


def test_what_rispy_loses_is_read() -> None:
    text = (EXPORTS / "bad_missing_er.ris").read_text()
    assert len(rispy.loads(text)) < 3
    assert len(read_export(text.encode(), "x").records) == 3


@pytest.mark.parametrize("name", ["scopus.bib", "biblatex.bib"])
def test_agrees_with_bibtexparser(name: str) -> None:
    text = (EXPORTS / name).read_text()
    theirs = bibtexparser.parse_string(text).entries
    ours = read_export(text.encode(), name).records
    assert [entry.entry_type for entry in theirs] == [dict(item.raw)["@"].lower() for item in ours]
    for item, entry in zip(ours, theirs, strict=True):
        raw = {tag.lower(): value for tag, value in item.raw}
        for field in entry.fields:
            if "#" not in text:
                assert raw[field.key.lower()] == field.value


def test_what_bibtexparser_loses_is_read() -> None:
    text = (EXPORTS / "bad_braces.bib").read_text()
    assert len(bibtexparser.parse_string(text).entries) < 4
    assert len(read_export(text.encode(), "x").records) == 4
