"""What exports of real databases write is read as meant, or it is said that it could not be."""

from __future__ import annotations

import pytest

from screening.reading import read_export
from screening.reading.author_lists import read_authors
from screening.reading.citations import citation_in, pages_of
from screening.reading.keywords import keywords_of
from screening.records import Reading, Record

WOS = """@article{ WOS:000500000000001,
Author = {Kogan, Cary S. and Kogan,
   Cary T. and van der Berg,
   J. and {Working Group of the
   International Society}},
Title = {{A title that is
   wrapped}},
Journal = {{WORLD PSYCHIATRY}},
Type = {{Article; Early Access}},
DOI = {{10.5555/wps.1}},
Early Access Date = {{JAN 2019}},
Keywords = {{first; second
   one; third}},
Unique-ID = {{WOS:000500000000001}},
DA = {{2021-03-04}},
}
"""


def read(text: str, name: str = "export") -> Reading:
    return read_export(text.encode(), name)


def only(text: str) -> Record:
    reading = read(text)
    assert reading.problems == (), reading.problems
    assert len(reading.records) == 1
    return reading.records[0].record


def told(text: str) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.message) for problem in read(text).problems]


def test_fault_8_a_wrapped_author_is_one_author() -> None:
    got = only(WOS)
    assert got.authors == (
        "Kogan, Cary S.",
        "Kogan, Cary T.",
        "van der Berg, J.",
        "Working Group of the International Society",
    )
    assert got.title == "A title that is wrapped"
    assert got.keywords == ("first", "second one", "third")


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("TY  - JOUR\nTI  - x\nAU  - Kogan,\n  Cary S.\nAU  - Doe, J\nER  - \n",
         ("Kogan, Cary S.", "Doe, J")),
        ("TY  - JOUR\nTI  - x\nAU  - Doe, J\nRoe, B\nER  - \n", ("Doe, J", "Roe, B")),
        ("TY  - JOUR\nTI  - x\nAU  - Society for the\n  study of titles\nER  - \n",
         ("Society for the study of titles",)),
        ("PMID- 1\nTI  - x\nFAU - Doe, Jane\nCN  - Imaginary Collaborative Trial Study\n      Group\n",
         ("Doe, Jane", "Imaginary Collaborative Trial Study Group")),
        ("%0 Journal Article\n%T x\n%A Kogan,\nCary S.\n", ("Kogan, Cary S.",)),
        ("PT J\nAU Doe, J\n   World Health Organization\nTI x\nER\n",
         ("Doe, J", "World Health Organization")),
        ("<xml><records><record><contributors><authors><author>Kogan,&#xD;Cary S.</author></authors>"
         "</contributors><titles><title>x</title></titles></record></records></xml>",
         ("Kogan, Cary S.",)),
        ("title,authors\nx,\"Kogan,\nCary S.; Doe, J\"\n", ("Kogan, Cary S.", "Doe, J")),
    ],
)  # fmt: skip
def test_fault_8_so_it_is_in_every_format(text: str, authors: tuple[str, ...]) -> None:
    assert only(text).authors == authors


def test_fault_9_the_date_of_the_export_is_no_year() -> None:
    assert only(WOS).year == 2019
    without = WOS.replace("Early Access Date = {{JAN 2019}},\n", "")
    assert only(without).year is None


@pytest.mark.parametrize(
    "text",
    [
        "TY  - JOUR\nTI  - x\nY2  - 2011/08/05/17:47:05\nER  - \n",
        "PMID- 1\nTI  - x\nCRDT- 2021/05/01 06:00\n",
        "PT J\nTI x\nDA 2021-03-04\nER\n",
        "title,Entry Date,Date Added,Access Date,Date Added To Xplore\nx,20210304,2021-03-04,2021,2021\n",
    ],
)
def test_fault_9_no_other_date_of_the_database_is_the_year(text: str) -> None:
    assert only(text).year is None


@pytest.mark.parametrize(
    ("cell", "year"),
    [("201907", 2019), ("2019//", 2019), ("Jul-2019", 2019), ("2019a", 2019), ("(2019)", 2019)],
)
def test_fault_9_dates_of_many_forms(cell: str, year: int) -> None:
    assert only(f"title,year\nx,{cell}\n").year == year


def test_fault_9_a_year_that_cannot_be_told_is_told() -> None:
    text = "title,year\nx,2019\ny,03-Apr-21\nz,in press\n"
    assert [item.record.year for item in read(text).records] == [2019, None, None]
    assert told(text) == [(3, "The year of record 2 could not be told: “03-Apr-21”.")]


@pytest.mark.parametrize(
    ("citation", "parts"),
    [
        ("J Arthroplasty. 2019 Jan 5. pii: S0883-5403(19)30002-1. doi: 10.5555/j.arth.1.",
         ("J Arthroplasty", 2019, "", "", "")),
        ("J Arthroplasty. 2019 Jan 5:S0883-5403(19)30002-1. doi: 10.5555/j.arth.1. Online ahead of "
         "print.", ("J Arthroplasty", 2019, "", "", "")),
        ("J Arthroplasty. 2019 Jan 5:1-9. doi: 10.5555/j.arth.1.",
         ("J Arthroplasty", 2019, "", "", "1-9")),
        ("J Arthroplasty. 2019 Jan;34 Suppl 1:S2-S8.",
         ("J Arthroplasty", 2019, "34", "Suppl 1", "S2-S8")),
        ("J Arthroplasty. 2019;34(1):2-8.", ("J Arthroplasty", 2019, "34", "1", "2-8")),
    ],
)  # fmt: skip
def test_fault_10_a_year_is_no_volume(
    citation: str, parts: tuple[str, int | None, str, str, str]
) -> None:
    for text in (f"PMID- 1\nTI  - x\nSO  - {citation}\n", f'Title,Citation\nx,"{citation}"\n'):
        got = only(text)
        assert (got.journal, got.year, got.volume, got.number, got.pages) == parts


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Gallyas F. Jr., Racz B.", ("Gallyas, F. Jr.", "Racz, B.")),
        ("Gallyas F., Jr., Racz B.", ("Gallyas, F., Jr.", "Racz, B.")),
        ("Gallyas Jr. F., Racz B.", ("Gallyas, F. Jr.", "Racz, B.")),
        ("Racz B., Gallyas F. Jr.", ("Racz, B.", "Gallyas, F. Jr.")),
        ("Smith JA 3rd, Doe A", ("Smith, JA 3rd", "Doe, A")),
        ("Smith III J.A., Doe A.", ("Smith, J.A. III", "Doe, A.")),
        ("Smith, J.A., III, Doe, A.", ("Smith, J.A., III", "Doe, A.")),
        ("Smith, Jr., John and Doe, Ann", ("Smith, John, Jr.", "Doe, Ann")),
        ("Smith, John, Jr.", ("Smith, John, Jr.",)),
        ("Smith, John, PhD, Doe, Ann, M.Sc.", ("Smith, John", "Doe, Ann")),
        ("Doe, Ann, MD, PhD", ("Doe, Ann",)),
        ("Doe, A., Ma, B.", ("Doe, A.", "Ma, B.")),
        ("Gallyas F Jr, Racz B; Rat Group.", ("Gallyas, F Jr", "Racz, B", "Rat Group")),
        ("Okafor NA, Racz B.", ("Okafor, NA", "Racz, B")),
        ("WHO Working Group; Racz, B.", ("WHO Working Group", "Racz, B.")),
        ("[No author name available]", ()),
        ("van der Berg J. Jr., de la Cruz M.", ("van der Berg, J. Jr.", "de la Cruz, M.")),
        ("Smith J. Jr. Doe A. van Roe B.", ("Smith, J. Jr.", "Doe, A.", "van Roe, B.")),
        ("Zhang, Y., Wang, L., Zhang, Y.", ("Zhang, Y.", "Wang, L.", "Zhang, Y.")),
    ],
)
def test_fault_11_suffixes_stay_with_their_names(cell: str, names: tuple[str, ...]) -> None:
    got = read_authors(cell)
    assert (got.names, got.doubt) == (names, "")


REFWORKS = """\
Reference Type,"Authors, Primary","Title, Primary",Periodical Full,Periodical Abbrev,Pub Year,\
Pub Date Free Form,Volume,Issue,Start Page,Other Pages,Keywords,Abstract,ISSN/ISBN,\
Original Foreign Title,Links,DOI,Database
Journal Article,"Doe, Ann; Roe, Ben",A title,Journal of Titles,J Titl,2019,Jan 2019,12,3,101,9,\
one; two,Words.,1234-567X,Un titre,https://example.org/1,10.5555/t.1,MEDLINE
"""
VHL = """\
ID,Title,Authors,Source,Journal,Database,Type,Language,Publication year,Descriptor(s),Keyword(s),\
Publication Country,Fulltext URL, Abstract,Entry Date,Volume number,Issue number,DOI,ISSN,\
Accession number,PMCID
"mdl-31000001","A title","Doe, Ann; Roe, Ben","Rev. bras. enferm;72(3): 123-130, May-June 2019. \
tab, graf","Rev. bras. enferm","MEDLINE","article","en","2019","Humans; Titles","","Brazil",\
"https://example.org/1","Words.",20200101,72,3,10.5555/t.1,0034-7167,,
"lil-1000001","A title","Doe, Ann","Rev. bras. enferm;72(supl.1): e20190001, 2019. tab",\
"Rev. bras. enferm","LILACS","article","pt","","","","Brazil","","",20200101,,,,,,
"lil-1000002","A book","Doe, Ann","Brasília; Ministério da Saúde; 2010. 60 p.","","LILACS",\
"monography","pt","2010","","","Brazil","","",20200101,,,,,,
"""
SCIELO = """\
ID,Title,Author(s),Source,Journal,Language(s),Publication year,Fulltext URL
"S0034-scl","A title","Pérez Díaz, Luis Alberto, Gómez Ruiz, Luis Alberto","Journal of Titles; \
40(1); 63-80","Journal of Titles","English, Spanish","2019","https://example.org/1"
"S0035-scl","A title","Silva, Ana","Journal of Titles; 40(); -","Journal of Titles","English",\
"2018","https://example.org/2"
"""


def test_fault_12_refworks_table() -> None:
    got = only(REFWORKS)
    assert got.authors == ("Doe, Ann", "Roe, Ben")
    assert (got.journal, got.year, got.volume, got.number, got.pages) == (
        "Journal of Titles", 2019, "12", "3", "101-9",
    )  # fmt: skip
    assert (got.original_title, got.issn, got.doi) == ("Un titre", "1234-567X", "10.5555/t.1")


def test_fault_12_vhl_table() -> None:
    reading = read(VHL)
    assert reading.problems == ()
    first, second, book = (item.record for item in reading.records)
    assert (first.journal, first.year, first.volume, first.number, first.pages) == (
        "Rev. bras. enferm", 2019, "72", "3", "123-130",
    )  # fmt: skip
    assert (first.pmid, first.doi) == ("31000001", "10.5555/t.1")
    assert first.keywords == ("Humans", "Titles")
    assert (second.year, second.volume, second.number, second.pages) == (
        2019, "72", "supl.1", "e20190001",
    )  # fmt: skip
    assert second.pmid == ""
    assert (book.journal, book.year, book.volume, book.pages) == ("", 2010, "", "")


def test_fault_12_scielo_table() -> None:
    reading = read(SCIELO)
    assert reading.problems == ()
    first, second = (item.record for item in reading.records)
    assert (first.journal, first.volume, first.number, first.pages) == (
        "Journal of Titles", "40", "1", "63-80",
    )  # fmt: skip
    assert first.authors == ("Pérez Díaz, Luis Alberto", "Gómez Ruiz, Luis Alberto")
    assert (second.volume, second.number, second.pages) == ("40", "", "")


@pytest.mark.parametrize(
    "text", ["", "S Paulo; s.n; 2018. 120 p. tese", "Brasília; Ministério; 2010. 60 p.", "LILACS"]
)
def test_fault_12_what_is_no_citation_gives_none(text: str) -> None:
    assert not any(
        getattr(citation_in(text), part) for part in ("journal", "volume", "number", "pages")
    )


SCIELO_BIB = """@article{DA SILVA2019,
    title = {{A title}},
    journal = {{Journal of Titles}},
    author = {da Silva, Maria José,  Souza, Maria José,  Gómez Ruiz, Ana},
    volume = {40},
    year = {2019},
    publisher = {scielo},
    language = {en},
    month = {05},
    crossref = {10.5555/s0034.1},
    pages = {63-80},
    URL = {http://example.org/scielo.php?pid=S0034&lang=en},
    }
"""


def test_fault_13_scielo_bibtex_with_a_given_name_twice() -> None:
    got = only(SCIELO_BIB)
    assert got.authors == ("da Silva, Maria José", "Souza, Maria José", "Gómez Ruiz, Ana")
    assert (got.doi, got.pages, got.year) == ("10.5555/s0034.1", "63-80", 2019)
    # The older form writes "AND".
    older = SCIELO_BIB.replace("José,  ", "José AND ")
    assert only(older).authors == got.authors
    # Where the second space is lost, nothing tells the two readings apart.
    lost = SCIELO_BIB.replace(",  ", ", ").replace("Gómez Ruiz, Ana", "Gómez Ruiz, Ana María")
    lost = lost.replace("da Silva", "Silva Gil").replace("Souza", "Souza Gil")
    assert [line for line, message in told(lost) if "authors of record 1" in message] == [1]


SPRINGER = """\
Item Title,Publication Title,Book Series Title,Journal Volume,Journal Issue,Item DOI,Authors,\
Publication Year,URL,Content Type
One,Journal of Titles,,12,3,10.5555/s1,Andy SmithTom Weber,2019,http://example.org/1,Article
Two,Journal of Titles,,12,3,10.5555/s2,Hani Ragab HassenJan van DiekenJürgen McDonald,2019,,Article
Three,Journal of Titles,,12,3,10.5555/s3,Anna LeTom Weber,2019,,Article
Four,Journal of Titles,,,,10.5555/s4,Martti Lehto,2019,,Article
Five,Journal of Titles,,,,10.5555/s5,Mary Ann MacKenzie,2019,,Article
"""


def test_fault_13_springers_names_are_taken_apart_and_it_is_said() -> None:
    reading = read(SPRINGER)
    assert [item.record.authors for item in reading.records] == [
        ("Andy Smith", "Tom Weber"),
        ("Hani Ragab Hassen", "Jan van Dieken", "Jürgen McDonald"),
        ("Anna LeTom Weber",),
        ("Martti Lehto",),
        ("Mary Ann MacKenzie",),
    ]
    # That Springer writes so is told once; what could not be told each time.
    assert [problem.line for problem in reading.problems] == [2, 4]
    assert "could not be told apart" in reading.problems[1].message
    first = reading.records[0].record
    assert (first.journal, first.volume, first.number) == ("Journal of Titles", "12", "3")
    assert (first.doi, first.entry_type) == ("10.5555/s1", "article")


@pytest.mark.parametrize(
    ("cell", "names", "doubtful"),
    [
        ("Ann Doe, Ben Roe, Cy Poe", ("Ann Doe", "Ben Roe", "Cy Poe"), False),
        ("Ann Doe, Ben Roe, Cy Poe, Di Moe", ("Ann Doe", "Ben Roe", "Cy Poe", "Di Moe"), True),
        ("Ann B. Doe, Ben Roe, Cy Poe, Di Moe", ("Ann B. Doe", "Ben Roe", "Cy Poe", "Di Moe"), False),
        ("Ann B. Doe, Ben Roe", ("Ann B. Doe", "Ben Roe"), False),
        ("Ann Doe, Ben Roe", ("Ann Doe, Ben Roe",), True),
        ("Gil Ruiz, Ana B.", ("Gil Ruiz, Ana B.",), False),
        ("Ann Doe, Ben Roe and Cy Poe", ("Ann Doe", "Ben Roe", "Cy Poe"), True),
        ("Ann Doe, Ben Roe, Di Moe and Cy Poe", ("Ann Doe", "Ben Roe", "Di Moe", "Cy Poe"), False),
        ("J. Doe, B. Roe & C. Poe", ("Doe, J.", "Roe, B.", "Poe, C."), False),
        ("Doe, Roe & Poe", ("Doe, Roe", "Poe"), True),
        ("Doe, Roe, Poe", ("Doe, Roe, Poe",), True),
        ("Gil Ruiz, Ana, Paz Sol, Eva", ("Gil Ruiz, Ana", "Paz Sol, Eva"), True),
        ("Doe, Ann, Roe, Ben, Poe", ("Doe, Ann, Roe, Ben, Poe",), True),
    ],
)  # fmt: skip
def test_fault_13_two_readings_are_said(cell: str, names: tuple[str, ...], doubtful: bool) -> None:
    got = read_authors(cell)
    assert (got.names, bool(got.doubt)) == (names, doubtful)


def test_fault_13_other_rows_tell_how_authors_are_divided() -> None:
    full = 'title,authors\nx,"Ann Doe, Ben Roe, Cy Poe"\ny,"Ann Doe, Ben Roe"\n'
    reading = read(full)
    assert reading.records[1].record.authors == ("Ann Doe", "Ben Roe")
    assert reading.problems == ()
    parted = 'title,authors\nx,"Gil Ruiz, Ana; Doe, B"\ny,"Gil Ruiz, Ana María"\n'
    reading = read(parted)
    assert reading.records[1].record.authors == ("Gil Ruiz, Ana María",)
    assert reading.problems == ()
    lone = "TY  - JOUR\nTI  - x\nAU  - Gil Ruiz, Ana María\nER  - \n"
    assert only(lone).authors == ("Gil Ruiz, Ana María",)


def test_fault_13_every_doubtful_author_has_its_line() -> None:
    text = "TY  - JOUR\nTI  - x\nAU  - Doe, Ann, Roe, Ben, Poe\nAU  - Moe, Di\nER  - \n"
    assert [line for line, _ in told(text)] == [1]


@pytest.mark.parametrize(
    ("first", "last", "pages"),
    [("S21-1", "S21-8", "S21-1-S21-8"), ("152-160", "160", "152-160"), ("e12-1", "e12-9",
     "e12-1-e12-9"), ("S21", "S28", "S21-S28"), ("12-9", "", "12-9"), ("e123", "", "e123"),
     ("101", "9", "101-9"), ("12", "12-19", "12-19"), ("A1-12", "A1-12", "A1-12"),
     ("123", "123", "123"), ("pp. 12", "19", "12-19")],
)  # fmt: skip
def test_fault_14_pages_with_a_dash_of_their_own(first: str, last: str, pages: str) -> None:
    assert pages_of("", first, last) == pages
    text = f"TY  - JOUR\nTI  - x\nSP  - {first}\nEP  - {last}\nER  - \n"
    assert only(text).pages == pages


def test_fault_14_pages_that_became_dates_are_told() -> None:
    text = "title,pages,issue\nx,12-Sep,3\ny,1-9,Mar-04\n"
    assert [line for line, _ in told(text)] == [2, 3]
    assert only("title,pages,issue\nx,S21-S28,Jul-Sep\n").number == "Jul-Sep"


@pytest.mark.parametrize("tag", ["EY 2019", "EA JAN 2019", "PD JAN 12\nEY 2019"])
def test_fault_15_the_year_of_early_access(tag: str) -> None:
    assert only(f"PT J\nTI x\n{tag}\nER\n").year == 2019
    assert only("TY  - JOUR\nTI  - x\nC6  - JAN 2019\nER  - \n").year == 2019
    assert only("TY  - JOUR\nTI  - x\nC6  - NIHMS2019\nER  - \n").year is None
    assert only("PT\tAU\tTI\tSO\tPY\tEY\nJ\tDoe, A\tx\tJ TITL\t\t2019\n").year == 2019


@pytest.mark.parametrize(
    ("values", "keywords"),
    [
        (["['one', \"two's\", 'three, more']"], ("one", "two's", "three, more")),
        (['["one", "two"]'], ("one", "two")),
        (["adult, article, bleeding (diagnosis, surgery), human"],
         ("adult", "article", "bleeding (diagnosis, surgery)", "human")),
        (["one; two, more; three"], ("one", "two, more", "three")),
        (["Adaptation, Psychological"], ("Adaptation, Psychological",)),
        (["one|two"], ("one", "two")),
        (["one\ntwo"], ("one", "two")),
        (["machine learning, screening of records"], ("machine learning", "screening of records")),
    ],
)  # fmt: skip
def test_fault_16_lists_of_keywords(values: list[str], keywords: tuple[str, ...]) -> None:
    assert keywords_of(values, one_cell=True) == keywords


def test_fault_16_embase_and_repeated_tags() -> None:
    header = "Title,Emtree Drug Index Terms,Emtree Medical Index Terms"
    got = only(f'{header}\nx,"aspirin, placebo, water","adult, human, article"\n')
    assert set(got.keywords) == {"aspirin", "placebo", "water", "adult", "human", "article"}
    got = only("TY  - JOUR\nTI  - x\nKW  - Adaptation, mental, x\nKW  - Humans\nER  - \n")
    assert got.keywords == ("Adaptation, mental, x", "Humans")


def test_fault_12_cochranes_numbers_and_registries() -> None:
    got = only("TY  - JOUR\nTI  - x\nC5  - PUBMED 31000001\nER  - \n")
    assert got.pmid == "31000001"
    got = only("ID: CN-1\nTI: x\nSO: https://clinicaltrials.gov/show/NCT00000001\nYR: 2018\n")
    assert (got.journal, got.year) == ("", 2018)


def test_fault_11_the_semicolon_of_an_entity_divides_nothing() -> None:
    text = "TY  - JOUR\nTI  - x\nAU  - M&uuml;ller, J\nAU  - O&amp;#39;Neil, B\nKW  - R&amp;D\nER  - \n"
    got = only(text)
    assert got.authors == ("Müller, J", "O'Neil, B")
    assert got.keywords == ("R&D",)
    got = only('title,authors,keywords\nx,"M&uuml;ller, J; Roe, B","a &amp; b; c"\n')
    assert (got.authors, got.keywords) == (("Müller, J", "Roe, B"), ("a & b", "c"))
    assert only("PT J\nTI x\nAU Doe, J\nCA WHO Grp\nER\n").authors == ("Doe, J", "WHO Grp")
