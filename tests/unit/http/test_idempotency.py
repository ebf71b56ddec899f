"""Idempotency-Key on the in-memory database: what a client gets, and when."""

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.responses import Response

from entrypoints.api.app import build_app
from entrypoints.http.error_handlers import install_error_handlers
from entrypoints.http.idempotency import (
    Retention,
    read_idempotency_key,
    replay,
    save_response,
)
from service_layer.errors import OutcomeUnknown
from service_layer.idempotency import IdempotencyKey, KeyInProgress, StoredResponse
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.fakes.database import FakeDatabase, FakeIdempotencyStore, FakeUnitOfWork
from tests.unit.api.test_heroes import DEADPOND, FailingDatabase

KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
DAY = 24 * 60 * 60


class Clock:
    """Shows what a test sets it to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class BusyDatabase(FakeDatabase):
    """Has every key under way already."""

    def writing(self) -> FakeUnitOfWork:
        return BusyUnitOfWork(self)


class BusyUnitOfWork(FakeUnitOfWork):
    def __init__(self, database: FakeDatabase) -> None:
        super().__init__(database)
        self.idempotency = BusyIdempotencyStore(self.transaction.begin)


class BusyIdempotencyStore(FakeIdempotencyStore):
    async def claim(self, key: IdempotencyKey) -> StoredResponse | None:
        raise KeyInProgress(f"not before {key.received_at}")


def client_of(database: UnitOfWorkFactory, **options: Any) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(build_app(database, **options))
    return httpx2.AsyncClient(transport=transport, base_url="http://heroes")


async def test_a_repeated_post_gets_the_first_answer_and_is_told_so() -> None:
    database = FakeDatabase()
    async with client_of(database) as client:
        first = await client.post("/heroes/", json=DEADPOND, headers=KEY)
        again = await client.post("/heroes/", json=DEADPOND, headers=KEY)

    assert {**DEADPOND, "id": 1} == first.json()
    assert "Idempotency-Replayed" not in first.headers
    assert [*first.headers.items(), ("idempotency-replayed", "true")] == list(again.headers.items())
    assert (200, first.content) == (again.status_code, again.content)
    assert [1] == list(database.committed.heroes)


async def test_a_post_without_a_key_is_carried_out_each_time_and_nothing_is_kept() -> None:
    database = FakeDatabase()
    async with client_of(database) as client:
        for _ in range(2):
            await client.post("/heroes/", json=DEADPOND)

    assert [1, 2] == list(database.committed.heroes)
    assert {} == database.committed.responses


async def test_another_request_with_the_key_answers_422_by_the_headers_name() -> None:
    database = FakeDatabase()
    async with client_of(database) as client:
        await client.post("/heroes/", json=DEADPOND, headers=KEY)
        answer = await client.post("/heroes/", json={**DEADPOND, "age": 29}, headers=KEY)

    assert answer.status_code == 422
    assert {
        "detail": [
            {
                "type": "idempotency_key_reused",
                "loc": ["header", "Idempotency-Key"],
                "msg": "Key was already used for a different request",
            }
        ]
    } == answer.json()
    assert [1] == list(database.committed.heroes)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/a", b"x", 200),
        ("PUT", "/a", b"x", 422),
        ("POST", "/b", b"x", 422),
        ("POST", "/a", b"X", 422),
        ("POST", "/a", b"", 422),
    ],
)
async def test_a_request_is_the_same_by_its_method_path_and_body(
    method: str, path: str, body: bytes, status: int
) -> None:
    app = any_routes(FakeDatabase())
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://any"
    ) as client:
        await client.post("/a", content=b"x", headers=KEY)
        answer = await client.request(method, path, content=body, headers=KEY)

    assert status == answer.status_code
    assert (status == 200) == ("Idempotency-Replayed" in answer.headers)


def any_routes(database: FakeDatabase) -> FastAPI:
    """Return an application of other routes, whose requests are carried out once."""
    app = FastAPI()
    app.state.retention = Retention()
    install_error_handlers(app)

    async def route(request: Request) -> Response:
        key = await read_idempotency_key(request)
        async with database.writing() as uow:
            if replayed := await replay(uow.idempotency, key):
                return replayed
            response = Response("done")
            await save_response(uow.idempotency, key, response)
            await uow.commit()
            return response

    app.add_route("/a", route, methods=["POST", "PUT"])
    app.add_route("/b", route, methods=["POST"])
    return app


async def test_a_key_that_is_none_answers_422_by_the_headers_name_and_changes_nothing() -> None:
    database = FakeDatabase()
    async with client_of(database) as client:
        answer = await client.post(
            "/heroes/", json=DEADPOND, headers={"Idempotency-Key": "Dive Wilson"}
        )

    assert answer.status_code == 422
    assert [["header", "Idempotency-Key"]] == [each["loc"] for each in answer.json()["detail"]]
    assert "Dive" not in answer.text
    assert {} == database.committed.heroes


async def test_a_key_under_way_for_too_long_answers_409_as_a_problem() -> None:
    async with client_of(BusyDatabase()) as client:
        answer = await client.post("/heroes/", json=DEADPOND, headers=KEY)

    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "A request with this Idempotency-Key is still in progress. Try again later.",
        "instance": "/heroes/",
    } == answer.json()


async def test_a_refusal_is_not_kept() -> None:
    async with client_of(FakeDatabase()) as client:
        refused = await client.post("/heroes/", json={**DEADPOND, "age": -1}, headers=KEY)
        mended = await client.post("/heroes/", json=DEADPOND, headers=KEY)

    assert [422, 200] == [refused.status_code, mended.status_code]
    assert "Idempotency-Replayed" not in mended.headers


async def test_a_503_is_not_kept() -> None:
    database = FailingDatabase(OutcomeUnknown("disk"))
    async with client_of(database) as client:
        refused = await client.post("/heroes/", json=DEADPOND, headers=KEY)

    assert refused.status_code == 503
    assert {} == database.committed.responses


async def test_an_answer_is_kept_for_a_day_unless_it_is_to_be_kept_for_another_time() -> None:
    clock = Clock()
    async with client_of(FakeDatabase(), retention=Retention(clock=clock)) as client:
        ids = []
        for clock.now in (0.9, DAY - 0.1, DAY, 2 * DAY - 1, 2 * DAY):
            answer = await client.post("/heroes/", json=DEADPOND, headers=KEY)
            ids.append(answer.json()["id"])
    async with client_of(FakeDatabase(), retention=Retention(60, clock)) as client:
        for clock.now in (0, 59, 60):
            answer = await client.post("/heroes/", json=DEADPOND, headers=KEY)
            ids.append(answer.json()["id"])

    assert [1, 1, 2, 2, 3] == ids[:5]
    assert [1, 1, 2] == ids[5:]
