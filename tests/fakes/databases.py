"""Fixtures: an empty database of either sort, and one with our tables. To be imported into the conftest that wants them.

Tables are made once a run and then copied, which takes a tenth of the time of making them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.fakes.postgres import PostgresServer, run_postgres

from pasodoble.store import SqlStore, open_store, upgrade

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with run_postgres() as server:
        yield server


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.create_database()


@pytest.fixture(scope="session")
def make_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], str]:
    ready = tmp_path_factory.mktemp("ready") / "ready.db"
    upgrade(f"sqlite:///{ready}")

    def make(folder: Path) -> str:
        shutil.copy(ready, folder / "pasodoble.db")
        return f"sqlite:///{folder / 'pasodoble.db'}"

    return make


@pytest.fixture(scope="session")
def make_postgres(request: pytest.FixtureRequest) -> Callable[[Path], str]:
    server: PostgresServer = request.getfixturevalue("postgres")
    ready = server.create_database()
    upgrade(ready)
    template = ready.partition("@/")[2].partition("?")[0]
    return lambda _: server.create_database(template)


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with our tables and nothing in them."""
    make: Callable[[Path], str] = request.getfixturevalue(f"make_{request.param}")
    return make(tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    store = open_store(url)
    yield store
    store.close()
