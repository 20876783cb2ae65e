"""How each field is read and compared, one row a manner of writing."""

from __future__ import annotations

import pytest

from screening.duplicates.abstracts import AbstractLikeness, compare_abstracts, read_abstract
from screening.duplicates.authors import AuthorLikeness, compare_authors, read_name, split_authors
from screening.duplicates.identifiers import DoiLikeness, compare_dois, read_doi
from screening.duplicates.journals import JournalLikeness, compare_journals, read_journal
from screening.duplicates.places import (
    PageLikeness,
    compare_pages,
    read_number,
    read_pages,
    read_volume,
)
from screening.duplicates.text import words
from screening.duplicates.titles import TitleLikeness, compare_titles, read_title


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("123-129", "123-9", PageLikeness.SAME),
        ("S12-S15", "S12-5", PageLikeness.SAME),
        ("742-8; discussion 748-9", "742-748", PageLikeness.SAME),
        ("8-8", "08-Aug", PageLikeness.SAME),
        ("9-17", "Sep-17", PageLikeness.SAME),
        ("pp. 12-19", "12–19", PageLikeness.SAME),
        ("iii--vi", "iii", PageLikeness.SAME),
        ("123-129", "123-131", PageLikeness.FIRST),
        ("417-429", "419-429", PageLikeness.NEAR),
        ("420", "417-429", PageLikeness.NEAR),
        ("1-9", "515-523", PageLikeness.NEAR),
        ("1-9", "515-530", PageLikeness.UNCLEAR),
        ("969-972", "a1754", PageLikeness.UNCLEAR),
        ("iii-vi", "12-14", PageLikeness.UNCLEAR),
        ("e1001", "e1002", PageLikeness.DIFFERENT),
        ("iii", "v", PageLikeness.DIFFERENT),
        ("125-128", "132-138", PageLikeness.DIFFERENT),
        ("", "125", PageLikeness.BLANK),
        ("no pages", "125", PageLikeness.BLANK),
    ],
)
def test_pages(a: str, b: str, expected: PageLikeness) -> None:
    assert compare_pages(read_pages(a), read_pages(b)) == expected
    assert compare_pages(read_pages(b), read_pages(a)) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("J Clin Oncol", "Journal of Clinical Oncology", JournalLikeness.SAME),
        ("J Natl Cancer Inst", "Journal of the National Cancer Institute", JournalLikeness.SAME),
        ("JPEN", "Journal of Parenteral and Enteral Nutrition", JournalLikeness.SAME),
        ("Eur J Cardiothorac Surg", "European Journal of Cardio-Thoracic Surgery", JournalLikeness.SAME),
        ("Jthoraccardiovascsurg", "Journal of Thoracic & Cardiovascular Surgery", JournalLikeness.SAME),
        ("Chest", "Chest.", JournalLikeness.SAME),
        ("Lung Cancer", '"Lung cancer (Amsterdam, Netherlands)"', JournalLikeness.SAME),
        ("PLoS ONE [Electronic Resource]", "PLoS One", JournalLikeness.SAME),
        ("Zhongguo fei ai za zhi = Chinese journal of lung cancer", "Chinese Journal of Lung Cancer", JournalLikeness.SAME),
        ("The Journal of trauma", "Journal of Trauma-Injury Infection & Critical Care", JournalLikeness.ALIKE),
        ("Circulation", "Circulation: Heart Failure", JournalLikeness.ALIKE),
        ("2015 Fourth International Conference on Geoinformatics", "Proc. 4th International Conference on Geoinformatics", JournalLikeness.SAME),
        ("Conference on Work", "Symposium on Data", JournalLikeness.UNCLEAR),
        ("International Journal of Cardiology", "International Journal of Radiology", JournalLikeness.DIFFERENT),
        ("Lancet", "BMJ", JournalLikeness.DIFFERENT),
        ("", "BMJ", JournalLikeness.BLANK),
    ],
)  # fmt: skip
def test_journals(a: str, b: str, expected: JournalLikeness) -> None:
    assert compare_journals(read_journal(a), read_journal(b)) == expected
    assert compare_journals(read_journal(b), read_journal(a)) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Müller, Anna", "Mueller A", AuthorLikeness.SAME),
        ("Müller, Anna", "MULLER, A.", AuthorLikeness.SAME),
        ("von Pawel, J. and Boyer, M.", "Pawel, J.; Boyer, M.", AuthorLikeness.SAME),
        ("Wright Jr., T C and Cox, J T", "Wright, T C and Cox, J T", AuthorLikeness.SAME),
        ("Mirmohammad-Sadeghi, S. M.", "Sadeghi, S. M.", AuthorLikeness.SAME),
        ("Xi, L F and Kiviat, N B and Ho, J and Zhou, X and Wu, K", "Long, F X and Kiviat, N B and Ho, J and Zhou, X and Wu, K", AuthorLikeness.SAME),
        ("del, Pino M and Garcia, S", "Pino, M and Garcia, S", AuthorLikeness.SAME),
        ("Anna Maria Rossi and Jan de Vries", "Rossi, A. M. and Vries, J. de", AuthorLikeness.SAME),
        ("Smith J, Jones AB", "Smith, J. and Jones, A. B.", AuthorLikeness.SAME),
        ("Carignani, Andrea and Negri, Lorenzo", "Andrea, C. and Lorenzo, N.", AuthorLikeness.SAME),
        ("Smith, J and Jones, K and Brown, L", "Smith, J", AuthorLikeness.SAME),
        ("Wang, J", "Wang, L", AuthorLikeness.OVERLAPPING),
        ("Smith, J and Jones, K", "Brown, A and Jones, K and Hall, B", AuthorLikeness.OVERLAPPING),
        ("Smith, J and Jones, K", "Brown, A and Hall, B", AuthorLikeness.DIFFERENT),
        ("Smith, J", "The ASCUS-LSIL Triage Study Group", AuthorLikeness.BLANK),
        ("[Anonymous]", "Smith, J", AuthorLikeness.BLANK),
    ],
)  # fmt: skip
def test_authors(a: str, b: str, expected: AuthorLikeness) -> None:
    one = [name for name in map(read_name, split_authors((a,))) if name.family]
    other = [name for name in map(read_name, split_authors((b,))) if name.family]
    assert compare_authors(one, other) == expected
    assert compare_authors(other, one) == expected


def test_authors_left_joined_are_split_and_institutions_are_not() -> None:
    assert split_authors(("Long, F X and Kiviat, N B", "and Ho, J")) == [
        "Long, F X",
        "Kiviat, N B",
        "Ho, J",
    ]
    assert len(split_authors(("Centers for Disease Control and Prevention", "Smith, J"))) == 2


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("https://doi.org/10.1000/ABC.", "10.1000/abc", DoiLikeness.SAME),
        ("doi:10.1000/abc/full", "10.1000/abc", DoiLikeness.SAME),
        ("10.1101/2020.03.01.20000123v1", "10.1101/2020.03.01.20000123v2", DoiLikeness.VERSION),
        ("10.21203/rs.3.rs-12345/v1", "10.21203/rs.3.rs-12345/v3", DoiLikeness.VERSION),
        ("10.12688/f1000research.123.1", "10.12688/f1000research.123.2", DoiLikeness.VERSION),
        ("10.2307/25148873", "10.25300/misq/2011", DoiLikeness.UNCLEAR),
        ("10.1000/abc", "10.1000/abc.5", DoiLikeness.UNCLEAR),
        ("10.1016/j.jclinepi.1", "10.1016/i.jclinepi.1", DoiLikeness.UNCLEAR),
        ("10.1002/14651858.cd006828", "10.1002/14651858.cd006828.pub2", DoiLikeness.DIFFERENT),
        ("10.1000/abc1", "10.1000/abc2", DoiLikeness.DIFFERENT),
        ("not a DOI", "10.1000/abc2", DoiLikeness.BLANK),
    ],
)
def test_dois(a: str, b: str, expected: DoiLikeness) -> None:
    assert compare_dois(read_doi(a), read_doi(b)) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected", "numbers_conflict"),
    [
        ("Effects of β-blockers", "Effects of beta-blockers", TitleLikeness.SAME, False),
        ("[Effect of CO<sub>2</sub> on plants]", "Effect of CO2 on plants", TitleLikeness.SAME, False),
        ("Tumour markers in haematology wards", "Tumor markers in hematology wards", TitleLikeness.NEAR, False),
        ("A study of the prevention of falls", "A study of thep revention of falls", TitleLikeness.SAME, False),
        ("A study of the prevention of falls", "A study fo the preventoin of falls", TitleLikeness.NEAR, False),
        ("Management of empyema in children", "Management of empyema in children: a review", TitleLikeness.EXTENDED, False),
        ("Hypertension among older adults", "Hypotension among older adults", TitleLikeness.ALIKE, False),
        ("Antenatal care for men in towns", "Antenatal care for women in towns", TitleLikeness.ALIKE, False),
        ("Malaria prophylaxis in travellers. Part I", "Malaria prophylaxis in travellers. Part II", TitleLikeness.NEAR, True),
        ("Key issues in management 2010", "Key issues in management 2011", TitleLikeness.ALIKE, True),
        ("Second survey of stroke units", "2nd survey of stroke units", TitleLikeness.ALIKE, False),
        ("Malaria in travellers", "Burnout in residents", TitleLikeness.DIFFERENT, False),
        ("", "Burnout in residents", TitleLikeness.EXTENDED, False),
    ],
)  # fmt: skip
def test_titles(a: str, b: str, expected: TitleLikeness, numbers_conflict: bool) -> None:
    one, other = read_title(a), read_title(b)
    found = compare_titles(one, other, words(one.folded), words(other.folded))
    likeness, percent = found.likeness, found.percent
    assert found.numbers_conflict == numbers_conflict
    if not numbers_conflict:
        assert likeness == expected
    assert 0 <= percent <= 100


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("Erratum: A trial of mentoring", "correction"),
        ("Corrigendum to 'A trial of mentoring'", "correction"),
        ("A trial of mentoring (vol 12, pg 3, 2010)", "correction"),
        ("A trial of mentoring - Erratum", "correction"),
        ("Retraction notice to: A trial of mentoring", "retraction"),
        ("Expression of concern: A trial of mentoring", "concern"),
        ("Authors' reply", "reply"),
        ("Re: A trial of mentoring", "reply"),
        ("A trial of mentoring: reply", "reply"),
        ("Comment on 'A trial of mentoring'", "comment"),
        ("RETRACTED: A trial of mentoring", ""),
        ("A trial of mentoring.[Erratum appears in Lancet 2005]", ""),
        ("Response to antiretroviral therapy in children", ""),
        ("Letter recognition in children", ""),
    ],
)
def test_marks(title: str, mark: str) -> None:
    assert read_title(title).mark == mark


def test_volumes_and_numbers() -> None:
    assert [read_volume(v) for v in ("35 ( Pt 1)", "Vol. 012", "XII", "n/a", "")] == [
        "35",
        "12",
        "12",
        "",
        "",
    ]
    assert [read_number(n) for n in ("Suppl 1", "3-4", "May", "007", "")] == [
        "s1",
        "3-4",
        "5",
        "7",
        "",
    ]


def test_abstracts() -> None:
    text = "Peer mentoring is said to protect residents against burnout, but trials are few. " * 5
    a, cut = read_abstract(f"BACKGROUND: {text}"), read_abstract(text[:300])
    assert compare_abstracts(a, cut) == AbstractLikeness.IDENTICAL
    other = read_abstract("We searched six databases for trials of statins in older adults. " * 5)
    assert compare_abstracts(a, other) == AbstractLikeness.DIFFERENT
    assert compare_abstracts(a, read_abstract("Too short.")) == AbstractLikeness.BLANK
