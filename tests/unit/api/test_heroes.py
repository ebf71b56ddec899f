"""The API on the in-memory database: each route, and the responses to database errors."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from starlette.types import Message

from entrypoints.api.app import build_app
from service_layer.errors import OutcomeUnknown, StoreUnavailable
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.fakes.database import FakeDatabase, FakeReadOnlyUnitOfWork, FakeUnitOfWork

DEADPOND = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}


class FailingDatabase(FakeDatabase):
    """Raises an exception at each commit; queries work."""

    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self.failure = failure

    def writing(self) -> FakeUnitOfWork:
        return FailingUnitOfWork(self, self.failure)


class FailingUnitOfWork(FakeUnitOfWork):
    def __init__(self, database: FakeDatabase, failure: Exception) -> None:
        super().__init__(database)
        self._failure = failure

    async def commit(self) -> None:
        raise self._failure


class RecordingDatabase(FakeDatabase):
    """Records which units of work are opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def writing(self) -> FakeUnitOfWork:
        self.opened.append("writing")
        return super().writing()

    def reading(self, client: str = "") -> FakeReadOnlyUnitOfWork:
        self.opened.append("reading")
        return super().reading(client)


class SlowDatabase(FakeDatabase):
    """Lets a test delay the commit."""

    def __init__(self) -> None:
        super().__init__()
        self.committing = asyncio.Event()
        self.may_commit = asyncio.Event()

    def writing(self) -> FakeUnitOfWork:
        return SlowUnitOfWork(self)


class SlowUnitOfWork(FakeUnitOfWork):
    def __init__(self, database: SlowDatabase) -> None:
        super().__init__(database)
        self._slow = database

    async def commit(self) -> None:
        self._slow.committing.set()
        await self._slow.may_commit.wait()
        await super().commit()


def client_of(database: UnitOfWorkFactory) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(build_app(database), raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://heroes")


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(FakeDatabase()) as client:
        yield client


async def test_a_hero_is_created_read_updated_and_deleted(client: httpx2.AsyncClient) -> None:
    hero = {**DEADPOND, "id": 1}
    older = {**hero, "age": 29}

    created = await client.post("/heroes/", json=DEADPOND)
    read = await client.get("/heroes/1")
    listed = await client.get("/heroes/")
    changed = await client.patch("/heroes/1", json={"age": 29})
    deleted = await client.delete("/heroes/1")
    gone = await client.get("/heroes/1")

    assert [hero, hero, [hero], older, {"ok": True}, {"detail": "Hero not found"}] == [
        response.json() for response in (created, read, listed, changed, deleted, gone)
    ]
    assert [200, 200, 200, 200, 200, 404] == [
        response.status_code for response in (created, read, listed, changed, deleted, gone)
    ]


async def test_a_violated_rule_returns_422_in_the_format_of_the_tutorial(
    client: httpx2.AsyncClient,
) -> None:
    response = await client.post("/heroes/", json={**DEADPOND, "age": -1})

    assert response.status_code == 422
    assert {
        "detail": [
            {
                "type": "greater_than_equal",
                "loc": ["body", "age"],
                "msg": "Input should be greater than or equal to 0",
            }
        ]
    } == response.json()


@pytest.mark.parametrize(
    ("failure", "detail"),
    [
        (StoreUnavailable("busy"), "The database is temporarily unavailable. Try again later."),
        (
            OutcomeUnknown("disk"),
            "The outcome is unknown: check before you retry.",
        ),
    ],
)
async def test_a_failing_commit_returns_503_and_stores_nothing(
    failure: Exception, detail: str
) -> None:
    database = FailingDatabase(failure)
    async with client_of(database) as client:
        response = await client.post("/heroes/", json=DEADPOND)
        listed = await client.get("/heroes/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "1"
    assert response.headers["Content-Type"] == "application/problem+json"
    assert {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": detail,
        "instance": "/heroes/",
    } == response.json()
    assert [] == listed.json()


async def test_an_unexpected_error_returns_500_without_details() -> None:
    async with client_of(FailingDatabase(RuntimeError("Dive Wilson"))) as client:
        response = await client.post("/heroes/", json=DEADPOND)

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "Dive" not in response.text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/heroes/", b'{"name":"Deadpond","secret_name":"Dive Wilson"}'),
        ("PATCH", "/heroes/1", b'{"age":29}'),
        ("DELETE", "/heroes/1", b""),
    ],
)
async def test_no_response_is_sent_before_the_commit(method: str, path: str, body: bytes) -> None:
    database = SlowDatabase()
    database.may_commit.set()
    async with client_of(database) as client:
        await client.post("/heroes/", json=DEADPOND)
    database.committing.clear()
    database.may_commit.clear()
    sent: list[Message] = []

    request = asyncio.create_task(_send(database, method, path, body, sent))
    await database.committing.wait()
    for _ in range(100):
        await _run_one_tick()
    sent_before = list(sent)
    database.may_commit.set()
    await request

    assert [] == sent_before
    assert sent[0]["status"] == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("DELETE", "/heroes/7", 404), ("POST", "/heroes/", 200)],
    ids=["an error", "a replay"],
)
async def test_the_unit_of_work_is_closed_before_the_response_is_sent(
    method: str, path: str, status: int
) -> None:
    """Neither response is preceded by a commit, which would release the lock."""
    database = FakeDatabase()
    key = (b"idempotency-key", b"8e03978e-40d5-43e8-bc93-6894a57f9324")
    lock_held_at_send: list[bool] = []
    sent: list[Message] = []

    async def send(message: Message) -> None:
        lock_held_at_send.append(database.lock.locked())
        sent.append(message)

    app, body = build_app(database), _receive(json.dumps(DEADPOND).encode())
    for _ in ("the request", "its repetition"):
        await app(_scope(method, path, key), body, send)

    assert [status, status] == [message["status"] for message in sent[::2]]
    assert [False] * 4 == lock_held_at_send


@pytest.mark.parametrize(
    ("method", "opened"),
    [
        ("GET", "reading"),
        ("HEAD", "reading"),
        ("PATCH", "writing"),
        ("DELETE", "writing"),
    ],
)
async def test_only_get_and_head_open_a_read_only_unit_of_work(method: str, opened: str) -> None:
    database = RecordingDatabase()
    async with client_of(database) as client:
        await client.request(method, "/heroes/7", json={})

    assert [opened] == database.opened


async def _send(
    database: UnitOfWorkFactory, method: str, path: str, body: bytes, sent: list[Message]
) -> None:
    async def send(message: Message) -> None:
        sent.append(message)

    await build_app(database)(_scope(method, path), _receive(body), send)


async def test_only_the_error_of_the_body_advises_to_send_json(client: httpx2.AsyncClient) -> None:
    refused = await client.patch("/heroes/x", content=b'{"age": 1}')
    parsed = await client.patch(
        "/heroes/1", content=b"7", headers={"Content-Type": "application/merge-patch+json"}
    )

    messages = [error["msg"] for error in (*refused.json()["detail"], *parsed.json()["detail"])]
    assert [False, True, False] == ["Content-Type" in message for message in messages]


def _scope(method: str, path: str, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), *headers],
    }


def _receive(body: bytes) -> Any:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _run_one_tick() -> None:
    tick = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(tick.set_result, None)
    await tick
