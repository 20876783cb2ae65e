"""What an error of Postgres means for whoever wanted to record something."""

from __future__ import annotations

from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError

from screening.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreDiskError,
    StoreFaultError,
    StoreFullError,
    StoreGoneError,
    StoreReadOnlyError,
)

BUSY = (pg.LockNotAvailable, pg.QueryCanceled, pg.DeadlockDetected, pg.SerializationFailure)
DAMAGED = (pg.DataCorrupted, pg.IndexCorrupted)
UNABLE = (pg.SystemError, pg.IoError, pg.UndefinedFile, pg.OutOfMemory, pg.InternalError_)


def postgres_fault(error: DBAPIError, seconds: float) -> StoreFaultError | None:
    """Return what an error of Postgres means, None when the statement itself was wrong.

    By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html. An operational
    error without one is a connection that was lost or refused.
    """
    cause = error.orig
    if isinstance(cause, BUSY):
        return StoreBusyError(seconds)
    if isinstance(cause, DAMAGED):
        return StoreDamagedError()
    if isinstance(cause, pg.DiskFull):
        return StoreFullError()
    if isinstance(cause, pg.ReadOnlySqlTransaction):
        return StoreReadOnlyError()
    if isinstance(cause, UNABLE):
        return StoreDiskError(type(cause).__name__)
    if error.connection_invalidated or isinstance(cause, pg.OperationalError):
        return StoreGoneError("its server does not answer")
    return None
