"""Units of work are counted by their outcome, on each engine."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from domain.hero import HeroChanges, HeroDraft, HeroQuery
from service_layer.database import Database
from service_layer.errors import StoreUnavailable
from service_layer.heroes import create_hero
from tests.support.databases import empty_postgres, open_plain, open_sqlite
from tests.support.measurements import read

DEADPOND: dict[str, Any] = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": None}


@asynccontextmanager
async def sqlite(fixtures: pytest.FixtureRequest) -> AsyncIterator[Database]:
    database = open_sqlite(fixtures.getfixturevalue("tmp_path") / "heroes.db", lock_timeout=0.02)
    database.migrate()
    yield database
    await database.aclose()


def plain(_: pytest.FixtureRequest) -> AbstractAsyncContextManager[Database]:
    return open_plain("sqlite://")


def postgres(fixtures: pytest.FixtureRequest) -> AbstractAsyncContextManager[Database]:
    return empty_postgres(fixtures.getfixturevalue("postgres_url"))


@pytest.fixture(params=[sqlite, plain, postgres], ids=lambda opening: opening.__name__)
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    async with request.param(request) as database:
        yield database


def outcomes(database: Database) -> dict[str, Any]:
    counted = read(database.measure())
    return {
        outcome: counted["units_of_work", outcome]
        for outcome in ("committed", "rolled_back", "failed")
    }


async def create_and_raise(database: Database, error: type[Exception]) -> None:
    async with database.writing() as uow:
        await create_hero(uow, **DEADPOND)
        raise error


async def test_each_end_of_a_unit_of_work_is_counted(database: Database) -> None:
    async with database.writing() as uow:
        await create_hero(uow, **DEADPOND)
        await uow.commit()
    async with database.writing() as uow:
        await create_hero(uow, **DEADPOND)
    for error in (LookupError, StoreUnavailable):
        with pytest.raises(error):
            await create_and_raise(database, error)

    assert {"committed": 1, "rolled_back": 2, "failed": 1} == outcomes(database)


async def test_a_unit_of_work_without_statements_is_not_counted(database: Database) -> None:
    async with database.writing():
        pass
    async with database.reading() as uow:
        await uow.heroes.count(HeroQuery(limit=1))

    assert {"committed": 0, "rolled_back": 0, "failed": 0} == outcomes(database)


async def test_a_unit_of_work_that_reads_refuses_to_write(database: Database) -> None:
    async with database.writing() as uow:
        hero = await create_hero(uow, **DEADPOND)
        await uow.commit()

    async with database.reading() as reading:
        heroes: Any = reading.heroes  # its type has no methods that write
        for write in (
            heroes.add(HeroDraft("Rusty-Man", "Tommy Sharp")),
            heroes.update(hero.apply(HeroChanges({"age": 48}))),
            heroes.remove(hero.id),
            heroes.get_to_remove(hero.id),
        ):
            with pytest.raises(TypeError, match="a unit of work that reads can not write"):
                await write

        assert [hero] == list(await reading.heroes.page(HeroQuery(limit=10)))
