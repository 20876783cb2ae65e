"""The tables of docs/formats.md are the ones the code holds itself to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screening.reading import FORMATS as READ
from screening.records import Record
from screening.writing import FORMATS, LOSSES
from screening.writing.losses import DIALECTS_READ
from screening.writing.tables_of_losses import dialect_table, loss_table

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"


@pytest.mark.parametrize(
    ("name", "table"), [("dialects", dialect_table()), ("losses", loss_table())]
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
