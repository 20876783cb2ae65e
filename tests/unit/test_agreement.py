"""Agreement figures against published worked examples."""

from __future__ import annotations

import pytest

from screening.agreement import agreement_of, wilson


def test_kappa_of_cohens_textbook_example():
    # Fleiss, Levin & Paik 2003, ch. 18: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no → kappa 0.40.
    table = {("i", "i"): 20, ("i", "e"): 5, ("e", "i"): 10, ("e", "e"): 15}
    table = {
        (("include" if a == "i" else "exclude"), ("include" if b == "i" else "exclude")): n
        for (a, b), n in table.items()
    }
    figures = agreement_of(table)
    assert figures.n == 50
    assert figures.raw.value == pytest.approx(0.7)
    assert figures.kappa.value == pytest.approx(0.4)


def test_ac1_stays_high_where_kappa_collapses():
    # Gwet 2008, table 1's paradox: 118 of 125 agree on one category, kappa is near zero.
    table = {
        ("include", "include"): 118,
        ("include", "exclude"): 5,
        ("exclude", "include"): 2,
        ("exclude", "exclude"): 0,
    }
    figures = agreement_of(table)
    assert figures.raw.value == pytest.approx(0.944)
    assert figures.kappa.value == pytest.approx(-0.0234, abs=1e-3)
    assert figures.ac1.value == pytest.approx(0.9408, abs=1e-3)
    assert figures.ac1.low < figures.ac1.value < figures.ac1.high <= 1.0


def test_nothing_voted_gives_nothing():
    assert agreement_of({}).raw is None


def test_total_agreement_on_one_side_leaves_kappa_undefined():
    figures = agreement_of({("exclude", "exclude"): 40})
    assert figures.raw.value == 1.0
    assert figures.kappa is None
    assert figures.ac1.value == pytest.approx(1.0)


def test_wilson_interval_never_leaves_the_unit_interval():
    assert wilson(0, 10).low == 0.0
    assert wilson(10, 10).high == pytest.approx(1.0)
    assert wilson(10, 10).high <= 1.0
    assert wilson(5, 10).value == 0.5
