"""What Alembic runs to migrate: on the connection that it is handed, and on no other."""

from alembic import context

from pasodoble.store.tables import metadata

sql = context.config.attributes["connection"]
context.configure(connection=sql, target_metadata=metadata, render_as_batch=sql.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
