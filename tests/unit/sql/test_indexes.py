"""Which queries an index serves, on a table with an index of three columns."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Column, Index, Integer, MetaData, Table, Text
from sqlalchemy.dialects import sqlite

from adapters.sql.queries.indexes import count_indexed_keys
from adapters.sql.queries.predicates import Comparator, Predicate
from adapters.sql.queries.select import select_page
from adapters.sql.statements import make_compiler
from domain.hero import HeroQuery
from domain.query import SortKey

TABLE = Table(
    "indexed",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text),
    Column("age", Integer),
    Index("by_name_and_age", "name", "age", "id"),
    Index("by_age", "age"),
)

EQ, GE, CONTAINS = Comparator.EQ, Comparator.GE, Comparator.CONTAINS


@pytest.mark.parametrize(
    ("predicates", "keys", "indexed"),
    [
        ([], ["id"], 1),
        ([], ["name", "age", "id"], 3),
        ([], ["name", "id"], 1),
        ([], ["age", "id"], 1),
        ([("name", EQ)], ["age", "id"], 2),
        ([("name", EQ), ("age", GE)], ["age", "id"], 2),
        ([("name", EQ), ("age", EQ)], ["id"], 1),
        ([("name", GE)], ["name", "age", "id"], 3),
        # An equality on the second column of the index, and not on the first:
        ([("age", EQ)], ["name", "id"], 0),
        ([("id", EQ)], ["age"], 0),
        # A predicate that no range of the index satisfies:
        ([("name", CONTAINS)], ["name", "age", "id"], 0),
        ([("age", GE)], ["name", "age", "id"], 0),
        ([("name", EQ), ("name", EQ)], ["age", "id"], 0),
    ],
)
def test_an_index_serves_equalities_on_its_first_columns_and_then_the_keys(
    predicates: Sequence[tuple[str, Comparator]], keys: Sequence[str], indexed: int
) -> None:
    constant = {field for field, comparator in predicates if comparator is EQ}

    found = count_indexed_keys(TABLE, [Predicate(*each) for each in predicates], constant, keys)

    assert indexed == found


@pytest.mark.parametrize(
    ("sort", "may_scan"),
    [(["id"], False), (["name", "age"], True), (["age"], True)],
    ids=["one key", "three keys of an index", "an index without the last key"],
)
def test_a_page_may_scan_unless_an_index_orders_it_by_at_most_two_keys(
    sort: Sequence[str], *, may_scan: bool
) -> None:
    query = HeroQuery(sort=tuple(map(SortKey, sort)), limit=10)

    statement, _ = select_page(TABLE, query)

    assert may_scan == make_compiler(sqlite.dialect(paramstyle="qmark"))(statement).may_scan
