"""SELECT statements for pages and counts.

A statement is built and compiled once for each shape of query. The values are its parameters.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, bindparam, func, select
from sqlalchemy.sql.base import Executable

from adapters.sql.queries import shown_values
from adapters.sql.queries.index_ranges import LIMIT, OFFSET, IndexRanges, union_of
from adapters.sql.queries.indexes import count_indexed_keys
from adapters.sql.queries.predicates import EQUALITY, Predicate, to_predicates
from adapters.sql.queries.shown_values import comparable
from adapters.sql.queries.sort_keys import Condition, SortColumn, follows
from adapters.sql.session import SqlExecutor, UnstorableText
from adapters.sql.statements import CACHE_SIZE, MAY_SCAN, ROW_LIMIT
from domain.errors import InvalidQuery, Violation
from domain.query import ID, Position, Query, SortKey
from domain.rules import INT64_MAX

MAX_CHEAP_OFFSET = 1_000
"""Largest offset of a page that does not count as a scan. OFFSET reads the rows that it skips."""

MAX_INDEXED_KEYS = 2
"""Largest number of sort keys for which the number of rows that a page reads is bounded.

With more keys, a page may read all rows that have the position's value of the first key.
"""

Statement = tuple[Executable, Mapping[str, Any]]
"""A statement and its parameters."""


class Shape(NamedTuple):
    """A query without its values. ``after``: for each value of the position, whether it is null.

    ``as_shown``: it compares what is shown instead of mistyped values (``shown_values``).
    """

    predicates: tuple[Predicate, ...]
    sort: tuple[SortKey, ...]
    after: tuple[bool, ...] | None
    has_large_offset: bool
    as_shown: bool


def select_page(table: Table, query: Query, *, as_shown: bool = False) -> Statement:
    """Return the statement that selects the query's page.

    The statement has the option ``MAY_SCAN`` unless an index bounds the number of rows it reads.
    ``as_shown`` is whether the table has mistyped values. Then no index serves a query by a field
    other than the id, nor one whose position has the bytes of a damaged text.
    """
    predicates, values = _split_filters(query)
    after = None if query.after is None else tuple([value is None for value in query.after])
    as_shown = (as_shown or _is_damaged(query.after)) and is_by_values(query)
    shape = Shape(predicates, query.sort, after, query.offset > MAX_CHEAP_OFFSET, as_shown)
    page_end = min(query.offset + query.limit, INT64_MAX)
    values["limit"] = query.limit
    values["offset"] = query.offset
    values["page_end"] = page_end
    values["last_row"] = max(page_end - 1, 0)
    if query.after is not None:
        for key, value in zip(query.sort, query.after, strict=True):
            values[f"after_{key.field}"] = value
    return _page_statement(table, shape), values


def is_by_values(query: Query) -> bool:
    """Return whether the query filters or sorts by a field other than the id."""
    return query.sort[0].field != ID or any(each.field != ID for each in query.filters)


def _is_damaged(position: Position | None) -> bool:
    return position is not None and any(isinstance(value, bytes) for value in position)


async def fetch_page(executor: SqlExecutor, table: Table, query: Query) -> Sequence[Any]:
    """Return the rows of the query's page.

    Raises ``InvalidQuery`` if the position has a text that this database cannot store.
    """
    try:
        statement = select_page(table, query, as_shown=executor.mistyped[table].has_mistyped)
        return await executor.exec(*statement)
    except UnstorableText as error:
        message = "Position should contain only texts that the database can store"
        raise InvalidQuery([Violation("after", "position", message)]) from error


def select_count(table: Table, query: Query, *, as_shown: bool = False) -> Statement:
    """Return the statement that counts the rows that match the filters. It may scan."""
    predicates, values = _split_filters(query)
    return _count_statement(table, predicates, as_shown), values


def _split_filters(query: Query) -> tuple[tuple[Predicate, ...], dict[str, Any]]:
    if not query.filters:
        return (), {}
    pairs = list(to_predicates(query.filters))
    predicates = tuple([predicate for predicate, _ in pairs])
    return predicates, {f"filter_{i}": value for i, (_, value) in enumerate(pairs)}


def _conditions(
    table: Table, predicates: Sequence[Predicate], *, as_shown: bool = False
) -> Iterator[Condition]:
    for i, predicate in enumerate(predicates):
        column = table.c[predicate.field]
        value = bindparam(f"filter_{i}", type_=column.type)
        if as_shown:
            yield predicate.expression(shown_values.as_shown(column), comparable(value))
        else:
            yield predicate.expression(column, value)


@lru_cache(CACHE_SIZE)
def _count_statement(
    table: Table,
    predicates: tuple[Predicate, ...],
    as_shown: bool,  # noqa: FBT001 - the key of a cache
) -> Executable:
    conditions = _conditions(table, predicates, as_shown=as_shown)
    statement = select(func.count()).select_from(table).where(*conditions)
    return statement.execution_options(**{MAY_SCAN: True})


@lru_cache(CACHE_SIZE)
def _page_statement(table: Table, shape: Shape) -> Executable:
    constant = {each.field for each in shape.predicates if each.comparator in EQUALITY} - {ID}
    keys = _varying_keys(table, shape, constant)
    indexed = count_indexed_keys(
        table, shape.predicates, constant, [key.column.name for key in keys]
    )
    if not indexed or shape.has_large_offset or shape.as_shown:
        return _scan_page(table, shape, keys).execution_options(**{MAY_SCAN: True})
    is_bounded = indexed == len(keys) and len(keys) <= MAX_INDEXED_KEYS
    return _index_range_page(table, shape, constant, keys).execution_options(
        **{MAY_SCAN: not is_bounded, ROW_LIMIT: "page_end"}
    )


def _varying_keys(table: Table, shape: Shape, constant: Collection[str]) -> Sequence[SortColumn]:
    """Return the sort keys without those that have the same value in all matching rows."""
    nulls = shape.after or [False] * len(shape.sort)
    return [
        SortColumn(table.c[key.field], key.descending, is_null, shape.as_shown)
        for key, is_null in zip(shape.sort, nulls, strict=True)
        if key.field not in constant
    ]


def _index_range_page(
    table: Table, shape: Shape, constant: Collection[str], keys: Sequence[SortColumn]
) -> Select[Any]:
    name = keys[0].column.name
    conditions = list(zip(shape.predicates, _conditions(table, shape.predicates), strict=True))
    ranges = IndexRanges(
        table,
        keys,
        constant=[table.c[field] for field in constant],
        conditions=[condition for each, condition in conditions if each.field != name],
        bounds=[
            (each.comparator, condition) for each, condition in conditions if each.field == name
        ],
        is_after=shape.after is not None,
    )
    return union_of(list(ranges), keys)


def _scan_page(table: Table, shape: Shape, keys: Sequence[SortColumn]) -> Select[Any]:
    """Return a plain SELECT: the database plans it, and may scan."""
    conditions = _conditions(table, shape.predicates, as_shown=shape.as_shown)
    statement = select(table).where(*conditions)
    if shape.after is not None:
        statement = statement.where(follows(keys))
    order = [key.order(key.value) for key in keys]
    return statement.order_by(*order).limit(LIMIT).offset(OFFSET)
