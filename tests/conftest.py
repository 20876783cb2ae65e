"""What every test can ask for, and the promise that in CI none is left out."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped a test where that is forbidden."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(NO_SKIP) and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
