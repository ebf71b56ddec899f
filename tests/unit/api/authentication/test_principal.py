"""What routes get: the principal of the request, or the anonymous one."""

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from domain.principal import Principal
from entrypoints.api.app import build_app, install
from entrypoints.api.dependencies import Caller, authorize, get_principal
from entrypoints.api.heroes import routes as heroes
from tests.fakes.authenticator import FakeAuthenticator, bearing
from tests.fakes.database import FakeDatabase
from tests.unit.api.authentication.calls import add_hero, call

ANONYMOUS = {"id": "anonymous", "scopes": ["heroes:read", "heroes:write"]}


def with_me(app: FastAPI) -> FastAPI:
    """Add a route of the user that returns the principal."""

    @app.get("/me")
    async def me(principal: Caller, _: Annotated[None, Depends(authorize)]) -> object:
        return {"id": principal.id, "scopes": sorted(principal.scopes)}

    return app


async def test_a_route_of_the_user_gets_the_principal() -> None:
    app = with_me(build_app(FakeDatabase(), authenticator=FakeAuthenticator()))

    answer = await call(app, "GET", "/me", "Bearer reader")

    assert {"id": "key:2", "scopes": ["heroes:read"]} == answer.json


@pytest.mark.parametrize("authorization", [[], ["Bearer alice"], ["Basic YWxpY2U6"]])
async def test_without_authentication_the_principal_is_anonymous_and_has_every_scope(
    authorization: list[str],
) -> None:
    app = with_me(build_app(FakeDatabase()))

    answer = await call(app, "GET", "/me", *authorization)
    created = await call(app, "POST", "/heroes/", *authorization)

    assert ANONYMOUS == answer.json
    assert 200 == created.status


async def test_the_anonymous_principal_is_not_in_the_asgi_scope() -> None:
    async def show(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(repr(scope.get("principal")))(scope, receive, send)

    app = build_app(FakeDatabase())
    app.mount("/show", show)

    assert b"None" == (await call(app, "GET", "/show/")).body


def test_every_route_declares_the_check() -> None:
    routes = [route for route in build_app(FakeDatabase()).routes if isinstance(route, APIRoute)]

    assert routes
    assert all(
        authorize in [dependency.call for dependency in route.dependant.dependencies]
        for route in routes
    )


def test_a_router_that_is_included_elsewhere_needs_the_credential_too() -> None:
    outer = FastAPI()
    install(outer, FakeDatabase(), authenticator=FakeAuthenticator())
    outer.include_router(heroes.router, prefix="/v1")
    client = TestClient(outer)

    assert 401 == client.get("/v1/heroes/").status_code
    assert 403 == client.post("/v1/heroes/", headers=bearing("reader")).status_code
    assert 200 == client.get("/v1/heroes/", headers=bearing("reader")).status_code
    assert 200 == client.get("/docs").status_code


def test_an_application_that_is_mounted_elsewhere_authenticates_by_itself() -> None:
    outer = FastAPI()
    outer.mount("/v1", build_app(FakeDatabase(), authenticator=FakeAuthenticator()))

    @outer.get("/open")
    async def no_credential() -> str:
        return "open"

    client = TestClient(outer)

    assert 401 == client.get("/v1/heroes/").status_code
    assert 200 == client.get("/v1/heroes/", headers=bearing("reader")).status_code
    assert 200 == client.get("/v1/docs").status_code
    assert 200 == client.get("/open").status_code


def test_an_application_that_is_mounted_in_ours_has_the_principal_of_ours() -> None:
    app = build_app(FakeDatabase(), authenticator=FakeAuthenticator())
    app.mount("/inner", with_me(FastAPI()))
    client = TestClient(app)

    assert 401 == client.get("/inner/me").status_code
    assert "key:2" == client.get("/inner/me", headers=bearing("reader")).json()["id"]


def test_an_application_without_authentication_trusts_the_one_that_it_is_mounted_in() -> None:
    outer = FastAPI()
    install(outer, FakeDatabase(), authenticator=FakeAuthenticator())
    outer.mount("/v1", with_me(build_app(FakeDatabase())))
    client = TestClient(outer)

    assert 401 == client.get("/v1/heroes/").status_code
    assert 200 == client.get("/v1/heroes/", headers=bearing("reader")).status_code
    assert "key:2" == client.get("/v1/me", headers=bearing("reader")).json()["id"]


async def test_a_principal_of_the_outer_application_needs_the_scopes_of_ours() -> None:
    stranger = Principal("user:1", frozenset({"teams:read"}))
    app = build_app(FakeDatabase())
    await add_hero(app)

    answer = await call(app, "GET", "/heroes/1", principal=stranger)
    permitted = await call(
        app, "GET", "/heroes/1", principal=Principal("u", frozenset({"heroes:read"}))
    )

    assert (403, 200) == (answer.status, permitted.status)


def test_a_router_without_the_middleware_lets_nobody_in() -> None:
    outer = FastAPI()
    outer.state.units_of_work = FakeDatabase()
    outer.include_router(heroes.router)
    router = APIRouter()
    router.add_api_route("/me", get_principal)
    outer.include_router(router)

    for path in ("/heroes/", "/me"):
        with pytest.raises(RuntimeError, match=r"entrypoints\.api\.app\.install"):
            TestClient(outer).get(path)
