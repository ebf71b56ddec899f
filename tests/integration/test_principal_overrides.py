"""A test replaces the principal as the tutorial teaches: ``app.dependency_overrides``."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import Cookie, Depends, FastAPI, HTTPException, Request
from fastapi.testclient import TestClient

from domain.hero import Hero
from domain.principal import Principal
from entrypoints.api.app import build_app, install
from entrypoints.api.dependencies import Caller, authorize, get_principal, get_uow
from entrypoints.api.heroes import routes as heroes
from entrypoints.http.idempotency import read_idempotency_key
from tests.fakes.authenticator import ALICE, BOB, READER, FakeAuthenticator, bearing
from tests.fakes.database import FakeDatabase
from tests.integration.test_overrides import (
    CLIENTS,
    DEADPOND,
    asynchronous_generator,
    use_every_route,
)

pytestmark = pytest.mark.canary


def asynchronous_function(principal: Principal) -> Callable[..., Any]:
    async def override() -> Principal:
        return principal

    return override


def synchronous_function(principal: Principal) -> Callable[..., Any]:
    return lambda: principal


def asynchronous_yielding_function(principal: Principal) -> Callable[..., Any]:
    async def override() -> AsyncIterator[Principal]:
        yield principal

    return override


def synchronous_generator(principal: Principal) -> Callable[..., Any]:
    def override() -> Iterator[Principal]:
        yield principal

    return override


OVERRIDES = [
    asynchronous_function,
    synchronous_function,
    asynchronous_yielding_function,
    synchronous_generator,
]


def authenticating(database: FakeDatabase) -> FastAPI:
    return build_app(database, authenticator=FakeAuthenticator())


def open_to_all(database: FakeDatabase) -> FastAPI:
    return build_app(database)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("override", OVERRIDES)
@pytest.mark.parametrize("build", [authenticating, open_to_all])
def test_an_override_lets_every_route_be_used_without_a_credential(
    build: Any, override: Any, client: Any
) -> None:
    app = build(FakeDatabase())
    app.dependency_overrides[get_principal] = override(ALICE)

    for call in client(app):
        use_every_route(call)


@pytest.mark.parametrize("client", CLIENTS)
def test_the_principal_and_the_unit_of_work_are_overridden_together(client: Any) -> None:
    app, fake = authenticating(FakeDatabase()), FakeDatabase()
    app.dependency_overrides[get_principal] = asynchronous_function(ALICE)
    app.dependency_overrides[get_uow] = asynchronous_generator(fake)

    for call in client(app):
        use_every_route(call)

    assert 2 == fake.committed.tables[Hero].last_id


def test_an_override_of_the_unit_of_work_alone_does_not_open_the_door() -> None:
    app = authenticating(FakeDatabase())
    app.dependency_overrides[get_uow] = asynchronous_generator(FakeDatabase())
    client = TestClient(app)

    assert 401 == client.get("/heroes/").status_code
    assert 403 == client.delete("/heroes/1", headers=bearing("reader")).status_code
    assert 200 == client.get("/heroes/", headers=bearing("reader")).status_code


@pytest.mark.parametrize("build", [authenticating, open_to_all])
def test_the_scopes_of_the_override_are_checked(build: Any) -> None:
    app = build(FakeDatabase())
    app.dependency_overrides[get_principal] = lambda: READER
    client = TestClient(app)

    assert 200 == client.get("/heroes/").status_code
    assert 200 == client.head("/heroes/").status_code
    assert 403 == client.post("/heroes/", json=DEADPOND).status_code
    assert 403 == client.post("/heroes/", json=DEADPOND, headers=bearing("alice")).status_code


def test_an_override_may_refuse_by_itself_and_read_what_it_likes() -> None:
    async def by_session(session: Annotated[str, Cookie()] = "") -> Principal:
        if session != "open":
            raise HTTPException(401, "log in")
        return ALICE

    app = authenticating(FakeDatabase())
    app.dependency_overrides[get_principal] = by_session

    assert "log in" in TestClient(app).get("/heroes/", headers=bearing("alice")).text
    assert 200 == TestClient(app, cookies={"session": "open"}).get("/heroes/").status_code


def test_an_override_is_called_once_for_each_request() -> None:
    calls = []
    app = authenticating(FakeDatabase())

    async def count() -> Principal:
        calls.append("called")
        return ALICE

    app.dependency_overrides[get_principal] = count
    TestClient(app).post("/heroes/", json=DEADPOND, headers={"Idempotency-Key": "k"})

    assert ["called"] == calls


@pytest.mark.parametrize("build", [authenticating, open_to_all])
def test_idempotency_keys_belong_to_the_principal_of_the_override(build: Any) -> None:
    app = build(FakeDatabase())
    client = TestClient(app, headers={"Idempotency-Key": "k"})

    ids = []
    for principal in (ALICE, BOB, ALICE):
        app.dependency_overrides[get_principal] = asynchronous_function(principal)
        ids.append(client.post("/heroes/", json=DEADPOND).json()["id"])

    assert [1, 2, 1] == ids


def test_a_key_is_shared_by_no_principals_where_a_route_lacks_the_check() -> None:
    app = authenticating(FakeDatabase())

    @app.post("/unchecked", dependencies=[Depends(get_principal)])
    async def unchecked(request: Request) -> None:
        await read_idempotency_key(request)

    app.dependency_overrides[get_principal] = asynchronous_function(ALICE)
    client = TestClient(app)

    assert 401 == client.post("/unchecked", headers={"Idempotency-Key": "k"}).status_code
    assert 200 == client.post("/unchecked").status_code


def included_application() -> tuple[FastAPI, FastAPI]:
    outer = FastAPI()
    install(outer, FakeDatabase(), authenticator=FakeAuthenticator())
    outer.include_router(build_app(FakeDatabase()).router, prefix="/v1")
    return outer, outer


def included_router() -> tuple[FastAPI, FastAPI]:
    outer = FastAPI()
    install(outer, FakeDatabase(), authenticator=FakeAuthenticator())
    outer.include_router(heroes.router, prefix="/v1")
    return outer, outer


def mounted_application() -> tuple[FastAPI, FastAPI]:
    outer = FastAPI()
    inner = authenticating(FakeDatabase())
    outer.mount("/v1", inner)
    return outer, inner


@pytest.mark.parametrize("compose", [included_application, included_router, mounted_application])
def test_an_override_holds_for_an_included_router_and_in_a_mounted_application(
    compose: Any,
) -> None:
    app, overridden = compose()
    client = TestClient(app)

    assert 401 == client.get("/v1/heroes/").status_code
    overridden.dependency_overrides[get_principal] = asynchronous_function(READER)
    assert 200 == client.get("/v1/heroes/").status_code
    assert 403 == client.post("/v1/heroes/", json=DEADPOND).status_code
    overridden.dependency_overrides.clear()
    assert 401 == client.get("/v1/heroes/").status_code


def test_an_override_of_the_outer_application_is_not_one_of_the_mounted_one() -> None:
    outer, _ = mounted_application()
    outer.dependency_overrides[get_principal] = asynchronous_function(ALICE)

    assert 401 == TestClient(outer).get("/v1/heroes/").status_code


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_a_mounted_application_of_ones_own_returns_401_without_a_principal_and_403_for_its_scopes(
    method: str,
) -> None:
    app, mounted = authenticating(FakeDatabase()), FastAPI()
    app.mount("/mounted", mounted)

    @mounted.api_route("/me", methods=[method], dependencies=[Depends(authorize)])
    async def show(principal: Caller) -> str:
        return principal.id

    app.dependency_overrides[get_principal] = asynchronous_function(ALICE)
    client = TestClient(app)
    refused = client.request(method, "/mounted/me")
    mounted.dependency_overrides[get_principal] = asynchronous_function(BOB)
    accepted = client.request(method, "/mounted/me")
    mounted.dependency_overrides[get_principal] = lambda: Principal("nobody", frozenset())
    forbidden = client.request(method, "/mounted/me")

    assert (401, "Bearer") == (refused.status_code, refused.headers["WWW-Authenticate"])
    assert (200, BOB.id) == (accepted.status_code, accepted.json())
    assert 403 == forbidden.status_code


async def test_two_applications_in_a_process_do_not_see_each_others_overrides() -> None:
    apps = authenticating(FakeDatabase()), authenticating(FakeDatabase())
    apps[0].dependency_overrides[get_principal] = asynchronous_function(ALICE)

    statuses = []
    for app in apps:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
            statuses.append((await client.get("/heroes/")).status_code)

    assert [200, 401] == statuses
