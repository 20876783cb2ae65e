"""Checks the store: where it is, whether it can be written to, whether its counters are right."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.checking.findings import Finding, ok, warning, wrong
from bot.usable_store import backup_hint, write_to
from screening.config import Installation
from screening.errors import WinnowError
from screening.pairing import unnamed_reviews
from screening.ports import Clock
from screening.sealing import Seal
from store import is_embedded, open_store
from store.platforms import wiped_disk_reason
from store.private_files import make_private_folder

LEAST_FREE = 500 * 1024 * 1024


def check_store(
    installation: Installation, environ: Mapping[str, str], clock: Clock
) -> Iterator[Finding]:
    """Open the store, write to it, recount what it counts."""
    embedded = is_embedded(installation.store_url)
    reason = wiped_disk_reason(environ) if embedded else None
    if reason:
        yield wrong("store", reason, "Set DATABASE_URL to a Postgres database.")
    try:
        store = open_store(installation.store_url)
    except WinnowError as error:
        yield wrong("store", str(error), backup_hint(error, installation))
        return
    try:
        write_to(store, installation, clock)
        for review_id in installation.reviews:
            for sentence in store.drifted(review_id):
                yield wrong("store", sentence, "Please report it; restore last night's backup.")
        store.check_intact()
        unnamed = unnamed_reviews(store, installation.reviews)
        if unnamed:
            yield warning(
                "reviews",
                f"the store holds {', '.join(unnamed)}, which the configuration does not name",
                "If a review was renamed, give it its old ID back in the configuration.",
            )
        where = "a SQLite file" if embedded else "Postgres"
        yield ok("store", f"{where}, written to and read")
    except WinnowError as error:
        yield wrong("store", str(error), backup_hint(error, installation))
    finally:
        store.close()
    if embedded:
        yield from _disk(Path(installation.store_url.removeprefix("sqlite:///")).parent)
    yield from _backups(installation)


def check_seal_key(installation: Installation) -> Iterator[Finding]:
    """Try the key that seals pending votes."""
    try:
        Seal(installation.seal_key.get_secret_value())
    except WinnowError as error:
        yield wrong("seal key", str(error), f"Set {installation.seal_key_variable}.")
        return
    yield ok("seal key", f"{installation.seal_key_variable} seals and opens")


def check_times(installation: Installation, clock: Clock) -> Iterator[Finding]:
    """Tell the local time of each review, so that a wrong time zone is noticed."""
    for review in installation.reviews.values():
        local = clock.now().astimezone(review.timezone)
        yield ok(f"time of {review.review_id}", f"{local:%A %H:%M} in {review.timezone.key}")


def _disk(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    seen = f"{free / 1024**3:,.1f} GiB free"
    if free < LEAST_FREE:
        yield warning("disk", seen, "Make room: a full disk stops votes from being recorded.")
    else:
        yield ok("disk", seen)


def _backups(installation: Installation) -> Iterator[Finding]:
    folder = installation.backup.folder
    if not folder:
        yield warning("backups", "none are made", "Name installation.backup.folder.")
        return
    try:
        make_private_folder(Path(folder))
        probe = Path(folder) / ".winnow-check"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        yield wrong("backups", f"{folder}: {error.strerror}", "Name a folder that can be written.")
        return
    yield ok("backups", f"each night into {folder}, {installation.backup.keep} kept")
