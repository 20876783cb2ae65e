"""A real Chromium for the page: the system's, else the one that Playwright downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW = (
    "No Chromium here. Install the system's (Debian: apt-get install chromium) "
    "or Playwright's own: .venv/bin/playwright install chromium"
)
# No look-ups of its own at start; as root Chromium does not run in its sandbox.
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path(playwright: Playwright) -> str | None:
    """The path of a Chromium, None where there is none."""
    system = next((path for path in map(shutil.which, NAMES) if path), None)
    if system:
        return system
    own = playwright.chromium.executable_path
    return own if own and Path(own).exists() else None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser for the session; skipped where none can be had, except where nothing may be."""
    with sync_playwright() as playwright:
        path = chromium_path(playwright)
        if path is None:
            if os.environ.get("WINNOW_NO_SKIP"):
                pytest.fail(HOW)
            pytest.skip(HOW)
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        launched = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *root])
        yield launched
        launched.close()
