"""The routes of heroes: from a request to a use case, and from its result to a response."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from domain.hero import HeroQuery
from entrypoints.api.dependencies import Reading, Writing
from entrypoints.api.heroes.schemas import (
    Deleted,
    HeroBatch,
    HeroBatchDone,
    HeroCreate,
    HeroRead,
    HeroUpdate,
    hero_json,
)
from entrypoints.http.batch import result_json
from entrypoints.http.conditional import CONDITIONAL, not_modified, precondition, response_with_etag
from entrypoints.http.documented_errors import CREATED, FAILED_OPERATION, error_responses
from entrypoints.http.field_types import Id
from entrypoints.http.idempotency import (
    IDEMPOTENT,
    read_idempotency_key,
    replay,
    save_response,
)
from entrypoints.http.json_response import JsonResponse
from entrypoints.http.listing.links import LINKS, member_path, next_page
from entrypoints.http.listing.parameters import PAGE_MAX, Limit, Offset, query_parameters
from entrypoints.http.listing.prefer import COUNTS, PREFER, VARY, count_headers, wants_exact_count
from entrypoints.http.listing.query_string import read_query
from entrypoints.http.openapi import operation_id
from service_layer import heroes

HeroId = Annotated[Id, Path(description="The id of a hero.", examples=[1])]

router = APIRouter(prefix="/heroes", tags=["heroes"], generate_unique_id_function=operation_id)


@router.post(
    "/",
    response_model=HeroRead,
    responses=error_responses(HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT) | CREATED,
    openapi_extra=IDEMPOTENT,
)
async def create_hero(draft: HeroCreate, uow: Writing, request: Request) -> Response:
    """Make a hero, and return it with its id."""
    key = await read_idempotency_key(request)
    if replayed := await replay(uow.idempotency, key):
        return replayed
    hero = await heroes.create_hero(uow, **draft.model_dump())
    location = {"Location": member_path(request, hero.id)}
    response = response_with_etag(hero_json(hero), hero.version, location)
    await save_response(uow.idempotency, key, response)
    await uow.commit()
    return response


@router.get(
    "/",
    response_model=list[HeroRead],
    responses=error_responses() | {int(HTTPStatus.OK): {"headers": LINKS | COUNTS}},
    openapi_extra={"parameters": [*query_parameters(HeroQuery), PREFER]},
)
async def read_heroes(
    request: Request, uow: Reading, offset: Offset = 0, limit: Limit = PAGE_MAX
) -> JsonResponse:
    """Return a page of the heroes that pass the filters, ordered by id unless `sort` says else."""
    query = read_query(HeroQuery, request.query_params, offset=offset, limit=limit)
    page = await heroes.read_heroes(uow, query)
    headers = VARY | next_page(request, query, page)
    if wants_exact_count(request.scope):
        headers |= count_headers(await heroes.count_heroes(uow, query))
    return JsonResponse([hero_json(hero) for hero in page], headers=headers)


@router.get(
    "/{hero_id}",
    response_model=HeroRead,
    responses=error_responses(
        HTTPStatus.OK,
        HTTPStatus.NOT_MODIFIED,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.PRECONDITION_FAILED,
    ),
    openapi_extra=CONDITIONAL,
)
async def read_hero(hero_id: HeroId, uow: Reading, request: Request) -> Response:
    """Return one hero, unless the client has it as it is."""
    asked = precondition(request)
    hero = await heroes.read_hero(uow, hero_id)
    return not_modified(asked, hero.version) or response_with_etag(hero_json(hero), hero.version)


@router.patch(
    "/{hero_id}",
    response_model=HeroRead,
    responses=error_responses(
        HTTPStatus.OK,
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.PRECONDITION_FAILED,
    ),
    openapi_extra=CONDITIONAL,
)
async def update_hero(
    hero_id: HeroId, changes: HeroUpdate, uow: Writing, request: Request
) -> JsonResponse:
    """Set the fields that the body names, leave the others, and return the whole hero."""
    given = changes.model_dump(exclude_unset=True)
    hero = await heroes.update_hero(uow, hero_id, given, precondition(request))
    return response_with_etag(hero_json(hero), hero.version)


@router.delete(
    "/{hero_id}",
    response_model=Deleted,
    responses=error_responses(
        HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED
    ),
    openapi_extra=CONDITIONAL,
)
async def delete_hero(hero_id: HeroId, uow: Writing, request: Request) -> JsonResponse:
    """Forget a hero. Its id is never used again."""
    await heroes.delete_hero(uow, hero_id, precondition(request))
    return JsonResponse({"ok": True})


@router.post(
    "/batch",
    response_model=HeroBatchDone,
    responses=error_responses(HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT) | FAILED_OPERATION,
    openapi_extra=IDEMPOTENT,
)
async def apply_batch(batch: HeroBatch, uow: Writing, request: Request) -> Response:
    """Make, change and delete heroes: all that the body asks for, or nothing."""
    key = await read_idempotency_key(request)
    if replayed := await replay(uow.idempotency, key):
        return replayed
    result = await heroes.apply_batch(uow, batch.operations())
    response = JsonResponse(result_json(result, hero_json))
    await save_response(uow.idempotency, key, response)
    await uow.commit()
    return response
