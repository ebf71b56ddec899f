"""Rebuilding a SQLite table so that its ids are never handed out twice.

``AUTOINCREMENT`` can't be added to a table. SQLite's way is to make another, copy the rows and put
it in the old one's place (its documentation of ALTER TABLE, section 7). Working on the texts that
SQLite keeps, rather than on what a library makes of them, loses nothing of what they say.
"""

import re
import sqlite3

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from adapters.migrations.errors import SchemaMismatch

TEXT = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND lower(name) = :table")
ATTACHED = text(
    "SELECT sql FROM sqlite_master"
    " WHERE type IN ('index', 'trigger') AND lower(tbl_name) = :table AND sql IS NOT NULL"
)
STORED_COLUMNS = text("SELECT name FROM pragma_table_xinfo(:table) WHERE hidden = 0")
ID_TYPE = text("SELECT type FROM pragma_table_xinfo(:table) WHERE lower(name) = 'id'")

NAME = r"""["'`\[]?{name}["'`\]]?"""
KEY_OF_ITS_OWN = rf"(?i)PRIMARY\s+KEY\s*\(\s*{NAME.format(name='id')}(\s+ASC)?\s*\)"
KEY_IN_THE_COLUMN = rf"(?i)({NAME.format(name='id')}\s+INTEGER\b[^,()]*?PRIMARY\s+KEY)(\s+ASC)?"


def make_ids_last(connection: Connection, table: str) -> None:
    """Give the table ``AUTOINCREMENT``, and keep its rows, columns, indexes and triggers.

    ``table`` is its name in lower case. Foreign keys have to be off, and ``legacy_alter_table`` on,
    so that what refers to the table goes on referring to it. Raises ``SchemaMismatch``.
    """
    made_by = connection.scalar(TEXT, {"table": table})
    if made_by is None or re.search(r"(?i)\bWITHOUT\s+ROWID\b", made_by):
        raise SchemaMismatch(f"its {table} is not a table with row ids")
    if re.search(r"(?i)\bAUTOINCREMENT\b", made_by):
        return
    if str(connection.scalar(ID_TYPE, {"table": table})).upper() != "INTEGER":
        raise SchemaMismatch(f"its table {table} has no id of the type INTEGER")
    attached = connection.scalars(ATTACHED, {"table": table}).all()
    names = connection.scalars(STORED_COLUMNS, {"table": table})
    quote = connection.dialect.identifier_preparer.quote_identifier
    columns = ", ".join(quote(name) for name in names)
    rebuilt = f"_rebuilt_{table}"
    for statement in (
        _with_lasting_ids(made_by, table, rebuilt),
        f"INSERT INTO {rebuilt} ({columns}) SELECT {columns} FROM {table}",  # noqa: S608 - quoted
        f"DROP TABLE {table}",
        f"ALTER TABLE {rebuilt} RENAME TO {table}",
        *attached,
    ):
        _execute(connection, statement, table)


def _execute(connection: Connection, statement: str, table: str) -> None:
    try:
        connection.exec_driver_sql(statement)
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR:
            raise
        raise SchemaMismatch(f"its table {table} can't be rebuilt: {error.orig}") from error


def _with_lasting_ids(made_by: str, table: str, rebuilt: str) -> str:
    """Return the text that makes the same table under another name, with ``AUTOINCREMENT``."""
    head = rf"(?i)^CREATE\s+TABLE\s+{NAME.format(name=table)}"
    renamed, tables = re.subn(head, f"CREATE TABLE {rebuilt}", made_by)
    lasting, keys = re.subn(KEY_OF_ITS_OWN, "PRIMARY KEY (id AUTOINCREMENT)", renamed)
    if not keys:
        lasting, keys = re.subn(KEY_IN_THE_COLUMN, r"\1 AUTOINCREMENT", renamed)
    if (tables, keys) != (1, 1):
        raise SchemaMismatch(f"its table {table} has no primary key that is its integer id alone")
    return lasting
