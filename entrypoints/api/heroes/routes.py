"""The routes of heroes. Each calls one use case and builds the response from its result."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import Field
from starlette.responses import Response

from domain.hero import Hero, HeroNotFound, HeroQuery
from entrypoints import http
from entrypoints.api.dependencies import Reading, Writing, authorize
from entrypoints.api.heroes.schemas import (
    HeroBatch,
    HeroBatchDone,
    HeroCreate,
    HeroRead,
    HeroUpdate,
    serialize_hero,
)
from entrypoints.http import listing
from service_layer import heroes

HeroId = Annotated[
    http.Id, Path(description="The id of the hero.", openapi_examples={"first": {"value": 1}})
]

MISSING = str(HeroNotFound(1))

TAG = {"name": "heroes", "description": "Heroes: a name, a secret name, and an age."}

# In a path, ``member`` is a segment other than ``batch`` (entrypoints/http/paths.py).
router = APIRouter(
    prefix="/heroes",
    tags=[TAG["name"]],
    dependencies=[Depends(authorize)],
    generate_unique_id_function=http.operation_id,
)


@router.post(
    "/",
    response_model=HeroRead,
    responses=http.error_responses(400, 409, 415) | http.CREATED,
    openapi_extra=http.IDEMPOTENT,
)
async def create_hero(draft: HeroCreate, uow: Writing, request: Request) -> Response:
    """Create a hero and return it with its id."""
    key = await http.read_idempotency_key(request)
    if replayed := await http.replay(uow.idempotency, key):
        return replayed
    hero = await heroes.create_hero(uow, **draft.model_dump())
    response = hero_response(hero, location=listing.member_path(request, hero.id))
    await http.save_response(uow.idempotency, key, response)
    await uow.commit()
    return response


@router.get(
    "/",
    response_model=Annotated[list[HeroRead], Field(max_length=listing.PAGE_MAX)],
    responses=http.error_responses() | {200: {"headers": listing.LINKS | listing.COUNTS}},
    openapi_extra={
        "parameters": [*listing.describe_parameters(HeroQuery), listing.INCLUDE, listing.PREFER]
    },
)
async def read_heroes(
    request: Request,
    uow: Reading,
    offset: listing.Offset = 0,
    limit: listing.Limit = listing.PAGE_MAX,
) -> Response:
    """Return a page of the heroes that match the filters, sorted by `sort`, by default by `id`."""
    included = listing.read_include(request.query_params)
    query = listing.read_query(HeroQuery, request.query_params, offset=offset, limit=limit)
    page = await heroes.read_heroes(uow, query)
    headers = listing.VARY | listing.next_page(request, query, page)
    if listing.wants_exact_count(request.scope):
        headers |= listing.count_headers(await heroes.count_heroes(uow, query))
    serialize = listing.add_included(serialize_hero, included)
    return http.EntityResponse([serialize(hero) for hero in page], headers=headers)


@router.get(
    "/{hero_id:member}",
    response_model=HeroRead,
    responses=http.error_responses(200, 304, 412) | http.not_found(MISSING),
    openapi_extra=http.CONDITIONAL,
)
async def read_hero(hero_id: HeroId, uow: Reading, request: Request) -> Response:
    """Return a hero, or 304 if the client has the current version."""
    precondition = http.read_precondition(request)
    hero = await heroes.read_hero(uow, hero_id)
    return http.not_modified_response(precondition, hero.version) or hero_response(hero)


@router.patch(
    "/{hero_id:member}",
    response_model=HeroRead,
    responses=http.error_responses(200, 400, 409, 412, 415) | http.not_found(MISSING),
    openapi_extra=http.CONDITIONAL | http.merge_patch(HeroUpdate),
)
async def update_hero(
    hero_id: HeroId, changes: HeroUpdate, uow: Writing, request: Request
) -> Response:
    """Update the fields that the body contains and return the whole hero."""
    values = changes.model_dump(exclude_unset=True)
    hero = await heroes.update_hero(uow, hero_id, values, http.read_precondition(request))
    return hero_response(hero)


@router.delete(
    "/{hero_id:member}",
    response_model=http.Deleted,
    responses=http.error_responses(409, 412) | http.not_found(MISSING),
    openapi_extra=http.CONDITIONAL,
)
async def delete_hero(hero_id: HeroId, uow: Writing, request: Request) -> Response:
    """Delete a hero. Its id is never reused."""
    await heroes.delete_hero(uow, hero_id, http.read_precondition(request))
    return http.JsonResponse({"ok": True})


@router.post(
    "/batch",
    response_model=HeroBatchDone,
    responses=http.error_responses(400, 409, 415) | http.failed_operation(MISSING),
    openapi_extra=http.IDEMPOTENT
    | {"parameters": [*http.IDEMPOTENT["parameters"], listing.INCLUDE]},
)
async def apply_batch(batch: HeroBatch, uow: Writing, request: Request) -> Response:
    """Create, update and delete heroes in one transaction."""
    included = listing.read_include(request.query_params)
    key = await http.read_idempotency_key(request, included)
    if replayed := await http.replay(uow.idempotency, key):
        return replayed
    result = await heroes.apply_batch(uow, batch.to_batch())
    serialize = listing.add_included(serialize_hero, included)
    response = http.EntityResponse(http.serialize_result(result, serialize))
    await http.save_response(uow.idempotency, key, response)
    await uow.commit()
    return response


def hero_response(hero: Hero, *, location: str = "") -> Response:
    """Return a response with the hero and its entity tag, and ``location`` if it is new."""
    headers = {"Location": location} if location else {}
    return http.response_with_etag(serialize_hero(hero), hero.version, headers)
