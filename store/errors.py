"""What can be wrong with a store itself, each told in a sentence with its remedy."""

from __future__ import annotations

import re

from screening.errors import WinnowError


class NewerStoreError(WinnowError):
    """The database was written by a later Winnow."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"The database has schema version {found}, this Winnow knows up to {known}. "
            "Install the newer Winnow that wrote it, or restore a backup from before."
        )


class StoreAddressError(WinnowError):
    """A store URL that no database here answers to; nothing but a plain scheme is repeated."""

    def __init__(self, scheme: str, reason: str) -> None:
        known = f" ({scheme}://…)" if re.fullmatch(r"[a-z][a-z+]{0,20}", scheme) else ""
        super().__init__(
            f"The store's address{known} cannot be used: {reason}. "
            "Use sqlite:///path/to/winnow.sqlite3 or postgresql://user@host/database."
        )


class StoreUnreachableError(WinnowError):
    """The database could not be opened at all."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"The database {where} cannot be opened: {reason}. "
            "Check that it exists, is running, and that this user may write to it."
        )


class StoreNotEmptyError(WinnowError):
    """A copy would have mixed with what is already there."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"The destination already holds rows ({table}), so nothing was copied. "
            "Copy into a new, empty database."
        )


class BackupFailedError(WinnowError):
    """A copy of the store that could not be written; nothing of it is left."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"The backup {path!r} could not be written: {reason}. "
            "Make room there, or name another place."
        )
