"""Preconditions, and the use cases that check them, on the in-memory database."""

import pytest

from domain.errors import InvalidEntity, StaleVersion
from domain.hero import Hero, HeroNotFound
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
FAILED = [
    Precondition(one_of=()),
    Precondition(one_of={1, 3}),
    Precondition(none_of={2}),
    Precondition(none_of=EVERY_VERSION),
    Precondition(one_of={2}, none_of={2}),
]


@pytest.fixture
def database() -> FakeDatabase:
    """A database with Deadpond at version 2."""
    database = FakeDatabase()
    database.committed.tables[Hero].rows[1] = DEADPOND
    return database


@pytest.mark.parametrize("precondition", MET)
def test_a_matching_version_passes_the_precondition(precondition: Precondition) -> None:
    precondition.check(2)


@pytest.mark.parametrize("precondition", FAILED)
def test_another_version_raises_stale_version(precondition: Precondition) -> None:
    with pytest.raises(StaleVersion) as stale:
        precondition.check(2)

    assert 2 == stale.value.current


@pytest.mark.parametrize("precondition", MET)
async def test_an_update_with_a_met_precondition_is_committed(
    database: FakeDatabase, precondition: Precondition
) -> None:
    async with database.writing() as uow:
        changed = await heroes.update_hero(uow, 1, {"age": 29}, precondition)

    assert Hero(1, "Deadpond", "Dive Wilson", 29, version=3) == changed
    assert {1: changed} == database.committed.tables[Hero].rows


@pytest.mark.parametrize("precondition", FAILED)
async def test_an_update_with_a_failed_precondition_changes_nothing(
    database: FakeDatabase, precondition: Precondition
) -> None:
    async with database.writing() as uow:
        with pytest.raises(StaleVersion):
            await heroes.update_hero(uow, 1, {"age": 29}, precondition)

    assert {1: DEADPOND} == database.committed.tables[Hero].rows


async def test_an_update_to_equal_values_checks_the_precondition(
    database: FakeDatabase,
) -> None:
    async with database.writing() as uow:
        with pytest.raises(StaleVersion):
            await heroes.update_hero(uow, 1, {"age": 28}, Precondition(one_of={1}))


@pytest.mark.parametrize("precondition", MET)
async def test_a_delete_with_a_met_precondition_is_committed(
    database: FakeDatabase, precondition: Precondition
) -> None:
    async with database.writing() as uow:
        await heroes.delete_hero(uow, 1, precondition)

    assert {} == database.committed.tables[Hero].rows


@pytest.mark.parametrize("precondition", FAILED)
async def test_a_delete_with_a_failed_precondition_deletes_nothing(
    database: FakeDatabase, precondition: Precondition
) -> None:
    async with database.writing() as uow:
        with pytest.raises(StaleVersion):
            await heroes.delete_hero(uow, 1, precondition)

    assert {1: DEADPOND} == database.committed.tables[Hero].rows


@pytest.mark.parametrize("precondition", MET + FAILED)
async def test_a_missing_hero_is_not_found_whatever_the_precondition(
    database: FakeDatabase, precondition: Precondition
) -> None:
    async with database.writing() as uow:
        with pytest.raises(HeroNotFound):
            await heroes.update_hero(uow, 7, {"age": 29}, precondition)
        with pytest.raises(HeroNotFound):
            await heroes.delete_hero(uow, 7, precondition)


async def test_an_invalid_change_is_refused_before_the_precondition_is_checked(
    database: FakeDatabase,
) -> None:
    async with database.writing() as uow:
        with pytest.raises(InvalidEntity):
            await heroes.update_hero(uow, 1, {"age": -1}, Precondition(one_of={1}))
