"""No success is reported before COMMIT; if COMMIT fails, none is reported or stored."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from adapters.sqlite.database import SqliteDatabase
from entrypoints.api.app import build_app
from service_layer.heroes import create_hero
from tests.integration.asgi_calls import Call
from tests.integration.disk_limits import disk_full
from tests.integration.held_commit import held_commit
from tests.integration.tutorial_database import stored
from tests.support.databases import open_sqlite
from tests.support.served import Served, serve

BODY = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}
FRAME = 4096 + 24
"""Bytes of one page in the write-ahead log."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("served") / "heroes.db") as served:
        yield served


@pytest.fixture
async def client(server: Served) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=server.url, timeout=20) as client:
        yield client


@pytest.fixture
def in_process(tmp_path: Path) -> Iterator[SqliteDatabase]:
    database = open_sqlite(tmp_path / "heroes.db")
    database.migrate()
    yield database
    database.dispose()


@pytest.mark.parametrize("frames", [0, 1, 2], ids="{} frames fit".format)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
async def test_a_write_whose_commit_fails_returns_503_and_is_not_stored(
    server: Served, client: httpx2.AsyncClient, method: str, frames: int
) -> None:
    existing = (await client.post("/heroes/", json=BODY)).json()
    before = stored(server.database)

    with disk_full(server, size_with_space_for(server, frames)):
        response = await write(client, method, existing["id"])

    assert_unavailable(response)
    assert before == stored(server.database)
    assert existing == (await client.get(f"/heroes/{existing['id']}")).json()
    assert 200 == (await write(client, method, existing["id"])).status_code
    assert before != stored(server.database)


async def test_concurrent_writes_return_503_and_reads_return_200(
    server: Served, client: httpx2.AsyncClient
) -> None:
    ids = [(await client.post("/heroes/", json=BODY)).json()["id"] for _ in range(10)]
    before = stored(server.database)
    methods = ["POST", "PATCH", "DELETE"] * 3

    with disk_full(server):
        writes = [write(client, *each) for each in zip(methods, ids, strict=False)]
        reads = [client.get(f"/heroes/{hero_id}") for hero_id in ids]
        responses = await asyncio.gather(*writes, *reads)

    for response in responses[: len(methods)]:
        assert_unavailable(response)
    assert {200} == {response.status_code for response in responses[len(methods) :]}
    assert before == stored(server.database)


async def test_a_failed_commit_never_appears_later_even_after_a_crash(
    tmp_path: Path,
) -> None:
    database = tmp_path / "heroes.db"
    with serve(database) as served, httpx2.Client(base_url=served.url, timeout=20) as client:
        first = client.post("/heroes/", json=BODY).json()
        with disk_full(served, size_with_space_for(served, 2)):
            refused = [
                client.post("/heroes/", json={**BODY, "name": "Lost"}),
                client.patch(f"/heroes/{first['id']}", json={"age": 99}),
                client.delete(f"/heroes/{first['id']}"),
            ]
        second = client.post("/heroes/", json={**BODY, "name": "Committed"}).json()
        served.kill()

    with serve(database) as served:
        page = httpx2.get(f"{served.url}/heroes/").json()

    assert [503] * 3 == [response.status_code for response in refused]
    assert [first, second] == page


async def test_a_commit_does_not_return_before_the_database_has_committed(
    in_process: SqliteDatabase, tmp_path: Path
) -> None:
    with held_commit() as held:
        creating = asyncio.create_task(create(in_process, "Held"))
        await held.reached()
        await anyio.wait_all_tasks_blocked()

        assert not creating.done()
        assert [] == names_in(tmp_path)

        held.release()
        await creating
        assert ["Held"] == names_in(tmp_path)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/heroes/"), ("PATCH", "/heroes/1"), ("DELETE", "/heroes/1")]
)
async def test_the_app_sends_nothing_before_the_database_has_committed(
    in_process: SqliteDatabase, tmp_path: Path, method: str, path: str
) -> None:
    await create(in_process, "First")
    call = Call(build_app(in_process), method, path, {**BODY, "name": "Second"})

    with held_commit() as held:
        request = asyncio.create_task(call.run())
        await held.reached()
        await anyio.wait_all_tasks_blocked()

        assert [] == call.sent
        assert ["First"] == names_in(tmp_path)

        held.release()
        await request

    assert 200 == call.status
    assert ["First"] != names_in(tmp_path)


async def test_a_request_cancelled_during_commit_ends_but_the_next_one_waits_for_the_commit(
    in_process: SqliteDatabase, tmp_path: Path
) -> None:
    app = build_app(in_process)
    cancelled = Call(app, "POST", "/heroes/", {**BODY, "name": "Cancelled"})
    next_one = Call(app, "POST", "/heroes/", {**BODY, "name": "Next"})

    with held_commit() as held:
        first = asyncio.create_task(cancelled.run())
        await held.reached()
        first.cancel()
        await asyncio.wait([first])
        second = asyncio.create_task(next_one.run())
        await anyio.wait_all_tasks_blocked()

        assert [] == next_one.sent

        held.release()
        await second

    assert 200 == next_one.status
    assert ["Cancelled", "Next"] == names_in(tmp_path)


async def create(database: SqliteDatabase, name: str) -> None:
    async with database.writing() as uow:
        await create_hero(uow, name=name, secret_name="Unknown")
        await uow.commit()


def names_in(folder: Path) -> list[str]:
    return [name for _, name, *_ in stored(folder / "heroes.db")]


async def write(client: httpx2.AsyncClient, method: str, hero_id: int) -> httpx2.Response:
    if method == "POST":
        return await client.post("/heroes/", json={**BODY, "name": "Another"})
    path = f"/heroes/{hero_id}"
    return await client.request(method, path, json={"age": 7} if method == "PATCH" else None)


def assert_unavailable(response: httpx2.Response) -> None:
    problem: dict[str, Any] = response.json()
    assert 503 == response.status_code
    assert "application/problem+json" == response.headers["content-type"]
    assert int(response.headers["retry-after"]) > 0
    assert 503 == problem["status"]


def size_with_space_for(served: Served, frames: int) -> int:
    """Return a file size with space for this many pages of the log, and part of another."""
    log = served.database.with_name(served.database.name + "-wal")
    return log.stat().st_size + frames * FRAME + 100
