"""What the flow tests share: a playground in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.standins import Playground, running_playground


@pytest.fixture
def playground(tmp_path: Path) -> Iterator[Playground]:
    """A new playground for one test, with events redelivered after a second."""
    with running_playground(tmp_path / "playground", event_retry_seconds="0,1,1") as running:
        yield running
