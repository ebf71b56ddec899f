"""Each kind of filter and of page, with expected results, on every database."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from domain.filters import Filter, Operator
from domain.hero import Hero, HeroDraft, HeroQuery
from domain.query import SortKey
from domain.rules import INT64_MAX
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.contract.queries import EVERY_SORT
from tests.contract.test_queries import HEROES_WITH_TIES, replace_all
from tests.fakes import queries as in_memory_queries

LAST = "\U0010ffff"
"""The last code point."""

NAMES = ["Dea", "Dead", "Deadpond", "Deae", "dead", "The Dead", "100%", "100_", "a'b"]
NAMES += ["\ud7ff", "\ud7ffa", "\ue000", LAST, f"{LAST}a", f"a{LAST}a", "b"]
AGES = [None, 0, 7, 8, INT64_MAX]

BY_NAME = [
    (Operator.EQ, "Dead", ["Dead"]),
    (Operator.EQ, "DEAD", []),
    (Operator.STARTSWITH, "Dead", ["Dead", "Deadpond"]),
    (Operator.STARTSWITH, "dead", ["dead"]),
    (Operator.STARTSWITH, "100_", ["100_"]),
    (Operator.STARTSWITH, "\ud7ff", ["\ud7ff", "\ud7ffa"]),
    (Operator.STARTSWITH, LAST, [LAST, f"{LAST}a"]),
    (Operator.STARTSWITH, f"a{LAST}", [f"a{LAST}a"]),
    (Operator.STARTSWITH, "", NAMES),
    (Operator.CONTAINS, "Dead", ["Dead", "Deadpond", "The Dead"]),
    (Operator.CONTAINS, "%", ["100%"]),
    (Operator.CONTAINS, "_", ["100_"]),
    (Operator.CONTAINS, "'", ["a'b"]),
    (Operator.CONTAINS, "pond", ["Deadpond"]),
    (Operator.CONTAINS, "", NAMES),
]
BY_AGE: Sequence[tuple[Operator, int | bool, Sequence[int | None]]] = [
    (Operator.EQ, 7, [7]),
    (Operator.GTE, 7, [7, 8, INT64_MAX]),
    (Operator.GTE, INT64_MAX, [INT64_MAX]),
    (Operator.LTE, 7, [0, 7]),
    (Operator.LTE, -1, []),
    (Operator.ISNULL, True, [None]),
    (Operator.ISNULL, False, [0, 7, 8, INT64_MAX]),
]

FROM_7, TO_8 = Filter("age", Operator.GTE, 7), Filter("age", Operator.LTE, 8)
FILTERS: Sequence[tuple[Filter, ...]] = [
    (),
    (FROM_7,),
    (TO_8,),
    (FROM_7, TO_8),
    (Filter("age", Operator.ISNULL, value=False),),
    (Filter("name", Operator.STARTSWITH, "Z"),),
]
SLICES = [(0, 0), (0, 2), (1, 3), (2, INT64_MAX)]
"""Offsets and limits."""


async def test_a_text_is_compared_by_code_point(database: UnitOfWorkFactory) -> None:
    await replace_all(database, [HeroDraft(name, "x") for name in NAMES])

    async with database.reading() as uow:
        for (operator, value, names), sort in product(BY_NAME, ("id", "name")):
            filters = (Filter("name", operator, value),)
            query = HeroQuery(filters=filters, sort=(SortKey(sort),), limit=100)
            found = [hero.name for hero in await uow.heroes.page(query)]
            assert sorted(names) == sorted(found), (operator, value)
            assert len(names) == await uow.heroes.count(query)


async def test_a_range_of_numbers_includes_its_bound(database: UnitOfWorkFactory) -> None:
    await replace_all(database, [HeroDraft("Hero", "x", age) for age in AGES])

    async with database.reading() as uow:
        for (operator, value, ages), sort in product(BY_AGE, ("id", "age")):
            filters = (Filter("age", operator, value),)
            query = HeroQuery(filters=filters, sort=(SortKey(sort),), limit=100)
            found = [hero.age for hero in await uow.heroes.page(query)]
            assert set(ages) == set(found), (operator, value)
            assert len(ages) == await uow.heroes.count(query)


async def test_every_page_in_every_order_is_a_slice_of_a_sorted_list(
    database: UnitOfWorkFactory,
) -> None:
    heroes = await replace_all(database, HEROES_WITH_TIES)

    async with database.reading() as uow:
        for query in every_page(heroes):
            expected = in_memory_queries.page(query, heroes)
            assert expected == await uow.heroes.page(query), query


def every_page(heroes: Sequence[Hero]) -> Iterator[HeroQuery]:
    """Yield queries for slices of each order: from its beginning, and after some of its heroes."""
    for filters, sort, (offset, limit) in product(FILTERS, EVERY_SORT, SLICES):
        query = HeroQuery(filters=filters, sort=sort, offset=offset, limit=limit)
        yield query
        for hero in in_memory_queries.find_all(query, heroes)[::4]:
            yield replace(query, after=query.position_of(hero))
