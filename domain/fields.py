"""Fields that queries may name: which can be filtered, and how."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.rules import Rule, flag, integer, storable


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

    def operand(self, operator: Operator) -> type[str] | type[int] | type[bool]:
        """Return the type of what the operator compares the field with."""
        return bool if operator is Operator.ISNULL else self.kind


RULES: Mapping[type, Rule] = {str: storable, int: integer, bool: flag}
"""What a value of each type has to keep so that every database can compare with it."""


def filter_name(field: str, operator: Operator) -> str:
    """Return how a filter is written: ``field``, or ``field__operator``."""
    return field if operator is Operator.EQ else f"{field}__{operator}"
