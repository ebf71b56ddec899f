"""Tables and columns by name, as the database compares names: SQLite ignores the case of ASCII."""

from collections.abc import Mapping

from sqlalchemy import Inspector
from sqlalchemy.engine.interfaces import ReflectedColumn


def find_table(inspector: Inspector, table: str) -> str | None:
    """Return the name of the table as the database has it, or ``None`` if there is none.

    ``table`` is in lower case.
    """
    names = inspector.get_table_names()
    return next((name for name in names if _normalize(inspector, name) == table), None)


def is_view(inspector: Inspector, table: str) -> bool:
    """Return whether the name, in lower case, is that of a view."""
    return table in {_normalize(inspector, name) for name in inspector.get_view_names()}


def get_columns(inspector: Inspector, table: str) -> Mapping[str, ReflectedColumn]:
    """Return the columns by name, in lower case on SQLite. There are none without the table."""
    name = find_table(inspector, table)
    columns = inspector.get_columns(name) if name else []
    return {_normalize(inspector, column["name"]): column for column in columns}


def _normalize(inspector: Inspector, name: str) -> str:
    return name.lower() if inspector.dialect.name == "sqlite" else name
