"""Tables and columns by name, as the database compares names: SQLite ignores the case of ASCII."""

import warnings
from collections.abc import Mapping, Sequence

from sqlalchemy import Inspector
from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedIndex
from sqlalchemy.exc import SAWarning


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


def get_indexes(inspector: Inspector, table: str) -> Mapping[str, Sequence[str]]:
    """Return the columns of each index by its name.

    An index that is unique, partial or on expressions has none: it is not a plain index on columns.
    """
    name = find_table(inspector, table)
    with warnings.catch_warnings(category=SAWarning, action="ignore"):  # skips those on expressions
        indexes = inspector.get_indexes(name) if name else []
    return {_normalize(inspector, str(each["name"])): _plain_columns(each) for each in indexes}


def _plain_columns(index: ReflectedIndex) -> Sequence[str]:
    options = index.get("dialect_options", {})
    is_partial = any(name.endswith("_where") for name in options)
    if index["unique"] or is_partial or "expressions" in index:
        return []
    return [str(column) for column in index["column_names"]]


def _normalize(inspector: Inspector, name: str) -> str:
    return name.lower() if inspector.dialect.name == "sqlite" else name
