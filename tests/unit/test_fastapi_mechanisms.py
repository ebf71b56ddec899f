"""What FastAPI documents works on this application as on any other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.errors import NotFound
from entrypoints.api.app import build_app
from entrypoints.api.dependencies import get_uow
from service_layer.unit_of_work import UnitOfWork
from tests.fakes.database import FakeDatabase
from tests.support.missing import NOWHERE

pytestmark = pytest.mark.canary

DEADPOND = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}


@pytest.fixture
def app() -> FastAPI:
    return build_app(FakeDatabase())


def posted(app: FastAPI, prefix: str = "") -> TestClient:
    """Return a client of an application that has one hero."""
    client = TestClient(app)
    assert 200 == client.post(f"{prefix}/heroes/", json=DEADPOND).status_code
    return client


def test_the_state_keeps_what_a_user_puts_there_for_routes_of_their_own(app: FastAPI) -> None:
    app.state.motto = "with great power"

    @app.get("/motto")
    async def motto(request: Request) -> str:
        return str(request.app.state.motto)

    assert "with great power" == posted(app).get("/motto").json()


def test_a_middleware_of_the_user_sees_every_request(app: FastAPI) -> None:
    seen = []

    class Noting:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            seen.append((scope["method"], scope["path"]))
            await self.app(scope, receive, send)

    app.add_middleware(Noting)

    @app.middleware("http")
    async def add_header(request: Request, call_next: Any) -> Any:
        response = await call_next(request)
        response.headers["X-Mine"] = "yes"
        return response

    client = TestClient(app)
    responses = [client.get("/heroes/"), client.head("/heroes/"), client.get(NOWHERE)]

    assert ["yes"] * 3 == [response.headers["x-mine"] for response in responses]
    assert [("GET", "/heroes/"), ("HEAD", "/heroes/"), ("GET", NOWHERE)] == seen


def test_a_router_of_the_user_is_included_beside_ours(app: FastAPI) -> None:
    router = APIRouter(prefix="/villains")

    @router.get("/{villain_id}")
    async def read_villain(villain_id: int, uow: Annotated[UnitOfWork, Depends(get_uow)]) -> int:
        return (await uow.heroes.get(villain_id)).id

    app.include_router(router)

    assert 1 == posted(app).get("/villains/1").json()


def test_the_document_is_the_one_that_the_user_overrides(app: FastAPI) -> None:
    made = app.openapi()

    app.openapi = lambda: {**made, "info": {"title": "Mine", "version": "7"}}  # type: ignore[method-assign]
    document = TestClient(app).get("/openapi.json").json()

    assert "Mine" == document["info"]["title"]
    assert made["paths"] == document["paths"]


def test_a_route_that_is_added_later_is_in_the_document(app: FastAPI) -> None:
    before = app.openapi()

    @app.get("/motto")
    async def motto(number: Annotated[int, Query(lt=2**63)]) -> int:
        return number

    document = app.openapi()
    assert before["paths"] | {"/motto": document["paths"]["/motto"]} == document["paths"]
    assert "Problem" in document["components"]["schemas"]
    (parameter,) = document["paths"]["/motto"]["get"]["parameters"]
    assert isinstance(parameter["schema"]["exclusiveMaximum"], int)
    assert document is app.openapi()


def test_an_exception_handler_of_the_user_is_asked(app: FastAPI) -> None:
    class Tired(Exception):
        pass

    async def tired(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"said": str(error)}, status_code=418)

    @app.get("/nap")
    async def nap() -> None:
        raise Tired("zzz")

    app.add_exception_handler(Tired, tired)
    app.add_exception_handler(NotFound, tired)
    client = TestClient(app)

    assert (418, {"said": "zzz"}) == (client.get("/nap").status_code, client.get("/nap").json())
    assert {"said": "Hero not found"} == client.get("/heroes/1").json()


def test_a_lifespan_encloses_the_time_the_app_runs_also_where_it_is_included() -> None:
    events = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        events.append("started")
        yield
        events.append("stopped")

    ours = build_app(FakeDatabase(), lifespan=lifespan)
    outer = FastAPI()
    outer.include_router(ours.router)

    for app in (ours, outer):
        with TestClient(app):
            assert "started" == events[-1]

    assert ["started", "stopped"] * 2 == events


def test_routes_are_found_by_their_names(app: FastAPI) -> None:
    assert "/heroes/7" == app.url_path_for("read_hero", hero_id="7")
    assert "/heroes/" == app.url_path_for("create_hero") == app.url_path_for("read_heroes")


def test_a_timeout_of_the_user_in_a_route_expires(app: FastAPI) -> None:
    @app.get("/nap")
    async def nap() -> None:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        TestClient(app).get("/nap")


async def test_a_timeout_of_the_user_around_a_request_expires(app: FastAPI) -> None:
    @app.get("/nap")
    async def nap() -> None:
        await asyncio.Event().wait()

    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await client.get("/nap")
