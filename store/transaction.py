"""One transaction of one review: all that a use case reads and writes."""

from __future__ import annotations

from store.agreements import Agreements
from store.days import Days
from store.decided import Decided
from store.disagreements import Disagreements
from store.duplicates import Duplicates
from store.figures import Figures
from store.leases import Leases
from store.nodes import Nodes
from store.outbox import Outbox
from store.stages import Stages
from store.voting import Voting


class SqlTransaction(
    Outbox,
    Disagreements,
    Duplicates,
    Stages,
    Leases,
    Voting,
    Figures,
    Days,
    Agreements,
    Nodes,
    Decided,
):
    """The port `screening.ports.Transaction`, over SQLAlchemy Core."""

    def flush(self) -> None:
        """Write what was gathered on the way, right before the commit."""
        self._settle_counters()
        self._write_items()
        self._write_audit()
