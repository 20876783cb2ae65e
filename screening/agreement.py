"""How well two reviewers agree: raw agreement, Cohen's kappa and Gwet's AC1, each with n and an interval.

Kappa misleads when few records are included (its prevalence paradox), hence AC1 beside it. Only votes
cast independently count. Sources: Cohen 1960 (Educ Psychol Meas 20:37-46), with the variance of Fleiss,
Cohen and Everitt 1969 (Psychol Bull 72:323-327), as statsmodels and R's irr and psych give it; Gwet 2008
(Br J Math Stat Psychol 61:29-48, variance by his equation for two raters); Wilson 1927 for the
proportion.

The variances of kappa and AC1 are those of many records: on one record, or where nothing varies (total
agreement, say), they say nothing, and no interval is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""

NO_VARIANCE = 1e-12
"""A variance that is zero but for rounding."""

Table = Mapping[tuple[str, str], int]
Shares = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value between −1 and 1 with its 95 % confidence interval, None where it is undefined."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class AgreementFigures:
    """Agreement of two reviewers on `n` records; None where it is undefined."""

    n: int
    raw: Estimate | None
    kappa: Estimate | None
    ac1: Estimate | None


def agreement_of(table: Table) -> AgreementFigures:
    """Return the figures of a square table: (first's outcome, second's outcome) → records."""
    n = sum(table.values())
    if n == 0:
        return AgreementFigures(0, None, None, None)
    labels = sorted({label for pair in table for label in pair} | {"include", "exclude"})
    agreed = sum(table.get((a, a), 0) for a in labels)
    rows = {a: sum(table.get((a, b), 0) for b in labels) / n for a in labels}
    columns = {b: sum(table.get((a, b), 0) for a in labels) / n for b in labels}
    return AgreementFigures(
        n,
        wilson(agreed, n),
        _kappa(table, agreed / n, rows, columns, n),
        _ac1(table, agreed / n, rows, columns, n),
    )


def wilson(successes: int, n: int) -> Estimate:
    """Return a proportion with Wilson's score interval."""
    p, z2 = successes / n, Z95 * Z95
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Estimate(p, max(0.0, middle - half), min(1.0, middle + half))


def _kappa(table: Table, observed: float, rows: Shares, columns: Shares, n: int) -> Estimate | None:
    chance = sum(rows[a] * columns[a] for a in rows)
    if chance >= 1.0:
        return None
    value = (observed - chance) / (1 - chance)
    # Fleiss, Cohen and Everitt 1969, equation 13, for unweighted kappa.
    spread = 0.0
    for (a, b), count in table.items():
        if a == b:
            spread += count / n * (1 - (rows[a] + columns[a]) * (1 - value)) ** 2
        else:
            spread += count / n * ((columns[a] + rows[b]) * (1 - value)) ** 2
    spread -= (value - chance * (1 - value)) ** 2
    return _interval(value, spread / (n * (1 - chance) ** 2), n)


def _ac1(table: Table, observed: float, rows: Shares, columns: Shares, n: int) -> Estimate | None:
    q = len(rows)
    share = {a: (rows[a] + columns[a]) / 2 for a in rows}
    chance = sum(p * (1 - p) for p in share.values()) / (q - 1)
    if chance >= 1.0:
        return None
    value = (observed - chance) / (1 - chance)
    # Gwet 2008: variance from each record's own contribution to the coefficient.
    total = 0.0
    for (a, b), count in table.items():
        own = ((1.0 if a == b else 0.0) - chance) / (1 - chance)
        own_chance = sum((1 - share[label]) for label in (a, b)) / (2 * (q - 1))
        star = own - 2 * (1 - value) * (own_chance - chance) / (1 - chance)
        total += count * (star - value) ** 2
    return _interval(value, total / (n * max(n - 1, 1)), n)


def _interval(value: float, variance: float, n: int) -> Estimate:
    if n < 2 or variance < NO_VARIANCE:
        return Estimate(value)
    half = Z95 * sqrt(variance)
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half))
