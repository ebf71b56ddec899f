"""Filters in SQL: as comparisons that indexes serve, and that come out alike on every database.

Texts compare by their bytes. LIKE would take upper and lower case for the same on SQLite, and some
characters for wildcards.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum, auto
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from domain.filters import Filter, Operator

LAST = chr(sys.maxunicode)
BEFORE_SURROGATES, AFTER_SURROGATES = "\ud7ff", "\ue000"
"""What stands between them is no character, and in no text."""


class Sign(Enum):
    """How a column is compared."""

    EQUAL = auto()
    NULL = auto()
    NOT_NULL = auto()
    FROM = auto()
    UP_TO = auto()
    BELOW = auto()
    CONTAINS = auto()


FIXING = {Sign.EQUAL, Sign.NULL}
"""The signs that leave a column one value."""


class Comparison(NamedTuple):
    """A filter, or a part of one, without its value."""

    field: str
    sign: Sign

    def expression(self, column: ColumnElement[Any], value: ColumnElement[Any]) -> Any:
        """Return the comparison in SQL."""
        return _EXPRESSIONS[self.sign](column, value)


class _place(FunctionElement[int]):  # noqa: N801 - SQLAlchemy's functions are in lower case
    """Where in the first text the second begins; 0 where it is not."""

    type = Integer()
    inherit_cache = True


@compiles(_place, "sqlite")
def _on_sqlite(element: _place, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(_place, "postgresql")
def _on_postgresql(element: _place, compiler: SQLCompiler, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


_EXPRESSIONS: Mapping[Sign, Callable[[Any, Any], Any]] = {
    Sign.EQUAL: lambda column, value: column == value,
    Sign.NULL: lambda column, _: column.is_(None),
    Sign.NOT_NULL: lambda column, _: column.is_not(None),
    Sign.FROM: lambda column, value: column >= value,
    Sign.UP_TO: lambda column, value: column <= value,
    Sign.BELOW: lambda column, value: column < value,
    Sign.CONTAINS: lambda column, value: _place(column, value) > literal_column("0"),
}

_SIGNS = {
    Operator.EQ: Sign.EQUAL,
    Operator.GTE: Sign.FROM,
    Operator.LTE: Sign.UP_TO,
    Operator.CONTAINS: Sign.CONTAINS,
}


def compared(filters: Iterable[Filter]) -> Iterator[tuple[Comparison, Any]]:
    """Yield what the filters compare, each with its value."""
    for field, operator, value in ((f.field, f.operator, f.value) for f in filters):
        if operator is Operator.ISNULL:
            yield Comparison(field, Sign.NULL if value else Sign.NOT_NULL), None
        elif operator is Operator.STARTSWITH:
            yield Comparison(field, Sign.FROM), value
            if end := after_all_that_start_with(str(value)):
                yield Comparison(field, Sign.BELOW), end
        else:
            yield Comparison(field, _SIGNS[operator]), value


def after_all_that_start_with(prefix: str) -> str:
    """Return the first text after all with this prefix, or nothing where none comes after them."""
    kept = prefix.rstrip(LAST)
    if not kept:
        return ""
    last = kept[-1]
    following = AFTER_SURROGATES if last == BEFORE_SURROGATES else chr(ord(last) + 1)
    return kept[:-1] + following
