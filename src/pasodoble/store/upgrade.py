"""`pasodoble db upgrade`: bring a database to this version's tables. The steps themselves are in `migrations`."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from pasodoble.errors import StoreError
from pasodoble.store.database import connect
from pasodoble.store.migrations import USABLE, Half, find_revision, migrate


def upgrade(url: str, half: Half = Half.AFTER) -> bool:
    """Make or change the tables; gives whether there was anything to do.

    BEFORE only adds, and may run while the last version is still at work.
    """
    engine = connect(url)
    try:
        with engine.connect() as sql:
            done = find_revision(sql) == USABLE[-1]
        if not done:
            migrate(engine, half)
        return not done
    except SQLAlchemyError as error:
        raise StoreError(
            f"The database could not be upgraded: {str(error).partition(chr(10))[0]}",
            next_step="Check PASODOBLE_DATABASE_URL, then: pasodoble db upgrade",
        ) from error
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether this version's code can run on the database as it is."""
    engine = connect(url)
    try:
        with engine.connect() as sql:
            return find_revision(sql) in USABLE
    finally:
        engine.dispose()
