"""Queries as values: filters, sort order, and the page of the result.

This module depends on no entity. Each entity declares its fields in a subclass of ``Query``::

    class TeamQuery(Query):
        fields = query_fields(name=Field(str, TEXT_FILTERS))
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

from domain.damaged_text import DamagedText
from domain.errors import InvalidQuery, Violation
from domain.filters import OPERAND_RULES, Field, Filter
from domain.rules import INT64_MAX

ID = "id"
"""The unique field of every entity. As the last sort key it makes every order total."""

Position = tuple[Any, ...]
"""The values of an entity's sort keys: its position in the order (keyset pagination).

A text that is not valid is represented by its bytes.
"""


class SortKey(NamedTuple):
    """A field to sort by. Nulls sort last, ascending and descending."""

    field: str
    descending: bool = False


BY_ID = (SortKey(ID),)


def query_fields(**fields: Field) -> Mapping[str, Field]:
    """Return the fields of a query: the id, which every entity has, and these."""
    return MappingProxyType({ID: Field(int), **fields})


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query for at most ``limit`` entities that match every filter, ordered by ``sort``.

    The page begins after the first ``offset`` rows, or after the position ``after``::

        WHERE <filters> AND (<sort keys>) > (<after>)
        ORDER BY <sort keys>
        LIMIT <limit> OFFSET <offset>

    ``after`` is the position of an entity from a query with the same filters and sort keys. That
    entity need not exist any more. ``sort`` always ends with ``id``, which is appended if missing.
    Redundant sort keys, such as those after ``id``, are removed. Raises ``InvalidQuery``.
    """

    fields: ClassVar[Mapping[str, Field]]

    filters: tuple[Filter, ...] = ()
    sort: tuple[SortKey, ...] = BY_ID
    offset: int = 0
    limit: int
    after: Position | None = None

    def __post_init__(self) -> None:
        if self.filters or self.sort is not BY_ID:  # skips the validation for most queries
            _raise_if_any([*_check_filters(self.fields, self.filters), *_check_sort(self)])
            object.__setattr__(self, "sort", _without_redundant_keys(self.sort))
        if self.after is not None:
            _raise_if_any([*_check_position(self, self.after)])
        _raise_if_any([*_check_range(offset=self.offset, limit=self.limit)])

    def position_of(self, entity: object) -> Position:
        """Return the entity's position, for the ``after`` of the next page.

        It has the stored bytes of a text that is damaged.
        """
        values = [getattr(entity, key.field) for key in self.sort]
        return tuple([each.stored if type(each) is DamagedText else each for each in values])


def _raise_if_any(violations: Sequence[Violation]) -> None:
    if violations:
        raise InvalidQuery(violations)


def _check_filters(fields: Mapping[str, Field], filters: Sequence[Filter]) -> Iterator[Violation]:
    counts = Counter(each.name for each in filters)
    for name, each in {each.name: each for each in filters}.items():
        field = fields.get(each.field)
        if field is None or each.operator not in field.operators:
            yield Violation(name, "unknown_filter", "There is no such filter")
        elif counts[name] > 1:
            yield Violation(name, "repeated", "Filter should be given once")
        elif violation := OPERAND_RULES[field.operand_type(each.operator)](name, each.value):
            yield violation


def _check_sort(query: Query) -> Iterator[Violation]:
    if not query.fields.keys() >= {key.field for key in query.sort}:
        known = ", ".join(query.fields)
        yield Violation("sort", "sort_keys", f"Sort keys should be some of {known}")


def _check_range(**numbers: int) -> Iterator[Violation]:
    for name, number in numbers.items():
        if not 0 <= number <= INT64_MAX:
            yield Violation(name, "out_of_range", f"Input should be from 0 to {INT64_MAX}")


def _check_position(query: Query, after: Position) -> Iterator[Violation]:
    values = {key.field: value for key, value in zip(query.sort, after, strict=False)}
    if len(after) != len(query.sort) or not all(
        query.fields[name].may_hold(value) for name, value in values.items()
    ):
        yield Violation("after", "position", "Position should have a value for each sort key")
    elif not all(
        each.is_match(values[each.field]) for each in query.filters if each.field in values
    ):
        yield Violation("after", "position", "Position should match the filters")


def _without_redundant_keys(keys: Iterable[SortKey]) -> tuple[SortKey, ...]:
    """Return the keys up to ``id``, each field once. The last key is the ``id``."""
    by_field: dict[str, SortKey] = {}
    for key in (*keys, *BY_ID):
        by_field.setdefault(key.field, key)
        if key.field == ID:
            break
    return tuple(by_field.values())
