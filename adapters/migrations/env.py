"""Alembic's way in: runs revisions on the connection, and in the transaction, it is handed."""

from alembic import context
from sqlmodel import SQLModel

import adapters.tables  # noqa: F401 - importing it declares the tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
context.run_migrations()
