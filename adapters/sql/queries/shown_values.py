"""The values that are shown for stored ones, in SQL.

A SQLite column may hold values of any type, and a user's table may have nulls in a text column. The
service shows them by one rule (record 38). These expressions sort and filter by it::

    age     CASE WHEN typeof(age) = 'integer' THEN age END
    name    CAST(CASE WHEN typeof(name) NOT IN ('real', 'null') THEN name ELSE '' END AS BLOB)

So a name compares by its bytes, whether they are stored as a text or as a BLOB. In a nullable
column null remains null. In another one it is an empty text, or 0.

No index serves them, so they are only used for tables with such values.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, func, literal_column, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from adapters.sql.statements import MAY_SCAN


class _shown_integer(FunctionElement[Any]):  # noqa: N801 - SQLAlchemy writes functions in lower case
    """The integer, or null for any other value."""

    inherit_cache = True


class _shown_text(FunctionElement[Any]):  # noqa: N801
    """The bytes of the text on SQLite, and the text on PostgreSQL. It is empty for null."""

    inherit_cache = True


class _shown_nullable_text(FunctionElement[Any]):  # noqa: N801
    """The same, or null for null."""

    inherit_cache = True


class _is_mistyped_integer(FunctionElement[bool]):  # noqa: N801
    """Whether the value is neither an integer nor null."""

    inherit_cache = True


class _is_blob(FunctionElement[bool]):  # noqa: N801
    """Whether the value is a BLOB. These are after all texts in an index of SQLite."""

    inherit_cache = True


def as_shown(column: Column[Any]) -> ColumnElement[Any]:
    """Return the expression of what is shown for the column, comparable by its bytes."""
    if isinstance(column.type, String):
        return _shown_nullable_text(column) if column.nullable else _shown_text(column)
    if column.primary_key:
        return column
    integer = _shown_integer(column)
    return integer if column.nullable else func.coalesce(integer, literal_column("0"))


def comparable(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a parameter in the form that compares with ``as_shown``."""
    return _shown_text(value) if isinstance(value.type, String) else value


def select_mistyped(table: Table, *fields: str) -> Executable:
    """Return the statement that selects a row if there is a mistyped value in the fields.

    There is a search for each condition, because no index serves an OR of them. On SQLite the last
    one reads the whole index on the age. On PostgreSQL each takes one search of an index::

        SELECT 1 FROM t WHERE name IS NULL UNION ALL
        SELECT 1 FROM t WHERE name < ''    UNION ALL   -- a number
        SELECT 1 FROM t WHERE name >= x''  UNION ALL   -- a BLOB
        SELECT 1 FROM t WHERE typeof(age) NOT IN ('integer', 'null') LIMIT 1
    """
    one: ColumnElement[int] = literal_column("1")
    zero: ColumnElement[int] = literal_column("0")
    searches = [
        select(one.label("found")).select_from(table).where(condition)
        for field in fields
        for condition in _mistyped(table.c[field])
    ]
    statement = union_all(*searches).limit(one).offset(zero)
    return statement.execution_options(**{MAY_SCAN: "sqlite"})


def _mistyped(column: Column[Any]) -> Sequence[ColumnElement[bool]]:
    nulls = [] if column.nullable else [column.is_(None)]
    if isinstance(column.type, String):
        return [*nulls, column < literal_column("''"), _is_blob(column)]
    return [*nulls, _is_mistyped_integer(column)]


@compiles(_shown_integer, "sqlite")
def _integer_on_sqlite(element: _shown_integer, compiler: SQLCompiler, **options: Any) -> str:
    value = compiler.process(element.clauses, **options)
    return f"CASE WHEN typeof({value}) = 'integer' THEN {value} END"


@compiles(_shown_integer, "postgresql")
def _integer_on_postgresql(element: _shown_integer, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(_shown_text, "sqlite")
def _text_on_sqlite(element: _shown_text, compiler: SQLCompiler, **options: Any) -> str:
    value = compiler.process(element.clauses, **options)
    return (
        f"CAST(CASE WHEN typeof({value}) NOT IN ('real', 'null') THEN {value} ELSE '' END AS BLOB)"
    )


@compiles(_shown_nullable_text, "sqlite")
def _nullable_text_on_sqlite(
    element: _shown_nullable_text, compiler: SQLCompiler, **options: Any
) -> str:
    value = compiler.process(element.clauses, **options)
    return f"CAST(CASE WHEN typeof({value}) <> 'real' THEN {value} END AS BLOB)"


@compiles(_shown_nullable_text, "postgresql")
def _nullable_text_on_postgresql(
    element: _shown_nullable_text, compiler: SQLCompiler, **options: Any
) -> str:
    return compiler.process(element.clauses, **options)


@compiles(_shown_text, "postgresql")
def _text_on_postgresql(element: _shown_text, compiler: SQLCompiler, **options: Any) -> str:
    return f"coalesce({compiler.process(element.clauses, **options)}, '')"


@compiles(_is_mistyped_integer, "sqlite")
def _mistyped_integer_on_sqlite(
    element: _is_mistyped_integer, compiler: SQLCompiler, **options: Any
) -> str:
    value = compiler.process(element.clauses, **options)
    return f"typeof({value}) NOT IN ('integer', 'null')"


@compiles(_is_mistyped_integer, "postgresql")
def _mistyped_integer_on_postgresql(*_: Any, **__: Any) -> str:
    return "false"


@compiles(_is_blob, "sqlite")
def _blob_on_sqlite(element: _is_blob, compiler: SQLCompiler, **options: Any) -> str:
    return f"{compiler.process(element.clauses, **options)} >= x''"


@compiles(_is_blob, "postgresql")
def _blob_on_postgresql(*_: Any, **__: Any) -> str:
    return "false"
