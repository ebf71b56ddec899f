"""Idempotency-Key, on the in-memory database."""

from random import Random
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.responses import Response

from domain.hero import Hero
from entrypoints.api.app import build_app
from entrypoints.http.error_handlers import install_error_handlers
from entrypoints.http.idempotency import read_idempotency_key, replay, save_response
from service_layer.errors import OutcomeUnknown
from service_layer.idempotency import IdempotencyKey, KeyInProgress, StoredResponse
from service_layer.retention import Retention
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.fakes.clock import Clock
from tests.fakes.database import FakeDatabase, FakeIdempotencyStore, FakeUnitOfWork
from tests.unit.api.test_heroes import DEADPOND, FailingDatabase

KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
DAY = 24 * 60 * 60
RANDOM = Random(1)  # noqa: S311 - not secret


class BusyDatabase(FakeDatabase):
    """A database in which every key is in progress."""

    def writing(self) -> FakeUnitOfWork:
        return BusyUnitOfWork(self)


class BusyUnitOfWork(FakeUnitOfWork):
    def __init__(self, database: FakeDatabase) -> None:
        super().__init__(database)
        self.idempotency = BusyIdempotencyStore(self.transaction.begin)


class BusyIdempotencyStore(FakeIdempotencyStore):
    async def claim(self, key: IdempotencyKey) -> StoredResponse | None:
        raise KeyInProgress(f"{len(key.value)} characters")


def client_of(database: UnitOfWorkFactory, **options: Any) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(build_app(database, **options))
    return httpx2.AsyncClient(transport=transport, base_url="http://heroes")


async def test_a_repeated_post_replays_the_stored_response() -> None:
    database = FakeDatabase()
    async with client_of(database) as client:
        first = await client.post("/heroes/", json=DEADPOND, headers=KEY)
        again = await client.post("/heroes/", json=DEADPOND, headers=KEY)

    assert {**DEADPOND, "id": 1} == first.json()
    assert "Idempotency-Replayed" not in first.headers
    assert {**first.headers, "idempotency-replayed": "true"} == dict(again.headers)
    assert (200, first.content) == (again.status_code, again.content)
    assert [1] == list(database.committed.tables[Hero].rows)


async def test_a_post_without_a_key_is_executed_each_time_and_stores_no_response() -> None:
    database = FakeDatabase()
    async with client_of(database) as client:
        for _ in range(2):
            await client.post("/heroes/", json=DEADPOND)

    assert [1, 2] == list(database.committed.tables[Hero].rows)
    assert {} == database.committed.responses


async def test_another_request_with_the_same_key_returns_422_for_the_header() -> None:
    database = FakeDatabase()
    async with client_of(database) as client:
        await client.post("/heroes/", json=DEADPOND, headers=KEY)
        response = await client.post("/heroes/", json={**DEADPOND, "age": 29}, headers=KEY)

    assert response.status_code == 422
    assert {
        "detail": [
            {
                "type": "idempotency_key_reused",
                "loc": ["header", "idempotency-key"],
                "msg": "Key was already used for a different request",
            }
        ]
    } == response.json()
    assert [1] == list(database.committed.tables[Hero].rows)


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
async def test_requests_are_compared_by_method_path_and_body(
    method: str, path: str, body: bytes, status: int
) -> None:
    app = build_other_app(FakeDatabase())
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://any"
    ) as client:
        await client.post("/a", content=b"x", headers=KEY)
        response = await client.request(method, path, content=body, headers=KEY)

    assert status == response.status_code
    assert (status == 200) == ("Idempotency-Replayed" in response.headers)


def build_other_app(database: FakeDatabase) -> FastAPI:
    """Return an application with other idempotent routes."""
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


async def test_a_malformed_key_returns_422_for_the_header_and_changes_nothing() -> None:
    database = FakeDatabase()
    async with client_of(database) as client:
        response = await client.post(
            "/heroes/", json=DEADPOND, headers={"Idempotency-Key": "Dive Wilson"}
        )

    assert response.status_code == 422
    assert [["header", "idempotency-key"]] == [each["loc"] for each in response.json()["detail"]]
    assert "Dive" not in response.text
    assert {} == database.committed.tables[Hero].rows


async def test_a_key_in_progress_for_too_long_returns_409_as_a_problem() -> None:
    async with client_of(BusyDatabase()) as client:
        response = await client.post("/heroes/", json=DEADPOND, headers=KEY)

    assert response.status_code == 409
    assert response.headers["Content-Type"] == "application/problem+json"
    assert {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "A request with this Idempotency-Key is still in progress. Try again later.",
        "instance": "/heroes/",
    } == response.json()


async def test_an_error_response_is_not_stored() -> None:
    async with client_of(FakeDatabase()) as client:
        refused = await client.post("/heroes/", json={**DEADPOND, "age": -1}, headers=KEY)
        corrected = await client.post("/heroes/", json=DEADPOND, headers=KEY)

    assert [422, 200] == [refused.status_code, corrected.status_code]
    assert "Idempotency-Replayed" not in corrected.headers


async def test_a_503_is_not_stored() -> None:
    database = FailingDatabase(OutcomeUnknown("disk"))
    async with client_of(database) as client:
        refused = await client.post("/heroes/", json=DEADPOND, headers=KEY)

    assert refused.status_code == 503
    assert {} == database.committed.responses


async def test_a_response_is_stored_for_a_day_or_the_configured_retention() -> None:
    clock = Clock()
    async with client_of(FakeDatabase(clock)) as client:
        ids = []
        for clock.now in (0.9, DAY - 0.1, DAY, 2 * DAY - 1, 2 * DAY):
            response = await client.post("/heroes/", json=DEADPOND, headers=KEY)
            ids.append(response.json()["id"])
    async with client_of(FakeDatabase(clock), retention=Retention(60)) as client:
        for clock.now in (0, 59, 60):
            response = await client.post("/heroes/", json=DEADPOND, headers=KEY)
            ids.append(response.json()["id"])

    assert [1, 1, 2, 2, 3] == ids[:5]
    assert [1, 1, 2] == ids[5:]


async def test_a_client_with_too_many_keys_gets_429_as_a_problem_until_one_expires() -> None:
    clock = Clock()
    database, retention = FakeDatabase(clock), Retention(60, limit_per_client=2)
    async with client_of(database, retention=retention) as client:
        for clock.now, key in enumerate("ab"):
            await client.post("/heroes/", json=DEADPOND, headers={"Idempotency-Key": key})
        clock.now = 10
        refused = await client.post("/heroes/", json=DEADPOND, headers=KEY)
        replayed = await client.post("/heroes/", json=DEADPOND, headers={"Idempotency-Key": "a"})
        without_key = await client.post("/heroes/", json=DEADPOND)
        clock.now += int(refused.headers["Retry-After"])
        again = await client.post("/heroes/", json=DEADPOND, headers=KEY)

    assert 429 == refused.status_code
    assert "50" == refused.headers["Retry-After"]
    assert {
        "type": "about:blank",
        "title": "Too Many Requests",
        "status": 429,
        "detail": "Too many idempotency keys of this client are stored. Try again later.",
        "instance": "/heroes/",
    } == refused.json()
    assert "true" == replayed.headers["Idempotency-Replayed"]
    assert [200, 200] == [without_key.status_code, again.status_code]


@pytest.mark.parametrize(
    ("clients", "status"),
    [
        (["192.0.2.1", "192.0.2.1"], 429),
        (["192.0.2.1", "192.0.2.2"], 200),
        (["2001:db8:1:2:3::4", "2001:db8:1:2:ffff::"], 429),
        (["2001:db8:1:2:3::4", "2001:db8:1:3:3::4"], 200),
        ([None, None], 429),
    ],
)
async def test_a_client_is_an_ipv4_address_or_an_ipv6_network(
    clients: list[str | None], status: int
) -> None:
    app = build_app(FakeDatabase(), retention=Retention(limit_per_client=1))
    for key, address in enumerate(clients):
        sender: Any = None if address is None else (address, 1234)
        transport = httpx2.ASGITransport(app, client=sender)
        async with httpx2.AsyncClient(transport=transport, base_url="http://any") as client:
            headers = {"Idempotency-Key": str(key)}
            response = await client.post("/heroes/", json=DEADPOND, headers=headers)

    assert status == response.status_code


async def test_the_client_is_not_stored_without_a_limit() -> None:
    database = FakeDatabase()
    async with client_of(database) as client:
        await client.post("/heroes/", json=DEADPOND, headers=KEY)

    assert [None] == [stored.owner for stored in database.committed.responses.values()]


async def test_when_all_keys_are_used_up_a_new_one_gets_503_and_a_stored_one_its_response() -> None:
    clock = Clock()
    async with client_of(FakeDatabase(clock), retention=Retention(60, limit=1)) as client:
        await client.post("/heroes/", json=DEADPOND, headers={"Idempotency-Key": "a"})
        clock.now = 10
        refused = await client.post("/heroes/", json=DEADPOND, headers=KEY)
        replayed = await client.post("/heroes/", json=DEADPOND, headers={"Idempotency-Key": "a"})
        without_key = await client.post("/heroes/", json=DEADPOND)

    assert 503 == refused.status_code
    assert "50" == refused.headers["Retry-After"]
    assert (
        "No further idempotency keys can be stored at the moment. Try again later."
        == refused.json()["detail"]
    )
    assert "true" == replayed.headers["Idempotency-Replayed"]
    assert 200 == without_key.status_code


async def test_a_response_that_is_too_large_to_store_returns_422_and_changes_nothing() -> None:
    database = FakeDatabase()
    async with client_of(database) as client:
        heroes = [{**DEADPOND, "name": random_text(), "secret_name": random_text()}] * 25
        for _ in range(4):
            distinct = [{**hero, "name": random_text()} for hero in heroes]
            made = await client.post("/heroes/batch", json={"create": distinct})
            assert made.status_code == 200
        before = dict(database.committed.tables[Hero].rows)
        batch = {"update": [{"id": number, "changes": {"age": 29}} for number in before]}
        refused = await client.post("/heroes/batch", json=batch, headers=KEY)
        unchanged = database.committed.tables[Hero].rows == before
        without_key = await client.post("/heroes/batch", json=batch)

    assert 422 == refused.status_code
    assert {
        "detail": [
            {
                "type": "response_too_large",
                "loc": ["header", "idempotency-key"],
                "msg": "Response is too large to be stored under a key; nothing was changed",
            }
        ]
    } == refused.json()
    assert unchanged
    assert {} == database.committed.responses
    assert 200 == without_key.status_code


def random_text() -> str:
    """Return a text that takes 1,000 bytes, also when it is compressed."""
    return "".join(chr(RANDOM.randrange(0x10000, 0x10FFFF)) for _ in range(250))
