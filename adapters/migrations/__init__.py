"""The migrations: one Alembic revision for each change of the schema."""
