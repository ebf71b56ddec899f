"""The routes of heroes: from a request to a use case, and from its result to a response."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from domain.hero import Hero
from entrypoints.api.dependencies import Reading, Writing
from entrypoints.api.fields import Id
from entrypoints.api.idempotency import answered_once
from entrypoints.api.idempotency_key import IDEMPOTENT
from entrypoints.api.json_response import JsonResponse
from entrypoints.api.paging import PAGE_MAX, Limit, Offset
from entrypoints.api.responses import answers
from entrypoints.api.schemas import Deleted, HeroCreate, HeroRead, HeroUpdate, hero_json
from service_layer import heroes

HeroId = Annotated[Id, Path(description="The id of a hero.", examples=[1])]

router = APIRouter(prefix="/heroes", tags=["heroes"])


@router.post(
    "/",
    response_model=HeroRead,
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT),
    openapi_extra=IDEMPOTENT,
)
async def create_hero(draft: HeroCreate, uow: Writing, request: Request) -> Response:
    """Make a hero, and return it with its id."""
    create = partial(heroes.create_hero, uow, **draft.model_dump())
    return await answered_once(request, uow, create, _answer)


@router.get("/", response_model=list[HeroRead], responses=answers())
async def list_heroes(uow: Reading, offset: Offset = 0, limit: Limit = PAGE_MAX) -> JsonResponse:
    """Return a page of heroes, ordered by id."""
    page = await heroes.list_heroes(uow, offset=offset, limit=limit)
    return JsonResponse([hero_json(hero) for hero in page])


@router.get("/{hero_id}", response_model=HeroRead, responses=answers(HTTPStatus.NOT_FOUND))
async def read_hero(hero_id: HeroId, uow: Reading) -> JsonResponse:
    """Return one hero."""
    return JsonResponse(hero_json(await heroes.read_hero(uow, hero_id)))


@router.patch(
    "/{hero_id}",
    response_model=HeroRead,
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
)
async def change_hero(hero_id: HeroId, changes: HeroUpdate, uow: Writing) -> JsonResponse:
    """Set the fields that the body names, leave the others, and return the whole hero."""
    given = changes.model_dump(exclude_unset=True)
    return JsonResponse(hero_json(await heroes.change_hero(uow, hero_id, given)))


@router.delete("/{hero_id}", response_model=Deleted, responses=answers(HTTPStatus.NOT_FOUND))
async def delete_hero(hero_id: HeroId, uow: Writing) -> JsonResponse:
    """Forget a hero. Its id is never used again."""
    await heroes.delete_hero(uow, hero_id)
    return JsonResponse({"ok": True})


def _answer(hero: Hero) -> JsonResponse:
    return JsonResponse(hero_json(hero))
