"""Queries that an index serves or not, and the SQL that inserts many heroes."""

from collections.abc import Sequence
from itertools import product
from typing import Any

from domain.filters import Filter, Operator
from domain.hero import HeroQuery
from domain.query import Position, SortKey

LIMIT = 10
TIES = 10
"""Heroes with the same age. Three share a name; the first ones have no age."""

INSERT_HEROES = """INSERT INTO hero (name, secret_name, age)
    SELECT 'Hero ' || (i / 3), 'x', CASE WHEN i < 10 THEN NULL ELSE i / 10 END FROM numbers"""
"""Inserts a hero for each row of ``numbers``; runs on both databases."""

Sort = tuple[SortKey, ...]
Filters = tuple[Filter, ...]

VALUES: dict[str, Any] = {"id": 503, "name": f"Hero {503 // 3}", "age": 503 // 10}
"""The values of a hero in the middle of the table."""


def sorts(*fields: str) -> list[Sort]:
    """Return the sort orders by these fields, for every combination of directions."""
    directions = product((False, True), repeat=len(fields))
    return [tuple(map(SortKey, fields, descending)) for descending in directions]


def page_queries(orders: Sequence[Sort], filters: Filters = ()) -> list[HeroQuery]:
    """Return queries for the first page in each order, and for one in the middle."""
    return [
        HeroQuery(filters=filters, sort=sort, limit=LIMIT, after=after)
        for sort in orders
        for after in (None, _position(sort))
    ]


def _position(sort: Sort) -> Position:
    return tuple(VALUES[key.field] for key in sort)


OF_AN_AGE = Filter("age", Operator.EQ, VALUES["age"])
OLDER, YOUNGER = Filter("age", Operator.GTE, 20), Filter("age", Operator.LTE, 80)

INDEXED = [
    *page_queries([*sorts("id"), *sorts("name", "id"), *sorts("age", "id")]),
    *(HeroQuery(sort=sort, limit=LIMIT, after=(None, 5)) for sort in sorts("age", "id")),
    *page_queries(sorts("id"), (Filter("name", Operator.EQ, VALUES["name"]),)),
    *page_queries(sorts("name", "id"), (Filter("name", Operator.STARTSWITH, "Hero 1"),)),
    *page_queries(sorts("id"), (OF_AN_AGE,)),
    *page_queries(sorts("age", "id"), (OLDER,)),
    *page_queries(sorts("age", "id"), (YOUNGER,)),
    *page_queries(sorts("age", "id"), (OLDER, YOUNGER)),
    *page_queries(sorts("id"), (Filter("age", Operator.ISNULL, value=True),)),
    *page_queries(sorts("age", "id"), (Filter("age", Operator.ISNULL, value=False),)),
]
"""Queries that an index serves: by each sort key, and with each indexed filter."""

TIED = page_queries([*sorts("name", "age", "id"), *sorts("age", "name", "id")])
"""Queries that an index serves, except for the order of rows with equal first keys."""

MAY_SCAN = [
    HeroQuery(limit=LIMIT, offset=1_001),
    HeroQuery(limit=LIMIT, filters=(Filter("name", Operator.CONTAINS, "1"),)),
    HeroQuery(
        limit=LIMIT,
        filters=(Filter("name", Operator.CONTAINS, "1"),),
        sort=(SortKey("name"),),
    ),
    HeroQuery(limit=LIMIT, filters=(OLDER,)),
    HeroQuery(limit=LIMIT, filters=(OLDER,), sort=(SortKey("name"),)),
    HeroQuery(limit=LIMIT, filters=(Filter("name", Operator.EQ, "H"), OLDER)),
    HeroQuery(limit=LIMIT, filters=(OF_AN_AGE, Filter("age", Operator.ISNULL, value=True))),
    HeroQuery(limit=LIMIT, filters=(OF_AN_AGE, Filter("name", Operator.EQ, "H"))),
    HeroQuery(limit=LIMIT, filters=(OF_AN_AGE, OLDER)),
]
"""Queries that may scan the table."""


def query_id(query: HeroQuery) -> str:
    """Return the parametrization id of the query."""
    keys = ",".join(f"{'-' if key.descending else ''}{key.field}" for key in query.sort)
    filters = "".join(f" {each.name}={each.value}" for each in query.filters)
    return f"{keys}{filters}{'' if query.after is None else f' after {query.after}'}"
