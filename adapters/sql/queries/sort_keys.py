"""Sort keys in SQL: the order they make, and what comes after a position in it (keyset paging)."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, and_, bindparam, false, or_

Condition = ColumnElement[bool]


class SortColumn(NamedTuple):
    """A column to sort by, nulls last, and what the position has in it, if there is a position."""

    column: Column[Any]
    descending: bool
    is_null: bool = False

    def order(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return the order that the key makes of its column, or of one that stands for it."""
        order = ordering(column, descending=self.descending)
        return order.nulls_last() if self.column.nullable else order

    def before(self, value: ColumnElement[Any]) -> Condition:
        """Return which values, nulls aside, come before this one."""
        return self.column > value if self.descending else self.column < value

    def after(self) -> Condition:
        """Return which values, nulls aside, come after the position's."""
        return self.column < self._position if self.descending else self.column > self._position

    def equal(self) -> Condition:
        """Return which rows have the position's value."""
        return self.column.is_(None) if self.is_null else self.column == self._position

    def follows(self) -> Condition:
        """Return which rows come after all that have the position's value."""
        if self.is_null:
            return false()
        return or_(self.after(), self.column.is_(None)) if self.column.nullable else self.after()

    @property
    def _position(self) -> ColumnElement[Any]:
        return bindparam(f"after_{self.column.name}", type_=self.column.type)


def follows(keys: Sequence[SortColumn]) -> Condition:
    """Return which rows come after the position: by the first key, or by the next among ties."""
    first, *rest = keys
    return or_(first.follows(), and_(first.equal(), follows(rest))) if rest else first.follows()


def ordering(column: ColumnElement[Any], *, descending: bool) -> ColumnElement[Any]:
    """Return the order that a column makes, with nulls where the database puts them."""
    return column.desc() if descending else column.asc()
