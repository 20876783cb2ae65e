"""What every test can ask for, and the promise that a test left out is never overlooked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.left_out import sentence_for
from tests.store_fixtures import NO_SKIP, opened, postgres_server, store, store_url

settings.register_profile(
    "winnow",
    # A machine's hiccup is no finding; in CI the same examples run every time.
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get(NO_SKIP)),
)
settings.load_profile("winnow")

__all__ = ["opened", "postgres_server", "store", "store_url"]

LEFT_OUT = "WINNOW_LEFT_OUT"
"""Names a file that collects the sentence of each run, for `make test` to show at its end."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped a test where that is forbidden."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(NO_SKIP) and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line which tests were left out and how to have them run."""
    sentence = sentence_for(terminalreporter.stats.get("skipped", []))
    if not sentence:
        return
    terminalreporter.section("tests left out", sep="!", red=True, bold=True)
    terminalreporter.line(sentence, red=True, bold=True)
    if os.environ.get(LEFT_OUT):
        with Path(os.environ[LEFT_OUT]).open("a", encoding="utf-8") as file:
            file.write(sentence + "\n")
