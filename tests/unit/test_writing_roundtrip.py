"""Any list of records, written in each format and read back, is the same list."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from screening.reading import read_export
from screening.reading.cleaning import clean, clean_abstract
from screening.reading.kinds import KINDS
from screening.reading.names import author
from screening.records import Record
from screening.writing import FORMATS, LOSSES, write_export, write_raw

_CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Co", "Cn"), exclude_characters="\x00"
)
_TRICKY = st.sampled_from(
    [
        "=IMPORTXML(1)", "<!channel>", "+1", "-2", "@cmd", "'=x", "TY  - JOUR", "ER  - ", "%0 Book",
        "@article{a,", "PMID- 1", "}", "{", "\\alpha", "50% of $5", "a & b", "p <0.05", "<i>x</i>",
        "&amp;lt;", "e\u0301", "“quoted”", '"', '""', "a--b", "``x''", "~", "#", "_", "^", "H<sub>2",
        "\u2028", "Ünïcødé", "中文", "العربية", "🎓", "\\", "\\{", "\\}", ";", "||", "and", "x and y",
        "<record>", "</record>", "]]>", "PT J", "EF", "AB", "1.", "<1>", "$x^2$", "{{", "=", "\t",
    ]
)  # fmt: skip
_TEXT = st.lists(st.one_of(st.text(_CHARACTERS, max_size=12), _TRICKY), max_size=6).map(" ".join)


def _stable(text: str) -> str:
    return clean(clean(text))


_WORD = st.text(st.sampled_from("abcdefgåéñöşžабвγδ"), min_size=2, max_size=8).map(str.capitalize)
_NAMES = st.one_of(
    st.tuples(_WORD, _WORD).map(", ".join),
    st.tuples(_WORD, st.sampled_from(["J", "J. A.", "JA", "Maria José", "J.-P."])).map(", ".join),
    st.tuples(st.sampled_from(["van der ", "de la "]), _WORD, _WORD).map(
        lambda parts: f"{parts[0]}{parts[1]}, {parts[2]}"
    ),
    st.sampled_from(["World Health Organization", "The LORIS Study Group", "Sukarno"]),
)
_TOKEN = st.from_regex(r"[A-Za-z]?[1-9][0-9]{0,3}", fullmatch=True)
_TITLE = _TEXT.map(_stable).filter(bool)
_PLAIN = st.lists(_WORD, max_size=4).map(" ".join)

RECORDS = st.builds(
    Record,
    title=_TITLE,
    authors=st.lists(_NAMES, max_size=5, unique=True).map(tuple),
    year=st.one_of(st.none(), st.integers(1500, 2099)),
    journal=st.lists(_WORD, max_size=4).map(lambda words: " ".join(["Journal", *words])),
    volume=_TOKEN,
    number=st.one_of(st.just(""), _TOKEN, st.just("Suppl 1")),
    pages=st.one_of(
        st.just(""), _TOKEN, st.tuples(_TOKEN, _TOKEN).filter(lambda p: p[0] != p[1]).map("-".join),
        st.just("S1-S9, S12"), st.just("e0139442"),
    ),
    doi=st.one_of(st.just(""), st.from_regex(r"10\.[1-9][0-9]{3}/[a-z0-9._()%-]{1,12}[a-z0-9]",
                                             fullmatch=True)),
    pmid=st.one_of(st.just(""), st.integers(1, 99_999_999).map(str)),
    abstract=_TEXT.map(lambda text: clean_abstract(_stable(text))),
    entry_type=st.sampled_from(sorted(KINDS)),
    language=st.sampled_from(["", "eng", "English", "Français"]),
    issn=st.one_of(st.just(""), st.from_regex(r"[0-9]{4}-[0-9]{3}[0-9X]", fullmatch=True)),
    accession=st.one_of(st.just(""), st.from_regex(r"[A-Z]{2}[0-9]{3,8}", fullmatch=True)),
    original_title=_PLAIN,
    publisher=_PLAIN,
    keywords=st.lists(_WORD, max_size=4, unique=True).map(tuple),
    urls=st.lists(
        st.from_regex(r"https://example\.org/[a-z]{1,9}(\?q=[a-z0-9]{1,5}&x=[a-z]{1,3})?",
                      fullmatch=True),
        max_size=2, unique=True,
    ).map(tuple),
)  # fmt: skip


def _comparable(record: Record, format: str) -> dict[str, object]:
    return {
        field.name: getattr(record, field.name)
        for field in dataclasses.fields(Record)
        if field.name not in LOSSES[format]
    }


def _is_fixed(record: Record) -> bool:
    return (
        clean(record.title) == record.title
        and clean(record.abstract) == record.abstract
        and record.title != record.journal
        and all(author(name) == name for name in record.authors)
        and "%" not in record.doi
        and not record.doi.endswith(("(", "."))
        and record.doi.count("(") == record.doi.count(")")
        and not any(word in record.title for word in ("10.", "PMID"))
    )


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(records=st.lists(RECORDS, min_size=1, max_size=4))
def test_what_is_written_is_read_back(format: str, records: list[Record]) -> None:
    assume(all(_is_fixed(record) for record in records))
    reading = read_export(write_export(records, format), f"records.{format}")
    assert reading.format == format
    assert [_comparable(item.record, format) for item in reading.records] == [
        _comparable(record, format) for record in records
    ]
    assert reading.marks == len(records)
    assert reading.problems == ()


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(records=st.lists(RECORDS, min_size=1, max_size=3))
def test_raw_fields_give_back_what_came_in(format: str, records: list[Record]) -> None:
    assume(all(_is_fixed(record) for record in records))
    first = read_export(write_export(records, format), "first")
    again = read_export(write_raw(first.records, format), "again")
    assert [item.record for item in again.records] == [item.record for item in first.records]
    assert [item.raw for item in again.records] == [item.raw for item in first.records]
