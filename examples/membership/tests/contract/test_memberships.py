"""The team of a hero, in the repositories and the use cases, on every database."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.errors import InvalidEntity
from domain.filters import Filter, Operator
from domain.hero import Hero, HeroDraft, HeroNotFound, HeroQuery
from domain.preconditions import NO_PRECONDITION
from domain.query import SortKey
from domain.team import Team, TeamDraft, TeamNotFound, TeamQuery
from service_layer import heroes, teams
from service_layer.errors import StoreConflict
from service_layer.unit_of_work import UnitOfWorkFactory

PREVENTERS = TeamDraft("Preventers", "Sharp Tower")
DEADPOND = HeroDraft("Deadpond", "Dive Wilson")


async def add(
    database: UnitOfWorkFactory, team: TeamDraft, *drafts: HeroDraft
) -> tuple[Team, Sequence[Hero]]:
    """Store a team, and heroes in it."""
    async with database.writing() as uow:
        added = await uow.teams.add(team)
        members = [await uow.heroes.add(replace(draft, team_id=added.id)) for draft in drafts]
        await uow.commit()
    return added, members


async def stored(database: UnitOfWorkFactory) -> tuple[Sequence[Hero], Sequence[Team]]:
    """Return all heroes and all teams."""
    async with database.reading() as uow:
        found = (
            await uow.heroes.page(HeroQuery(limit=100)),
            await uow.teams.page(TeamQuery(limit=100)),
        )
    return list(found[0]), list(found[1])


async def test_a_hero_joins_and_leaves_a_team(database: UnitOfWorkFactory) -> None:
    team, _ = await add(database, PREVENTERS)
    async with database.writing() as uow:
        hero = await uow.heroes.add(DEADPOND)
        await uow.commit()
    versions = [hero]

    for team_id in (team.id, None):
        async with database.writing() as uow:
            versions.append(await heroes.update_hero(uow, hero.id, {"team_id": team_id}))
        assert [versions[-1]] == (await stored(database))[0]

    assert [None, team.id, None] == [each.team_id for each in versions]
    assert [1, 2, 3] == [each.version for each in versions]


async def test_a_team_that_does_not_exist_is_a_conflict(database: UnitOfWorkFactory) -> None:
    _, (hero,) = await add(database, PREVENTERS, DEADPOND)
    before = await stored(database)

    for missing in (0, -1, 7, 2**63 - 1):
        async with database.writing() as uow:
            with pytest.raises(StoreConflict):
                await uow.heroes.add(replace(DEADPOND, team_id=missing))
        async with database.writing() as uow:
            with pytest.raises(StoreConflict):
                await heroes.update_hero(uow, hero.id, {"team_id": missing})

    assert before == await stored(database)


async def test_a_team_that_has_heroes_is_not_deleted(database: UnitOfWorkFactory) -> None:
    team, (hero,) = await add(database, PREVENTERS, DEADPOND)
    before = await stored(database)

    async with database.writing() as uow:
        with pytest.raises(StoreConflict):
            await uow.teams.remove(team.id)
    assert before == await stored(database)

    async with database.writing() as uow:
        await uow.heroes.remove(hero.id)
        await uow.teams.remove(team.id)
        await uow.commit()
    assert ([], []) == await stored(database)


async def test_a_conflict_leaves_other_units_of_work_as_they_are(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as uow:
        with pytest.raises(StoreConflict):
            await uow.heroes.add(replace(DEADPOND, team_id=7))

    team, (hero,) = await add(database, PREVENTERS, DEADPOND)
    assert ([hero], [team]) == await stored(database)


async def test_heroes_are_filtered_and_sorted_by_team(database: UnitOfWorkFactory) -> None:
    _, (ann, bob) = await add(database, PREVENTERS, HeroDraft("Ann", "x"), HeroDraft("Bob", "x"))
    force, (cid,) = await add(database, TeamDraft("Z-Force", "Bar"), HeroDraft("Cid", "x"))
    async with database.writing() as uow:
        dot = await uow.heroes.add(HeroDraft("Dot", "x"))
        await uow.commit()

    async def find(*filters: Filter, sort: str = "id") -> Sequence[Hero]:
        """Return the heroes of all pages."""
        key = SortKey(sort.removeprefix("-"), sort.startswith("-"))
        query, found = HeroQuery(filters=filters, sort=(key,), limit=1), list[Hero]()
        async with database.reading() as uow:
            while page := await uow.heroes.page(query):
                found += page
                query = replace(query, after=query.position_of(page[-1]))
            assert len(found) == await uow.heroes.count(query)
        return found

    assert [cid] == await find(Filter("team_id", Operator.EQ, force.id))
    assert [dot] == await find(Filter("team_id", Operator.ISNULL, value=True))
    assert [ann, bob, cid] == await find(Filter("team_id", Operator.ISNULL, value=False))
    assert [ann, bob, cid, dot] == await find(sort="team_id")
    assert [cid, ann, bob, dot] == await find(sort="-team_id")


async def test_a_hero_founds_a_team(database: UnitOfWorkFactory) -> None:
    _, (hero,) = await add(database, PREVENTERS, DEADPOND)

    async with database.writing() as uow:
        founder = await heroes.found_team(uow, hero.id, name="Z-Force", headquarters="Bar")
        await uow.commit()

    all_heroes, (_, founded) = await stored(database)
    assert [replace(hero, team_id=founded.id, version=2)] == [founder] == all_heroes
    assert ("Z-Force", "Bar") == (founded.name, founded.headquarters)


async def test_without_a_commit_neither_aggregate_has_changed(database: UnitOfWorkFactory) -> None:
    _, (hero,) = await add(database, PREVENTERS, DEADPOND)
    before = await stored(database)

    async with database.writing() as uow:
        await heroes.found_team(uow, hero.id, name="Z-Force", headquarters="Bar")

    assert before == await stored(database)


async def test_a_hero_that_does_not_exist_founds_no_team(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        with pytest.raises(HeroNotFound):
            await heroes.found_team(uow, 7, name="Z-Force", headquarters="Bar")
    async with database.writing() as uow:
        with pytest.raises(InvalidEntity):
            await heroes.found_team(uow, 7, name=" ", headquarters="Bar")

    assert ([], []) == await stored(database)


async def test_a_deleted_team_can_not_be_joined(database: UnitOfWorkFactory) -> None:
    team, _ = await add(database, PREVENTERS)
    async with database.writing() as uow:
        await teams.delete_team(uow, team.id, NO_PRECONDITION)

    async with database.writing() as uow:
        with pytest.raises(StoreConflict):
            await uow.heroes.add(replace(DEADPOND, team_id=team.id))
    async with database.writing() as uow:
        with pytest.raises(TeamNotFound):
            await uow.teams.get(team.id)
