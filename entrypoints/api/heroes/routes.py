"""The routes of heroes. Each calls one use case and builds the response from its result."""

from fastapi import Request
from starlette.responses import Response

from domain.hero import Hero, HeroNotFound, HeroQuery
from entrypoints import http
from entrypoints.api.dependencies import Reading, Writing
from entrypoints.api.heroes.schemas import HeroBatch, HeroCreate, HeroRead, HeroUpdate
from service_layer import heroes

router = http.ResourceRouter("heroes", "Heroes: a name, a secret name, and an age.")
resource = http.Resource(Hero, HeroQuery, HeroNotFound, HeroRead, HeroUpdate)

# In a path, ``member`` is a segment other than ``batch`` (entrypoints/http/paths.py).


@router.post("/", **resource.creation)
async def create_hero(draft: HeroCreate, uow: Writing, request: Request) -> Response:
    """Create a hero and return it with its id."""
    claim = await http.claim(request, uow)
    if claim.replayed:
        return claim.replayed
    hero = await heroes.create_hero(uow, **draft.model_dump())
    return await claim.commit(resource.created_response(request, hero))


@router.get("/", **resource.listing)
async def read_heroes(
    request: Request, uow: Reading, offset: http.Offset = 0, limit: http.Limit = http.PAGE_MAX
) -> Response:
    """Return a page of the heroes that match the filters, sorted by `sort`, by default by `id`."""
    page = await resource.read_page(request, uow.heroes, offset, limit)
    return resource.page_response(page)


@router.get("/{hero_id:member}", **resource.member)
async def read_hero(hero_id: http.MemberId, uow: Reading, request: Request) -> Response:
    """Return a hero, or 304 if the client has the current version."""
    precondition = http.read_precondition(request)
    hero = await uow.heroes.get(hero_id)
    return resource.conditional_response(hero, precondition)


@router.patch("/{hero_id:member}", **resource.updating)
async def update_hero(
    hero_id: http.MemberId, changes: HeroUpdate, uow: Writing, request: Request
) -> Response:
    """Update the fields that the body contains and return the whole hero."""
    values = changes.model_dump(exclude_unset=True)
    hero = await heroes.update_hero(uow, hero_id, values, http.read_precondition(request))
    return resource.response(hero)


@router.delete("/{hero_id:member}", **resource.deletion)
async def delete_hero(hero_id: http.MemberId, uow: Writing, request: Request) -> Response:
    """Delete a hero. Its id is never reused."""
    await heroes.delete_hero(uow, hero_id, http.read_precondition(request))
    return resource.deleted_response()


@router.post("/batch", **resource.batch)
async def apply_batch(batch: HeroBatch, uow: Writing, request: Request) -> Response:
    """Create, update and delete heroes in one transaction."""
    included = resource.read_include(request)
    claim = await http.claim(request, uow, included)
    if claim.replayed:
        return claim.replayed
    result = await heroes.apply_batch(uow, batch.to_batch())
    return await claim.commit(resource.batch_response(result, included))
