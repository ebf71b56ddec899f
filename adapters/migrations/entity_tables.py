"""Create the table of a new aggregate, and references, as ``adapters.sql.entities`` needs them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from adapters.migrations.errors import SchemaMismatch
from adapters.migrations.inspection import find_table, get_columns, is_view

INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A signed 64-bit integer."""

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
"""A text that compares byte by byte."""


def text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    """Return a column for a text."""
    return sa.Column(name, TEXT, nullable=nullable)


def integer(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    """Return a column for an integer of 64 bits."""
    return sa.Column(name, INT64, nullable=nullable)


def create_entity_table(
    name: str, *columns: "sa.Column[str] | sa.Column[int]", sorted_by: Sequence[str] = ()
) -> None:
    """Create a table with an id that is never reused, these columns, and a version.

    Each column in ``sorted_by`` gets the index on it and the id that sorted pages need. Raises
    ``SchemaMismatch`` if the database has a table or view of this name.
    """
    inspector = sa.inspect(op.get_bind())
    if find_table(inspector, name) or is_view(inspector, name):
        raise SchemaMismatch(f"it already has a table {name}; rename it")
    op.create_table(
        name,
        sa.Column("id", INT64, primary_key=True),
        *columns,
        sa.Column("version", INT64, nullable=False, server_default="1"),
        sqlite_autoincrement=True,
    )
    for column in sorted_by:
        op.create_index(f"ix_{name}_{column}_id", name, [column, "id"])


def add_reference(name: str, column: str, referred: str) -> None:
    """Add a nullable column with the id of a row of another table, and the index for it.

    The database refuses an id that no row has, and to delete a row to which others refer. Raises
    ``SchemaMismatch`` if the table has a column of this name.
    """
    if column in get_columns(sa.inspect(op.get_bind()), name):
        raise SchemaMismatch(f"it already has a column {name}.{column}; rename it")
    reference = sa.Column(column, INT64, sa.ForeignKey(f"{referred}.id"))
    op.add_column(name, reference, inline_references=True)
    op.create_index(f"ix_{name}_{column}_id", name, [column, "id"])
