"""Find the rows of a SQLite file whose values do not have the type of their column."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adapters.sql.entities.mapping import TableMapping
from adapters.sql.repositories import MAPPINGS
from adapters.sqlite.connections import READING, compile_statement, connect, fetch_all
from domain.damaged_text import decode_text
from service_layer.database import IrregularRow

HAS_COLLATION = (
    "SELECT EXISTS (SELECT 1 FROM sqlite_master JOIN pragma_index_xinfo(sqlite_master.name)"
    ' WHERE sqlite_master.name IN (SELECT value FROM json_each(?)) AND "key"'
    " AND coll <> 'BINARY')"
)
"""Whether a column has a collation, such as COLLATE NOCASE: then its index has it too."""

BUSY_TIMEOUT = 5.0
"""Seconds to wait for a lock on the file."""


def has_mistyped_values(
    connection: sqlite3.Connection, mapping: TableMapping[Any, Any, Any]
) -> bool:
    """Return whether a value that queries filter or sort by is mistyped, or has a collation.

    Reads the indexes on the integers: 0.1 s for a million rows.
    """
    names = json.dumps([index.name for index in mapping.table.indexes])
    ((has_collation,),) = fetch_all(connection, HAS_COLLATION, (names,))
    search = compile_statement(mapping.select_mistyped).text
    return bool(has_collation or fetch_all(connection, search, ()))


def irregular_rows(path: Path) -> Iterator[IrregularRow]:
    """Yield the rows with irregular values.

    Reads all rows, one at a time. Raises ``sqlite3.Error``.
    """
    with closing(connect(path, READING, timeout=BUSY_TIMEOUT)) as connection:
        connection.text_factory = decode_text
        for mapping in MAPPINGS:
            yield from _irregular_rows_of(mapping, connection)


def _irregular_rows_of(
    mapping: TableMapping[Any, Any, Any], connection: sqlite3.Connection
) -> Iterator[IrregularRow]:
    table, rules = mapping.table, mapping.rules
    statement = compile_statement(select(table).order_by(table.c.id)).text
    for row in connection.execute(statement):
        if not rules.is_regular(row):
            yield IrregularRow(table.name, row[0], rules.irregular_columns(row))
