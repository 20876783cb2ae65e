"""The tables of docs/formats.md are the ones the code holds itself to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screening.reading import FORMATS as READ
from screening.reading.headers import HEADINGS
from screening.reading.tables import table_form
from screening.reading.tables_of_fields import (
    CONDITIONS,
    FIELD_OF_SLOT,
    TABLES,
    heading_table,
    service_table,
    tag_table,
)
from screening.records import Record
from screening.writing import FORMATS, LOSSES
from screening.writing.losses import DIALECTS_READ
from screening.writing.tables_of_losses import dialect_table, loss_table

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
EXPORTS = Path(__file__).parents[1] / "data" / "exports"
# Services whose tables have columns of their own, and a file of each.
SERVICES = {
    "ClinicalTrials.gov": "clinicaltrials.csv",
    "Covidence": "covidence.csv",
    "Dimensions": "dimensions_full.csv",
    "EBSCOhost": "ebscohost.csv",
    "EBSCOhost, older": "ebscohost_classic.csv",
    "Embase": "embase_full.csv",
    "Europe PMC": "europe_pmc.csv",
    "IEEE Xplore": "ieee.csv",
    "Lens": "lens.csv",
    "OpenAlex": "openalex.csv",
    "Ovid": "ovid.csv",
    "ProQuest": "proquest.csv",
    "Publish or Perish": "publish_or_perish.csv",
    "PubMed": "pubmed.csv",
    "Rayyan": "rayyan.csv",
    "RefWorks": "refworks.csv",
    "SciELO": "scielo.csv",
    "Scopus": "scopus.csv",
    "Springer": "springer.csv",
    "VHL (BVS)": "vhl.csv",
    "Web of Science": "web_of_science_full.csv",
    "Web of Science, tab-delimited": "web_of_science.tsv",
    "Zotero": "zotero_full.csv",
}


def _header(name: str) -> tuple[str, ...]:
    data = (EXPORTS / name).read_bytes()
    form = table_form(data.decode("utf-16" if name.endswith(".tsv") else "utf-8-sig"))
    assert form is not None
    return form.header


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("dialects", dialect_table()),
        ("losses", loss_table()),
        ("tags", tag_table()),
        ("headings", heading_table()),
        ("services", service_table({who: _header(name) for who, name in SERVICES.items()})),
    ],
)
def test_tables_are_current(name: str, table: str) -> None:
    match = re.search(rf"<!-- {name}: [^>]*-->\n(.*?)<!-- end -->", PAGE.read_text(), re.DOTALL)
    assert match is not None
    assert match.group(1).strip() == table


def test_every_format_has_its_row() -> None:
    assert set(LOSSES) == set(FORMATS)
    assert set(DIALECTS_READ) == set(READ)
    fields = set(Record.__dataclass_fields__)
    assert all(set(lost) <= fields for lost in LOSSES.values())


def test_fault_12_the_tables_name_every_slot_of_the_readers() -> None:
    known = {slot for table in TABLES.values() for slot in table} | set(HEADINGS)
    assert known - set(FIELD_OF_SLOT) == {"wrapped"}
    assert set(CONDITIONS) <= set(FIELD_OF_SLOT)
    fields = set(Record.__dataclass_fields__)
    assert {one for told in FIELD_OF_SLOT.values() for one in told.split(", ")} == fields
