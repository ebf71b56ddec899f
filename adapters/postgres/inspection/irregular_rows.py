"""Find the rows of a PostgreSQL database that have nulls where the service has none.

A user's table may have columns without NOT NULL. The server checks all types, and that texts are in
its encoding.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, false, or_, select

from adapters.postgres.connections import ServerOptions
from adapters.postgres.schema import run_on_new_connection
from adapters.sql.entities.mapping import TableMapping
from adapters.sql.repositories import MAPPINGS
from service_layer.database import IrregularRow


def irregular_rows(dsn: str, options: ServerOptions) -> Sequence[IrregularRow]:
    """Return all such rows. Blocks and raises like ``schema.migrate``."""
    return asyncio.run(run_on_new_connection(dsn, options, _irregular_rows))


def _irregular_rows(connection: Connection) -> Sequence[IrregularRow]:
    return [row for mapping in MAPPINGS for row in _irregular_rows_of(mapping, connection)]


def _irregular_rows_of(
    mapping: TableMapping[Any, Any, Any], connection: Connection
) -> Iterator[IrregularRow]:
    for row in connection.execute(_select_nulls(mapping)):
        yield IrregularRow(mapping.table.name, row[0], mapping.rules.irregular_columns(row))


def _select_nulls(mapping: TableMapping[Any, Any, Any]) -> Select[Any]:
    table = mapping.table
    nulls = [column.is_(None) for column in table.columns if not column.nullable]
    return select(table).where(or_(false(), *nulls)).order_by(table.c.id)
