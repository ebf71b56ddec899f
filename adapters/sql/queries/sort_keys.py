"""Sort keys in SQL: ORDER BY, and the rows after a position (keyset pagination)."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, and_, bindparam, false, or_

from adapters.sql.queries.shown_values import as_shown, comparable

Condition = ColumnElement[bool]


class SortColumn(NamedTuple):
    """A column to sort by, nulls last. ``is_null``: the position's value of the column is null.

    ``as_shown``: the key is the value that is shown instead of a mistyped one, by no index.
    """

    column: Column[Any]
    descending: bool
    is_null: bool = False
    as_shown: bool = False

    @property
    def value(self) -> ColumnElement[Any]:
        """The expression to sort by."""
        return as_shown(self.column) if self.as_shown else self.column

    def order(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return the ORDER BY expression. ``column`` is the key's column or an alias of it."""
        order = order_by(column, descending=self.descending)
        return order.nulls_last() if self.column.nullable else order

    def before(self, value: ColumnElement[Any]) -> Condition:
        """Return the condition for non-null values that sort before ``value``."""
        return self.column > value if self.descending else self.column < value

    def after(self) -> Condition:
        """Return the condition for non-null values that sort after the position's value."""
        return self.value < self._position if self.descending else self.value > self._position

    def equal(self) -> Condition:
        """Return the condition for rows with the position's value."""
        return self.value.is_(None) if self.is_null else self.value == self._position

    def follows(self) -> Condition:
        """Return the condition for rows that sort after all rows with the position's value."""
        if self.is_null:
            return false()
        return or_(self.after(), self.value.is_(None)) if self.column.nullable else self.after()

    @property
    def _position(self) -> ColumnElement[Any]:
        position = bindparam(f"after_{self.column.name}", type_=self.column.type)
        return comparable(position) if self.as_shown else position


def follows(keys: Sequence[SortColumn]) -> Condition:
    """Return the condition for rows after the position.

    For ``ORDER BY age, id``: ``age > :after_age OR (age = :after_age AND id > :after_id)``.
    """
    first, *rest = keys
    return or_(first.follows(), and_(first.equal(), follows(rest))) if rest else first.follows()


def order_by(column: ColumnElement[Any], *, descending: bool) -> ColumnElement[Any]:
    """Return the ORDER BY expression of a column, with nulls where the database puts them."""
    return column.desc() if descending else column.asc()
