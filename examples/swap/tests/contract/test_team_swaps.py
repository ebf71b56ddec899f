"""Two teams swap their headquarters, on every database."""

import httpx2
import pytest

from domain.errors import InvalidEntity
from domain.team import Team, TeamNotFound
from entrypoints.api.app import build_app
from service_layer import teams
from service_layer.unit_of_work import UnitOfWorkFactory


@pytest.fixture(autouse=True)
async def stored(database: UnitOfWorkFactory) -> None:
    """Two teams."""
    async with database.writing() as uow:
        await teams.create_team(uow, name="Preventers", headquarters="Sharp Tower")
        await teams.create_team(uow, name="Z-Force", headquarters="Bar")
        await uow.commit()


async def test_a_swap_changes_both_teams(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        swapped = await teams.swap_headquarters(uow, 2, 1)
        await uow.commit()

    async with database.reading() as reading:
        other = await reading.teams.get(1)
    assert Team(2, "Z-Force", "Sharp Tower", version=2) == swapped
    assert Team(1, "Preventers", "Bar", version=2) == other


async def test_a_team_cannot_swap_with_itself(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        with pytest.raises(InvalidEntity, match="other_id: Team should be another one"):
            await teams.swap_headquarters(uow, 1, 1)


async def test_a_team_cannot_swap_with_one_that_does_not_exist(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as uow:
        with pytest.raises(TeamNotFound):
            await teams.swap_headquarters(uow, 1, 7)


async def test_a_retried_swap_is_executed_once(database: UnitOfWorkFactory) -> None:
    transport = httpx2.ASGITransport(build_app(database))
    async with httpx2.AsyncClient(transport=transport, base_url="http://teams") as client:
        key = {"Idempotency-Key": '"77d2c1"'}
        swaps = [
            await client.post("/teams/1/swap", json={"other_id": 2}, headers=key) for _ in range(2)
        ]
        refused = await client.post("/teams/1/swap", json={"other_id": 1})

        assert 2 * [{"name": "Preventers", "headquarters": "Bar", "id": 1}] == [
            swap.json() for swap in swaps
        ]
        assert "Sharp Tower" == (await client.get("/teams/2")).json()["headquarters"]
    assert (422, ["body", "other_id"]) == (refused.status_code, refused.json()["detail"][0]["loc"])
