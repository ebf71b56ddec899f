"""The contract of ``HeroRepository``, on every database."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.hero import HeroDraft, HeroNotFound, HeroQuery
from domain.rules import INT64_MAX, TEXT_MAX
from service_layer.unit_of_work import UnitOfWork, UnitOfWorkFactory

pytestmark = pytest.mark.canary

DRAFT = HeroDraft("Deadpond", "Dive Wilson", 28)

texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    min_size=1,
    max_size=TEXT_MAX,
).filter(str.strip)
ages = st.none() | st.integers(0, INT64_MAX)
drafts = st.builds(HeroDraft, texts, texts, ages)

same_database_for_all_examples = settings(
    max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


async def _commit_removal(uow: UnitOfWork, hero_id: int) -> None:
    await uow.heroes.remove(hero_id)
    await uow.commit()


async def test_a_new_hero_has_the_drafts_values_and_version_1(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        hero = await uow.heroes.add(DRAFT)

    assert ("Deadpond", "Dive Wilson", 28, 1) == (
        hero.name,
        hero.secret_name,
        hero.age,
        hero.version,
    )


@same_database_for_all_examples
@given(draft=drafts)
async def test_every_text_and_number_is_stored_unchanged(
    database: UnitOfWorkFactory, draft: HeroDraft
) -> None:
    async with database.writing() as uow:
        hero = await uow.heroes.add(draft)
        await uow.commit()

    async with database.reading() as reading:
        assert hero == await reading.heroes.get(hero.id)
    assert draft == HeroDraft(hero.name, hero.secret_name, hero.age)


async def test_ids_increase_and_are_never_reused(database: UnitOfWorkFactory) -> None:
    ids = []
    for _ in range(3):
        async with database.writing() as uow:
            hero = await uow.heroes.add(DRAFT)
            await uow.commit()
            ids.append(hero.id)
        async with database.writing() as uow:
            await _commit_removal(uow, hero.id)

    assert ids == sorted(set(ids))


async def test_heroes_are_found_by_their_ids(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        heroes = [await uow.heroes.add(replace(DRAFT, age=age)) for age in range(3)]
        assert {heroes[0].id: heroes[0]} == await uow.heroes.find({heroes[0].id})
        await uow.commit()
    first, second, third = heroes
    missing = [third.id + number for number in range(1, 300)]

    async with database.reading() as reading:
        found = await reading.heroes.find([third.id, *missing, first.id, first.id, 2**63])
        assert {first.id: first, third.id: third} == found
        assert {second.id: second} == await reading.heroes.find([second.id])
        assert {} == await reading.heroes.find([])


@pytest.mark.parametrize("hero_id", [0, -1, 7, 2**63 - 1, 2**63, -(2**63) - 1, 10**100])
async def test_an_unknown_id_raises_hero_not_found(
    database: UnitOfWorkFactory, hero_id: int
) -> None:
    async with database.writing() as uow:
        hero = await uow.heroes.add(DRAFT)
        for missing in (
            uow.heroes.get(hero_id),
            uow.heroes.remove(hero_id),
            uow.heroes.update(replace(hero, id=hero_id)),
        ):
            with pytest.raises(HeroNotFound):
                await missing


async def test_an_update_replaces_every_field(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        hero = await uow.heroes.add(DRAFT)
        other = await uow.heroes.add(DRAFT)
        changed = replace(hero, name="Spider-Boy", secret_name="Pedro", age=None, version=2)
        await uow.heroes.update(changed)
        await uow.commit()

    async with database.reading() as reading:
        assert [changed, other] == list(await reading.heroes.page(HeroQuery(limit=10)))


@pytest.mark.parametrize(
    ("offset", "limit", "expected"),
    [
        (0, 10, [0, 1, 2, 3]),
        (0, 2, [0, 1]),
        (2, 10, [2, 3]),
        (1, 2, [1, 2]),
        (4, 10, []),
        (0, 0, []),
        (2**63 - 1, 100, []),
        (0, 2**63 - 1, [0, 1, 2, 3]),
    ],
)
async def test_a_page_is_a_slice_of_the_heroes_ordered_by_id(
    database: UnitOfWorkFactory, offset: int, limit: int, expected: list[int]
) -> None:
    async with database.writing() as uow:
        heroes = [await uow.heroes.add(DRAFT) for _ in range(4)]
        await uow.commit()

    async with database.reading() as reading:
        page = await reading.heroes.page(HeroQuery(offset=offset, limit=limit))
    assert [heroes[index] for index in expected] == list(page)


async def test_a_page_at_a_large_offset_is_correct(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        heroes = [await uow.heroes.add(DRAFT) for _ in range(1_010)]
        await uow.commit()

    async with database.reading() as reading:
        assert heroes[1_005:] == list(await reading.heroes.page(HeroQuery(offset=1_005, limit=100)))
    async with database.writing() as uow:
        assert heroes[1_005:] == list(await uow.heroes.page(HeroQuery(offset=1_005, limit=100)))
