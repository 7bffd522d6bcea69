from tests.fakes.databases import empty_url, make_postgres, make_sqlite, postgres, store, url  # noqa: F401 - fixtures
