"""Add ``AUTOINCREMENT`` to a SQLite table, so that ids are never reused.

SQLite cannot alter a table that way. The table is rebuilt ("ALTER TABLE", section 7)::

    CREATE TABLE _rebuilt_t (id INTEGER PRIMARY KEY AUTOINCREMENT, ...)
    INSERT INTO _rebuilt_t SELECT ... FROM t
    DROP TABLE t
    ALTER TABLE _rebuilt_t RENAME TO t
    CREATE INDEX ...; CREATE TRIGGER ...

The statements are edited as text, from ``sqlite_master``. A reflected schema would lose details,
such as checks and collations.
"""

import re
import sqlite3

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from adapters.migrations.errors import SchemaMismatch

TABLE_SQL = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND lower(name) = :table")
INDEX_AND_TRIGGER_SQL = text(
    "SELECT sql FROM sqlite_master"
    " WHERE type IN ('index', 'trigger') AND lower(tbl_name) = :table AND sql IS NOT NULL"
)
STORED_COLUMNS = text("SELECT name FROM pragma_table_xinfo(:table) WHERE hidden = 0")
ID_TYPE = text("SELECT type FROM pragma_table_xinfo(:table) WHERE lower(name) = 'id'")

NAME = r"""["'`\[]?{name}["'`\]]?"""
TABLE_PRIMARY_KEY = rf"(?i)PRIMARY\s+KEY\s*\(\s*{NAME.format(name='id')}(\s+ASC)?\s*\)"
COLUMN_PRIMARY_KEY = (
    rf"(?i)({NAME.format(name='id')}\s+INTEGER\b[^,()]*?PRIMARY\s+KEY)"
    r"(?:\s+ASC)?(\s+ON\s+CONFLICT\s+\w+)?"
)

NOT_CODE = (
    r"""(?s)--[^\n]*|/\*.*?(?:\*/|\Z)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]"""
)
"""Comments, strings and quoted names."""


def add_autoincrement(connection: Connection, table: str) -> None:
    """Rebuild the table with ``AUTOINCREMENT``. Rows, columns, indexes and triggers are preserved.

    ``table`` is in lower case. The connection needs the pragmas ``foreign_keys=OFF`` and
    ``legacy_alter_table=ON``, so that references to the table remain valid. Raises
    ``SchemaMismatch``.
    """
    create_sql = connection.scalar(TABLE_SQL, {"table": table})
    code = _mask(create_sql or "")
    if create_sql is None or re.search(r"(?i)\bWITHOUT\s+ROWID\b", code):
        raise SchemaMismatch(f"its table {table} is declared WITHOUT ROWID")
    if re.search(r"(?i)\bAUTOINCREMENT\b", code):
        return
    if str(connection.scalar(ID_TYPE, {"table": table})).upper() != "INTEGER":
        raise SchemaMismatch(f"its column {table}.id does not have the type INTEGER")
    index_and_trigger_sql = connection.scalars(INDEX_AND_TRIGGER_SQL, {"table": table}).all()
    names = connection.scalars(STORED_COLUMNS, {"table": table})
    quote = connection.dialect.identifier_preparer.quote_identifier
    columns = ", ".join(quote(name) for name in names)
    rebuilt = f"_rebuilt_{table}"
    for statement in (
        _with_autoincrement(create_sql, table, rebuilt),
        f"INSERT INTO {rebuilt} ({columns}) SELECT {columns} FROM {table}",  # noqa: S608 - quoted
        f"DROP TABLE {table}",
        f"ALTER TABLE {rebuilt} RENAME TO {table}",
        *index_and_trigger_sql,
    ):
        _execute(connection, statement, table)


def _execute(connection: Connection, statement: str, table: str) -> None:
    try:
        connection.exec_driver_sql(statement)
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR:
            raise
        raise SchemaMismatch(f"its table {table} cannot be rebuilt: {error.orig}") from error


def _with_autoincrement(create_sql: str, table: str, rebuilt: str) -> str:
    """Return the CREATE TABLE statement with the name ``rebuilt`` and with ``AUTOINCREMENT``."""
    head = rf"(?i)^CREATE\s+TABLE\s+{NAME.format(name=table)}"
    renamed, tables = re.subn(head, f"CREATE TABLE {rebuilt}", create_sql)
    code = _mask(renamed)
    of_table = list(re.finditer(TABLE_PRIMARY_KEY, code))
    keys = of_table or list(re.finditer(COLUMN_PRIMARY_KEY, code))
    if (tables, len(keys)) != (1, 1):
        raise SchemaMismatch(
            f"its table {table} needs an integer column id as its only primary key"
        )
    (key,) = keys
    definition = "PRIMARY KEY (id AUTOINCREMENT)"
    if not of_table:
        definition = f"{renamed[slice(*key.span(1))]}{key[2] or ''} AUTOINCREMENT"
    return renamed[: key.start()] + definition + renamed[key.end() :]


def _mask(sql: str) -> str:
    """Return the statement with blanks for comments, strings and quoted names other than the id."""

    def blank(found: re.Match[str]) -> str:
        is_id = found[0][1:-1].lower() == "id" and found[0][0] in '"`['
        return found[0] if is_id else " " * len(found[0])

    return re.sub(NOT_CODE, blank, sql)
