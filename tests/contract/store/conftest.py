"""Every test of this folder runs on a SQLite file and on a real PostgreSQL."""

from tests.fakes.databases import make_postgres, make_sqlite, postgres, store, url  # noqa: F401 - fixtures
