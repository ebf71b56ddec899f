"""The use cases for teams, on the in-memory database."""

import pytest

from domain.errors import InvalidEntity
from domain.preconditions import NO_PRECONDITION
from domain.team import Team, TeamQuery
from service_layer import teams
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.fakes.database import FakeDatabase

PREVENTERS = Team(1, "Preventers", "Sharp Tower", version=1)


@pytest.fixture
async def database() -> UnitOfWorkFactory:
    """A database with one team."""
    database = FakeDatabase()
    async with database.writing() as uow:
        await teams.create_team(uow, name="Preventers", headquarters="Sharp Tower")
        await uow.commit()
    return database


async def _stored(database: UnitOfWorkFactory) -> list[Team]:
    async with database.reading() as uow:
        return list(await uow.teams.page(TeamQuery(limit=100)))


async def test_a_created_team_is_stored(database: UnitOfWorkFactory) -> None:
    assert [PREVENTERS] == await _stored(database)


async def test_a_team_without_headquarters_is_not_stored(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        with pytest.raises(InvalidEntity, match="headquarters: String should not be blank"):
            await teams.create_team(uow, name="Z-Force", headquarters=" ")

    assert [PREVENTERS] == await _stored(database)


async def test_an_update_sets_the_given_fields_and_commits(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        updated = await teams.update_team(uow, 1, {"name": "Z-Force"}, NO_PRECONDITION)

    assert Team(1, "Z-Force", "Sharp Tower", version=2) == updated
    assert [updated] == await _stored(database)
