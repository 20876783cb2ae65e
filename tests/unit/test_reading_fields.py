"""Names, years, pages and identifiers are understood however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.reading import read_export
from screening.reading.author_lists import read_authors
from screening.reading.citations import citation_in, pages_of, year_in
from screening.reading.cleaning import clean
from screening.reading.identifiers import doi_in, is_medline, issn_in, pmid_in, pmid_of
from screening.reading.kinds import kind_of
from screening.reading.latex import plain_text
from screening.reading.names import author, natural_order
from screening.writing.bibtex import escaped


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Smith, John", "Smith, John"),
        ("Smith,John", "Smith, John"),
        ("Smith JA", "Smith, JA"),
        ("Smith J.A.", "Smith, J.A."),
        ("J. A. Smith", "Smith, J. A."),
        ("JA Smith", "Smith, JA"),
        ("J.-P. van der Berg", "van der Berg, J.-P."),
        ("Smith JA Jr", "Smith, JA Jr"),
        ("van der Berg J", "van der Berg, J"),
        ("Smith, John, Jr.", "Smith, John, Jr."),
        ("Kim, Soo-Hyun (57000000002)", "Kim, Soo-Hyun"),
        ("World Health Organization", "World Health Organization"),
        ("John Smith", "John Smith"),
        ("王伟", "王伟"),
        ("Mu\u0308ller, J.", "Müller, J."),
        ("et al.", ""),
        (" ; ", ""),
        ("Smith,", "Smith"),
    ],
)
def test_author(written: str, read: str) -> None:
    assert author(written) == read


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Smith J.; Doe A.", ("Smith, J.", "Doe, A.")),
        ("Liu R., Adler D.G.", ("Liu, R.", "Adler, D.G.")),
        ("Smith, J., Doe, A.", ("Smith, J.", "Doe, A.")),
        ("Smith, J., Doe, A., and Roe, B.", ("Smith, J.", "Doe, A.", "Roe, B.")),
        ("Smith, J. & Doe, A.", ("Smith, J.", "Doe, A.")),
        ("Zuna, R E and Wang, S S", ("Zuna, R E", "Wang, S S")),
        ("John Smith and Jane Doe", ("John Smith", "Jane Doe")),
        ("Smith J, Doe AB, van Roe C", ("Smith, J", "Doe, AB", "van Roe, C")),
        ("J. A. Smith, B. Doe", ("Smith, J. A.", "Doe, B.")),
        ("Muli, S. and Seleskovi, H.", ("Muli, S.", "Seleskovi, H.")),
        ("Zhou, X.-H. and Ho, J", ("Zhou, X.-H.", "Ho, J")),
        ("Smith, J., Doe, A. and Roe, R.", ("Smith, J.", "Doe, A.", "Roe, R.")),
        ("Smith J. Doe AB. van Roe C.", ("Smith, J.", "Doe, AB.", "van Roe, C.")),
        ("Smith, John; Doe, Jane, et al.", ("Smith, John", "Doe, Jane")),
        ("Smith A; Walter B", ("Smith, A", "Walter, B")),
        ("Smith, John|Doe, Jane", ("Smith, John", "Doe, Jane")),
        ("Smith, John\nDoe, Jane", ("Smith, John", "Doe, Jane")),
        ("Smith, John", ("Smith, John",)),
        ("Ann Doe, Ben Roe, Cy Poe", ("Ann Doe", "Ben Roe", "Cy Poe")),
        ("Smith, John A., Doe, Mary, Roe, Bob", ("Smith, John A.", "Doe, Mary", "Roe, Bob")),
        (
            "Smith, John A., Jr., van der Berg, Mary Ann",
            ("Smith, John A., Jr.", "van der Berg, Mary Ann"),
        ),
        (
            "de Jong, Pim A. and Gondrie, Martijn and group, Providi study",
            ("de Jong, Pim A.", "Gondrie, Martijn", "group, Providi study"),
        ),
        ("Zuna, R E and Wang, S S and Group, ALTS", ("Zuna, R E", "Wang, S S", "Group, ALTS")),
        (
            "Doe, A and Roe, B and Groups, New States of the Union and the Latin Study of Research",
            (
                "Doe, A",
                "Roe, B",
                "Groups, New States of the Union and the Latin Study of Research",
            ),
        ),
        (
            "Ministry of Health, Oslo, Norway, Institute of Health",
            ("Ministry of Health, Oslo, Norway, Institute of Health",),
        ),
        ("Department of Health and Human Services", ("Department of Health and Human Services",)),
        ("", ()),
    ],
)
def test_authors_in_one_cell(cell: str, names: tuple[str, ...]) -> None:
    assert read_authors(cell).names == names


@pytest.mark.parametrize(
    ("written", "read"),
    [("Ludwig van Beethoven", "van Beethoven, Ludwig"), ("Tom Cruise", "Cruise, Tom"),
     ("Madonna", "Madonna"), ("de la Cruz", "de la Cruz")],
)  # fmt: skip
def test_bibtex_order(written: str, read: str) -> None:
    assert natural_order(written) == read


@pytest.mark.parametrize(
    ("written", "year"),
    [("2019//", 2019), ("2019/06//", 2019), ("Jun 2019", 2019), ("2019 Jul-Aug", 2019),
     ("20190601", 2019), ("2019.0", 2019), ("1 Dec 1999", 1999), ("c1987", 1987), ("n.d.", None),
     ("", None), ("12345", None), ("0099", None), ("2019-06-01", 2019), ("1998-1999", 1998)],
)  # fmt: skip
def test_years(written: str, year: int | None) -> None:
    assert year_in(written) == year


@pytest.mark.parametrize(
    ("combined", "first", "last", "pages"),
    [("", "123", "9", "123-9"), ("", "123-9", "", "123-9"), ("", "152-160", "160", "152-160"),
     ("", "No", "Specified", ""), ("", "5", "5", "5"), ("e12", "", "", "e12"), ("n/a", "", "", ""),
     ("", "e0139442", "", "e0139442"), ("1-9", "1", "9", "1-9"), ("", "", "12", "12")],
)  # fmt: skip
def test_pages(combined: str, first: str, last: str, pages: str) -> None:
    assert pages_of(combined, first, last) == pages


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1000/ABC.1", "10.1000/abc.1"),
        ("doi:10.1000/abc.", "10.1000/abc"),
        ("https://dx.doi.org/10.1000/abc", "10.1000/abc"),
        ("http://doi.org/10.1000%2Fabc", "10.1000/abc"),
        ("10.1016/j.x.2019.1 [doi]", "10.1016/j.x.2019.1"),
        ("(10.1016/S0140-6736(05)67889-5).", "10.1016/s0140-6736(05)67889-5"),
        ("10.1002/(SICI)1097-0258(19980815/30)17:15/16&lt;1661::AID-SIM968&gt;3.0.CO;2-2",
         "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"),
        ("https://onlinelibrary.wiley.com/doi/10.1111/jan.14210/full", "10.1111/jan.14210"),
        ("https://x.org/?id=doi:10.1000/abc&title=y", "10.1000/abc"),
        ("https://www.cochranelibrary.com/central/doi/10.1002/central/CN-00636390/full", ""),
        ("10.1000/a;10.1000/b", "10.1000/a"),
        ("10.12/short", ""),
        ("version 10.2", ""),
    ],
)  # fmt: skip
def test_dois(text: str, doi: str) -> None:
    assert doi_in(text) == doi


def test_pmids() -> None:
    assert pmid_of(" PMID: 31000001 ") == "31000001"
    assert pmid_of("31000001.0") == "31000001"
    assert pmid_of("2019-65183-001") == ""
    assert pmid_in("https://pubmed.ncbi.nlm.nih.gov/31000001/") == "31000001"
    assert pmid_in("Accession Number: 1. PMID: NLM31000001.") == "31000001"
    assert pmid_in("PUBMED 31000001,EMBASE 2") == "31000001"
    assert pmid_in("Comment in J Foo, PMID given elsewhere") == ""


def test_databases() -> None:
    assert is_medline(["Ovid MEDLINE(R)"], [])
    assert is_medline(["NLM"], [])
    assert not is_medline(["Embase\nMedline"], [])
    assert not is_medline(["CINAHL Complete"], [])
    assert not is_medline([], [])
    assert is_medline([], ["http://ovidsp.ovid.com/ovidweb.cgi?T=JS&D=med16&AN=1"])


def test_issns() -> None:
    assert issn_in("1932-6203 (Electronic)") == "1932-6203"
    assert issn_in("12345678") == "1234-5678"
    assert issn_in("ISSN-1234-567x") == "1234-567X"
    assert issn_in("978-0-14-044911-2") == ""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Cancer (2004) 102:4 (253-258). Date of Publication: 25 Aug 2004",
         ("Cancer", "2004", "102", "4", "253-258")),
        ("Int J Surg (2019) 54 (83-86). Date", ("Int J Surg", "2019", "54", "", "83-86")),
        ("PLoS ONE (2019) 14:3 Article Number: e0212. Date",
         ("PLoS ONE", "2019", "14", "3", "e0212")),
        ("Nature. 2021 Dec 21;1(2):10-11. doi: 10.1/x.", ("Nature", "2021", "1", "2", "10-11")),
        ("J Behav. 2010 Mar;41(1):6-10.", ("J Behav", "2010", "41", "1", "6-10")),
        ("Journal of X. 12(3):45-67, 2009 Mar 15.", ("Journal of X", "2009", "12", "3", "45-67")),
        ("v10 n1 p1-10 2000", ("", "2000", "10", "1", "1-10")),
        ("nothing of the kind", ("", "", "", "", "")),
        ("Nature. 23, 2019.", ("Nature", "2019", "23", "", "")),
    ],
)  # fmt: skip
def test_citations(text: str, parts: tuple[str, ...]) -> None:
    got = citation_in(text)
    assert (got.journal, got.year, got.volume, got.number, got.pages) == parts


@pytest.mark.parametrize(
    ("names", "kind"),
    [(["JOUR"], "article"), (["Journal Article", "Review"], "article"),
     (["Journal Article", "Published Erratum"], "erratum"), (["Conference Abstract"],
     "inproceedings"), (["Journal: Article in Press"], "article"), (["phdthesis"], "thesis"),
     (["Weird Thing"], "weird thing"), ([], ""), (["Article; Early Access"], "article")],
)  # fmt: skip
def test_kinds(names: list[str], kind: str) -> None:
    assert kind_of(names) == kind


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"{\"O}zge Aks{\i}n", "Özge Aksın"), (r"\'{e}t\'e", "été"), (r"\c{C}\v s", "Çš"),
        (r"Stra{\ss}e \& Co.", "Straße & Co."), (r"50\% of 50%", "50% of 50%"),
        (r"$\alpha$-helix H$_2$O", "α-helix H2O"), ("pays $5 and $6", "pays $5 and $6"),
        (r"\textit{E. coli} \emph{x}", "E. coli x"), ("pages 1--9", "pages 1–9"),
        (r"\unknowncmd{kept}", r"\unknowncmdkept"), ("J.~Amer", "J. Amer"), ("~5%", "~5%"),
        (r"\~{}x \^{}", "~x ^"), (r"\textbackslash{}n", r"\n"), ("``q''", "“q”"),
    ],
)  # fmt: skip
def test_latex(latex: str, text: str) -> None:
    assert plain_text(latex) == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Co")), max_size=60))
def test_escaped_latex_comes_back(text: str) -> None:
    text = clean(text)
    assert plain_text(escaped(text)) == text


@given(st.text(max_size=80))
def test_cleaning_is_done_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")


@given(st.text(max_size=60))
def test_names_never_break(text: str) -> None:
    for name in read_authors(text).names:
        assert name == name.strip()
        assert "\n" not in name


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Smith J and Doe A", ("Smith, J", "Doe, A")),
        ("J. Smith & A. Doe", ("Smith, J.", "Doe, A.")),
        ("Smith, John and Doe, Mary", ("Smith, John", "Doe, Mary")),
        ("Barnes and Noble", ("Barnes and Noble",)),
        ("Centers for Disease Control and Prevention",) * 2,
        ("Food and Drug Administration",) * 2,
    ],
)
def test_several_authors_on_one_line(line: str, names: tuple[str, ...] | str) -> None:
    told = (names,) if isinstance(names, str) else names
    for more, others in (("", ()), ("AU  - Roe, Bob\n", ("Roe, Bob",))):
        data = f"TY  - JOUR\nTI  - A title\nAU  - {line}\n{more}ER  - \n"
        assert read_export(data.encode(), "x.ris").records[0].record.authors == (*told, *others)
