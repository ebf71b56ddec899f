"""Find the rows of a SQLite file whose values do not have the type of their column."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from adapters.sql.hero_repository import SELECT_MISTYPED
from adapters.sql.hero_rows import irregular_columns, is_regular
from adapters.sql.tables import hero_table
from adapters.sqlite.connections import READING, compile_statement, connect, fetch_all
from domain.damaged_text import decode_text

ALL_ROWS = compile_statement(select(hero_table).order_by(hero_table.c.id)).text
HAS_COLLATION = (
    "SELECT EXISTS (SELECT 1 FROM sqlite_master JOIN pragma_index_xinfo(sqlite_master.name)"
    " WHERE sqlite_master.name = 'ix_hero_name_id' AND \"key\" AND coll <> 'BINARY')"
)
"""Whether the name has a collation, such as COLLATE NOCASE: then its index has it too."""

SEARCH = compile_statement(SELECT_MISTYPED).text

BUSY_TIMEOUT = 5.0
"""Seconds to wait for a lock on the file."""


def has_mistyped_values(connection: sqlite3.Connection) -> bool:
    """Return whether a value that queries filter or sort by is mistyped, or has a collation.

    Reads the index on the age: 0.1 s for a million rows.
    """
    ((has_collation,),) = fetch_all(connection, HAS_COLLATION, ())
    return bool(has_collation or fetch_all(connection, SEARCH, ()))


def irregular_rows(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the id of each row with irregular values, and the names of their columns.

    Reads all rows, one at a time. Raises ``sqlite3.Error``.
    """
    with closing(connect(path, READING, timeout=BUSY_TIMEOUT)) as connection:
        connection.text_factory = decode_text
        for row in connection.execute(ALL_ROWS):
            if not is_regular(row):
                yield row[0], irregular_columns(row)
