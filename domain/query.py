"""Queries as values: which entities, in which order, and which stretch of them.

Nothing here knows an entity. Each declares its fields in a class derived from ``Query``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from domain.errors import InvalidQuery, Violation
from domain.filters import RULES, Field, Filter
from domain.rules import INT64_MAX

KEY = "id"
"""The field that no two entities of a kind share, and that so settles every order."""

Position = tuple[Any, ...]
"""The values of an entity's sort keys: where it stands in an order."""


class SortKey(NamedTuple):
    """A field to sort by. Nulls come last in either direction."""

    field: str
    descending: bool = False


BY_KEY = (SortKey(KEY),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """At most ``limit`` of the entities that pass every filter, in the order of the sort keys.

    They begin after the first ``offset``, or after the position of an entity that the same filters
    and keys have found, whether or not it is still there. ``sort`` always ends with the ``id``,
    which is added where it is missing; keys that can make no difference, such as any after it, are
    dropped. Raises ``InvalidQuery``.
    """

    fields: ClassVar[Mapping[str, Field]]

    filters: tuple[Filter, ...] = ()
    sort: tuple[SortKey, ...] = BY_KEY
    offset: int = 0
    limit: int
    after: Position | None = None

    def __post_init__(self) -> None:
        if self.filters or self.sort is not BY_KEY:  # few queries have either
            _refuse([*_broken_filters(self.fields, self.filters), *_broken_keys(self)])
            object.__setattr__(self, "sort", _with_effect(self.sort))
        if self.after is not None:
            _refuse([*_broken_position(self, self.after)])
        _refuse([*_broken_stretch(offset=self.offset, limit=self.limit)])

    def position(self, entity: object) -> Position:
        """Return where the entity stands, to go on after it."""
        return tuple([getattr(entity, key.field) for key in self.sort])


def _refuse(violations: Sequence[Violation]) -> None:
    if violations:
        raise InvalidQuery(violations)


def _broken_filters(fields: Mapping[str, Field], filters: Sequence[Filter]) -> Iterator[Violation]:
    times = Counter(given.name for given in filters)
    for given in {each.name: each for each in filters}.values():
        field = fields.get(given.field)
        if field is None or given.operator not in field.operators:
            yield Violation(given.name, "unknown_filter", "There is no such filter")
        elif times[given.name] > 1:
            yield Violation(given.name, "repeated", "Filter should be given once")
        elif broken := RULES[field.operand(given.operator)](given.name, given.value):
            yield broken


def _broken_keys(query: Query) -> Iterator[Violation]:
    if not query.fields.keys() >= {key.field for key in query.sort}:
        known = ", ".join(query.fields)
        yield Violation("sort", "sort_keys", f"Sort keys should be some of {known}")


def _broken_stretch(**numbers: int) -> Iterator[Violation]:
    for name, number in numbers.items():
        if not 0 <= number <= INT64_MAX:
            yield Violation(name, "out_of_range", "A page has no place beyond 64 bits")


def _broken_position(query: Query, after: Position) -> Iterator[Violation]:
    values = {key.field: value for key, value in zip(query.sort, after, strict=False)}
    if len(after) != len(query.sort) or not all(
        query.fields[name].may_hold(value) for name, value in values.items()
    ):
        yield Violation("after", "position", "Position should have a value for each sort key")
    elif not all(f.passes(values[f.field]) for f in query.filters if f.field in values):
        yield Violation("after", "position", "Position should be one that passes the filters")


def _with_effect(keys: Iterable[SortKey]) -> tuple[SortKey, ...]:
    """Return the keys that can make a difference; the last of them is the ``id``."""
    kept: dict[str, SortKey] = {}
    for key in (*keys, *BY_KEY):
        kept.setdefault(key.field, key)
        if key.field == KEY:
            break
    return tuple(kept.values())
