"""The use cases, on the in-memory database."""

import pytest

from domain.errors import InvalidEntity
from domain.hero import Hero, HeroNotFound, HeroQuery
from service_layer import heroes
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.fakes.database import FakeDatabase

DEADPOND = Hero(1, "Deadpond", "Dive Wilson", 28, version=1)


@pytest.fixture
def database() -> UnitOfWorkFactory:
    return FakeDatabase()


async def _create_deadpond(database: UnitOfWorkFactory) -> Hero:
    async with database.writing() as uow:
        hero = await heroes.create_hero(uow, name="Deadpond", secret_name="Dive Wilson", age=28)
        await uow.commit()
        return hero


async def _stored(database: UnitOfWorkFactory) -> list[Hero]:
    async with database.reading() as uow:
        return list(await uow.heroes.page(HeroQuery(limit=100)))


async def test_a_created_hero_is_returned_and_stored(database: UnitOfWorkFactory) -> None:
    created = await _create_deadpond(database)

    assert created == DEADPOND
    assert [DEADPOND] == await _stored(database)


async def test_an_invalid_hero_is_not_stored(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        with pytest.raises(InvalidEntity):
            await heroes.create_hero(uow, name=" ", secret_name="Dive Wilson")

    assert [] == await _stored(database)


async def test_a_hero_is_read_by_id(database: UnitOfWorkFactory) -> None:
    await _create_deadpond(database)

    async with database.reading() as uow:
        assert DEADPOND == await uow.heroes.get(1)


async def test_reading_a_missing_hero_raises_hero_not_found(database: UnitOfWorkFactory) -> None:
    async with database.reading() as uow:
        with pytest.raises(HeroNotFound) as missing:
            await uow.heroes.get(7)

    assert missing.value.entity_id == 7


async def test_a_page_respects_offset_and_limit(
    database: UnitOfWorkFactory,
) -> None:
    for _ in range(4):
        await _create_deadpond(database)

    async with database.reading() as uow:
        page = await uow.heroes.page(HeroQuery(offset=1, limit=2))

    assert [2, 3] == [hero.id for hero in page]


async def test_an_update_sets_the_given_fields_and_commits(database: UnitOfWorkFactory) -> None:
    await _create_deadpond(database)

    async with database.writing() as uow:
        changed = await heroes.update_hero(uow, 1, {"age": None})

    assert Hero(1, "Deadpond", "Dive Wilson", None, version=2) == changed
    assert [changed] == await _stored(database)


async def test_an_update_without_changes_keeps_the_version(database: UnitOfWorkFactory) -> None:
    await _create_deadpond(database)

    async with database.writing() as uow:
        assert DEADPOND == await heroes.update_hero(uow, 1, {"age": 28})


async def test_an_invalid_update_is_refused_before_the_query(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as uow:
        with pytest.raises(InvalidEntity):
            await heroes.update_hero(uow, 7, {"name": ""})


async def test_updating_a_missing_hero_raises_hero_not_found(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        with pytest.raises(HeroNotFound):
            await heroes.update_hero(uow, 7, {"age": 1})


async def test_a_deleted_hero_is_not_listed(database: UnitOfWorkFactory) -> None:
    await _create_deadpond(database)

    async with database.writing() as uow:
        await heroes.delete_hero(uow, 1)

    assert [] == await _stored(database)


async def test_a_hero_can_be_deleted_only_once(database: UnitOfWorkFactory) -> None:
    await _create_deadpond(database)
    async with database.writing() as uow:
        await heroes.delete_hero(uow, 1)

    async with database.writing() as uow:
        with pytest.raises(HeroNotFound):
            await heroes.delete_hero(uow, 1)
