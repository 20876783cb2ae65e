"""Every service's export gives each field as the service meant it, whatever encoding it came in."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from screening.reading import read_export
from screening.records import Record

EXPORTS = Path(__file__).parents[1] / "data" / "exports"
TWO = ("Okafor, Ngozi A", "Lindqvist, Per")
TWO_DOTTED = ("Okafor, Ngozi A.", "Lindqvist, Per")
MENTORS = ("Journal of Imagined Medicine", 2019, "12", "3", "101-109")
PEERS = ("Invented Nursing", 2019, "8", "2", "33-41")
INVENTION = ("WORLD JOURNAL OF INVENTION", 2018, "12", "3", "101-109")
SCIELO = ("Pérez Díaz, Luis Alberto", "Gómez Ruiz, Luis Alberto")

# File, place: authors; journal, year, volume, number, pages; DOI, PMID.
FIELDS: list[tuple[str, int, tuple[str, ...], tuple[str, int | None, str, str, str], str, str]] = [
    ("acm.bib", 0, ("Mayer, Berta", "van den Berg, Rik"),
     ("Proceedings of the 2019 Conference on Invention", 2019, "", "", "12"),
     "10.5555/3300000.3300001", ""),
    ("acm.bib", 1, ("Doe, Ann",), ("ACM Trans. Invent.", 2020, "12", "3", "7"), "10.5555/3300002",
     ""),
    ("acm.enw", 0, ("Berta Mayer", "Rik van den Berg"),
     ("Proceedings of the 2019 Conference on Invention", 2019, "", "", "12-15"),
     "10.5555/3300000.3300001", ""),
    ("clinicaltrials.csv", 0, (), ("", 2017, "", "", ""), "", ""),
    ("dimensions_full.csv", 0, TWO_DOTTED, MENTORS, "10.5555/jim.2019.101", "31000001"),
    ("dimensions_full.csv", 1, ("Doe, Ann",), ("Book of Imagined Medicine", 2018, "", "", "11-20"),
     "10.5555/978-1-00000-0_2", ""),
    ("zotero_full.csv", 0, TWO_DOTTED, PEERS, "10.5555/in.33", "31000003"),
    ("zotero_full.csv", 1, ("Doe, Ann",), ("", None, "", "", ""), "", ""),
    ("ebscohost.csv", 0, TWO_DOTTED, PEERS, "10.5555/in.33", ""),
    ("ebscohost_classic.csv", 0, TWO_DOTTED, ("Invented Nursing", 2019, "8", "2", "33"),
     "10.5555/in.33", ""),
    ("embase_full.csv", 0, ("Gallyas, F. Jr.", "Racz, B.", "van der Molen, H."),
     ("Journal of Invention", 2018, "12", "3", "S101-S109"), "10.5555/jinv.2018.101", "31000101"),
    ("embase_full.csv", 1, ("Working Group on Rats",), ("Journal of Invention", 2020, "", "", ""),
     "10.5555/jinv.2020.1", ""),
    ("europe_pmc.csv", 0, ("Okafor, NA", "Lindqvist, P", "LORIS Study Group"), MENTORS,
     "10.5555/jim.2019.101", "31000001"),
    ("ieee.csv", 0, ("Mayer, B.", "van den Berg, R."),
     ("2017 IEEE Conference on Invention (ICI)", 2017, "", "", "66-69"), "10.5555/ici.2017.44", ""),
    ("ieee.ris", 0, ("Mayer, B.", "van den Berg, R."),
     ("2017 IEEE Conference on Invention (ICI)", 2017, "", "", "66-69"), "10.5555/ici.2017.44", ""),
    ("lens.csv", 0, ("Ngozi A. Okafor", "Per Lindqvist"), MENTORS, "10.5555/jim.2019.101",
     "31000001"),
    ("mendeley.bib", 0,
     ("Okafor, Ngozi A.", "de la Cruz, María", "Invention Study Group", "Smith, John, Jr."), PEERS,
     "10.5555/in.33", "31000003"),
    ("openalex.csv", 0, ("Ngozi A. Okafor", "Per Lindqvist"), MENTORS, "10.5555/jim.2019.101",
     "31000001"),
    ("ovid.csv", 0, ("Okafor, NA", "Lindqvist, P"), MENTORS, "10.5555/jim.2019.101", "31000001"),
    ("proquest.csv", 0, TWO, ("Invented Mentoring", 2016, "8", "2", "33-41"), "10.5555/im.2016.33",
     ""),
    ("pubmed_ahead.nbib", 0,
     ("Gallyas, Ferenc Jr", "van der Molen, Hendrika",
      "Invented Knees in Imaginary Arthroplasty Collaborative Study Group"),
     ("The Journal of arthroplasty", 2019, "", "", ""), "10.5555/j.arth.2018.12.026", "31000104"),
    ("pubmed_ahead.nbib", 1, ("Roe, Ben",), ("PloS one", 2020, "15", "2", "e0228245"),
     "10.5555/journal.pone.0228245", "31000105"),
    ("refworks.csv", 0, ("Núñez, Ana María", "Osei, K., Jr."), PEERS, "10.5555/in.33", ""),
    ("scielo.bib", 0, (*SCIELO, "Silva, Ana da"), ("Revista de Invenção", 2019, "40", "", "63-80"),
     "10.5555/s0034-8910.2019063", ""),
    ("scielo.csv", 0, SCIELO, ("Revista de Invenção", 2019, "40", "1", "63-80"), "", ""),
    ("scielo.csv", 1, ("Silva, Ana da",), ("Revista de Invenção", 2018, "39", "", "e12"), "", ""),
    ("scielo.ris", 0, ("Pérez Díaz, Luis Alberto", "Silva, Ana da"),
     ("Revista de Invenção", 2019, "40", "1", "63-80"), "10.5555/s0034-8910.2019063", ""),
    ("springer.csv", 0, ("Andy Smith", "Tom Weber", "Jürgen McDonald"),
     ("Journal of Invention", 2019, "12", "3", ""), "10.5555/s12650-019-1", ""),
    ("springer.csv", 1, ("Martti Lehto",), ("Invention and Data Science", 2021, "", "", ""),
     "10.5555/978-3-030-00000-9_14", ""),
    ("springer.ris", 0, ("Smith, Andy", "Weber, Tom"),
     ("Journal of Invention", 2019, "12", "3", "S21-1-S21-8"), "10.5555/s12650-019-1", ""),
    ("vhl.csv", 0, TWO, ("J Imag Med", 2019, "12", "3", "101-109"), "10.5555/jim.2019.101",
     "31000001"),
    ("vhl.csv", 1, ("Silva, Ana da", "Souza, José"),
     ("Rev. invenç. (Online)", 2019, "40", "", "e20190063"), "", ""),
    ("vhl.ris", 0, TWO, ("J Imag Med", 2019, "12", "3", "101-109"), "10.5555/jim.2019.101",
     "31000001"),
    ("web_of_science.bib", 0,
     ("Kogan, Cary S.", "Garcia-Pacheco, Jose A.", "Kogan, Cary T.", "van der Berg, J. III"),
     ("WORLD JOURNAL OF INVENTION", 2018, "12", "3, SI", "101-109"), "10.5555/wji.2018.101", ""),
    ("web_of_science.bib", 1, ("Doe, Ann",), ("WORLD JOURNAL OF INVENTION", 2020, "", "", "e12"),
     "10.5555/wji.2020.1", ""),
    ("web_of_science_full.csv", 0, ("Kogan, CS", "van der Berg, J", "Invention Study Group"),
     INVENTION, "10.5555/wji.2018.101", "31000102"),
    ("web_of_science_full.csv", 1, ("Doe, A",), ("WORLD JOURNAL OF INVENTION", 2020, "", "", "e12"),
     "10.5555/wji.2020.1", ""),
]  # fmt: skip
TEXTS = sorted(
    path.name
    for path in EXPORTS.iterdir()
    if not path.name.startswith("bad_") and path.suffix != ".xlsx"
)


def records(data: bytes) -> list[Record]:
    return [item.record for item in read_export(data, "export").records]


def text_of(name: str) -> str:
    data = (EXPORTS / name).read_bytes()
    encoding = "utf-16" if data.startswith(codecs.BOM_UTF16_LE) else "utf-8-sig"
    return data.decode("latin-1" if name == "semicolon.csv" else encoding)


@pytest.mark.parametrize(
    ("name", "place", "authors", "source", "doi", "pmid"),
    FIELDS,
    ids=[f"{row[0]}:{row[1]}" for row in FIELDS],
)
def test_fault_12_each_service_is_read_field_by_field(
    name: str,
    place: int,
    authors: tuple[str, ...],
    source: tuple[str, int | None, str, str, str],
    doi: str,
    pmid: str,
) -> None:
    got = records((EXPORTS / name).read_bytes())[place]
    assert got.authors == authors
    assert (got.journal, got.year, got.volume, got.number, got.pages) == source
    assert (got.doi, got.pmid) == (doi, pmid)


def test_fault_12_the_other_fields_of_services() -> None:
    ovid = records((EXPORTS / "ovid.csv").read_bytes())[0]
    assert (ovid.issn, ovid.language, ovid.accession) == ("1893-8512", "English", "31000001")
    ieee = records((EXPORTS / "ieee.csv").read_bytes())[0]
    assert (ieee.entry_type, ieee.keywords[:2]) == ("inproceedings", ("dashboards", "services"))
    trial = records((EXPORTS / "clinicaltrials.csv").read_bytes())[0]
    assert (trial.accession, trial.abstract) == ("NCT00000001", "Mentors were imagined.")
    refworks = records((EXPORTS / "refworks.csv").read_bytes())[0]
    assert refworks.original_title == "Pares imaginarios"


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("way", ["utf-8-sig", "utf-16", "utf-16-be", "CR", "CRLF"])
def test_fault_12_encodings_and_line_ends_change_nothing(name: str, way: str) -> None:
    text = text_of(name).replace("\r\n", "\n")
    expected = records(text.encode())
    ends = {"CR": "\r", "CRLF": "\r\n"}
    if way in ends:
        data = text.replace("\n", ends[way]).encode()
    elif way == "utf-16-be":
        data = codecs.BOM_UTF16_BE + text.encode("utf-16-be")
    else:
        data = text.encode(way)
    assert records(data) == expected
