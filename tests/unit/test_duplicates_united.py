"""What becomes of each field when records of one publication are united."""

from __future__ import annotations

import itertools

import pytest

from screening.duplicates import united
from screening.records import Record

PUBMED = Record(
    title="Peer mentoring in medical residency: a systematic review.",
    authors=("Pethrick H", "Nowell L"),
    year=2020,
    journal="Can Med Educ J",
    volume="11",
    number="6",
    pages="e128-e137",
    pmid="33349762",
    keywords=("Mentoring", "Internship and Residency"),
)
EMBASE = Record(
    title="[PEER MENTORING IN MEDICAL RESIDENCY: A SYSTEMATIC REVIEW]",
    authors=("Pethrick, Helen", "Nowell, Lorelli", "Oddone Paolucci, Elizabeth"),
    year=2020,
    journal="Canadian Medical Education Journal",
    volume="11 (Suppl)",
    pages="e128",
    doi="10.36834/cmej.68751",
    abstract="Background: Peer mentoring may help residents.",
    keywords=("mentoring", "resident"),
    urls=("https://example.org/1",),
)
ONLINE = Record(
    title="Peer mentoring in medical residency",
    authors=("Pethrick, Helen",),
    year=2019,
    abstract="Background: Peer mentoring may help residents. Methods: We searched six databases.",
)


def test_the_best_of_each_field_is_kept() -> None:
    whole = united((ONLINE, EMBASE, PUBMED))
    assert whole.title == PUBMED.title
    assert whole.authors == EMBASE.authors
    assert whole.year == 2020
    assert whole.journal == "Canadian Medical Education Journal"
    assert whole.volume in ("11", "11 (Suppl)")
    assert (whole.number, whole.pages) == ("6", "e128-e137")
    assert (whole.doi, whole.pmid) == ("10.36834/cmej.68751", "33349762")
    assert whole.abstract == ONLINE.abstract
    assert set(whole.keywords) >= {"resident", "Internship and Residency"}
    assert len(whole.keywords) == 3
    assert whole.urls == ("https://example.org/1",)


def test_the_order_of_the_records_decides_nothing() -> None:
    orders = itertools.permutations((PUBMED, EMBASE, ONLINE))
    assert len({united(order) for order in orders}) == 1


def test_one_record_stays_as_it_is() -> None:
    assert united((EMBASE,)) == EMBASE


def test_uniting_again_changes_nothing() -> None:
    whole = united((PUBMED, EMBASE, ONLINE))
    assert united((whole, whole)) == whole
    assert united((whole, PUBMED, EMBASE, ONLINE)).title == whole.title


def test_years_as_common_give_the_later() -> None:
    assert united((Record(year=2019), Record(year=2020))).year == 2020
    assert united((Record(year=2019), Record(year=2019), Record(year=2020))).year == 2019


def test_nothing_cannot_be_united() -> None:
    with pytest.raises(ValueError, match="no record to unite"):
        united(())
