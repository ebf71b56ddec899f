"""Alembic's environment: runs revisions on the given connection, in its transaction."""

from alembic import context

from adapters.migrations.version_table import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
context.run_migrations()
