"""Every repository returns the same results as the queries on an in-memory list."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.filters import Filter, Operator
from domain.hero import Hero, HeroDraft, HeroQuery
from domain.query import SortKey
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.contract.queries import EVERY_SORT, filters, queries, tables
from tests.fakes import queries as in_memory_queries

same_database_for_all_examples = settings(
    max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)

HEROES_WITH_TIES = [
    HeroDraft(name, "Dive Wilson", age)
    for name in ("Zoe", "ada", "Ada")
    for age in (None, 7, 30, 7, None, 8)
]
"""Heroes with ties on the name, the age, or both."""


async def replace_all(database: UnitOfWorkFactory, drafts: Sequence[HeroDraft]) -> Sequence[Hero]:
    """Replace all stored heroes with these drafts, and return the new heroes."""
    async with database.writing() as uow:
        for hero in await uow.heroes.page(HeroQuery(limit=1_000)):
            await uow.heroes.remove(hero.id)
        heroes = [await uow.heroes.add(draft) for draft in drafts]
        await uow.commit()
    return heroes


async def walk(
    database: UnitOfWorkFactory,
    query: HeroQuery,
    between_pages: Callable[[Hero], Awaitable[object]] | None = None,
) -> Sequence[Hero]:
    """Return the heroes of all pages.

    ``between_pages`` is called after each full page, with its last hero.
    """
    heroes: list[Hero] = []
    while True:
        async with database.reading() as uow:
            page = await uow.heroes.page(query)
        heroes += page
        if len(page) < query.limit:
            return heroes
        if between_pages:
            await between_pages(page[-1])
        query = replace(query, after=query.position_of(page[-1]))


@same_database_for_all_examples
@given(drafts=tables, query=queries)
async def test_any_page_and_any_count_match_the_in_memory_query(
    database: UnitOfWorkFactory, drafts: Sequence[HeroDraft], query: HeroQuery
) -> None:
    heroes = await replace_all(database, drafts)

    async with database.reading() as uow:
        assert in_memory_queries.page(query, heroes) == await uow.heroes.page(query)
        assert len(in_memory_queries.find_all(query, heroes)) == await uow.heroes.count(query)


@same_database_for_all_examples
@given(drafts=tables, query=queries, index=st.integers(0, 11))
async def test_any_page_after_any_hero_matches_the_in_memory_query(
    database: UnitOfWorkFactory, drafts: Sequence[HeroDraft], query: HeroQuery, index: int
) -> None:
    heroes = await replace_all(database, drafts)
    found = in_memory_queries.find_all(query, heroes)
    after = query.position_of(found[index % len(found)]) if found else None
    following = replace(query, after=after)

    async with database.reading() as uow:
        assert in_memory_queries.page(following, heroes) == await uow.heroes.page(following)


@same_database_for_all_examples
@given(drafts=tables, filters=filters, sort=st.sampled_from(EVERY_SORT), limit=st.integers(1, 3))
async def test_the_pages_of_any_query_add_up_to_its_result(
    database: UnitOfWorkFactory,
    drafts: Sequence[HeroDraft],
    filters: tuple[Filter, ...],
    sort: tuple[SortKey, ...],
    limit: int,
) -> None:
    heroes = await replace_all(database, drafts)
    query = HeroQuery(filters=filters, sort=sort, limit=limit)

    assert in_memory_queries.find_all(query, heroes) == await walk(database, query)


@pytest.mark.parametrize(
    "filters",
    [(), (Filter("age", Operator.GTE, 7),), (Filter("name", Operator.CONTAINS, "d"),)],
    ids=["all", "by age", "by name"],
)
async def test_concurrent_writes_neither_skip_nor_repeat_rows_that_remain(
    database: UnitOfWorkFactory, filters: tuple[Filter, ...]
) -> None:
    for sort in EVERY_SORT:
        heroes = await replace_all(database, HEROES_WITH_TIES)
        query = HeroQuery(filters=filters, sort=sort, limit=2)
        staying = {hero.id for hero in heroes[::2]}

        walked = await walk(
            database, query, partial(disturb, database, staying, cycle((None, 7, 8)))
        )

        expected = [
            hero for hero in in_memory_queries.find_all(query, heroes) if hero.id in staying
        ]
        assert expected == [hero for hero in walked if hero.id in staying], sort
        assert len(walked) == len({hero.id for hero in walked}), sort


async def disturb(
    database: UnitOfWorkFactory, staying: set[int], ages: Iterator[int | None], last: Hero
) -> None:
    """Remove the hero at the cursor, unless it must stay, and add one with the same name."""
    async with database.writing() as uow:
        if last.id not in staying:
            await uow.heroes.remove(last.id)
        await uow.heroes.add(HeroDraft(last.name, "New", next(ages)))
        await uow.commit()
