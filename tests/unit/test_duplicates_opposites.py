"""Titles that differ in little and mean two works: opposites, protocols, follow-ups, places."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screening.duplicates import clusters, find_duplicates
from screening.duplicates.opposites import opposed
from screening.records import Record

PAPER = Record(
    title="",
    authors=("Smith, John", "Doe, Anna", "Roe, Bob"),
    year=2012,
    journal="BMJ Open",
    volume="2",
    number="3",
)
PLACED = replace(PAPER, pages="12-18", doi="10.1136/bmjopen-2012-001")

TWO_WORKS = [
    ("Unstable angina outcomes in older adults", "Stable angina outcomes in older adults"),
    ("Peer mentoring of residents: study protocol for a randomised trial", "Peer mentoring of residents: a randomised trial"),
    ("Child mortality among refugees in Austria", "Child mortality among refugees in Australia"),
    ("Cohort profile: children of Niger", "Cohort profile: children of Nigeria"),
    ("Symptomatic carotid stenosis in adults: a cohort", "Asymptomatic carotid stenosis in adults: a cohort"),
    ("Burnout and peer support in physicians", "Burnout and peer support in physicians: long-term follow-up"),
    ("Burnout and peer support in physicians", "Burnout and peer support in physicians and nurses"),
    ("Chemotherapy with radiotherapy in lung cancer", "Chemotherapy without radiotherapy in lung cancer"),
    ("Peer mentoring improves well-being in residents", "Peer mentoring does not improve well-being in residents"),
    ("Peer support in physicians: a randomised trial", "Peer support in physicians: secondary analysis of a randomised trial"),
    ("Peer mentoring: a systematic review", "Peer mentoring: protocol for a systematic review"),
    ("A qualitative study of residents and mentoring", "A quantitative study of residents and mentoring"),
    ("Predialysis outcomes of kidney failure", "Dialysis outcomes of kidney failure"),
    ("Alcoholic fatty liver disease in young adults", "Nonalcoholic fatty liver disease in young adults"),
]  # fmt: skip


def certain(a: Record, b: Record) -> bool:
    links = find_duplicates([("a", a), ("b", b)]).links
    return bool(links) and links[0].certainty == "certain"


@pytest.mark.parametrize(("one", "other"), TWO_WORKS)
def test_a_word_that_turns_the_meaning_is_never_certain(one: str, other: str) -> None:
    first, second = replace(PAPER, title=one), replace(PAPER, title=other)
    assert not certain(first, second)
    assert not certain(replace(PLACED, title=one), second)
    assert not certain(first, replace(PLACED, title=other))


def test_two_abstracts_on_one_page_that_mean_opposites_are_two() -> None:
    first = replace(PAPER, title=TWO_WORKS[7][0], pages="45", abstract="We gave both to many. " * 9)
    other = replace(
        PAPER, title=TWO_WORKS[7][1], pages="45", abstract="Half of them were women in Peru. " * 9
    )
    assert not certain(first, other)


def test_a_lost_word_on_the_very_same_pages_or_under_one_doi_stays_certain() -> None:
    one, other = TWO_WORKS[1]
    assert certain(replace(PLACED, title=one), replace(PLACED, title=other))
    assert certain(replace(PLACED, title=one, doi=""), replace(PLACED, title=other))


@pytest.mark.parametrize(
    "subtitle", ["a systematic review", "results from five hospitals", "original article"]
)
def test_a_subtitle_lost_in_the_same_issue_stays_certain(subtitle: str) -> None:
    title = "Peer mentoring and burnout in medical residents"
    assert certain(replace(PAPER, title=title), replace(PAPER, title=f"{title}: {subtitle}"))
    # A volume alone carries it only where the title says much.
    bare = replace(PAPER, title=title, number="")
    assert not certain(bare, replace(bare, title=f"{title}: {subtitle}"))
    much = f"{title} of three surgical departments"
    assert certain(replace(bare, title=much), replace(bare, title=f"{much}: {subtitle}"))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("insured", "uninsured", True),
        ("hypotension", "hypertension", True),
        ("symptomatic", "asymptomatic", True),
        ("adolescents", "dolescents", False),
        ("randomised", "randomized", False),
        ("anterior", "posterior", True),
    ],
)
def test_opposites(a: str, b: str, expected: bool) -> None:
    assert opposed(a, b) is opposed(b, a) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("S95", "S772", False),
        ("93", "136", False),
        ("95", "772-780", False),
        ("S79", "S95-S96", False),
        ("93", "S136", False),
        ("S417-S429", "Suppl-29", True),  # what is left of the span
        ("314-320", "t-20", True),
        ("101-118", "18 p", True),  # as many pages
        ("435-442", "435", True),
        ("a1754", "969-972", True),
    ],
)
def test_two_pages_of_one_volume_are_two_works(one: str, other: str, expected: bool) -> None:
    title = "Detection of anal intraepithelial neoplasia using confocal laser endoscopy"
    paper = replace(PAPER, title=title)
    assert certain(replace(paper, pages=one), replace(paper, pages=other)) is expected


SERIES = replace(
    PAPER, title="Recent developments in thoracic surgery and perioperative medicine", volume="24"
)
JANUARY, APRIL = "10.1016/j.ats.2000.01.007", "10.1016/j.ats.2000.04.007"


@pytest.mark.parametrize("pages", ["", "3", "3-4", "1-12"])
def test_a_series_with_one_title_is_never_certain_across_issues(pages: str) -> None:
    first = replace(SERIES, number="1", pages=pages)
    other = replace(first, number="4")
    assert not certain(first, other)
    three = find_duplicates([("a", first), ("b", other), ("c", replace(first, number=""))])
    assert not any({"a", "b"} <= set(cluster.members) for cluster in clusters("abc", three))
    assert certain(first, replace(other, number="1"))
    assert certain(first, replace(other, number=""))


@pytest.mark.parametrize("pages", ["3", "95-99", ""])
def test_another_issue_and_another_identifier_are_another_work(pages: str) -> None:
    first = replace(SERIES, number="1", pages=pages)
    other = replace(first, number="4")
    assert not certain(replace(first, doi=JANUARY), replace(other, doi=APRIL))
    assert not certain(replace(first, pmid="1234567"), replace(other, pmid="2234567"))


def test_a_mistaken_issue_is_certain_where_the_pages_agree() -> None:
    first = replace(SERIES, number="1", pages="395-399")
    assert certain(first, replace(first, number="4"))
    assert certain(first, replace(first, number="1, SI", pages=""))
    assert certain(first, replace(first, number="1-2", pages=""))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Editorial Introductton", "Editorial Itnroduction"),
        ("Editor's Commenst", "Editor's Comments"),
        ("GuestEditorial", "Guest Editorial"),
    ],
)
def test_a_mistyped_editorial_is_still_an_editorial(one: str, other: str) -> None:
    first = replace(SERIES, title=one, number="2", pages="1-3", doi=JANUARY)
    second = replace(SERIES, title=other, number="4", pages="1-3", doi=APRIL)
    assert not certain(first, second)
    assert not certain(replace(first, doi="", number=""), replace(second, doi=""))
    assert certain(replace(first, doi=""), replace(second, doi="", number="2"))


def test_title_authors_and_year_alone_are_asked() -> None:
    bare = replace(SERIES, journal="", volume="", number="")
    named, full = replace(bare, journal=SERIES.journal), replace(SERIES, number="2", pages="95-99")
    assert not certain(bare, replace(bare, title=bare.title.upper()))
    assert not certain(bare, full)
    assert not certain(bare, named)
    assert certain(named, full)
    assert certain(replace(bare, volume="24"), full)
    assert certain(replace(bare, pages="95-99"), full)


def test_a_record_with_few_fields_leads_from_no_publication_to_another() -> None:
    bare = replace(SERIES, volume="", number="")
    records = [
        ("a", replace(bare, journal="", volume="116")),
        ("b", replace(bare, volume="203", pages="72-76")),
        ("c", bare),
    ]
    together = find_duplicates(records).links
    assert not any(
        link.certainty == "certain" and "a" in (link.first, link.second) for link in together
    )
    summary = replace(SERIES, number="", pages="S30")
    article = replace(SERIES, number="6", pages="640-644")
    links = find_duplicates(
        [("a", article), ("b", replace(article, number="", pages="")), ("s", summary)]
    ).links
    assert not any(
        link.certainty == "certain" and "s" in (link.first, link.second) for link in links
    )


def test_the_first_issue_of_some_year_is_no_place() -> None:
    column = Record(
        title="Remarks from Surgery Editor - Editor's Comments",
        journal="Surgery Quarterly",
        number="1",
    )
    first = replace(column, year=2000)
    assert not certain(first, replace(column, volume="25"))
    full = replace(first, volume="25", pages="303-305", authors=("Lee, A",))
    assert certain(full, replace(full, number="", pages="303"))


def test_pages_of_two_parts_of_an_issue_do_not_fit() -> None:
    piece = replace(SERIES, number="", authors=SERIES.authors[:1])
    club = replace(piece, pages="JC6-9")
    assert not certain(club, replace(piece, journal="", pages="08-Aug"))
    assert certain(club, replace(piece, journal="", pages="JC7"))
