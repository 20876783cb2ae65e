"""Knowing the platforms that wipe their disk, where a SQLite file would lose acknowledged votes."""

from __future__ import annotations

from collections.abc import Mapping

CERTAIN = (
    # variable of the environment, name of the platform, when its disk is wiped
    ("DYNO", "Heroku", "at every restart of the dyno, at least once a day"),
    ("K_SERVICE", "Google Cloud Run", "whenever an instance stops"),
    ("CLOUD_RUN_JOB", "Google Cloud Run jobs", "at the end of each job"),
    ("AWS_LAMBDA_FUNCTION_NAME", "AWS Lambda", "whenever an instance stops"),
    ("VERCEL", "Vercel", "at the end of each call"),
)
"""Platforms without any lasting disk. Those where a disk can be attached (Render, Fly) are not
named, because nothing in their environment tells reliably whether one is."""


def wiped_disk_reason(environ: Mapping[str, str]) -> str | None:
    """Say why a SQLite file would be lost here and what to do instead; None when nothing is known."""
    for variable, platform, when in CERTAIN:
        if environ.get(variable):
            return _sentence(platform, when)
    on_railway = environ.get("RAILWAY_PROJECT_ID") and environ.get("RAILWAY_SERVICE_ID")
    if on_railway and not environ.get("RAILWAY_VOLUME_MOUNT_PATH"):
        return _sentence("Railway without a volume", "at every deployment")
    return None


def _sentence(platform: str, when: str) -> str:
    return (
        f"This is {platform}, whose disk is wiped {when}: recorded votes in a SQLite file would be "
        "lost. Set DATABASE_URL to a Postgres database."
    )
