"""Nightly copies of the store, the newest kept."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from jobs.due import LOOK_BACK, Mark, due
from screening.config.installation import Backup
from screening.ports import Store

log = logging.getLogger(__name__)

PREFIX = "winnow-"
NIGHTLY = f"{PREFIX}????-??-??"
CATCH_UP = LOOK_BACK
"""How late a night's backup is still made: late is better than never."""
RETRY = timedelta(minutes=15)


class Backups:
    """Makes a backup each night and removes those beyond `keep`.

    What was made is told by the folder itself: a restored store must not forget its backups.
    """

    def __init__(
        self, store: Store, plan: Backup, zone: ZoneInfo, suffix: str = ".sqlite3"
    ) -> None:
        self._store = store
        self._plan = plan
        self._zone = zone
        self._suffix = suffix
        self._failed_at: datetime | None = None

    def run(self, now: datetime) -> Path | None:
        """Make tonight's backup if it is due; return its path.

        A night that passed while the bot was not running is made up for when it starts.
        """
        if not self._plan.folder or self._failed_just_now(now):
            return None
        found = due(
            now,
            self._plan.at,
            self._zone,
            last=self._last(now),
            since=now - CATCH_UP,
            catch_up=CATCH_UP,
        )
        if found.post is None:
            return None
        # A full disk or a missing folder is not tried again every few seconds.
        self._failed_at = now
        path = self.make(Path(self._plan.folder) / f"{PREFIX}{found.post.period}{self._suffix}")
        self._failed_at = None
        self._remove_oldest(path)
        return path

    def make(self, path: Path) -> Path:
        """Write a backup to `path`, whole or not at all."""
        self._store.copy_to(str(path))
        log.info("Backup written: %s", path)
        return path

    def _remove_oldest(self, newest: Path) -> None:
        # What is named for a later day was made while the clock was ahead: it takes no other's place.
        known = [path for path in self.existing() if path.name <= newest.name]
        for old in known[: -self._plan.keep]:
            old.unlink(missing_ok=True)
            log.info("Backup removed: %s", old)
        # Half copies of nights on which the process was killed.
        for part in newest.parent.glob(f"{NIGHTLY}{self._suffix}.part*"):
            part.unlink(missing_ok=True)

    def existing(self) -> list[Path]:
        """Return the nightly backups, oldest first: their names sort by date."""
        if not self._plan.folder:
            return []
        return sorted(Path(self._plan.folder).glob(f"{NIGHTLY}{self._suffix}"))

    def _failed_just_now(self, now: datetime) -> bool:
        return self._failed_at is not None and timedelta() <= now - self._failed_at < RETRY

    def _last(self, now: datetime) -> Mark | None:
        """Return the newest backup that is not named for a day still to come."""
        today = now.astimezone(self._zone).date().isoformat()
        periods = (p.name.removeprefix(PREFIX).removesuffix(self._suffix) for p in self.existing())
        period = max((each for each in periods if each <= today), default=None)
        if period is None:
            return None
        return Mark(period, datetime.fromisoformat(period).replace(tzinfo=self._zone))
