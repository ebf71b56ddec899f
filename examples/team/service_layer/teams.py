"""The use cases for teams. Those that only read are calls of the repository."""

from collections.abc import Mapping
from typing import Any

from domain.preconditions import Precondition
from domain.team import Team, TeamChanges, TeamDraft
from service_layer.batch import Batch, BatchResult, apply_to
from service_layer.unit_of_work import UnitOfWork
from service_layer.use_cases import delete_entity, update_entity


async def create_team(uow: UnitOfWork, *, name: str, headquarters: str) -> Team:
    """Insert a team and return it, without a commit."""
    return await uow.teams.add(TeamDraft(name, headquarters))


async def update_team(
    uow: UnitOfWork, team_id: int, changes: Mapping[str, Any], precondition: Precondition
) -> Team:
    """Set the fields in ``changes``, commit, and return the team."""
    return await update_entity(uow, uow.teams, team_id, TeamChanges(changes), precondition)


async def delete_team(uow: UnitOfWork, team_id: int, precondition: Precondition) -> None:
    """Delete the team and commit."""
    await delete_entity(uow, uow.teams, team_id, precondition)


async def apply_batch(uow: UnitOfWork, batch: Batch) -> BatchResult[Team]:
    """Apply the batch and return its result, without a commit."""
    return await apply_to(uow.teams, batch, TeamDraft, TeamChanges)
