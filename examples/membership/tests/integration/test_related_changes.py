"""Units of work that change heroes and teams at the same time, on PostgreSQL.

When a hero joins a team, PostgreSQL locks the row of the team to check the foreign key.
"""

from collections.abc import AsyncIterator

import pytest

from domain.hero import HeroDraft
from domain.team import TeamChanges, TeamDraft
from service_layer.unit_of_work import UnitOfWork, UnitOfWorkFactory
from tests.contract.conftest import Fixtures, oldest_postgres, plain_postgres, postgres


@pytest.fixture(params=[postgres, oldest_postgres, plain_postgres])
async def database(request: Fixtures) -> AsyncIterator[UnitOfWorkFactory]:
    """A database with the teams 1 and 2."""
    async with request.param(request) as database:
        async with database.writing() as uow:
            for name in ("Preventers", "Z-Force"):
                await uow.teams.add(TeamDraft(name, "Bar"))
            await uow.commit()
        yield database


async def join(uow: UnitOfWork, team_id: int) -> None:
    """Store a hero in the team."""
    await uow.heroes.add(HeroDraft("Deadpond", "Dive Wilson", team_id=team_id))


async def move(uow: UnitOfWork, team_id: int) -> None:
    """Add a letter to the team's headquarters."""
    team = await uow.teams.get(team_id)
    await uow.teams.update(team.apply(TeamChanges({"headquarters": team.headquarters + "n"})))


async def headquarters(database: UnitOfWorkFactory) -> list[str]:
    async with database.reading() as uow:
        return [team.headquarters for team in (await uow.teams.find([1, 2])).values()]


async def test_teams_change_while_heroes_join_them_in_another_order(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as changing, database.writing() as joining:
        await move(changing, 1)
        await join(joining, 2)
        await join(joining, 1)
        await move(changing, 2)
        await joining.commit()
        await changing.commit()

    assert ["Barn", "Barn"] == await headquarters(database)


async def test_two_units_of_work_that_added_heroes_to_a_team_can_both_change_the_team(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as first, database.writing() as second:
        await join(first, 1)
        await join(second, 1)
        for uow in (first, second):
            await move(uow, 1)
            await uow.commit()

    assert ["Barnn", "Bar"] == sorted(await headquarters(database), reverse=True)
