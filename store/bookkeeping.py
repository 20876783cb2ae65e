"""Gestures seen, the audit log, done-marks, posts and settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from store.part import REVIEW, Part
from store.schema import audit_log, done_marks, gestures, posts, settings

_MARKS = (
    select(done_marks.c.subject, done_marks.c.period, done_marks.c.at)
    .where(
        done_marks.c.review_id == REVIEW,
        done_marks.c.kind == bindparam("of_kind"),
        done_marks.c.at >= bindparam("since"),
    )
    .order_by(done_marks.c.at, done_marks.c.subject, done_marks.c.period)
)
_LAST_MARK = (
    select(done_marks.c.period, done_marks.c.at)
    .where(
        done_marks.c.review_id == REVIEW,
        done_marks.c.kind == bindparam("of_kind"),
        done_marks.c.subject == bindparam("of_subject"),
    )
    .order_by(done_marks.c.at.desc(), done_marks.c.period.desc())
    .limit(1)
)
_FORGET = delete(done_marks).where(
    done_marks.c.review_id == REVIEW,
    done_marks.c.kind == bindparam("of_kind"),
    done_marks.c.at > bindparam("since"),
)
_POST = select(posts.c.channel, posts.c.ts).where(
    posts.c.review_id == REVIEW, posts.c.post_key == bindparam("of_key")
)
_SETTING = select(settings.c.value).where(
    settings.c.review_id == REVIEW, settings.c.name == bindparam("of_name")
)


class Bookkeeping(Part):
    """What was done, so that nothing is done twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._entries: list[dict[str, Any]] = []

    def remember_gesture(self, gesture_key: str, at: datetime) -> bool:
        """Return True the first time a key is seen, False ever after."""
        row = {"review_id": self.review_id, "gesture_key": gesture_key, "at": at}
        return self._insert_once(gestures, row)

    def audit(
        self, at: datetime, actor: str, action: str, subject: str, details: Mapping[str, object]
    ) -> None:
        """Append to the audit log."""
        self._entries.append(
            {
                "review_id": self.review_id,
                "at": at,
                "actor": actor,
                "action": action,
                "subject": subject,
                "details": dict(details),
            }
        )

    def _write_audit(self) -> None:
        """Write the entries put in since the last time."""
        entries, self._entries = self._entries, []
        self._insert(audit_log, entries)

    def mark_done(self, kind: str, subject: str, period: str, at: datetime) -> bool:
        """Set a done-mark; False when it is already there."""
        row = {"kind": kind, "subject": subject, "period": period, "at": at}
        return self._insert_once(done_marks, {"review_id": self.review_id, **row})

    def done_marks(self, kind: str, since: datetime) -> list[tuple[str, str, datetime]]:
        """Return (subject, period, at) of the marks set since an instant."""
        rows = self._all(_MARKS, of_kind=kind, since=since)
        return [(row.subject, row.period, row.at) for row in rows]

    def last_done(self, kind: str, subject: str) -> tuple[str, datetime] | None:
        """Return (period, at) of the mark set last."""
        row = self._first(_LAST_MARK, of_kind=kind, of_subject=subject)
        return None if row is None else (row.period, row.at)

    def forget_done(self, kind: str, after: datetime) -> int:
        """Remove the marks set after an instant, by a clock that was ahead; return how many."""
        return self._run(_FORGET, of_kind=kind, since=after)

    def record_post(self, key: str, channel: str, ts: str, at: datetime) -> None:
        """Remember where a message stands; a later one under the same key takes its place."""
        row = {"post_key": key, "channel": channel, "ts": ts, "at": at}
        self._put(posts, ("review_id", "post_key"), {"review_id": self.review_id, **row})

    def post(self, key: str) -> tuple[str, str] | None:
        """Return (channel, ts) of a message already posted under this key."""
        row = self._first(_POST, of_key=key)
        return None if row is None else (row.channel, row.ts)

    def setting(self, name: str) -> str | None:
        """Return a setting, None when it was never set."""
        value: str | None = self._value(_SETTING, of_name=name)
        return value

    def set_setting(self, name: str, value: str) -> None:
        """Keep a setting."""
        row = {"review_id": self.review_id, "name": name, "value": value}
        self._put(settings, ("review_id", "name"), row)
