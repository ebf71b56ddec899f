"""Find the rows of a SQLite file that have values outside the type of their column."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from adapters.sql.hero_repository import SELECT_MISTYPED
from adapters.sql.hero_rows import is_typed, mistyped_columns
from adapters.sql.tables import hero_table
from adapters.sqlite.connections import READING, compile_statement, connect, fetch_all
from domain.damaged_text import decode_text

ALL_ROWS = compile_statement(select(hero_table).order_by(hero_table.c.id)).text
LOOK = compile_statement(SELECT_MISTYPED).text

BUSY_TIMEOUT = 5.0
"""Seconds to wait for a lock on the file."""


def look_over(connection: sqlite3.Connection) -> bool:
    """Return whether a value that queries filter or sort by is mistyped. Closes the connection.

    Reads the index on the age: 0.1 s for a million rows.
    """
    with closing(connection):
        return bool(fetch_all(connection, LOOK, ()))


def mistyped_rows(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the id of each row with mistyped values, and the names of their columns.

    Reads all rows, one at a time. Raises ``sqlite3.Error``.
    """
    with closing(connect(path, READING, timeout=BUSY_TIMEOUT)) as connection:
        connection.text_factory = decode_text
        for row in connection.execute(ALL_ROWS):
            if not is_typed(row):
                yield row[0], mistyped_columns(row)
