"""Pairs once merged wrongly: one word turns the title, one page holds two abstracts, one name is many people's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screening.duplicates import find_duplicates
from screening.duplicates.opposites import opposed
from screening.records import Record

LONG = "Cardiovascular outcomes and health related quality of life in {} with kidney disease: a cohort study"
PAPER = Record(
    title=LONG,
    authors=("Smith, John", "Doe, Anna", "Roe, Bob"),
    year=2012,
    journal="BMJ Open",
    volume="2",
    number="3",
    doi="10.1136/bmjopen-2012-001",
)
ONE_TEXT = "We gave both drugs to many people in five towns and looked at them again. " * 7
ANOTHER_TEXT = "Half of the women lived in Peru, where nobody had yet counted how few slept. " * 7

TURNED = [
    ("diabetic adults", "non-diabetic adults"),
    ("smokers", "non-smokers"),
    ("smokers", "nonsmokers"),
    ("responders", "non-responders"),
    ("obese adults", "non-obese adults"),
    ("small-cell carcinoma", "non-small-cell carcinoma"),
    ("frail adults", "pre-frail adults"),
    ("frail adults", "prefrail adults"),
    ("inpatients", "outpatients"),
    ("in-patients", "out-patients"),
    ("men", "women"),
    ("prenatal care", "perinatal care"),
    ("prenatal care", "postnatal care"),
    ("preoperative anxiety", "postoperative anxiety"),
    ("treated adults", "untreated adults"),
    ("insured adults", "under-insured adults"),
    ("adults", "obese adults"),
    ("adults", "adults not"),
    ("hypo-thyroid adults", "hyper-thyroid adults"),
    ("monozygotic twins", "dizygotic twins"),
    ("unilateral stenosis", "bilateral stenosis"),
    ("STEMI", "NSTEMI"),
    ("young adults", "old adults"),
    ("urban adults", "rural adults"),
    ("high-risk adults", "low-risk adults"),
    ("type 1 diabetes", "type 2 diabetes"),
]


def link(a: Record, b: Record) -> str:
    """Give "certain", "possible" or "none"."""
    links = find_duplicates([("a", a), ("b", b)]).links
    return links[0].certainty if links else "none"


def titled(words: str, **changes: object) -> Record:
    return replace(PAPER, title=LONG.format(words), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("one", "other"), TURNED)
@pytest.mark.parametrize(
    "place",
    [
        {},
        {"volume": "", "number": ""},
        {"pages": "S45", "number": ""},
        {"pages": "45-46"},
        {"pages": "A1234", "volume": ""},
    ],
    ids=["issue", "nothing", "one page", "two pages", "supplement"],
)
def test_fault_17_a_word_that_turns_the_title_is_asked_under_one_doi(
    one: str, other: str, place: dict[str, str]
) -> None:
    first, second = titled(one, **place), titled(other, **place)
    assert link(first, second) == link(second, first) == "possible"
    assert link(replace(first, doi=""), replace(second, doi="")) != "certain"


@pytest.mark.parametrize(("one", "other"), TURNED[:12])
def test_fault_17_other_abstracts_on_one_page_are_two_works(one: str, other: str) -> None:
    first = titled(one, pages="45", abstract=ONE_TEXT)
    assert link(first, titled(other, pages="45", abstract=ANOTHER_TEXT)) != "certain"


@pytest.mark.parametrize(("one", "other"), TURNED[:12])
def test_fault_17_one_abstract_or_an_articles_pages_stay_certain(one: str, other: str) -> None:
    text = titled(one, abstract=ONE_TEXT)
    assert link(text, titled(other, abstract=ONE_TEXT)) == "certain"
    placed = titled(one, pages="12-18")
    assert link(placed, titled(other, pages="12-18")) == "certain"
    assert link(placed, titled(other, pages="12-18", authors=("Zed, Q",))) != "certain"


@pytest.mark.parametrize(
    "subtitle",
    [": a systematic review", ". Results of five hospitals", " (original article)", " [Germany]"],
)
def test_fault_17_what_a_mark_sets_off_turns_nothing(subtitle: str) -> None:
    first = titled("adults")
    assert link(first, replace(first, title=first.title + subtitle)) == "certain"


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("prenatal", "perinatal", True),
        ("ipsilateral", "contralateral", True),
        ("rem", "nrem", True),
        ("exogenous", "endogenous", True),
        ("ventilation", "ventillation", False),
        ("haematology", "hematology", False),
        ("patients", "patient", False),
        ("reoperation", "operation", True),
    ],
)
def test_fault_17_two_prefixes_of_one_word_are_opposites(a: str, b: str, expected: bool) -> None:
    assert opposed(a, b) is opposed(b, a) is expected


def test_fault_17_a_subtitle_with_small_words_turns_nothing() -> None:
    title = "Scale and success in an organisation that makes data"
    first = replace(PAPER, title=title, authors=("Palen, L",))
    longer = f"{title}: how a map grew in response to a flood in after-care"
    assert link(first, replace(first, title=longer)) == "certain"
    assert link(first, replace(first, title=f"Short report: {title}")) == "certain"


def test_fault_17_a_word_more_before_a_mark_is_set_off_by_nothing() -> None:
    title = "Does mindfulness help the nurses of large hospitals through a long winter? A survey"
    first = replace(PAPER, title=title)
    assert link(first, replace(first, title=title.replace("nurses", "Asian nurses"))) == "possible"


def test_fault_17_the_page_on_which_an_article_begins_will_do() -> None:
    first = titled("diabetic adults", pages="12-18", doi="")
    other = titled("adults", pages="12", doi="")
    assert link(first, other) == "certain"
    assert link(replace(first, pages="12-13"), other) != "certain"


def test_fault_17_one_abstract_word_for_word_needs_no_place() -> None:
    first = titled("smokers", doi="", number="", abstract=ONE_TEXT)
    assert link(first, titled("non-smokers", doi="", number="", abstract=ONE_TEXT)) == "certain"
    assert link(first, replace(titled("non-smokers", doi=""), abstract=ANOTHER_TEXT)) != "certain"


FOREWORD = Record(
    title="Foreword",
    authors=("Li, Y",),
    year=2012,
    journal="BMJ Open",
    volume="2",
    number="3",
    pages="3",
    doi="10.1136/bmjopen-2012-001",
)


@pytest.mark.parametrize(
    "authors", [("Li",), ("Li, YZ",), ("Li, ZY",), ("Li, Y", "Wang, Z"), ("Wang, Z", "Li, Y")]
)
def test_fault_17_forewords_by_people_of_one_short_name_are_not_certain(
    authors: tuple[str, ...],
) -> None:
    other = replace(FOREWORD, authors=authors)
    assert link(FOREWORD, other) != "certain"
    assert link(replace(FOREWORD, doi=""), replace(other, doi="")) != "certain"
    assert link(FOREWORD, replace(FOREWORD, authors=("Li, Y.",))) == "certain"
