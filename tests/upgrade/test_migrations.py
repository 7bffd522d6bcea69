"""The migrations, one after the other, make exactly the tables that the code works with; on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from pasodoble.errors import StoreError
from pasodoble.store import is_current, open_store, upgrade
from pasodoble.store.database import connect
from pasodoble.store.migrations import USABLE, Half, configure
from pasodoble.store.tables import metadata


def test_migrations_make_the_tables_that_the_code_declares(empty_url: str) -> None:
    upgrade(empty_url)
    engine = connect(empty_url)
    with engine.connect() as sql:
        context = MigrationContext.configure(sql, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


def test_upgrading_twice_changes_nothing(empty_url: str) -> None:
    upgrade(empty_url)
    upgrade(empty_url)
    assert is_current(empty_url)


def test_before_half_is_enough_for_the_code_to_run(empty_url: str) -> None:
    upgrade(empty_url, Half.BEFORE)
    assert is_current(empty_url)
    open_store(empty_url).close()


def test_empty_database_is_refused_with_the_command_that_mends_it(empty_url: str) -> None:
    assert not is_current(empty_url)
    with pytest.raises(StoreError, match="no tables yet") as refused:
        open_store(empty_url)
    assert refused.value.next_step == "pasodoble db upgrade"


def test_database_of_another_version_is_refused(empty_url: str) -> None:
    upgrade(empty_url)
    engine = connect(empty_url)
    with engine.begin() as sql:
        sql.execute(text("UPDATE alembic_version SET version_num = '9999_after'"))
    engine.dispose()
    with pytest.raises(StoreError, match="another version \\(9999_after\\)"):
        open_store(empty_url)


def test_usable_revisions_are_those_from_the_newest_before_on() -> None:
    newest_first = [script.revision for script in ScriptDirectory.from_config(configure()).walk_revisions()]
    newest_before = next(i for i, revision in enumerate(newest_first) if revision.endswith("_before"))
    assert list(USABLE) == newest_first[: newest_before + 1][::-1]
