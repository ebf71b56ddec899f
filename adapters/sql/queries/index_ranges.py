"""A page as a union of index ranges, so that the cost of a page does not depend on its position.

The index on ``(age, id)`` does not have the order ``age DESC, id``, where one key descends and the
next ascends. Databases also differ in where an index has its nulls. But each part of such a page is
a range of that index. After the position ``(27, 3)``, with 18 as the age of the page's last row::

    WHERE age = 27 AND id > 3      ORDER BY id          -- ties with the position
    WHERE age < 27 AND age > 18    ORDER BY age DESC    -- groups that are complete on the page
    WHERE age = 18                 ORDER BY id          -- the last group, which LIMIT cuts
    WHERE age IS NULL              ORDER BY id          -- nulls

The page is the ``UNION ALL`` of these, with ``ORDER BY age DESC NULLS LAST, id LIMIT 100``. Every
range has a LIMIT, so the final sort is cheap.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    ColumnElement,
    Select,
    Table,
    bindparam,
    case,
    func,
    literal_column,
    select,
    union_all,
)

from adapters.sql.queries.predicates import Comparator
from adapters.sql.queries.sort_keys import Condition, SortColumn, follows, order_by

LIMIT = bindparam("limit", type_=BigInteger)
OFFSET = bindparam("offset", type_=BigInteger)
PAGE_END = bindparam("page_end", type_=BigInteger)
"""Offset plus limit: the number of rows up to the end of the page."""

LAST_ROW = bindparam("last_row", type_=BigInteger)
"""Offset of the page's last row: one less than ``PAGE_END``, and at least 0."""

IMPLIED_AFTER = {
    False: frozenset({Comparator.IS_NOT_NULL, Comparator.GE}),
    True: frozenset({Comparator.IS_NOT_NULL, Comparator.LE, Comparator.LT}),
}
"""By ``descending``: bounds that are true of all values after one of which they are true."""

ONE: ColumnElement[int] = literal_column("1")
ZERO: ColumnElement[int] = literal_column("0")


def union_of(ranges: Sequence[Select[Any]], keys: Sequence[SortColumn]) -> Select[Any]:
    """Return the statement that selects the page from the ranges."""
    if len(ranges) == 1:
        return ranges[0].limit(LIMIT).offset(OFFSET)
    rows = union_all(*(select(cte) for cte in _as_ctes(ranges))).subquery("rows")
    order = [key.order(rows.c[key.column.name]) for key in keys]
    return select(rows).order_by(*order).limit(LIMIT).offset(OFFSET)


def _as_ctes(ranges: Iterable[Select[Any]]) -> Iterator[CTE]:
    """Yield the ranges as CTEs. A range is empty if the ranges before it already fill the page.

    A LIMIT of 0 makes it empty. With a WHERE condition SQLite would still read every row.
    """
    row_count: ColumnElement[int] = ZERO
    for number, index_range in enumerate(ranges):
        limit = case((row_count < PAGE_END, PAGE_END), else_=ZERO)
        cte = select(index_range.subquery()).limit(limit).offset(ZERO).cte(f"range_{number}")
        row_count += select(func.count()).select_from(cte).scalar_subquery()
        yield cte


@dataclass(frozen=True)
class IndexRanges:
    """The index ranges of a page, as an iterable of SELECT statements.

    The table needs an index on the ``constant`` columns followed by the first key. ``conditions``
    restrict each ``constant`` column to one value. ``bounds`` are conditions on the first key.
    ``is_after`` is whether the page begins after a position.
    """

    table: Table
    keys: Sequence[SortColumn]
    constant: Sequence[Column[Any]]
    conditions: Sequence[Condition]
    bounds: Sequence[tuple[Comparator, Condition]]
    is_after: bool

    def __iter__(self) -> Iterator[Select[Any]]:
        first, *rest = self.keys
        if self.is_after and rest:
            yield self._group(first.equal(), follows(rest))
        if not first.is_null:
            yield from self._groups()
            if first.column.nullable and not self.bounds:
                yield self._group(first.column.is_(None))

    def _groups(self) -> Iterator[Select[Any]]:
        first, *rest = self.keys
        if [key.descending for key in rest] in ([], [first.descending]):
            yield self._rows(self._group_conditions(), rest, descending=first.descending)
        else:
            last = self._last_value()
            complete = self._group_conditions(before=first.before(last))
            yield self._rows(complete, (), descending=first.descending)
            yield self._group(first.column == last)

    def _group_conditions(self, *, before: Condition | None = None) -> Sequence[Condition]:
        """Return the conditions on the first key, without bounds that the others imply.

        With two lower bounds, SQLite starts at one of them and reads every row up to the other.
        """
        first, *_ = self.keys
        after = first.after() if self.is_after else None
        implied = IMPLIED_AFTER[first.descending] if after is not None else frozenset()
        if before is not None:
            implied |= IMPLIED_AFTER[not first.descending]
        bounds = [condition for comparator, condition in self.bounds if comparator not in implied]
        conditions = [each for each in (after, before) if each is not None] + bounds
        return conditions or ([first.column.is_not(None)] if first.column.nullable else [])

    def _last_value(self) -> ColumnElement[Any]:
        """Return the first key's value in the page's last row, or in the last row of the table.

        A CTE contains it, so that the database computes it once.
        """
        first, *_ = self.keys
        in_order = order_by(first.column, descending=first.descending)
        nth = select(first.column).order_by(in_order).limit(ONE).offset(LAST_ROW)
        last = select((func.min if first.descending else func.max)(first.column))
        values = [
            value.where(*self.conditions, *self._group_conditions()).scalar_subquery()
            for value in (nth, last)
        ]
        last_value = select(func.coalesce(*values).label("value")).cte("last_value")
        return select(last_value.c.value).scalar_subquery()

    def _group(self, *conditions: Condition) -> Select[Any]:
        """Return the rows of a group: those with one value, or null, of the first key."""
        _, *rest = self.keys
        return self._rows(conditions, rest, descending=rest[0].descending)

    def _rows(
        self, conditions: Sequence[Condition], rest: Sequence[SortColumn], *, descending: bool
    ) -> Select[Any]:
        """Return rows in the order of the index up to the first key, and then by the ``rest``.

        PostgreSQL uses the index only if ORDER BY has all of its columns, in one direction and
        with the default order of nulls. That includes columns with one value or only nulls.
        """
        columns = [*self.constant, self.keys[0].column]
        order = [order_by(column, descending=descending) for column in columns]
        rows = select(self.table).where(*self.conditions, *conditions)
        order += [key.order(key.column) for key in rest]
        return rows.order_by(*order).limit(PAGE_END).offset(ZERO)
