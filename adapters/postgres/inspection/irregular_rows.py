"""Find the rows of a PostgreSQL database that have nulls in a text column of a user's table.

The server checks all other types, and that texts are in its encoding.
"""

import asyncio
from collections.abc import Sequence

from sqlalchemy import Connection, or_, select

from adapters.postgres.connections import ServerOptions
from adapters.postgres.schema import run_on_new_connection
from adapters.sql.hero_rows import irregular_columns
from adapters.sql.tables import hero_table
from service_layer.database import IrregularRow

ROWS_WITH_NULLS = (
    select(hero_table)
    .where(or_(hero_table.c.name.is_(None), hero_table.c.secret_name.is_(None)))
    .order_by(hero_table.c.id)
)


def irregular_rows(dsn: str, options: ServerOptions) -> Sequence[IrregularRow]:
    """Return the ids and columns of all such rows. Blocks and raises like ``schema.migrate``."""
    return asyncio.run(run_on_new_connection(dsn, options, _mistyped_rows))


def _mistyped_rows(connection: Connection) -> Sequence[IrregularRow]:
    return [(row[0], irregular_columns(row)) for row in connection.execute(ROWS_WITH_NULLS)]
