"""Find the rows of a SQLite file whose values do not have the type of their column."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Table, select

from adapters.sql.irregular import entity_tables, indexed_fields, irregular_columns
from adapters.sql.queries.shown_values import select_mistyped
from adapters.sqlite.connections import READING, compile_statement, connect, fetch_all
from domain.damaged_text import decode_text
from service_layer.database import IrregularRow

HAS_COLLATION = (
    "SELECT EXISTS (SELECT 1 FROM sqlite_master JOIN pragma_index_xinfo(sqlite_master.name)"
    " WHERE sqlite_master.name = ? AND \"key\" AND coll <> 'BINARY')"
)
"""Whether a column has a collation, such as COLLATE NOCASE: then its index has it too."""

BUSY_TIMEOUT = 5.0
"""Seconds to wait for a lock on the file."""


def has_mistyped_values(connection: sqlite3.Connection, table: Table) -> bool:
    """Return whether a value with an index is mistyped, or has a collation.

    Reads the index on each integer, such as the age: 0.1 s for a million rows.
    """
    for index in table.indexes:
        ((has_collation,),) = fetch_all(connection, HAS_COLLATION, (index.name,))
        if has_collation:
            return True
    fields = indexed_fields(table)
    search = compile_statement(select_mistyped(table, *fields)).text if fields else ""
    return bool(search and fetch_all(connection, search, ()))


def irregular_rows(path: Path) -> Iterator[IrregularRow]:
    """Yield each row with irregular values.

    Reads all rows, one at a time. Raises ``sqlite3.Error``.
    """
    with closing(connect(path, READING, timeout=BUSY_TIMEOUT)) as connection:
        connection.text_factory = decode_text
        for table in entity_tables():
            all_rows = compile_statement(select(table).order_by(table.c.id)).text
            for row in connection.execute(all_rows):
                if columns := irregular_columns(table, row):
                    yield IrregularRow(table.name, row[0], columns)
