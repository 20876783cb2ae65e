"""Nightly copies of the store, the newest kept."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from jobs.due import Mark, due
from screening.config.installation import Backup
from screening.ports import Store

log = logging.getLogger(__name__)

PREFIX = "winnow-"
CATCH_UP = timedelta(hours=24)
RETRY = timedelta(minutes=15)


class Backups:
    """Makes a backup each night and removes those beyond `keep`.

    What was made is told by the folder itself: a restored store must not forget its backups.
    """

    def __init__(
        self, store: Store, plan: Backup, zone: ZoneInfo, since: datetime, suffix: str = ".sqlite3"
    ) -> None:
        self._store = store
        self._plan = plan
        self._zone = zone
        self._since = since
        self._suffix = suffix
        self._not_before = since

    def run(self, now: datetime) -> Path | None:
        """Make tonight's backup if it is due; return its path."""
        if not self._plan.folder or now < self._not_before:
            return None
        found = due(
            now,
            self._plan.at,
            self._zone,
            last=self._last(),
            since=self._since,
            catch_up=CATCH_UP,
        )
        if found.post is None:
            return None
        # A full disk or a missing folder is not tried again every few seconds.
        self._not_before = now + RETRY
        path = self.make(Path(self._plan.folder) / f"{PREFIX}{found.post.period}{self._suffix}")
        self._not_before = now
        return path

    def make(self, path: Path) -> Path:
        """Write a backup to `path`, whole or not at all, and remove the oldest in its folder."""
        self._store.copy_to(str(path))
        log.info("Backup written: %s", path)
        for old in self.existing()[: -self._plan.keep]:
            old.unlink(missing_ok=True)
            log.info("Backup removed: %s", old)
        return path

    def existing(self) -> list[Path]:
        """Return the nightly backups, oldest first: their names sort by date."""
        if not self._plan.folder:
            return []
        return sorted(Path(self._plan.folder).glob(f"{PREFIX}????-??-??{self._suffix}"))

    def _last(self) -> Mark | None:
        newest = next(reversed(self.existing()), None)
        if newest is None:
            return None
        period = newest.name.removeprefix(PREFIX).removesuffix(self._suffix)
        day = datetime.fromisoformat(period).replace(tzinfo=self._zone)
        return Mark(period, day)
