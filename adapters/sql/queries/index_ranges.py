"""A page as a union of index ranges, so that every page costs the same.

A page after a position does not read what comes before it. Yet no index is read in an order such as
``-age, id``, where one key descends and the next one ascends, nor with nulls last on all databases.
So a page is the union of

- ties: rows that share the first key with the position, and come after it by the next keys;
- groups: rows with a further value of the first key, the last of them cut to what the page needs;
- nulls: rows that have no value there.

No range has many more rows than the page, so that sorting them costs little.
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
from adapters.sql.queries.sort_keys import Condition, SortColumn, follows, ordering

LIMIT = bindparam("limit", type_=BigInteger)
OFFSET = bindparam("offset", type_=BigInteger)
REACH = bindparam("reach", type_=BigInteger)
"""How many rows there are up to the page's end, those that it skips included."""

BEFORE_EDGE = bindparam("before_edge", type_=BigInteger)
"""One less than that, and at least 0."""

IMPLIED_AFTER = {
    False: frozenset({Comparator.NOT_NULL, Comparator.FROM}),
    True: frozenset({Comparator.NOT_NULL, Comparator.UP_TO, Comparator.BELOW}),
}
"""The bounds that hold for all values after one for which they hold, ascending and descending."""

ONE: ColumnElement[int] = literal_column("1")
NONE: ColumnElement[int] = literal_column("0")


def union_of(ranges: Sequence[Select[Any]], keys: Sequence[SortColumn]) -> Select[Any]:
    """Return the statement that finds a page in its ranges, by the same keys."""
    if len(ranges) == 1:
        return ranges[0].limit(LIMIT).offset(OFFSET)
    rows = union_all(*(select(part) for part in _as_needed(ranges))).subquery("rows")
    order = [key.order(rows.c[key.column.name]) for key in keys]
    return select(rows).order_by(*order).limit(LIMIT).offset(OFFSET)


def _as_needed(ranges: Iterable[Select[Any]]) -> Iterator[CTE]:
    """Yield the ranges, each empty where those before it reach to the page's end.

    Only a limit keeps SQLite from reading on, row by row, for nothing.
    """
    so_far: ColumnElement[int] = NONE
    for number, part in enumerate(ranges):
        limit = case((so_far < REACH, REACH), else_=NONE)
        needed = select(part.subquery()).limit(limit).offset(NONE).cte(f"part_{number}")
        so_far += select(func.count()).select_from(needed).scalar_subquery()
        yield needed


@dataclass(frozen=True)
class IndexRanges:
    """The ranges of a page. An index has to begin with ``fixed``, and go on with the first key.

    ``fixed`` are columns that the ``conditions`` leave one value. ``bounds`` are conditions on the
    first key. ``is_after`` tells whether the page begins after a position.
    """

    table: Table
    keys: Sequence[SortColumn]
    fixed: Sequence[Column[Any]]
    conditions: Sequence[Condition]
    bounds: Sequence[tuple[Comparator, Condition]]
    is_after: bool

    def __iter__(self) -> Iterator[Select[Any]]:
        first, *rest = self.keys
        if self.is_after and rest:
            yield self._within_a_group(first.equal(), follows(rest))
        if not first.is_null:
            yield from self._groups()
            if first.column.nullable and not self.bounds:
                yield self._within_a_group(first.column.is_(None))

    def _groups(self) -> Iterator[Select[Any]]:
        first, *rest = self.keys
        if [key.descending for key in rest] in ([], [first.descending]):
            yield self._rows(self._further(), rest, descending=first.descending)
        else:
            edge = self._edge()
            before_edge = self._further(before=first.before(edge))
            yield self._rows(before_edge, (), descending=first.descending)
            yield self._within_a_group(first.column == edge)

    def _further(self, *, before: Condition | None = None) -> Sequence[Condition]:
        """Return what holds for the groups, but for bounds that follow from the rest of it.

        Of two lower bounds SQLite takes one to begin at, and reads on from there to the other.
        """
        first, *_ = self.keys
        after = first.after() if self.is_after else None
        implied = IMPLIED_AFTER[first.descending] if after is not None else frozenset()
        if before is not None:
            implied |= IMPLIED_AFTER[not first.descending]
        bounds = [condition for comparator, condition in self.bounds if comparator not in implied]
        found = [each for each in (after, before) if each is not None] + bounds
        return found or ([first.column.is_not(None)] if first.column.nullable else [])

    def _edge(self) -> ColumnElement[Any]:
        """Return the value whose group the page ends in, or the last there is if it ends nowhere.

        It stands in a table of its own, so that it is looked up once.
        """
        first, *_ = self.keys
        in_order = ordering(first.column, descending=first.descending)
        nth = select(first.column).order_by(in_order).limit(ONE).offset(BEFORE_EDGE)
        last = select((func.min if first.descending else func.max)(first.column))
        values = [
            value.where(*self.conditions, *self._further()).scalar_subquery()
            for value in (nth, last)
        ]
        edge = select(func.coalesce(*values).label("value")).cte("edge")
        return select(edge.c.value).scalar_subquery()

    def _within_a_group(self, *group: Condition) -> Select[Any]:
        _, *rest = self.keys
        return self._rows(group, rest, descending=rest[0].descending)

    def _rows(
        self, conditions: Sequence[Condition], rest: Sequence[SortColumn], *, descending: bool
    ) -> Select[Any]:
        """Return rows in an order that the index has, up to the first key; then by the ``rest``.

        PostgreSQL sees that only if all of the index's columns are named, one direction is theirs,
        and nulls are left where they are, even of a column with one value, or with none.
        """
        columns = [*self.fixed, self.keys[0].column]
        order = [ordering(column, descending=descending) for column in columns]
        rows = select(self.table).where(*self.conditions, *conditions)
        by = [*order, *(key.order(key.column) for key in rest)]
        return rows.order_by(*by).limit(REACH).offset(NONE)
