"""Records parsed from PDFs: lost fields and broken titles are asked about, never merged on a guess."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screening.duplicates import find_duplicates
from screening.duplicates.titles import read_title
from screening.duplicates.wording import same_word
from screening.records import Record

TITLE = "Peer mentoring for burnout in medical residents of five hospitals: a randomised trial of efficacy"
TEXT = "We gave both drugs to many people in five towns and looked at them again. " * 7
ARTICLE = Record(
    title=TITLE,
    authors=("Müller, Anna Maria", "van der Berg, Jan", "O'Connor, Sarah"),
    year=2015,
    journal="Journal of Graduate Medical Education",
    volume="7",
    number="3",
    pages="435-442",
    doi="10.4300/jgme-d-14-00001.1",
    abstract=TEXT,
)
PARSED = Record(title=TITLE, authors=("Anna Maria Müller", "Jan van der Berg"))


def link(a: Record, b: Record) -> str:
    """Give "certain", "possible" or "none", whichever record comes first."""
    found = set()
    for first, second in ((a, b), (b, a)):
        links = find_duplicates([("a", first), ("b", second)]).links
        found.add(links[0].certainty if links else "none")
    assert len(found) == 1
    return found.pop()


BROKEN = {
    "hyphens": TITLE.replace("mentoring", "mentor- ing").replace("hospitals", "hospi- tals"),
    "ligatures lost": TITLE.replace("ffi", "").replace("fi", " "),
    "ligatures unreadable": TITLE.replace("ffi", "\ufffd").replace("fi", "\ufffd"),
    "ligatures of Unicode": TITLE.replace("ffi", "\ufb03").replace("fi", "\ufb01"),
    "cut at the end": TITLE[:78],
    "cut at the start": TITLE[19:],
    "authors behind it": f"{TITLE} Anna Maria Müller1,2 Jan van der Berg1 Sarah O'Connor3",
    "a header before it": f"ORIGINAL ARTICLE {TITLE}",
    "a masthead before it": f"J Grad Med Educ 2015; 7: 435-442 {TITLE}",
    "both": f"Research Article {TITLE} Anna Maria Müller1 Jan van der Berg2",
    "its abstract behind it": f"{TITLE} Abstract We gave both drugs to many people in five",
    "words glued": TITLE.replace("in medical", "inmedical").replace("of five", "offive"),
}


@pytest.mark.parametrize("title", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize(
    "fields",
    [{}, {"authors": ()}, {"year": 2013}, {"authors": ("School of Medicine", "a@b.org")}],
    ids=["authors", "no authors", "another year", "addresses"],
)
def test_fault_19_a_broken_record_is_asked_about(title: str, fields: dict[str, object]) -> None:
    broken = replace(PARSED, title=title, **fields)  # type: ignore[arg-type]
    assert link(ARTICLE, broken) != "none"


def test_fault_19_two_broken_records_are_asked_about() -> None:
    one = replace(PARSED, title=BROKEN["both"])
    assert link(one, replace(PARSED, title=f"REVIEW {TITLE} A. M. Müller* J. Berg*")) == "possible"


def test_fault_19_one_abstract_under_other_titles_is_asked_about() -> None:
    other = replace(PARSED, title="Front matter and table of what follows here", abstract=TEXT)
    assert link(ARTICLE, other) == "possible"


@pytest.mark.parametrize(
    "fields",
    [
        {"doi": "10.4300/jgme-d-14-00999.1"},
        {"journal": "Chest", "volume": "99"},
        {"volume": "9", "pages": "12-19"},
        {"title": f"Reply to: {TITLE}"},
        {"title": "Peer mentoring", "authors": ()},
        {"title": "A trial of efficacy in five hospitals", "authors": ("Zed, Q",)},
        {"abstract": "Half of the women lived in Peru, where nobody slept. " * 9, "year": 2001},
    ],
)
def test_fault_19_what_a_parser_reads_well_keeps_two_apart(fields: dict[str, object]) -> None:
    other = replace(PARSED, **fields)  # type: ignore[arg-type]
    assert link(replace(ARTICLE, authors=("Roe, Bob",)), other) == "none"


def test_fault_19_numbers_that_differ_are_not_what_surrounds_a_title() -> None:
    one, two = (replace(PARSED, title=f"{TITLE} {n}") for n in (1, 2))
    assert link(one, two) == "none"


def test_fault_19_a_cover_sheet_is_no_title() -> None:
    cover = "See discussions, stats, and author profiles for this publication at: https://x.org/1"
    assert read_title(cover).key == ""
    banner = f"Contents lists available at ScienceDirect {TITLE}"
    assert read_title(banner).key == read_title(TITLE).key
    one = replace(ARTICLE, title=cover, doi="", abstract="", pages="")
    assert link(one, replace(one, abstract=TEXT)) != "certain"


def test_fault_19_few_whole_records_are_asked_about() -> None:
    """Records that lack nothing and share a phrase of their titles are not."""
    records = [
        (
            f"r{n}",
            replace(
                ARTICLE, title=f"{kind} mentoring for burnout in medical residents of {place}",
                authors=(f"{name}, A",), pages=f"{n * 10}-{n * 10 + 8}", doi="", abstract="",
            ),
        )
        for n, (kind, place, name) in enumerate(
            [("Peer", "Oslo", "Berg"), ("Group", "Lima", "Paz"), ("Online", "Rome", "Verdi")], 1
        )
    ]  # fmt: skip
    assert find_duplicates(records).links == ()


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("erlotinib", "nilotinib", False),
        ("african", "american", False),
        ("content", "context", False),
        ("thoracotomy", "thoracostomy", False),
        ("prospective", "perspective", False),
        ("perceived", "received", False),
        ("persistant", "persistent", True),
        ("mentorign", "mentoring", True),
        ("haematology", "hematology", True),
        ("tumours", "tumors", True),
        ("randomisation", "randomization", True),
        ("structural", "structures", True),
        ("phosphorus", "phsophorous", True),
        ("adminstered", "administered", True),
        ("centre", "center", True),
    ],
)
def test_fault_17_a_slip_is_no_other_word(a: str, b: str, expected: bool) -> None:
    assert same_word(a, b) is same_word(b, a) is expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("erlotinib", "nilotinib"), ("african", "american"), ("perceived", "received")],
)
def test_fault_17_two_words_that_look_alike_are_two_works_under_one_doi(
    one: str, other: str
) -> None:
    first = replace(
        ARTICLE, title=f"Outcomes of {one} care in medical residents", pages="S45", abstract=""
    )
    assert link(first, replace(first, title=first.title.replace(one, other))) == "possible"
