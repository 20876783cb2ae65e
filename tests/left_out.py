"""Says which tests a run left out, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest


def sentence_for(skipped: Iterable[pytest.TestReport]) -> str:
    """Return one line with the number of tests for each reason, "" when all ran."""
    reasons = Counter(_reason(report) for report in skipped)
    if not reasons:
        return ""
    parts = "; ".join(f"{count} because {reason}" for reason, count in reasons.most_common())
    return f"LEFT OUT: {reasons.total()} of the tests did not run: {parts}"


def _reason(report: pytest.TestReport) -> str:
    """Return why a test was skipped, on one line."""
    where = report.longrepr
    text = where[2] if isinstance(where, tuple) else str(where)
    return " ".join(text.removeprefix("Skipped: ").split())
