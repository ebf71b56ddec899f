"""While the service is read-only, requests that write get 503, and change nothing."""

import httpx2
import pytest
from fastapi import FastAPI

from domain.hero import Hero
from entrypoints.api.app import Limits, build_app
from tests.fakes.database import FakeDatabase
from tests.support.missing import NOWHERE

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}


@pytest.fixture
async def database() -> FakeDatabase:
    """A database with one hero."""
    database = FakeDatabase()
    async with client_of(build_app(database)) as client:
        await client.post("/heroes/", json=HERO, headers={"Idempotency-Key": "k"})
    return database


@pytest.fixture
def app(database: FakeDatabase) -> FastAPI:
    return build_app(database, limits=Limits(is_read_only=True))


def client_of(app: FastAPI) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://heroes")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/heroes/"),
        ("POST", "/heroes/batch"),
        ("PATCH", "/heroes/1"),
        ("DELETE", "/heroes/1"),
        ("PUT", "/heroes/1"),
        ("POST", NOWHERE),
        ("PURGE", "/heroes/1"),
    ],
)
@pytest.mark.parametrize("body", [HERO, "no hero"])
async def test_a_write_gets_503_whatever_it_is(
    app: FastAPI, database: FakeDatabase, method: str, path: str, body: object
) -> None:
    before = dict(database.committed.tables[Hero].rows)
    async with client_of(app) as client:
        response = await client.request(method, path, json=body, headers={"Idempotency-Key": "k"})

    assert {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "The service is read-only at the moment. Nothing was changed. Try again later.",
        "instance": path,
    } == response.json()
    assert (503, "60") == (response.status_code, response.headers["retry-after"])
    assert "application/problem+json" == response.headers["content-type"]
    assert before == database.committed.tables[Hero].rows


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/heroes/1", 200),
        ("HEAD", "/heroes/1", 200),
        ("GET", "/heroes/", 200),
        ("OPTIONS", "/heroes/1", 204),
        ("GET", "/heroes/2", 404),
        ("TRACE", "/heroes/1", 405),
    ],
)
async def test_other_requests_are_served(app: FastAPI, method: str, path: str, status: int) -> None:
    async with client_of(app) as client:
        assert status == (await client.request(method, path)).status_code


async def test_the_body_of_a_write_is_not_received(app: FastAPI) -> None:
    async def content() -> object:
        raise AssertionError("the body should not be received")
        yield b""

    async with client_of(app) as client:
        assert 503 == (await client.post("/heroes/", content=content())).status_code  # type: ignore[arg-type]
