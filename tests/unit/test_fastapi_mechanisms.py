"""What FastAPI documents works on this application as on any other."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.errors import NotFound
from domain.hero import HeroQuery
from entrypoints.api.app import build_app, install
from entrypoints.api.dependencies import get_uow
from entrypoints.api.heroes import routes as heroes
from entrypoints.http.inclusion import include_directly
from service_layer.unit_of_work import UnitOfWork
from tests.fakes.database import FakeDatabase
from tests.support.databases import migrated_sqlite

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
    responses = [client.get("/heroes/"), client.head("/heroes/"), client.get("/nowhere")]

    assert ["yes"] * 3 == [response.headers["x-mine"] for response in responses]
    assert [("GET", "/heroes/"), ("HEAD", "/heroes/"), ("GET", "/nowhere")] == seen


def test_a_router_of_the_user_is_included_beside_ours(app: FastAPI) -> None:
    router = APIRouter(prefix="/villains")

    @router.get("/{villain_id}")
    async def read_villain(villain_id: int, uow: Annotated[UnitOfWork, Depends(get_uow)]) -> int:
        return (await uow.heroes.get(villain_id)).id

    app.include_router(router)

    assert 1 == posted(app).get("/villains/1").json()


def test_an_application_is_mounted_in_ours(app: FastAPI) -> None:
    other = FastAPI()

    @other.get("/")
    async def root() -> str:
        return "other"

    app.mount("/other", other)
    client = posted(app)

    assert "other" == client.get("/other/").json()
    assert 200 == client.get("/heroes/1").status_code


def test_ours_is_mounted_in_another_with_addresses_and_overrides_of_its_own(app: FastAPI) -> None:
    outer = FastAPI()
    outer.mount("/v1", app)
    client = TestClient(outer, follow_redirects=False)

    created = client.post("/v1/heroes/", json=DEADPOND)
    redirected = client.get("/v1/heroes")

    assert "/v1/heroes/1" == created.headers["location"]
    assert "/v1/heroes/" == redirected.headers["location"]
    assert 200 == client.get(created.headers["location"]).status_code
    assert 404 == client.get("/v1/heroes/2").status_code
    assert "GET, POST, HEAD, OPTIONS" == client.put("/v1/heroes/").headers["allow"]
    app.dependency_overrides[get_uow] = FakeDatabase().writing
    assert [] == client.get("/v1/heroes/").json()


def included_application() -> FastAPI:
    """Return an application that includes all routes of ours."""
    outer = FastAPI()
    install(outer, FakeDatabase())
    outer.include_router(build_app(FakeDatabase()).router, prefix="/v1")
    return outer


def included_router() -> FastAPI:
    """Return an application that includes the router of heroes."""
    outer = FastAPI()
    install(outer, FakeDatabase())
    outer.include_router(heroes.router, prefix="/v1")
    return outer


@pytest.mark.parametrize("including", [included_application, included_router])
def test_ours_is_included_in_another_that_has_the_units_of_work(including: Any) -> None:
    outer = including()
    client = posted(outer, "/v1")

    assert {**DEADPOND, "id": 1} == client.get("/v1/heroes/1").json()
    assert "/v1/heroes/2" == client.post("/v1/heroes/", json=DEADPOND).headers["location"]
    assert {"detail": "Hero not found"} == client.get("/v1/heroes/7").json()
    assert 422 == client.post("/v1/heroes/", json={"name": "x"}).status_code
    assert 405 == client.put("/v1/heroes/1").status_code
    assert (200, b"") == (
        client.head("/v1/heroes/1").status_code,
        client.head("/v1/heroes/").content,
    )
    outer.dependency_overrides[get_uow] = FakeDatabase().writing
    assert [] == client.get("/v1/heroes/").json()


@pytest.mark.parametrize("including", [included_application, included_router])
def test_the_document_of_another_that_includes_ours_has_every_schema_it_names(
    including: Any,
) -> None:
    document = including().openapi()

    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert "Problem" in named
    assert named <= document["components"]["schemas"].keys()


async def test_all_dependencies_of_a_request_share_one_unit_of_work(
    tmp_path: Path,
) -> None:
    database = migrated_sqlite(tmp_path / "heroes.db")
    app = FastAPI()
    install(app, database)

    async def audit(uow: Annotated[UnitOfWork, Depends(get_uow)]) -> None:
        await uow.heroes.page(HeroQuery(limit=1))

    app.include_router(heroes.router, dependencies=[Depends(audit)])

    assert 200 == TestClient(app).post("/heroes/", json=DEADPOND).status_code
    database.dispose()


def test_links_begin_with_a_root_path_that_a_proxy_has_stripped(app: FastAPI) -> None:
    client = TestClient(app, root_path="/api", follow_redirects=False)

    created = client.post("/heroes/", json=DEADPOND)

    assert "/api/heroes/1" == created.headers["location"]
    assert client.get("/heroes/?limit=1").headers["link"].startswith("</api/heroes/?")
    assert "/api/heroes/" == client.get("/heroes").headers["location"]


def test_applications_do_not_share_what_their_routes_hold(app: FastAPI) -> None:
    route = app.routes[-1]
    assert isinstance(route, APIRoute)

    route.tags.append("mine")
    route.responses[418] = {}

    assert not any(
        "mine" in other.tags or 418 in other.responses
        for other in heroes.router.routes
        if isinstance(other, APIRoute)
    )


def test_dependencies_of_an_inclusion_are_carried_out() -> None:
    outer = FastAPI()
    install(outer, FakeDatabase())
    calls = []
    outer.include_router(heroes.router, dependencies=[Depends(lambda: calls.append("called"))])

    posted(outer)

    assert ["called"] == calls


def test_an_application_without_units_of_work_says_what_is_missing() -> None:
    outer = FastAPI()
    outer.include_router(heroes.router)

    with pytest.raises(RuntimeError, match=r"entrypoints\.api\.app\.install"):
        TestClient(outer).get("/heroes/")


def test_the_document_is_the_one_that_the_user_overrides(app: FastAPI) -> None:
    made = app.openapi()

    app.openapi = lambda: {**made, "info": {"title": "Mine", "version": "7"}}  # type: ignore[method-assign]
    document = TestClient(app).get("/openapi.json").json()

    assert "Mine" == document["info"]["title"]
    assert made["paths"] == document["paths"]


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


def test_telemetry_of_fastapis_own_names_the_route(app: FastAPI) -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    app._telemetry["tracer_provider"] = provider  # noqa: SLF001 - build_app has no setting yet

    posted(app).get("/heroes/1")

    served = [s for s in spans.get_finished_spans() if s.kind is trace.SpanKind.SERVER]
    assert ["POST /heroes/", "GET /heroes/{hero_id}"] == [span.name for span in served]


def test_the_routers_own_routes_are_left_as_they_are(app: FastAPI) -> None:
    assert app.routes
    assert [None] * 6 == [route.dependency_overrides_provider for route in heroes.router.routes]  # type: ignore[attr-defined]


def test_a_route_with_a_body_limit_is_not_copied_without_it(app: FastAPI) -> None:
    router = APIRouter()
    router.add_api_route("/limited", lambda: None, max_body_size=7)

    with pytest.raises(TypeError, match="include_router"):
        include_directly(app, router)
