"""Filters, and the fields that a query may filter and sort by."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from domain.rules import Rule, boolean, integer, storable_text, unicode_text


class Operator(StrEnum):
    """Comparison operator of a filter. A null matches ``ISNULL`` only."""

    EQ = "eq"
    STARTSWITH = "startswith"
    CONTAINS = "contains"
    GTE = "gte"
    LTE = "lte"
    ISNULL = "isnull"


TEXT_FILTERS = frozenset({Operator.EQ, Operator.STARTSWITH, Operator.CONTAINS})
NUMBER_FILTERS = frozenset({Operator.EQ, Operator.GTE, Operator.LTE})


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a query may sort by, and may filter by with the given operators.

    Texts compare by code point. Their UTF-8 bytes have the same order.
    """

    kind: type[str] | type[int]
    operators: Collection[Operator] = ()
    nullable: bool = False

    def may_hold(self, value: object) -> bool:
        """Return whether a stored entity may have the value in this field.

        Older versions stored values that today's rules reject: a SQLite file of the tutorial may
        contain a text with a NUL. The bytes of a text that is not valid are a value, too.
        """
        if value is None:
            return self.nullable
        if isinstance(value, bytes):
            return self.kind is str
        rule = unicode_text if self.kind is str else integer
        return rule("", value) is None

    def operand_type(self, operator: Operator) -> type[str] | type[int] | type[bool]:
        """Return the type of the operator's operand."""
        return bool if operator is Operator.ISNULL else self.kind


MATCHERS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: lambda value, operand: value == operand,
    Operator.STARTSWITH: lambda value, operand: value is not None and value.startswith(operand),
    Operator.CONTAINS: lambda value, operand: value is not None and operand in value,
    Operator.GTE: lambda value, operand: value is not None and value >= operand,
    Operator.LTE: lambda value, operand: value is not None and value <= operand,
    Operator.ISNULL: lambda value, operand: (value is None) is operand,
}
"""For each operator, a function that returns whether a field's value matches the operand."""

OPERAND_RULES: Mapping[type, Rule] = {str: storable_text, int: integer, bool: boolean}
"""The rule for operands of each type. A valid operand can be sent to every supported database."""


def filter_name(field: str, operator: Operator) -> str:
    """Return the name of a filter in a query string: ``field``, or ``field__operator``."""
    return field if operator is Operator.EQ else f"{field}__{operator}"


class Filter(NamedTuple):
    """A condition on a field."""

    field: str
    operator: Operator
    value: str | int | bool

    @property
    def name(self) -> str:
        return filter_name(self.field, self.operator)

    def is_match(self, value: object) -> bool:
        """Return whether an entity with this value in the field matches the filter."""
        operand = self.value
        if isinstance(value, bytes) and isinstance(operand, str):
            return MATCHERS[self.operator](value, operand.encode())
        return MATCHERS[self.operator](value, operand)
