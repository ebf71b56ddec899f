"""Filters in SQL: as predicates that indexes serve, and that come out alike on every database.

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


class Comparator(Enum):
    """How a column is compared."""

    EQUAL = auto()
    NULL = auto()
    NOT_NULL = auto()
    FROM = auto()
    UP_TO = auto()
    BELOW = auto()
    CONTAINS = auto()


FIXING = {Comparator.EQUAL, Comparator.NULL}
"""The comparators that leave a column one value."""


class Predicate(NamedTuple):
    """A filter, or a part of one, without its value."""

    field: str
    comparator: Comparator

    def expression(self, column: ColumnElement[Any], value: ColumnElement[Any]) -> Any:
        """Return the predicate in SQL."""
        return _EXPRESSIONS[self.comparator](column, value)


class _strpos(FunctionElement[int]):  # noqa: N801 - SQLAlchemy's functions are in lower case
    """Where in the first text the second begins; 0 where it is not."""

    type = Integer()
    inherit_cache = True


@compiles(_strpos, "sqlite")
def _on_sqlite(element: _strpos, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(_strpos, "postgresql")
def _on_postgresql(element: _strpos, compiler: SQLCompiler, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


_EXPRESSIONS: Mapping[Comparator, Callable[[Any, Any], Any]] = {
    Comparator.EQUAL: lambda column, value: column == value,
    Comparator.NULL: lambda column, _: column.is_(None),
    Comparator.NOT_NULL: lambda column, _: column.is_not(None),
    Comparator.FROM: lambda column, value: column >= value,
    Comparator.UP_TO: lambda column, value: column <= value,
    Comparator.BELOW: lambda column, value: column < value,
    Comparator.CONTAINS: lambda column, value: _strpos(column, value) > literal_column("0"),
}

_COMPARATORS = {
    Operator.EQ: Comparator.EQUAL,
    Operator.GTE: Comparator.FROM,
    Operator.LTE: Comparator.UP_TO,
    Operator.CONTAINS: Comparator.CONTAINS,
}


def to_predicates(filters: Iterable[Filter]) -> Iterator[tuple[Predicate, Any]]:
    """Yield the predicates of the filters, each with its value."""
    for field, operator, value in ((f.field, f.operator, f.value) for f in filters):
        if operator is Operator.ISNULL:
            yield Predicate(field, Comparator.NULL if value else Comparator.NOT_NULL), None
        elif operator is Operator.STARTSWITH:
            yield Predicate(field, Comparator.FROM), value
            if end := after_all_that_start_with(str(value)):
                yield Predicate(field, Comparator.BELOW), end
        else:
            yield Predicate(field, _COMPARATORS[operator]), value


def after_all_that_start_with(prefix: str) -> str:
    """Return the first text after all with this prefix, or nothing where none comes after them."""
    kept = prefix.rstrip(LAST)
    if not kept:
        return ""
    last = kept[-1]
    following = AFTER_SURROGATES if last == BEFORE_SURROGATES else chr(ord(last) + 1)
    return kept[:-1] + following
