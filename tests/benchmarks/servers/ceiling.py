"""The ceiling: FastAPI with the same routes and models, routed as heroes is, and no database.

Whatever is built on FastAPI with validated requests and a dependency that opens and closes a unit
of work does at least this much. Responses contain constants. The routes are FastAPI's own, unless
the environment names another class for them.
"""

import os
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import Response

from entrypoints.http.inclusion import include_directly
from tests.benchmarks.contenders import ROUTE_CLASS

DEADPOND = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28, "id": 1}
FULL_PAGE = [DEADPOND | {"id": number} for number in range(1, 101)]


def find_route_class(name: str | None) -> type[APIRoute]:
    """Return the class with this name, such as ``package.module:Class``, or FastAPI's own."""
    if name is None:
        return APIRoute
    module, _, attribute = name.partition(":")
    found: type[APIRoute] = getattr(import_module(module), attribute)
    return found


router = APIRouter(route_class=find_route_class(os.environ.get(ROUTE_CLASS)))


class NewHero(BaseModel):
    name: str
    secret_name: str
    age: int | None = None


class HeroChanges(BaseModel):
    name: str = ""
    secret_name: str = ""
    age: int | None = None


class StoredHero(BaseModel):
    name: str
    secret_name: str
    age: int | None
    id: int


class StandIn:
    """Takes the place of a unit of work."""

    __slots__ = ()


async def get_stand_in() -> AsyncIterator[StandIn]:
    """Yield a stand-in for the unit of work, and end before the response is sent."""
    yield StandIn()


UnitOfWork = Annotated[StandIn, Depends(get_stand_in, scope="function")]


def prepare(_: str) -> None:
    """Do nothing: there is no database."""


def build_app(_: str) -> FastAPI:
    """Return the app. All heroes are equal except for the id, and a page is always full."""
    app = FastAPI()
    include_directly(app, router)
    return app


def as_json(content: Any) -> Response:
    """Serialize the response directly, which is faster than ``response_model``."""
    return Response(to_json(content), media_type="application/json")


@router.post("/heroes/", response_model=StoredHero)
async def add(new: NewHero, uow: UnitOfWork) -> Response:
    return as_json(DEADPOND)


@router.get("/heroes/", response_model=list[StoredHero])
async def page(
    uow: UnitOfWork,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=0, le=100)] = 100,
) -> Response:
    return as_json(FULL_PAGE)


@router.get("/heroes/{hero_id}", response_model=StoredHero)
async def one(hero_id: int, uow: UnitOfWork) -> Response:
    return as_json(DEADPOND)


@router.patch("/heroes/{hero_id}", response_model=StoredHero)
async def change(hero_id: int, changes: HeroChanges, uow: UnitOfWork) -> Response:
    return as_json(DEADPOND)
