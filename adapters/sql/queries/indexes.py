"""Which indexes of a table serve a query."""

from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile

from sqlalchemy import Table

from adapters.sql.queries.predicates import FIXING, Comparator, Predicate


def served_keys(
    table: Table, predicates: Sequence[Predicate], fixed: Collection[str], keys: Sequence[str]
) -> int:
    """Return for how many of the sort keys an index has the rows in order, or in reverse.

    ``fixed`` are the fields that the predicates leave one value. It is 0 where no index leads to
    all rows that pass the predicates, and to no others.
    """
    others = [each for each in predicates if each.comparator not in FIXING]
    if len(predicates) - len(others) > len(fixed):
        return 0
    if any(each.field != keys[0] or each.comparator is Comparator.CONTAINS for each in others):
        return 0
    return max(_in_common(index, fixed, keys) for index in _indexes(table))


def _in_common(index: Sequence[str], fixed: Collection[str], keys: Sequence[str]) -> int:
    if set(index[: len(fixed)]) != set(fixed):
        return 0
    pairs = zip(index[len(fixed) :], keys, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _indexes(table: Table) -> Iterator[Sequence[str]]:
    yield [column.name for column in table.primary_key]
    for index in table.indexes:
        yield [column.name for column in index.columns]
