"""The contract of ``TeamRepository``, on every database."""

from dataclasses import replace

import pytest

from domain.filters import Filter, Operator
from domain.query import SortKey
from domain.team import TeamDraft, TeamNotFound, TeamQuery
from service_layer.unit_of_work import UnitOfWorkFactory

PREVENTERS = TeamDraft("Preventers", "Sharp Tower")


async def test_an_added_team_is_read(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        team = await uow.teams.add(PREVENTERS)
        await uow.commit()

    async with database.reading() as reading:
        assert team == await reading.teams.get(team.id)
    assert ("Preventers", "Sharp Tower", 1) == (team.name, team.headquarters, team.version)


async def test_an_update_replaces_every_field(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        team = await uow.teams.add(PREVENTERS)
        other = await uow.teams.add(PREVENTERS)
        changed = replace(team, name="Z-Force", headquarters="Sister Margaret's Bar", version=2)
        await uow.teams.update(changed)
        await uow.commit()

    async with database.reading() as reading:
        assert [changed, other] == list(await reading.teams.page(TeamQuery(limit=10)))


async def test_an_id_is_never_reused(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        team = await uow.teams.add(PREVENTERS)
        await uow.commit()
    async with database.writing() as uow:
        await uow.teams.remove(team.id)
        await uow.commit()

    async with database.writing() as uow:
        assert team.id < (await uow.teams.add(PREVENTERS)).id
        with pytest.raises(TeamNotFound):
            await uow.teams.get(team.id)


async def test_what_is_not_committed_is_rolled_back(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        await uow.teams.add(PREVENTERS)

    async with database.reading() as reading:
        assert 0 == await reading.teams.count(TeamQuery(limit=0))


async def test_teams_are_filtered_and_sorted(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        for name, headquarters in (("A", "Tower"), ("b", "Bar"), ("A", "Bar"), ("%", "Bar")):
            await uow.teams.add(TeamDraft(name, headquarters))
        await uow.commit()

    in_bar = (Filter("headquarters", Operator.EQ, "Bar"),)
    async with database.reading() as reading:
        by_name = TeamQuery(sort=(SortKey("name", descending=True),), filters=in_bar, limit=10)
        by_headquarters = TeamQuery(sort=(SortKey("headquarters"), SortKey("name")), limit=10)
        assert ["b", "A", "%"] == [each.name for each in await reading.teams.page(by_name)]
        assert 3 == await reading.teams.count(by_name)
        found = await reading.teams.page(by_headquarters)
        assert [("%", "Bar"), ("A", "Bar"), ("b", "Bar"), ("A", "Tower")] == [
            (each.name, each.headquarters) for each in found
        ]
