"""Our application includes routes, and is included and mounted in others."""

import json
import re
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from domain.hero import HeroQuery
from entrypoints.api.app import build_app, install
from entrypoints.api.dependencies import get_uow
from entrypoints.api.heroes import routes as heroes
from entrypoints.http.inclusion import Skippable, include_directly
from service_layer.unit_of_work import UnitOfWork
from tests.fakes.database import FakeDatabase
from tests.support.databases import migrated_sqlite
from tests.unit.test_fastapi_mechanisms import DEADPOND, posted

pytestmark = pytest.mark.canary


@pytest.fixture
def app() -> FastAPI:
    return build_app(FakeDatabase())


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


def test_locations_begin_with_a_root_path_that_a_proxy_has_stripped(app: FastAPI) -> None:
    client = TestClient(app, root_path="/api", follow_redirects=False)

    created = client.post("/heroes/", json=DEADPOND)

    assert "/api/heroes/1" == created.headers["location"]
    assert client.get("/heroes/?limit=1").headers["link"].startswith("<?limit=1&cursor=")
    assert "/api/heroes/" == client.get("/heroes").headers["location"]


def test_applications_do_not_share_what_their_routes_hold(app: FastAPI) -> None:
    route = next(each for each in app.routes if isinstance(each, APIRoute))

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


def test_the_document_has_the_problems_schema_though_it_was_made_before_the_installation() -> None:
    outer = FastAPI()
    outer.openapi()

    install(outer, FakeDatabase())

    assert "Problem" in outer.openapi()["components"]["schemas"]


def test_the_routers_own_routes_are_left_as_they_are(app: FastAPI) -> None:
    assert app.routes
    assert {None} == {route.dependency_overrides_provider for route in heroes.router.routes}  # type: ignore[attr-defined]


def test_a_route_with_a_body_limit_is_not_copied_without_it(app: FastAPI) -> None:
    router = APIRouter()
    router.add_api_route("/limited", lambda: None, max_body_size=7)

    with pytest.raises(TypeError, match="include_router"):
        include_directly(app, router)


def test_a_skippable_dependency_is_called_unless_it_may_be_skipped() -> None:
    calls = []
    router = APIRouter(dependencies=[Depends(lambda: calls.append("other"))])

    async def check() -> None:
        calls.append("check")

    router.add_api_route("/checked", lambda: "done", dependencies=[Depends(check)])
    app = FastAPI()
    include_directly(app, router, Skippable(check, lambda scope: b"skip" in scope["query_string"]))
    client = TestClient(app)

    assert "done" == client.get("/checked").json()
    assert ["other", "check"] == calls
    assert "done" == client.get("/checked?skip").json()
    assert ["other", "check", "other"] == calls
    app.dependency_overrides[get_uow] = FakeDatabase().writing
    client.get("/checked?skip")
    assert ["other", "check", "other", "other", "check"] == calls
