"""Filters, and the fields that they may name: which can be filtered, and how."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from domain.rules import Rule, flag, integer, storable, unicode_text


class Operator(StrEnum):
    """How a filter compares. A null passes no other than ``ISNULL``."""

    EQ = "eq"
    STARTSWITH = "startswith"
    CONTAINS = "contains"
    GTE = "gte"
    LTE = "lte"
    ISNULL = "isnull"


@dataclass(frozen=True, slots=True)
class Field:
    """A field to sort by, and to filter with these operators.

    Texts compare by their code points, which is the order of their bytes in UTF-8 too.
    """

    kind: type[str] | type[int]
    operators: Collection[Operator] = ()
    nullable: bool = False

    def may_hold(self, value: object) -> bool:
        """Tell whether a stored entity may have the value, even one that an older version stored.

        A tutorial's file on SQLite may hold a NUL in a text.
        """
        if value is None:
            return self.nullable
        rule = unicode_text if self.kind is str else integer
        return rule("", value) is None

    def operand(self, operator: Operator) -> type[str] | type[int] | type[bool]:
        """Return the type of what the operator compares the field with."""
        return bool if operator is Operator.ISNULL else self.kind


PASSES: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: lambda value, given: value == given,
    Operator.STARTSWITH: lambda value, given: value is not None and value.startswith(given),
    Operator.CONTAINS: lambda value, given: value is not None and given in value,
    Operator.GTE: lambda value, given: value is not None and value >= given,
    Operator.LTE: lambda value, given: value is not None and value <= given,
    Operator.ISNULL: lambda value, given: (value is None) is given,
}
"""Whether a field's value passes a filter."""

RULES: Mapping[type, Rule] = {str: storable, int: integer, bool: flag}
"""What a value of each type has to keep so that every database can compare with it."""


def filter_name(field: str, operator: Operator) -> str:
    """Return how a filter is written: ``field``, or ``field__operator``."""
    return field if operator is Operator.EQ else f"{field}__{operator}"


class Filter(NamedTuple):
    """A condition on a field."""

    field: str
    operator: Operator
    value: str | int | bool

    @property
    def name(self) -> str:
        return filter_name(self.field, self.operator)

    def passes(self, value: object) -> bool:
        """Tell whether an entity passes that has this value in the field."""
        return PASSES[self.operator](value, self.value)
