"""Preconditions: what they mean, and the use cases that keep them, on the in-memory database."""

import pytest

from domain.errors import StaleVersion
from domain.hero import Hero, HeroNotFound, InvalidHero
from domain.preconditions import EVERY_VERSION, NO_PRECONDITION, Precondition
from service_layer import heroes
from tests.fakes.database import FakeDatabase

DEADPOND = Hero(1, "Deadpond", "Dive Wilson", 28, version=2)

MET = [
    NO_PRECONDITION,
    Precondition(one_of={2}),
    Precondition(one_of={1, 2, 3}),
    Precondition(one_of=EVERY_VERSION),
    Precondition(none_of={1, 3}),
    Precondition(one_of={2}, none_of={1}),
]
BROKEN = [
    Precondition(one_of=()),
    Precondition(one_of={1, 3}),
    Precondition(none_of={2}),
    Precondition(none_of=EVERY_VERSION),
    Precondition(one_of={2}, none_of={2}),
]


@pytest.fixture
def database() -> FakeDatabase:
    """A database in which Deadpond is in its second version."""
    database = FakeDatabase()
    database.committed.heroes[1] = DEADPOND
    return database


@pytest.mark.parametrize("precondition", MET)
def test_a_version_that_was_asked_for_is_no_error(precondition: Precondition) -> None:
    precondition.check(2)


@pytest.mark.parametrize("precondition", BROKEN)
def test_a_version_that_was_not_asked_for_is_told(precondition: Precondition) -> None:
    with pytest.raises(StaleVersion) as stale:
        precondition.check(2)

    assert 2 == stale.value.current


@pytest.mark.parametrize("precondition", MET)
async def test_a_change_of_the_version_that_is_kept_is_made(
    database: FakeDatabase, precondition: Precondition
) -> None:
    async with database.writing() as uow:
        changed = await heroes.update_hero(uow, 1, {"age": 29}, precondition)

    assert Hero(1, "Deadpond", "Dive Wilson", 29, version=3) == changed
    assert {1: changed} == database.committed.heroes


@pytest.mark.parametrize("precondition", BROKEN)
async def test_a_change_of_another_version_changes_nothing(
    database: FakeDatabase, precondition: Precondition
) -> None:
    async with database.writing() as uow:
        with pytest.raises(StaleVersion):
            await heroes.update_hero(uow, 1, {"age": 29}, precondition)

    assert {1: DEADPOND} == database.committed.heroes


async def test_a_change_to_what_is_there_already_needs_the_version_too(
    database: FakeDatabase,
) -> None:
    async with database.writing() as uow:
        with pytest.raises(StaleVersion):
            await heroes.update_hero(uow, 1, {"age": 28}, Precondition(one_of={1}))


@pytest.mark.parametrize("precondition", MET)
async def test_a_deletion_of_the_version_that_is_kept_is_made(
    database: FakeDatabase, precondition: Precondition
) -> None:
    async with database.writing() as uow:
        await heroes.delete_hero(uow, 1, precondition)

    assert {} == database.committed.heroes


@pytest.mark.parametrize("precondition", BROKEN)
async def test_a_deletion_of_another_version_deletes_nothing(
    database: FakeDatabase, precondition: Precondition
) -> None:
    async with database.writing() as uow:
        with pytest.raises(StaleVersion):
            await heroes.delete_hero(uow, 1, precondition)

    assert {1: DEADPOND} == database.committed.heroes


@pytest.mark.parametrize("precondition", MET + BROKEN)
async def test_of_a_missing_hero_nothing_is_asked(
    database: FakeDatabase, precondition: Precondition
) -> None:
    async with database.writing() as uow:
        with pytest.raises(HeroNotFound):
            await heroes.update_hero(uow, 7, {"age": 29}, precondition)
        with pytest.raises(HeroNotFound):
            await heroes.delete_hero(uow, 7, precondition)


async def test_an_invalid_change_is_refused_before_a_version_is_looked_at(
    database: FakeDatabase,
) -> None:
    async with database.writing() as uow:
        with pytest.raises(InvalidHero):
            await heroes.update_hero(uow, 1, {"age": -1}, Precondition(one_of={1}))
