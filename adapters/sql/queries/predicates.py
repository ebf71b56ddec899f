"""Filters as SQL predicates that an index can serve, with the same result on every database.

Texts compare byte by byte. ``LIKE`` is not used: on SQLite it ignores the case of ASCII letters,
and ``%`` and ``_`` are wildcards. A prefix is a range of the index instead::

    name LIKE 'Dead%'    becomes    name >= 'Dead' AND name < 'Deae'
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

LAST_CODE_POINT = chr(sys.maxunicode)
BEFORE_SURROGATES, AFTER_SURROGATES = "\ud7ff", "\ue000"
"""The code points next to the surrogates, which occur in no text."""


class Comparator(Enum):
    """SQL comparison of a column."""

    EQ = auto()
    IS_NULL = auto()
    IS_NOT_NULL = auto()
    GE = auto()
    LE = auto()
    LT = auto()
    CONTAINS = auto()


EQUALITY = {Comparator.EQ, Comparator.IS_NULL}
"""The comparators that restrict a column to one value."""


class Predicate(NamedTuple):
    """A comparison of a field, without the value."""

    field: str
    comparator: Comparator

    def expression(self, column: ColumnElement[Any], value: ColumnElement[Any]) -> Any:
        """Return the SQL expression."""
        return _EXPRESSIONS[self.comparator](column, value)


class _strpos(FunctionElement[int]):  # noqa: N801 - SQLAlchemy writes functions in lower case
    """Position of the second text in the first, from 1. It is 0 if there is none."""

    type = Integer()
    inherit_cache = True


@compiles(_strpos, "sqlite")
def _compile_sqlite(element: _strpos, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(_strpos, "postgresql")
def _compile_postgresql(element: _strpos, compiler: SQLCompiler, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


_EXPRESSIONS: Mapping[Comparator, Callable[[Any, Any], Any]] = {
    Comparator.EQ: lambda column, value: column == value,
    Comparator.IS_NULL: lambda column, _: column.is_(None),
    Comparator.IS_NOT_NULL: lambda column, _: column.is_not(None),
    Comparator.GE: lambda column, value: column >= value,
    Comparator.LE: lambda column, value: column <= value,
    Comparator.LT: lambda column, value: column < value,
    Comparator.CONTAINS: lambda column, value: _strpos(column, value) > literal_column("0"),
}

_COMPARATORS = {
    Operator.EQ: Comparator.EQ,
    Operator.GTE: Comparator.GE,
    Operator.LTE: Comparator.LE,
    Operator.CONTAINS: Comparator.CONTAINS,
}


def to_predicates(filters: Iterable[Filter]) -> Iterator[tuple[Predicate, Any]]:
    """Yield the predicates that the filters consist of, each with its value."""
    for field, operator, value in ((f.field, f.operator, f.value) for f in filters):
        if operator is Operator.ISNULL:
            yield Predicate(field, Comparator.IS_NULL if value else Comparator.IS_NOT_NULL), None
        elif operator is Operator.STARTSWITH:
            yield Predicate(field, Comparator.GE), value
            if end := prefix_upper_bound(str(value)):
                yield Predicate(field, Comparator.LT), end
        else:
            yield Predicate(field, _COMPARATORS[operator]), value


def prefix_upper_bound(prefix: str) -> str:
    """Return the first text after all texts with the prefix, or ``""`` if there is none."""
    stem = prefix.rstrip(LAST_CODE_POINT)
    if not stem:
        return ""
    last = stem[-1]
    successor = AFTER_SURROGATES if last == BEFORE_SURROGATES else chr(ord(last) + 1)
    return stem[:-1] + successor
