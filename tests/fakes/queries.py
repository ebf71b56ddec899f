"""Queries in memory, in the most obvious way: filter all entities, sort them, slice."""

from collections.abc import Iterable, Sequence
from functools import cmp_to_key, partial
from typing import TypeVar

from domain.query import Position, Query, SortKey

T = TypeVar("T")


def find_all(query: Query, entities: Iterable[T]) -> Sequence[T]:
    """Return all entities that match the filters, in the order of the query."""
    matching = [entity for entity in entities if _is_match(query, entity)]
    compare = partial(_compare, query.sort)
    return sorted(matching, key=lambda entity: cmp_to_key(compare)(query.position_of(entity)))


def page(query: Query, entities: Iterable[T]) -> Sequence[T]:
    """Return the page of the query."""
    rest = find_all(query, entities)
    if query.after is not None:
        after = query.after
        rest = [one for one in rest if _compare(query.sort, after, query.position_of(one)) < 0]
    return rest[query.offset : query.offset + query.limit]


def _is_match(query: Query, entity: object) -> bool:
    return all(given.is_match(getattr(entity, given.field)) for given in query.filters)


def _compare(keys: Sequence[SortKey], one: Position, other: Position) -> int:
    """Return a number below 0, 0 or above 0 if one is before, equal to or after the other."""
    for key, mine, its in zip(keys, one, other, strict=True):
        if mine == its:
            continue
        if mine is None or its is None:
            return 1 if mine is None else -1
        return 1 if (mine > its) is not key.descending else -1
    return 0
