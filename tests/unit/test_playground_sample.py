"""The sample review that the demo screens: what was damaged in it is mended, its decisions are not touched."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path

import pytest

from playground.colleagues import read_truth
from playground.sample import exports
from playground.sample.mend import main, mend

TWICE = "BackgroundIt is not known whether daily aspirin prevents vascular events in adults."


@pytest.mark.parametrize(
    ("published", "mended"),
    [
        ("the â€œSepsis Sixâ€\x9d bundle", "the “Sepsis Six” bundle"),
        ("(Â£12,780, â‚¬14,707), P â‰¤ 0.01, 2 Ã— 2", "(£12,780, €14,707), P ≤ 0.01, 2 × 2"),
        ("Î±-Blocker", "α-Blocker"),
        ("PÂ = 0.023", "P = 0.023"),
        ("stakeholders¡¯ buy-in¡ªgoals", "stakeholders’ buy-in—goals"),
        ("7¨C8 %, ¡Ý11 hours, UK ¡ê1", "7–8 %, ≥11 hours, UK £1"),
        (f'{TWICE}";" {TWICE}', TWICE),
        (f"{TWICE}; {TWICE}", TWICE),
        ('(45%"; n = 3;" P = 0.1)', "(45%; n = 3; P = 0.1)"),
        ('4.8% [219/400]";" P < .0001', "4.8% [219/400]; P < .0001"),
        # Not certain, or not damaged.
        ('They say "yes"; we say "no".', 'They say "yes"; we say "no".'),
        ('a "nudge" works', 'a "nudge" works'),
        ("mean apneaa€¡°hypopnea", "mean apneaa€¡°hypopnea"),
        ("déjà vu; naïve", "déjà vu; naïve"),
        ("P?=?.002", "P?=?.002"),
    ],
)
def test_fault_50_only_what_is_certain_is_mended(published: str, mended: str) -> None:
    assert mend(published) == mended


def rows() -> list[dict[str, str]]:
    with exports.SAMPLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_fault_50_the_sample_has_no_repeated_abstract_and_no_mojibake() -> None:
    wrong = re.compile(r"â€|Â[£\xa0 ]|Ã.|¡[¯ª®°±Ýê]|¨C")
    known = {"670"}  # damaged twice over
    for row in rows():
        for text in (row["title"], row["abstract"]):
            assert mend(text) == text
            assert row["id"] in known or not wrong.search(text), row["id"]


def test_fault_50_the_decisions_stay_as_published() -> None:
    decisions = "".join(
        f"{row['id']},{row['included']},{row['included_abstract']};" for row in rows()
    )
    digest = hashlib.sha256(decisions.encode()).hexdigest()
    assert digest == "6fd512606f34ce583d7d4716a611179ebd57c28c243715e3e98ad757e3ed12b5"
    assert len(read_truth(exports.SAMPLE)) > 1_900


def test_the_mending_changes_nothing_else(tmp_path: Path) -> None:
    again = tmp_path / "again.csv"
    main([str(exports.SAMPLE), str(again)], standalone_mode=False)
    assert again.read_bytes() == exports.SAMPLE.read_bytes()
