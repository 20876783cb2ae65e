"""What the flow tests share: a playground in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.slack.seed import DEFAULT_EVENTS
from tests.flows.standins import Playground, running_playground


@pytest.fixture
def playground(tmp_path: Path) -> Iterator[Playground]:
    """A new playground for one test, with events redelivered after a second."""
    # Winnow's own manifest does not ask for file_shared; the stand-in plays it all the same.
    events = [*DEFAULT_EVENTS, "file_shared"]
    with running_playground(
        tmp_path / "playground",
        event_retry_seconds="0,1,1",
        workspace={"app": {"events": events}},
    ) as running:
        yield running
