"""What the response to a late request says, on the in-memory database."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request

from entrypoints.api.app import Limits, build_app
from entrypoints.api.dependencies import Writing, get_uow
from service_layer.unit_of_work import UnitOfWork
from tests.fakes.database import FakeDatabase
from tests.support.served import LIMIT

TIMEOUT = 0.05
"""Seconds of the request timeout."""

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}

RETRY = "The request took too long. Try again later."
ROLLED_BACK = "The request took too long. Nothing was changed. Try again later."
OUTCOME_UNKNOWN = "The request took too long. The outcome is unknown: check before you retry."


@pytest.fixture
async def database() -> FakeDatabase:
    """A database that another unit of work has locked, so that no unit of work can write."""
    database = FakeDatabase()
    await database.lock.acquire()
    return database


@pytest.fixture
def app(database: FakeDatabase) -> FastAPI:
    return build_app(database, limits=Limits(TIMEOUT))


async def call(app: FastAPI, method: str, path: str, body: object = None) -> httpx2.Response:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        response = await client.request(method, path, json=body)
    assert 503 == response.status_code
    assert "1" == response.headers["Retry-After"]
    return response


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/heroes/", HERO),
        ("POST", "/heroes/batch", {"create": [HERO]}),
        ("PATCH", "/heroes/1", {"age": 29}),
        ("DELETE", "/heroes/1", None),
    ],
)
async def test_a_write_that_has_not_called_commit_changed_nothing(
    app: FastAPI, method: str, path: str, body: object
) -> None:
    response = await call(app, method, path, body)

    assert ROLLED_BACK == response.json()["detail"]


async def test_the_outcome_of_a_write_is_unknown_if_get_uow_is_overridden(
    app: FastAPI, database: FakeDatabase
) -> None:
    async def override() -> AsyncIterator[UnitOfWork]:
        async with database.writing() as uow:
            yield uow

    app.dependency_overrides[get_uow] = override
    response = await call(app, "PATCH", "/heroes/1", {"age": 29})

    assert OUTCOME_UNKNOWN == response.json()["detail"]


async def test_the_outcome_of_a_route_that_is_late_after_its_commit_is_unknown(
    database: FakeDatabase,
) -> None:
    database.lock.release()
    app = build_app(database, limits=Limits(TIMEOUT))

    @app.post("/mails")
    async def send_mail(uow: Writing) -> None:
        await uow.commit()
        await asyncio.Event().wait()

    response = await call(app, "POST", "/mails")

    assert OUTCOME_UNKNOWN == response.json()["detail"]


@pytest.mark.parametrize(("method", "detail"), [("GET", RETRY), ("POST", OUTCOME_UNKNOWN)])
async def test_of_a_route_without_a_unit_of_work_only_the_method_is_known(
    app: FastAPI, method: str, detail: str
) -> None:
    @app.api_route("/naps", methods=[method])
    async def nap() -> None:
        await asyncio.Event().wait()

    response = await call(app, method, "/naps")

    assert detail == response.json()["detail"]


async def test_the_response_to_head_has_no_body(app: FastAPI) -> None:
    @app.get("/naps")
    async def nap() -> None:
        await asyncio.Event().wait()

    response = await call(app, "HEAD", "/naps")

    assert b"" == response.content


async def test_a_late_route_in_a_thread_gets_503_while_its_thread_goes_on(app: FastAPI) -> None:
    may_end, has_ended = threading.Event(), threading.Event()

    @app.get("/naps")
    def nap() -> None:
        may_end.wait(LIMIT)
        has_ended.set()

    response = await call(app, "GET", "/naps")
    ended_before = has_ended.is_set()
    may_end.set()

    assert RETRY == response.json()["detail"]
    assert not ended_before
    assert has_ended.wait(LIMIT)


async def test_a_middleware_of_the_user_sees_the_503(app: FastAPI) -> None:
    @app.middleware("http")
    async def add_header(request: Request, call_next: Any) -> Any:
        response = await call_next(request)
        response.headers["X-Mine"] = "yes"
        return response

    response = await call(app, "PATCH", "/heroes/1", {"age": 29})

    assert ROLLED_BACK == response.json()["detail"]
    assert "yes" == response.headers["x-mine"]
