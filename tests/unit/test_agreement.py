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


INC, MAY, EXC = "include", "maybe", "exclude"
BY_STATSMODELS = [
    # statsmodels 0.15.0, cohens_kappa(table): kappa, kappa_low, kappa_upp.
    (
        {(INC, INC): 20, (INC, EXC): 5, (EXC, INC): 10, (EXC, EXC): 15},
        0.4,
        0.151092290,
        0.648907710,
    ),
    ({(INC, INC): 118, (INC, EXC): 5, (EXC, INC): 2}, -0.023391813, -0.047473413, 0.000689788),
    (
        # Fleiss, Levin and Paik 2003, table 18.1: three categories.
        {
            (EXC, EXC): 75,
            (EXC, INC): 1,
            (EXC, MAY): 4,
            (INC, EXC): 5,
            (INC, INC): 4,
            (INC, MAY): 1,
            (MAY, MAY): 10,
        },
        0.676470588,
        0.504575958,
        0.848365218,
    ),
    # Beyond −1 and 1 there is no kappa: statsmodels says −1.298 and 1.0214 here.
    ({(INC, EXC): 7, (EXC, INC): 5}, -0.945945946, -1.0, -0.593858505),
    ({(INC, INC): 3, (INC, EXC): 2, (EXC, INC): 1, (EXC, EXC): 394}, 0.662921348, 0.304400934, 1.0),
]


@pytest.mark.parametrize(("table", "value", "low", "high"), BY_STATSMODELS)
def test_fault_38_kappas_interval_is_that_of_fleiss_cohen_and_everitt(table, value, low, high):
    kappa = agreement_of(table).kappa
    assert (kappa.value, kappa.low, kappa.high) == pytest.approx((value, low, high), abs=1e-8)


@pytest.mark.parametrize(
    "table",
    [
        {(INC, INC): 1},
        {(INC, EXC): 1},
        {(INC, INC): 1, (EXC, EXC): 1},
        {(INC, INC): 10, (EXC, EXC): 20},
        {(INC, INC): 3, (MAY, MAY): 5, (EXC, EXC): 7},
        {(EXC, EXC): 40},
    ],
)
def test_fault_38_one_record_or_total_agreement_has_no_interval(table):
    figures = agreement_of(table)
    for estimate in (figures.kappa, figures.ac1):
        assert estimate is None or (estimate.low, estimate.high) == (None, None)
    assert figures.raw.low < figures.raw.high


def test_fault_38_ac1s_interval_is_gwets():
    # irrCAC 0.4.4, CAC(table).gwet(): standard error 0.03923, by n where ours is by n − 1.
    ac1 = agreement_of(BY_STATSMODELS[2][0]).ac1
    assert ac1.value == pytest.approx(0.86757, abs=1e-5)
    assert (ac1.high - ac1.value) / 1.959964 == pytest.approx(0.03923 * (100 / 99) ** 0.5, abs=1e-4)


def test_wilson_interval_never_leaves_the_unit_interval():
    assert wilson(0, 10).low == 0.0
    assert wilson(10, 10).high == pytest.approx(1.0)
    assert wilson(10, 10).high <= 1.0
    assert wilson(5, 10).value == 0.5
