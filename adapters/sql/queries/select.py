"""Queries in SQL: a statement for each shape that a query can have, and its values."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, bindparam, func, select
from sqlalchemy.sql.base import Executable

from adapters.sql.queries.index_ranges import LIMIT, OFFSET, IndexRanges, union_of
from adapters.sql.queries.indexes import served_keys
from adapters.sql.queries.predicates import FIXING, Predicate, to_predicates
from adapters.sql.queries.sort_keys import Condition, SortColumn, follows
from adapters.sql.session import SqlExecutor, UnstorableText
from adapters.sql.statements import CACHE_SIZE, MAY_SCAN
from domain.errors import InvalidQuery, Violation
from domain.query import ID, Query, SortKey
from domain.rules import INT64_MAX

NEAR = 1_000
"""Up to this many skipped rows a page costs little; beyond, finding it counts as a scan."""

MOST_KEYS = 2
"""By more, a page that begins among what ties on two keys reads all that ties on the first."""

Statement = tuple[Executable, Mapping[str, Any]]
"""A statement and its parameters."""


class Shape(NamedTuple):
    """A query without its values. ``after`` tells which values of its position are null."""

    predicates: tuple[Predicate, ...]
    sort: tuple[SortKey, ...]
    after: tuple[bool, ...] | None
    is_far: bool


def page(table: Table, query: Query) -> Statement:
    """Return what finds the query's page of the table's rows.

    It is marked ``MAY_SCAN`` unless indexes lead to just the rows of the page.
    """
    predicates, values = _split(query)
    after = None if query.after is None else tuple([value is None for value in query.after])
    shape = Shape(predicates, query.sort, after, query.offset > NEAR)
    reach = min(query.offset + query.limit, INT64_MAX)
    values["limit"] = query.limit
    values["offset"] = query.offset
    values["reach"] = reach
    values["before_edge"] = max(reach - 1, 0)
    if query.after is not None:
        for key, value in zip(query.sort, query.after, strict=True):
            values[f"after_{key.field}"] = value
    return _page(table, shape), values


async def fetch_page(executor: SqlExecutor, table: Table, query: Query) -> Sequence[Any]:
    """Return the rows of the query's page.

    Raises ``InvalidQuery`` for a position with a text that only another database could hold.
    """
    try:
        return await executor.exec(*page(table, query))
    except UnstorableText as error:
        message = "Position should be one that the database can hold"
        raise InvalidQuery([Violation("after", "position", message)]) from error


def count(table: Table, query: Query) -> Statement:
    """Return what counts the rows that pass the query's filters. It may scan."""
    predicates, values = _split(query)
    return _count(table, predicates), values


def _split(query: Query) -> tuple[tuple[Predicate, ...], dict[str, Any]]:
    if not query.filters:
        return (), {}
    pairs = list(to_predicates(query.filters))
    predicates = tuple([predicate for predicate, _ in pairs])
    return predicates, {f"filter_{i}": value for i, (_, value) in enumerate(pairs)}


def _conditions(table: Table, predicates: Sequence[Predicate]) -> Iterator[Condition]:
    for i, predicate in enumerate(predicates):
        column = table.c[predicate.field]
        yield predicate.expression(column, bindparam(f"filter_{i}", type_=column.type))


@lru_cache(CACHE_SIZE)
def _count(table: Table, predicates: tuple[Predicate, ...]) -> Executable:
    counting = select(func.count()).select_from(table).where(*_conditions(table, predicates))
    return counting.execution_options(**{MAY_SCAN: True})


@lru_cache(CACHE_SIZE)
def _page(table: Table, shape: Shape) -> Executable:
    fixed = {c.field for c in shape.predicates if c.comparator in FIXING} - {ID}
    keys = _keys(table, shape, fixed)
    served = served_keys(table, shape.predicates, fixed, [key.column.name for key in keys])
    if not served or shape.is_far:
        return _whole(table, shape, keys).execution_options(**{MAY_SCAN: True})
    is_bounded = served == len(keys) and len(keys) <= MOST_KEYS
    return _union(table, shape, fixed, keys).execution_options(**{MAY_SCAN: not is_bounded})


def _keys(table: Table, shape: Shape, fixed: Collection[str]) -> Sequence[SortColumn]:
    """Return the sort keys that are not the same in all rows."""
    nulls = shape.after or [False] * len(shape.sort)
    return [
        SortColumn(table.c[key.field], key.descending, is_null)
        for key, is_null in zip(shape.sort, nulls, strict=True)
        if key.field not in fixed
    ]


def _union(
    table: Table, shape: Shape, fixed: Collection[str], keys: Sequence[SortColumn]
) -> Select[Any]:
    name = keys[0].column.name
    conditions = list(zip(shape.predicates, _conditions(table, shape.predicates), strict=True))
    ranges = IndexRanges(
        table,
        keys,
        fixed=[table.c[field] for field in fixed],
        conditions=[condition for each, condition in conditions if each.field != name],
        bounds=[
            (each.comparator, condition) for each, condition in conditions if each.field == name
        ],
        is_after=shape.after is not None,
    )
    return union_of(list(ranges), keys)


def _whole(table: Table, shape: Shape, keys: Sequence[SortColumn]) -> Select[Any]:
    """Return the statement that leaves it to the database how to find the page."""
    statement = select(table).where(*_conditions(table, shape.predicates))
    if shape.after is not None:
        statement = statement.where(follows(keys))
    order = [key.order(key.column) for key in keys]
    return statement.order_by(*order).limit(LIMIT).offset(OFFSET)
