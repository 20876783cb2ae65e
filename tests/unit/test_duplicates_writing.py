"""Pairs once missed: what sources add to a title, a journal or a volume, and theses and columns that are asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screening.duplicates import find_duplicates
from screening.duplicates.journals import read_journal
from screening.duplicates.places import read_volume
from screening.duplicates.titles import read_title
from screening.records import Record

ABSTRACT = "We gave both drugs to many people in five towns and looked at them again. " * 7
PAPER = Record(
    title="Peer mentoring and burnout among the users of hospital information systems",
    authors=("Smith, John", "Doe, Anna", "Roe, Bob"),
    year=2012,
    journal="BMJ Open",
    volume="2",
    number="3",
    pages="12-18",
)


def link(a: Record, b: Record) -> str:
    """Give "certain", "possible" or "none"."""
    links = find_duplicates([("a", a), ("b", b)]).links
    return links[0].certainty if links else "none"


@pytest.mark.parametrize("mark", [" 1", "1", " 12", " b", " x"])
def test_fault_18_a_footnote_at_the_end_of_a_title_parts_nothing(mark: str) -> None:
    other = replace(PAPER, title=PAPER.title + mark)
    assert link(PAPER, other) == "certain"
    bare = replace(PAPER, pages="", number="", abstract=ABSTRACT)
    assert link(bare, replace(bare, title=other.title)) == "certain"
    # In one issue it may be a second part, and with other pages it is one.
    issue = replace(PAPER, pages="")
    assert link(issue, replace(issue, title=other.title)) == "possible"
    assert link(PAPER, replace(other, pages="112-118")) != "certain"


def test_fault_18_two_parts_are_two_and_hepatitis_b_is_no_footnote() -> None:
    one, two = (replace(PAPER, title=f"{PAPER.title} {n}", pages="") for n in (1, 2))
    assert link(one, two) == "none"
    cohorts = (replace(PAPER, title=f"{PAPER.title} of cohort {n}", pages="") for n in (5, 581))
    assert link(*cohorts) == "none"
    hepatitis = replace(
        PAPER, title="Screening of blood donors in five towns for hepatitis", pages=""
    )
    assert link(hepatitis, replace(hepatitis, title=f"{hepatitis.title} B")) != "certain"


@pytest.mark.parametrize(
    "note",
    [
        ".[Erratum appears in J Pediatr Surg. 2009 Sep;44(9",
        ".[Erratum appears in",
        ". [Erratu",
        " [Erratum",
        ".[see comment",
        ". [Review",
    ],
)
def test_fault_18_a_note_cut_before_its_bracket_closes_is_no_title(note: str) -> None:
    assert read_title(PAPER.title + note) == read_title(PAPER.title)
    bare = replace(PAPER, pages="", number="", journal="", abstract=ABSTRACT)
    assert link(bare, replace(bare, title=PAPER.title + note)) == "certain"


def test_fault_18_a_bracket_that_belongs_to_the_title_stays() -> None:
    title = read_title("Mentoring [and other means of help against burnout")
    assert title.key.endswith("burnout")


@pytest.mark.parametrize(
    "place",
    [
        "(Journal (2009) 360 (542-544))",
        "(New England Journal of Medicine (2009) 360:6 (542-544))",
        "(The BMJ (Clinical research ed.) (2009) 360 (542) DOI: 10.1136/bmj.b1)",
        "(vol 360, pg 542, 2009)",
    ],
)
def test_fault_18_a_correction_is_one_however_its_place_is_cited(place: str) -> None:
    read = read_title(f"{PAPER.title} {place}")
    assert (read.mark, read.key) == ("correction", read_title(PAPER.title).key)
    notice = replace(PAPER, title=f"{PAPER.title} (vol 360, pg 542, 2009)", pages="77", number="")
    other = replace(notice, title=f"{PAPER.title} {place}")
    assert link(notice, other) == "certain"
    assert link(replace(PAPER, pages=""), other) != "certain"


@pytest.mark.parametrize(
    "journal",
    [
        "Chest.Conference: CHEST 2014 Annual Meeting",
        "Chest.Conference 2014, Austin, TX",
        "Chest. Conference: CHEST 2014 (Austin, TX). Conference Publication: (var.pagings)",
    ],
)
def test_fault_18_a_journal_is_named_before_its_conference(journal: str) -> None:
    assert read_journal(journal) == read_journal("Chest")


@pytest.mark.parametrize("volume", ["(Jul)", "Jul", "July-August", "Spring", "(Dec.)", "Sept"])
def test_fault_18_a_month_is_no_volume(volume: str) -> None:
    assert read_volume(volume) == ""
    assert link(replace(PAPER, pages=""), replace(PAPER, pages="", volume=volume)) == "certain"


def test_fault_18_a_word_may_be_a_volume() -> None:
    assert read_volume("marches") == "marches"
    assert read_volume("IV") == "4"


THESIS = Record(title=PAPER.title, authors=("Smith, John",), year=2012, entry_type="phdthesis")
ENTRY = Record(
    title=PAPER.title,
    authors=("Smith, J.",),
    year=2013,
    journal="Dissertation Abstracts International: Section B: The Sciences and Engineering",
    volume="73",
    number="4-B",
    pages="2556",
)


@pytest.mark.parametrize(
    "thesis",
    [
        THESIS,
        replace(THESIS, pages="210", year=2011),
        replace(THESIS, entry_type="", journal="University of Oslo"),
        replace(THESIS, journal="Oslo: Universitetet", pages="1-210"),
    ],
)
def test_fault_18_a_thesis_and_its_entry_in_a_list_are_asked(thesis: Record) -> None:
    assert link(thesis, ENTRY) == "possible"
    assert link(thesis, replace(ENTRY, authors=("Zed, Q.",), year=2019)) == "none"
    assert link(PAPER, ENTRY) != "certain"


def test_fault_18_a_column_without_its_page_is_asked() -> None:
    column = replace(PAPER, title="Editor's Comments", authors=("Boozary, A",), pages="3")
    assert link(column, replace(column, pages="")) == "possible"
    assert link(column, replace(column, pages="", number="4")) == "none"
    assert link(column, replace(column, pages="", authors=("Lee, B",))) == "none"


@pytest.mark.parametrize(
    "authors",
    [("Zed, Q",), ("Zed, Q", "Yat, R", "Wax, L"), ("Department of Surgery",), ("12", "a@b.org")],
)
@pytest.mark.parametrize("title", [PAPER.title, "Editorial"])
def test_fault_18_doi_title_pages_and_abstract_link_whatever_the_authors(
    authors: tuple[str, ...], title: str
) -> None:
    first = replace(PAPER, title=title, doi="10.1136/bmjopen-2012-001", abstract=ABSTRACT)
    assert link(first, replace(first, authors=authors)) == "certain"
    assert link(first, replace(first, authors=authors, year=2009, journal="Chest")) == "certain"
