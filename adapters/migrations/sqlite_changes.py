"""Whether the rows of the tables can be changed, as far as SQLite can tell without a row."""

import sqlite3
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from adapters.migrations.errors import SchemaMismatch
from adapters.migrations.expected_columns import required_columns
from adapters.migrations.inspection import get_columns


def check_changes(connection: Connection) -> None:
    """Raise ``SchemaMismatch`` if no row of a table can be added, changed or deleted.

    A foreign key, also one of another table, may refer to columns that are not unique, and a
    trigger to a table or a column that does not exist. SQLite then cannot compile the statement.
    """
    connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    inspector = inspect(connection)
    for name, required in required_columns().items():
        columns = sorted(required & get_columns(inspector, name).keys())
        if columns:
            for statement in _changes(name, columns):
                _compile(connection, statement)


def _changes(table: str, columns: Sequence[str]) -> Iterator[str]:
    same = ", ".join(f"{column} = {column}" for column in columns)
    yield f"INSERT INTO {table} ({columns[0]}) VALUES (NULL)"  # noqa: S608 - names of our own
    yield f"UPDATE {table} SET {same}"  # noqa: S608 - names of our own
    yield f"DELETE FROM {table}"  # noqa: S608 - names of our own


def _compile(connection: Connection, statement: str) -> None:
    try:
        connection.exec_driver_sql(f"EXPLAIN {statement}").close()
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR:
            raise
        raise SchemaMismatch(f"{statement} is not possible: {error.orig}") from None
