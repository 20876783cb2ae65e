"""What must never be lost: votes, decisions and what is still to be sent, in SQLite or Postgres."""

from store.copying import copy_all
from store.opening import is_embedded, open_store
from store.sqlstore import SqlStore

__all__ = ["SqlStore", "copy_all", "is_embedded", "open_store"]
