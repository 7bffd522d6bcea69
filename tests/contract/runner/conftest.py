from tests.fakes.databases import empty_url, postgres  # noqa: F401 - fixtures
