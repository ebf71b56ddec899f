"""Queries that indexes serve, and a crowd of heroes that shows whether they do."""

from collections.abc import Sequence
from itertools import product
from typing import Any

from domain.filters import Filter, Operator
from domain.hero import HeroQuery
from domain.query import Position, SortKey

LIMIT = 10
TIES = 10
"""Heroes that share an age. Three share a name, and few have no age."""

CROWD = """INSERT INTO hero (name, secret_name, age)
    SELECT 'Hero ' || (i / 3), 'x', CASE WHEN i < 10 THEN NULL ELSE i / 10 END FROM numbers"""
"""What makes heroes of a table of the numbers from 1 on, in SQL that both databases take."""

Sort = tuple[SortKey, ...]
Filters = tuple[Filter, ...]

VALUES: dict[str, Any] = {"id": 503, "name": f"Hero {503 // 3}", "age": 503 // 10}
"""A hero in the midst of the crowd."""


def sorts(*fields: str) -> list[Sort]:
    """Return the orders by these fields, in every direction of each."""
    directions = product((False, True), repeat=len(fields))
    return [tuple(map(SortKey, fields, falls)) for falls in directions]


def pages(orders: Sequence[Sort], filters: Filters = ()) -> list[HeroQuery]:
    """Return queries for the first page in each order, and for one in the midst."""
    return [
        HeroQuery(filters=filters, sort=sort, limit=LIMIT, after=after)
        for sort in orders
        for after in (None, _position(sort))
    ]


def _position(sort: Sort) -> Position:
    return tuple(VALUES[key.field] for key in sort)


OF_AN_AGE = Filter("age", Operator.EQ, VALUES["age"])
OLDER, YOUNGER = Filter("age", Operator.GTE, 20), Filter("age", Operator.LTE, 80)

SERVED = [
    *pages([*sorts("id"), *sorts("name", "id"), *sorts("age", "id")]),
    *(HeroQuery(sort=sort, limit=LIMIT, after=(None, 5)) for sort in sorts("age", "id")),
    *pages(sorts("id"), (Filter("name", Operator.EQ, VALUES["name"]),)),
    *pages(sorts("name", "id"), (Filter("name", Operator.STARTSWITH, "Hero 1"),)),
    *pages(sorts("id"), (OF_AN_AGE,)),
    *pages(sorts("age", "id"), (OLDER,)),
    *pages(sorts("age", "id"), (YOUNGER,)),
    *pages(sorts("age", "id"), (OLDER, YOUNGER)),
    *pages(sorts("id"), (Filter("age", Operator.ISNULL, value=True),)),
    *pages(sorts("age", "id"), (Filter("age", Operator.ISNULL, value=False),)),
]
"""Queries whose pages an index has: by each sort key, and with each filter that an index serves."""

TIED = pages([*sorts("name", "age", "id"), *sorts("age", "name", "id")])
"""Queries to whose pages an index leads, but for the order among what ties on the first key."""

MAY_SCAN = [
    HeroQuery(limit=LIMIT, offset=1_001),
    HeroQuery(limit=LIMIT, filters=(Filter("name", Operator.CONTAINS, "1"),)),
    HeroQuery(limit=LIMIT, filters=(OLDER,)),
    HeroQuery(limit=LIMIT, filters=(OLDER,), sort=(SortKey("name"),)),
    HeroQuery(limit=LIMIT, filters=(Filter("name", Operator.EQ, "H"), OLDER)),
    HeroQuery(limit=LIMIT, filters=(OF_AN_AGE, Filter("age", Operator.ISNULL, value=True))),
    HeroQuery(limit=LIMIT, filters=(OF_AN_AGE, Filter("name", Operator.EQ, "H"))),
    HeroQuery(limit=LIMIT, filters=(OF_AN_AGE, OLDER)),
]
"""Queries that no index serves."""


def called(query: HeroQuery) -> str:
    """Return what a test of the query is called."""
    keys = ",".join(f"{'-' if key.descending else ''}{key.field}" for key in query.sort)
    filters = "".join(f" {each.name}={each.value}" for each in query.filters)
    return f"{keys}{filters}{'' if query.after is None else f' after {query.after}'}"
