"""Who may store a response (RFC 9111), on the in-memory database."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from domain.hero import Hero
from entrypoints.api.app import Limits, build_app
from entrypoints.quotas import Quota
from tests.fakes.database import FakeDatabase
from tests.support.missing import NOWHERE

PRIVATE = ["private, no-cache"]
NO_STORE = ["no-store"]
PROBLEM = "application/problem+json"
HERO = {"name": "Spider-Boy", "secret_name": "Pedro Parqueador"}


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a service with one hero."""
    async with client_of(Limits()) as client:
        yield client


def client_of(limits: Limits) -> httpx2.AsyncClient:
    database = FakeDatabase()
    database.committed.tables[Hero].rows[1] = Hero(1, "Deadpond", "Dive Wilson", 28, version=1)
    database.committed.tables[Hero].last_id = 1
    app = build_app(database, limits=limits)

    @app.get("/failing")
    async def failing() -> None:
        raise RuntimeError("a bug")

    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://heroes")


def cache_control(response: httpx2.Response) -> list[str]:
    return response.headers.get_list("Cache-Control")


async def test_only_the_client_stores_heroes_and_it_asks_before_each_use(
    client: httpx2.AsyncClient,
) -> None:
    responses = [
        await client.get("/heroes/1"),
        await client.head("/heroes/1"),
        await client.get("/heroes/"),
        await client.head("/heroes/?limit=1"),
        await client.post("/heroes/", json=HERO),
        await client.patch("/heroes/1", json={"age": 29}),
        await client.post("/heroes/batch", json={"create": [HERO]}),
    ]

    assert [(200, PRIVATE)] * 7 == [(each.status_code, cache_control(each)) for each in responses]


async def test_a_304_has_the_cache_control_of_the_200(client: httpx2.AsyncClient) -> None:
    response = await client.get("/heroes/1", headers={"If-None-Match": '"1"'})

    assert (304, PRIVATE) == (response.status_code, cache_control(response))


async def test_a_replayed_response_has_the_cache_control_of_the_first(
    client: httpx2.AsyncClient,
) -> None:
    key = {"Idempotency-Key": "1"}
    responses = [await client.post("/heroes/", json=HERO, headers=key) for _ in range(2)]

    assert [PRIVATE, PRIVATE] == [cache_control(response) for response in responses]
    assert "true" == responses[1].headers["Idempotency-Replayed"]


@pytest.mark.parametrize("accept", ["*/*", PROBLEM])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/heroes/7", 404),
        ("HEAD", "/heroes/7", 404),
        ("GET", NOWHERE, 404),
        ("PUT", "/heroes/1", 405),
        ("PATCH", "/heroes/1", 422),
        ("GET", "/heroes/?limit=x", 422),
        ("GET", "/heroes/?name__like=x", 422),
        ("GET", "/failing", 500),
    ],
)
async def test_an_error_is_stored_by_nobody(
    client: httpx2.AsyncClient, method: str, path: str, status: int, accept: str
) -> None:
    response = await client.request(method, path, headers={"Accept": accept})

    assert (status, NO_STORE) == (response.status_code, cache_control(response))


async def test_a_failed_precondition_and_refusals_of_the_middleware_are_stored_by_nobody(
    client: httpx2.AsyncClient,
) -> None:
    async with client_of(Limits(rate=Quota(1, 60), is_read_only=True)) as limited:
        responses = [await limited.post("/heroes/", json=HERO) for _ in range(2)]
    responses += [
        await client.get("/heroes/1", headers={"If-Match": '"7"'}),
        await client.post("/heroes/", content=b" " * 100_000),
    ]

    assert [503, 429, 412, 413] == [response.status_code for response in responses]
    assert [NO_STORE] * 4 == [cache_control(response) for response in responses]


async def test_a_response_without_heroes_says_nothing_about_caches(
    client: httpx2.AsyncClient,
) -> None:
    responses = [
        await client.options("/heroes/1"),
        await client.get("/heroes"),
        await client.delete("/heroes/1"),
    ]

    assert [204, 307, 200] == [response.status_code for response in responses]
    assert [[]] * 3 == [cache_control(response) for response in responses]
