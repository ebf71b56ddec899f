"""Columns of a user's own that make every insert of the service fail."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, inspect, text

from adapters.migrations.errors import SchemaMismatch
from adapters.migrations.expected_columns import ADOPTED_COLUMNS, required_columns
from adapters.migrations.inspection import get_columns

BEFORE_INSERT_TRIGGERS = text(
    "SELECT count(*) FROM pg_trigger"
    " WHERE tgrelid = to_regclass(:table) AND NOT tgisinternal AND tgenabled IN ('O', 'A')"
    " AND tgtype & 7 = 7"
)
"""Counts triggers FOR EACH ROW (1) BEFORE (2) INSERT (4): they may set the values of columns."""


def check_required_values(connection: Connection) -> None:
    """Raise ``SchemaMismatch`` if a further column needs a value and has no default."""
    inspector = inspect(connection)
    for table, own in required_columns().items():
        columns = get_columns(inspector, table)
        if not ADOPTED_COLUMNS.get(table, own) <= columns.keys():
            continue  # not adopted yet: the migrations create the table, or refuse it
        found = [
            column["name"]
            for name, column in columns.items()
            if name not in own and _needs_a_value(column)
        ]
        if found and not _may_be_set_by_trigger(connection, table):
            raise SchemaMismatch(_explanation(table, found))


def _explanation(table: str, columns: Sequence[str]) -> str:
    names = ", ".join(f"{table}.{column}" for column in columns)
    return (
        f"its table needs a value for {names}, which the service does not write; "
        "give the column a default, or allow NULL"
    )


def _needs_a_value(column: Any) -> bool:
    """Return whether the column is NOT NULL, and neither it nor its domain has a default."""
    defaults = (
        *(column.get(key) for key in ("default", "computed", "identity")),
        getattr(column["type"], "default", None),
    )
    return not column["nullable"] and all(map(_is_null, defaults))


def _is_null(default: Any) -> bool:
    """Return whether there is no default, or ``NULL``, to which PostgreSQL adds the type."""
    return default is None or str(default).upper().partition("::")[0] == "NULL"


def _may_be_set_by_trigger(connection: Connection, table: str) -> bool:
    """Return whether a trigger may set values. On SQLite, none can."""
    if connection.dialect.name != "postgresql":
        return False
    return bool(connection.scalar(BEFORE_INSERT_TRIGGERS, {"table": table}))
