"""Alembic's entry: it runs the migrations on the connection that ``assistant.storage.database`` gives it."""

from alembic import context

from assistant.storage.tables import metadata

# SQLite can't change a column: alembic then copies the table.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
