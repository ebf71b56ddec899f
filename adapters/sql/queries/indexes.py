"""Check whether an index of the table can serve a query."""

from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile

from sqlalchemy import Table

from adapters.sql.queries.predicates import EQUALITY, Comparator, Predicate


def count_indexed_keys(
    table: Table, predicates: Sequence[Predicate], constant: Collection[str], keys: Sequence[str]
) -> int:
    """Return by how many leading sort keys an index returns the rows in order, in either direction.

    ``constant`` are the fields that the predicates restrict to one value. Returns 0 if no index
    returns exactly the rows that match the predicates. With the index ``(name, age, id)``::

        WHERE name = ?               ORDER BY age, id    -- 2
        WHERE name = ? AND age > ?   ORDER BY age, id    -- 2
        WHERE age > ?                ORDER BY age, id    -- 0: no equality on name
    """
    inequalities = [each for each in predicates if each.comparator not in EQUALITY]
    if len(predicates) - len(inequalities) > len(constant):
        return 0
    if any(
        each.field != keys[0] or each.comparator is Comparator.CONTAINS for each in inequalities
    ):
        return 0
    return max(_count_common_keys(index, constant, keys) for index in _indexes(table))


def _count_common_keys(index: Sequence[str], constant: Collection[str], keys: Sequence[str]) -> int:
    if set(index[: len(constant)]) != set(constant):
        return 0
    pairs = zip(index[len(constant) :], keys, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _indexes(table: Table) -> Iterator[Sequence[str]]:
    yield [column.name for column in table.primary_key]
    for index in table.indexes:
        yield [column.name for column in index.columns]
