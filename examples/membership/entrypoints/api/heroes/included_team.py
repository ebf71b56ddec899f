"""The team of each hero in a list, on request: ``?include=team``."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from domain.hero import Hero
from entrypoints import http
from entrypoints.api.teams.routes import resource as teams
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork

TEAM = "team"
TEAM_TEXT = "its team, or null if it has none"


async def include_team(
    uow: ReadOnlyUnitOfWork | UnitOfWork, heroes: Sequence[Hero], included: Collection[str]
) -> http.Members:
    """Return the member ``team`` of each hero if it is included. The teams take one query."""
    if TEAM not in included:
        return {}
    found = await uow.teams.find({hero.team_id for hero in heroes if hero.team_id is not None})
    shown: dict[int | None, Mapping[str, Any]] = {
        team.id: teams.to_object(team) for team in found.values()
    }
    return {TEAM: {hero.id: shown.get(hero.team_id) for hero in heroes}}
