"""What every test can ask for."""

from __future__ import annotations

from tests.store_fixtures import opened, postgres_server, store, store_url

__all__ = ["opened", "postgres_server", "store", "store_url"]
