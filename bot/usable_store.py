"""Opens the store for a bot that is to run: a database that cannot record is waited for."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from jobs.backups import PREFIX
from screening.config import Installation
from screening.errors import StoreDamagedError, StoreFaultError
from screening.ports import Clock
from store import SqlStore, open_store

log = logging.getLogger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0


def usable_store(
    installation: Installation, clock: Clock, stopping: threading.Event
) -> SqlStore | None:
    """Return the store once it can be written to, None when told to stop before that.

    Without this a bot would say that it is ready, and refuse every vote. Raises what waiting cannot
    mend: a wrong address, a database of a newer Winnow, a server that refuses us.
    """
    pause, said = FIRST_PAUSE, ""
    while not stopping.is_set():
        try:
            return opened_for_writing(installation, clock)
        except StoreFaultError as error:
            sentence = f"{error} {backup_hint(error, installation)}".rstrip()
            if sentence != said:
                log.error("Winnow is not ready: %s", sentence)
                said = sentence
        stopping.wait(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
    return None


def opened_for_writing(installation: Installation, clock: Clock) -> SqlStore:
    """Open the store and write to it; raises the `StoreFaultError` that keeps it from recording."""
    store = open_store(installation.store_url)
    try:
        write_to(store, installation, clock)
    except BaseException:
        store.close()
        raise
    return store


def write_to(store: SqlStore, installation: Installation, clock: Clock) -> None:
    """Write a line for each review, to see that the store can record."""
    for review_id in installation.reviews:
        with store.writing(review_id) as tx:
            tx.set_setting("checked_at", clock.now().isoformat())


def backup_hint(error: Exception, installation: Installation) -> str:
    """Name the newest backup where a damaged database needs one, "" for any other fault."""
    if not isinstance(error, StoreDamagedError):
        return ""
    folder = installation.backup.folder
    backups = sorted(Path(folder).glob(f"{PREFIX}*.sqlite3")) if folder else []
    if not backups:
        return "No backup was found; docs/store.md says what can be rebuilt from the sheet."
    return f"The newest backup is {backups[-1]}."
