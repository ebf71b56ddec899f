"""Find the rows of a PostgreSQL database that have nulls in a text column of a user's table.

The server checks all other types, and that texts are in its encoding.
"""

import asyncio
from collections.abc import Sequence

from sqlalchemy import Connection, String, Table, or_, select

from adapters.postgres.connections import ServerOptions
from adapters.postgres.schema import run_on_new_connection
from adapters.sql.irregular import entity_tables, irregular_columns
from service_layer.database import IrregularRow


def irregular_rows(dsn: str, options: ServerOptions) -> Sequence[IrregularRow]:
    """Return all such rows. Blocks and raises like ``schema.migrate``."""
    return asyncio.run(run_on_new_connection(dsn, options, _rows_with_nulls))


def _rows_with_nulls(connection: Connection) -> Sequence[IrregularRow]:
    return [row for table in entity_tables() for row in _rows_of(connection, table)]


def _rows_of(connection: Connection, table: Table) -> Sequence[IrregularRow]:
    texts = [
        column
        for column in table.columns
        if isinstance(column.type, String) and not column.nullable
    ]
    selected = select(table).where(or_(*(each.is_(None) for each in texts))).order_by(table.c.id)
    return [
        IrregularRow(table.name, row.id, irregular_columns(table, row))
        for row in connection.execute(selected)
    ]
