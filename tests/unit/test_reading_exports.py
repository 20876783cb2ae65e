"""Each dialect is read whole, its fields where they belong."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.reading import iter_export, read_export
from screening.records import Problem, Reading, Record
from screening.writing import write_raw

EXPORTS = Path(__file__).parents[1] / "data" / "exports"

# File, format, encoding, records.
DIALECTS = [
    ("ovid_medline.ris", "ris", "utf-8", 2),
    ("ebscohost.ris", "ris", "utf-8", 1),
    ("embase.ris", "ris", "utf-8-sig", 1),
    ("proquest.ris", "ris", "utf-8", 1),
    ("scopus.ris", "ris", "utf-8", 1),
    ("cochrane.ris", "ris", "utf-8", 1),
    ("endnote.ris", "ris", "utf-8", 1),
    ("zotero.ris", "ris", "utf-8", 1),
    ("ebscohost_medline.ris", "ris", "utf-8", 1),
    ("refworks.txt", "refworks", "utf-8", 2),
    ("publish_or_perish.csv", "csv", "utf-8", 1),
    ("python_lists.csv", "csv", "utf-8", 1),
    ("cochrane.txt", "cochrane", "utf-8", 2),
    ("pubmed.nbib", "nbib", "utf-8", 2),
    ("eric.nbib", "nbib", "utf-8", 2),
    ("ovid_medlars.txt", "nbib", "utf-8", 2),
    ("ovid_labels.txt", "ovid", "utf-8", 2),
    ("endnote.enw", "enw", "utf-8", 2),
    ("web_of_science.ciw", "ciw", "utf-8", 2),
    ("web_of_science.tsv", "tsv", "utf-16-le", 1),
    ("endnote.xml", "endnote_xml", "utf-8", 2),
    ("pubmed.xml", "pubmed_xml", "utf-8", 2),
    ("scopus.bib", "bibtex", "utf-8", 1),
    ("biblatex.bib", "bibtex", "utf-8", 3),
    ("embase.csv", "csv", "utf-8", 2),
    ("embase_by_row.csv", "csv", "utf-8", 2),
    ("scopus.csv", "csv", "utf-8-sig", 1),
    ("pubmed.csv", "csv", "utf-8", 1),
    ("rayyan.csv", "csv", "utf-8", 1),
    ("zotero.csv", "csv", "utf-8", 1),
    ("covidence.csv", "csv", "utf-8", 1),
    ("labelled.csv", "csv", "utf-8", 1),
    ("screened.csv", "csv", "utf-8", 2),
    ("semicolon.csv", "csv", "iso-8859-1", 1),
    ("dimensions.csv", "csv", "utf-8", 1),
    ("table.xlsx", "xlsx", "utf-8", 2),
    ("acm.bib", "bibtex", "utf-8", 2),
    ("acm.enw", "enw", "utf-8", 1),
    ("clinicaltrials.csv", "csv", "utf-8", 1),
    ("ebscohost.csv", "csv", "utf-8", 1),
    ("ebscohost_classic.csv", "csv", "utf-8", 1),
    ("embase_full.csv", "csv", "utf-8", 2),
    ("europe_pmc.csv", "csv", "utf-8", 1),
    ("ieee.csv", "csv", "utf-8", 1),
    ("ieee.ris", "ris", "utf-8", 1),
    ("lens.csv", "csv", "utf-8", 1),
    ("mendeley.bib", "bibtex", "utf-8", 1),
    ("openalex.csv", "csv", "utf-8", 1),
    ("ovid.csv", "csv", "utf-8", 1),
    ("proquest.csv", "csv", "utf-8", 1),
    ("pubmed_ahead.nbib", "nbib", "utf-8", 2),
    ("refworks.csv", "csv", "utf-8", 1),
    ("scielo.bib", "bibtex", "utf-8", 1),
    ("scielo.csv", "csv", "utf-8", 2),
    ("scielo.ris", "ris", "utf-8", 1),
    ("springer.csv", "csv", "utf-8", 2),
    ("springer.ris", "ris", "utf-8", 1),
    ("vhl.csv", "csv", "utf-8", 2),
    ("vhl.ris", "ris", "utf-8", 1),
    ("web_of_science.bib", "bibtex", "utf-8", 2),
    ("web_of_science_full.csv", "csv", "utf-8", 2),
    ("dimensions_full.csv", "csv", "utf-8", 2),
    ("zotero_full.csv", "csv", "utf-8", 2),
]
# What else is said of a file that has nothing wrong with it.
REMARKS = {
    "semicolon.csv": 1,
    "dimensions.csv": 1,
    "table.xlsx": 1,
    "springer.csv": 1,
    "dimensions_full.csv": 1,
}


def read(name: str) -> Reading:
    return read_export(EXPORTS / name, name)


def record(name: str, place: int = 0) -> Record:
    return read(name).records[place].record


@pytest.mark.parametrize(("name", "format", "encoding", "count"), DIALECTS)
def test_every_record_is_read(name: str, format: str, encoding: str, count: int) -> None:
    reading = read(name)
    assert (reading.format, reading.encoding) == (format, encoding)
    assert len(reading.records) == reading.marks == count
    assert len(reading.problems) == REMARKS.get(name, 0)
    assert reading.fields["title"] == count
    assert [item.position for item in reading.records] == list(range(1, count + 1))


@pytest.mark.parametrize(("name", "format", "encoding", "count"), DIALECTS)
def test_the_name_and_the_way_in_do_not_matter(
    name: str, format: str, encoding: str, count: int
) -> None:
    data = (EXPORTS / name).read_bytes()
    whole = read_export(data, "export.txt")
    assert whole == read(name)
    items = list(iter_export(EXPORTS / name))
    assert tuple(item for item in items if not isinstance(item, Problem)) == whole.records


# What stands above the header, and fields by row, are written as a plain table.
PLAIN = ("dimensions.csv", "dimensions_full.csv", "embase_by_row.csv")


@pytest.mark.parametrize(
    ("name", "format", "encoding", "count"), [row for row in DIALECTS if row[0] not in PLAIN]
)
def test_raw_fields_go_out_as_they_came(name: str, format: str, encoding: str, count: int) -> None:
    first = read(name)
    again = read_export(write_raw(first.records, format), name)
    assert [item.raw for item in again.records] == [item.raw for item in first.records]
    assert [item.record for item in again.records] == [item.record for item in first.records]


def test_ovid() -> None:
    first, second = (item.record for item in read("ovid_medline.ris").records)
    assert first.authors == ("Okafor, Ngozi A", "Lindqvist, Per")
    assert (first.year, first.pages, first.doi) == (2019, "101-109", "10.5555/jim.2019.101")
    assert first.pmid == "31000001", "the link says MEDLINE"
    assert second.pmid == "", "the link says Embase"
    assert second.pages == "", "No Specified"
    assert ("NL", "J Imag Med") in read("ovid_medline.ris").records[0].raw


def test_ebscohost() -> None:
    got = record("ebscohost.ris")
    assert (got.doi, got.pmid, got.year) == ("10.5555/in.33", "31000003", 2019)
    assert got.abstract == "Peers taught peers and were glad."


def test_embase() -> None:
    got = record("embase.ris")
    assert (got.pmid, got.accession) == ("15000004", "L900000001")
    assert got.authors == ("Riu, L.", "Alder, D.G.")
    table = record("embase.csv")
    assert table.authors == got.authors
    assert (table.journal, table.year, table.volume, table.number, table.pages) == (
        "Invented Endoscopy", 2014, "3", "3", "152-160",
    )  # fmt: skip
    assert table.doi == "10.5555/2303.138783"
    assert record("embase.csv", 1).pages == "e0212"
    assert record("embase_by_row.csv").pmid == "15000004"


def test_proquest_scopus_cochrane() -> None:
    assert record("proquest.ris").keywords == ("Mentors", "Residents", "Peer relations")
    assert record("proquest.ris").year == 2016
    scopus = record("scopus.ris")
    assert (scopus.pmid, scopus.pages, scopus.authors[1]) == ("33000001", "1234", "Kim, S.-H.")
    for name in ("cochrane.ris", "cochrane.txt"):
        got = record(name)
        assert (got.doi, got.pmid, got.year) == ("10.5555/fh.69", "15000005", 2004)
        assert got.authors == ("Elm, NJ", "Ben, SM")
        assert got.keywords == ("Adult", "Humans")


def test_endnote_and_zotero() -> None:
    for name in ("endnote.ris", "endnote.xml"):
        got = record(name)
        assert (got.pmid, got.issn, got.doi) == ("31000009", "1893-8512", "10.5555/cfr.00011-19")
    assert record("endnote.xml").title == "8-Imaginoquinoline"
    assert record("endnote.xml").abstract == "Fever < 38 & falling."
    assert record("endnote.xml", 1).pmid == "15000011"
    assert record("endnote.ris").keywords == ("Animals", "Humans", "*Fiction")
    assert record("zotero.ris").pmid == "15000010"
    assert record("endnote.enw").abstract == "Wood is listed. 50% of it is oak."
    assert record("endnote.enw", 1).entry_type == "thesis"


def test_pubmed_in_its_three_forms() -> None:
    tagged, xml = record("pubmed.nbib"), record("pubmed.xml")
    assert tagged.authors == ("Okafor, Ngozi A", "LORIS Study Group", "Lindqvist, Per")
    assert tagged.title.endswith("in which it was tried: a cohort.")
    for got in (tagged, xml, record("pubmed.csv")):
        assert (got.pmid, got.doi, got.year) == ("31000001", "10.5555/jim.2019.101", 2019)
        assert (got.volume, got.number, got.pages) == ("12", "3", "101-9")
    assert xml.title == "Growth of E. fictus in H2O."
    assert xml.abstract == "BACKGROUND: It grows. RESULTS: It grew."
    assert record("pubmed.xml", 1).entry_type == "incollection"


def test_eric_and_ovid_text() -> None:
    assert record("eric.nbib").doi == "10.5555/123456789"
    second = record("eric.nbib", 1)
    assert (second.volume, second.number, second.pages, second.year) == ("11", "2", "3", 2001)
    for name in ("ovid_medlars.txt", "ovid_labels.txt"):
        got = record(name)
        assert (got.volume, got.number, got.pages, got.year) == ("12", "3", "45-67", 2009)
    assert record("ovid_labels.txt").authors == ("Smythe, J.", "Doe, A.")
    assert ("Unheard Of Label", "kept") in read("ovid_labels.txt").records[0].raw


def test_web_of_science() -> None:
    got = record("web_of_science.ciw")
    assert got.title == "The determinants of wrapped titles"
    assert got.authors == ("Abram, Giovanna", "D'Angel, Ciriaca Andrea")
    assert got.doi == "10.5555/sf.086", "not one of the cited references'"
    assert record("web_of_science.ciw", 1).pages == "e12"
    assert record("web_of_science.tsv").pmid == "25000001"


def test_bibtex() -> None:
    scopus = record("scopus.bib")
    assert scopus.title == "A study of STUDIES: 50% of $5 & more"
    assert scopus.authors == ("Moreau, Élise", "Kim, Soo-Hyun")
    assert (scopus.doi, scopus.entry_type) == ("10.5555/ml_1234", "inproceedings")
    child, parent, article = (item.record for item in read("biblatex.bib").records)
    assert child.title == "The True Frontier: Space in American Films"
    assert child.authors == (
        "Westfall, Gary", "World Health Organization", "van Beethoven, Ludwig", "de la Cruz, Ana",
    )  # fmt: skip
    assert (child.journal, child.year, child.publisher) == ("Space and Beyond", 2000, "Greenleaf")
    assert (parent.entry_type, child.pages) == ("book", "55-65")
    assert article.journal == "J. Amer. Math. Soc."
    assert article.authors == ("Aksın, Özge", "Çetinkaya, B")


@pytest.mark.parametrize("name", ["rayyan.csv", "zotero.csv", "covidence.csv", "scopus.csv"])
def test_tables_of_screening_tools(name: str) -> None:
    got = record(name)
    assert len(got.authors) in (2,)
    assert got.year and got.journal and got.volume and got.pages and got.doi
    assert got.abstract != "[No abstract available]"


def test_further_tools() -> None:
    assert record("ebscohost_medline.ris").pmid == "31000030", "EBSCOhost is only the platform"
    refworks = record("refworks.txt")
    assert refworks.authors == ("Núñez, Ana María", "Osei, K.")
    assert (refworks.pages, refworks.year, refworks.doi) == ("33-41", 2019, "10.5555/in.33")
    assert refworks.abstract == "Peers taught peers and were glad."
    perished = record("publish_or_perish.csv")
    assert (perished.journal, perished.pages) == ("Invented Letters", "11-19")
    assert perished.authors == ("Smythe, A", "Doe, B")
    assert record("python_lists.csv").authors[0] == "Doe, Ann"
    assert record("python_lists.csv").abstract == "Abs"


def test_every_dialect_file_has_its_row() -> None:
    rows = {row[0] for row in DIALECTS}
    assert rows == {path.name for path in EXPORTS.iterdir() if not path.name.startswith("bad_")}


def test_workbook() -> None:
    first, second = (item.record for item in read("table.xlsx").records)
    assert (first.volume, first.pages, first.year) == ("1", "12", 2021)
    assert second.title == "=IMPORTXML(1)"
    assert read("table.xlsx").records[1].line == 5


OVID_SHORT = "VN,DB,UI,TI,AU,SO,YR\nOvid,Embase,20001,A title,Smith J. Doe A.B.,"


def test_ovids_table_with_short_headings() -> None:
    data = f'{OVID_SHORT}"BMJ. 3(2):12-5, 2019",2019\n'
    got = read_export(data.encode(), "x.csv").records[0].record
    assert (got.journal, got.volume, got.number, got.pages) == ("BMJ", "3", "2", "12-5")
    assert (got.accession, got.authors) == ("20001", ("Smith, J.", "Doe, A.B."))


@pytest.mark.parametrize(
    "journal",
    [
        "ACADEMIC MEDICINE",
        "IEEE TRANS. SYST. 3D IMAGING",
        "PROC. 12TH CONF., 2010",
        "LECTURE NOTES (2019)",
        "SYMPOSIUM v2",
    ],
)
def test_a_journal_under_the_same_heading_stays_whole(journal: str) -> None:
    data = f'PT,AU,TI,SO,PY,VL\nJ,"Smith, J",A title,"{journal}",2018,44\n'
    got = read_export(data.encode(), "x.csv").records[0].record
    assert (got.journal, got.year, got.volume) == (journal, 2018, "44")
