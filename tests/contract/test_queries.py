"""Every repository answers every query alike: as looking at each hero in turn would."""

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
    max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)

CROWD = [
    HeroDraft(name, "Dive Wilson", age)
    for name in ("Zoe", "ada", "Ada")
    for age in (None, 7, 30, 7, None, 8)
]
"""Many that share a name, an age, or both."""


async def replaced_by(database: UnitOfWorkFactory, drafts: Sequence[HeroDraft]) -> Sequence[Hero]:
    """Put these heroes in the place of all that there are, and return them."""
    async with database.writing() as uow:
        for hero in await uow.heroes.page(HeroQuery(limit=1_000)):
            await uow.heroes.remove(hero.id)
        heroes = [await uow.heroes.add(draft) for draft in drafts]
        await uow.commit()
    return heroes


async def walk(
    database: UnitOfWorkFactory,
    query: HeroQuery,
    meanwhile: Callable[[Hero], Awaitable[object]] | None = None,
) -> Sequence[Hero]:
    """Return the heroes of all pages; ``meanwhile`` is told the last of each but the last page."""
    heroes: list[Hero] = []
    while True:
        async with database.reading() as uow:
            page = await uow.heroes.page(query)
        heroes += page
        if len(page) < query.limit:
            return heroes
        if meanwhile:
            await meanwhile(page[-1])
        query = replace(query, after=query.position_of(page[-1]))


@same_database_for_all_examples
@given(drafts=tables, query=queries)
async def test_any_page_and_any_count(
    database: UnitOfWorkFactory, drafts: Sequence[HeroDraft], query: HeroQuery
) -> None:
    heroes = await replaced_by(database, drafts)

    async with database.reading() as uow:
        assert in_memory_queries.page(query, heroes) == await uow.heroes.page(query)
        assert len(in_memory_queries.found(query, heroes)) == await uow.heroes.count(query)


@same_database_for_all_examples
@given(drafts=tables, query=queries, which=st.integers(0, 11))
async def test_any_page_after_any_hero_found(
    database: UnitOfWorkFactory, drafts: Sequence[HeroDraft], query: HeroQuery, which: int
) -> None:
    heroes = await replaced_by(database, drafts)
    found = in_memory_queries.found(query, heroes)
    after = query.position_of(found[which % len(found)]) if found else None
    following = replace(query, after=after)

    async with database.reading() as uow:
        assert in_memory_queries.page(following, heroes) == await uow.heroes.page(following)


@same_database_for_all_examples
@given(drafts=tables, filters=filters, sort=st.sampled_from(EVERY_SORT), limit=st.integers(1, 3))
async def test_all_pages_of_any_query_are_all_that_it_finds(
    database: UnitOfWorkFactory,
    drafts: Sequence[HeroDraft],
    filters: tuple[Filter, ...],
    sort: tuple[SortKey, ...],
    limit: int,
) -> None:
    heroes = await replaced_by(database, drafts)
    query = HeroQuery(filters=filters, sort=sort, limit=limit)

    assert in_memory_queries.found(query, heroes) == await walk(database, query)


@pytest.mark.parametrize(
    "filters",
    [(), (Filter("age", Operator.GTE, 7),), (Filter("name", Operator.CONTAINS, "d"),)],
    ids=["all", "by age", "by name"],
)
async def test_while_others_add_and_remove_every_sort_has_each_that_stays_once(
    database: UnitOfWorkFactory, filters: tuple[Filter, ...]
) -> None:
    for sort in EVERY_SORT:
        heroes = await replaced_by(database, CROWD)
        query = HeroQuery(filters=filters, sort=sort, limit=2)
        staying = {hero.id for hero in heroes[::2]}

        walked = await walk(
            database, query, partial(disturb, database, staying, cycle((None, 7, 8)))
        )

        expected = [hero for hero in in_memory_queries.found(query, heroes) if hero.id in staying]
        assert expected == [hero for hero in walked if hero.id in staying], sort
        assert len(walked) == len({hero.id for hero in walked}), sort


async def disturb(
    database: UnitOfWorkFactory, staying: set[int], ages: Iterator[int | None], last: Hero
) -> None:
    """Take the place away that the walk goes on from, and put another near it."""
    async with database.writing() as uow:
        if last.id not in staying:
            await uow.heroes.remove(last.id)
        await uow.heroes.add(HeroDraft(last.name, "New", next(ages)))
        await uow.commit()
