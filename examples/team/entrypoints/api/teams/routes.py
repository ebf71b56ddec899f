"""The routes of teams."""

from fastapi import Request, Response

from domain.team import Team, TeamNotFound, TeamQuery
from entrypoints import http
from entrypoints.api.dependencies import Reading, Writing
from entrypoints.api.teams.schemas import TeamBatch, TeamCreate, TeamRead, TeamUpdate
from service_layer import teams

router = http.ResourceRouter("teams", "Teams: a name, and the headquarters.")
resource = http.Resource(Team, TeamQuery, TeamNotFound, TeamRead, TeamUpdate)


@router.post("/", **resource.creation)
async def create_team(draft: TeamCreate, uow: Writing, request: Request) -> Response:
    """Create a team and return it with its id."""
    claim = await http.claim(request, uow)
    if claim.replayed:
        return claim.replayed
    team = await teams.create_team(uow, **draft.model_dump())
    return await claim.commit(resource.created_response(request, team))


@router.get("/", **resource.listing)
async def read_teams(
    request: Request, uow: Reading, offset: http.Offset = 0, limit: http.Limit = http.PAGE_MAX
) -> Response:
    """Return a page of the matching teams, sorted by `sort`, or else by `id`."""
    return resource.page_response(await resource.read_page(request, uow.teams, offset, limit))


@router.get("/{team_id:member}", **resource.member)
async def read_team(team_id: http.MemberId, uow: Reading, request: Request) -> Response:
    """Return a team, or 304 if the client has the current version."""
    precondition = http.read_precondition(request)
    return resource.conditional_response(await uow.teams.get(team_id), precondition)


@router.patch("/{team_id:member}", **resource.updating)
async def update_team(
    team_id: http.MemberId, changes: TeamUpdate, uow: Writing, request: Request
) -> Response:
    """Update the fields that the body contains and return the whole team."""
    values = changes.model_dump(exclude_unset=True)
    precondition = http.read_precondition(request)
    return resource.response(await teams.update_team(uow, team_id, values, precondition))


@router.delete("/{team_id:member}", **resource.deletion)
async def delete_team(team_id: http.MemberId, uow: Writing, request: Request) -> Response:
    """Delete a team. Its id is never reused."""
    await teams.delete_team(uow, team_id, http.read_precondition(request))
    return resource.deleted_response()


@router.post("/batch", **resource.batch)
async def apply_team_batch(batch: TeamBatch, uow: Writing, request: Request) -> Response:
    """Create, update and delete teams in one transaction."""
    included = resource.read_include(request)
    claim = await http.claim(request, uow, included)
    if claim.replayed:
        return claim.replayed
    result = await teams.apply_batch(uow, batch.to_batch())
    return await claim.commit(resource.batch_response(result, included))
