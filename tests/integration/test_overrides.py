"""A test replaces the unit of work as the tutorial teaches: ``app.dependency_overrides``."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import httpx2
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from domain.hero import Hero, HeroQuery
from entrypoints.api.app import build_app
from entrypoints.api.dependencies import get_uow
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork, UnitOfWorkFactory
from tests.fakes.database import FakeDatabase
from tests.support.databases import migrated_sqlite

pytestmark = pytest.mark.canary

DEADPOND = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}
AnyUnitOfWork = UnitOfWork | ReadOnlyUnitOfWork


class Untouchable:
    """A factory that no test may reach."""

    def writing(self) -> NoReturn:
        raise AssertionError("the real database was written")

    def reading(self, client: str = "") -> NoReturn:  # noqa: ARG002 - the port has it
        raise AssertionError("the real database was read")


def asynchronous_generator(database: UnitOfWorkFactory) -> Callable[..., Any]:
    async def override() -> AsyncIterator[UnitOfWork]:
        async with database.writing() as uow:
            yield uow

    return override


def asynchronous_function(database: UnitOfWorkFactory) -> Callable[..., Any]:
    async def override() -> UnitOfWork:
        return database.writing()

    return override


def synchronous_generator(database: UnitOfWorkFactory) -> Callable[..., Any]:
    def override() -> Iterator[UnitOfWork]:
        yield database.writing()

    return override


def synchronous_function(database: UnitOfWorkFactory) -> Callable[..., Any]:
    def override() -> UnitOfWork:
        return database.writing()

    return override


def by_method(database: UnitOfWorkFactory) -> Callable[..., Any]:
    async def override(request: Request) -> AsyncIterator[AnyUnitOfWork]:
        unit = database.reading() if request.method == "GET" else database.writing()
        async with unit as uow:
            yield uow

    return override


OVERRIDES = [
    asynchronous_generator,
    asynchronous_function,
    synchronous_generator,
    synchronous_function,
    by_method,
]

Call = Callable[..., httpx2.Response]


def a_test_client(app: FastAPI) -> Iterator[Call]:
    yield TestClient(app).request


def a_test_client_that_starts_the_app(app: FastAPI) -> Iterator[Call]:
    with TestClient(app) as client:
        yield client.request


def an_asgi_client(app: FastAPI) -> Iterator[Call]:
    async def request(*args: Any, **options: Any) -> httpx2.Response:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
            return await client.request(*args, **options)

    with asyncio.Runner() as runner:
        yield lambda *args, **options: runner.run(request(*args, **options))


CLIENTS = [a_test_client, a_test_client_that_starts_the_app, an_asgi_client]


def use_every_route(call: Call) -> None:
    """Send a request to each of the six routes; all have to agree on the heroes there are."""
    assert {**DEADPOND, "id": 1} == call("POST", "/heroes/", json=DEADPOND).json()
    assert {**DEADPOND, "id": 1} == call("GET", "/heroes/1").json()
    assert [{**DEADPOND, "id": 1}] == call("GET", "/heroes/").json()
    assert 200 == call("HEAD", "/heroes/1").status_code
    assert 29 == call("PATCH", "/heroes/1", json={"age": 29}).json()["age"]
    batch = call("POST", "/heroes/batch", json={"create": [DEADPOND], "delete": [{"id": 1}]})
    assert [[2], [1]] == [[one["id"] for one in batch.json()["created"]], batch.json()["deleted"]]
    refused = [
        call("POST", "/heroes/", json={"name": " ", "secret_name": "x"}),
        call("PATCH", "/heroes/77", json={"age": 1}),
        call("POST", "/heroes/batch", json={"create": [DEADPOND], "delete": [{"id": 77}]}),
    ]
    assert [422, 404, 404] == [response.status_code for response in refused]
    assert {"ok": True} == call("DELETE", "/heroes/2").json()


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("override", OVERRIDES)
def test_an_override_with_the_fake_redirects_every_route(override: Any, client: Any) -> None:
    app = build_app(Untouchable())
    fake = FakeDatabase()
    app.dependency_overrides[get_uow] = override(fake)

    for call in client(app):
        use_every_route(call)

    assert 2 == fake.committed.tables[Hero].last_id


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("override", [asynchronous_generator, by_method])
def test_an_override_with_a_sqlite_file_redirects_every_route(
    override: Any, client: Any, tmp_path: Path
) -> None:
    app = build_app(Untouchable())
    database = migrated_sqlite(tmp_path / "other.db")
    app.dependency_overrides[get_uow] = override(database)

    for call in client(app):
        use_every_route(call)

    database.dispose()


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("is_async", [False, True])
def test_one_unit_of_work_on_a_sqlite_file_serves_every_route(
    client: Any, tmp_path: Path, *, is_async: bool
) -> None:
    app = build_app(Untouchable())
    database = migrated_sqlite(tmp_path / "other.db")
    uow = database.writing()

    async def override() -> UnitOfWork:
        return uow

    app.dependency_overrides[get_uow] = override if is_async else lambda: uow

    for call in client(app):
        use_every_route(call)

    database.dispose()


@pytest.mark.parametrize("client", CLIENTS)
def test_an_override_of_an_app_on_a_sqlite_file_leaves_the_file_alone(
    client: Any, tmp_path: Path
) -> None:
    database = migrated_sqlite(tmp_path / "heroes.db")
    app = build_app(database)
    app.dependency_overrides[get_uow] = asynchronous_generator(FakeDatabase())

    for call in client(app):
        use_every_route(call)
    app.dependency_overrides.clear()
    for call in client(app):
        assert [] == call("GET", "/heroes/").json()
        use_every_route(call)

    database.dispose()


async def test_the_unit_of_work_is_given_back_before_the_response_is_sent() -> None:
    app = build_app(Untouchable())
    fake = FakeDatabase()
    events: list[str] = []

    async def override() -> AsyncIterator[UnitOfWork]:
        async with fake.writing() as uow:
            yield uow
        events.append("closed")

    async def send(message: Any) -> None:
        events.append(message["type"])

    app.dependency_overrides[get_uow] = override
    await app(_get("/heroes/"), _nothing_to_receive, send)

    assert ["closed", "http.response.start", "http.response.body"] == events


async def test_two_applications_in_a_process_do_not_see_each_others_overrides() -> None:
    first, second = FakeDatabase(), FakeDatabase()
    apps = build_app(first), build_app(second)
    other = FakeDatabase()
    apps[0].dependency_overrides[get_uow] = asynchronous_generator(other)

    for app in apps:
        await _post(app)

    heroes = [
        len(await database.reading().heroes.page(HeroQuery(limit=10)))
        for database in (first, second, other)
    ]
    assert [0, 1, 1] == heroes


async def _post(app: FastAPI) -> None:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        assert 200 == (await client.post("/heroes/", json=DEADPOND)).status_code


def _get(path: str) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [],
    }


async def _nothing_to_receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}
