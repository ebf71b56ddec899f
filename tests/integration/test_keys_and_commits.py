"""On SQLite, a stored response is replayed only after its commit is durable."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import anyio
import httpx2
import pytest

from adapters.sqlite.database import SqliteDatabase
from entrypoints.api.app import build_app
from tests.integration.asgi_calls import Call
from tests.integration.disk_limits import disk_full
from tests.integration.held_commit import held_commit
from tests.integration.tutorial_database import stored
from tests.support.databases import open_sqlite
from tests.support.served import serve

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}
BATCH = {"create": [HERO]}
KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"
KEY_HEADER = (b"idempotency-key", KEY.encode())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    database = open_sqlite(tmp_path / "heroes.db")
    database.migrate()
    yield database
    database.dispose()


async def test_a_replay_from_an_open_commit_group_waits_for_its_commit(
    database: SqliteDatabase, tmp_path: Path
) -> None:
    app = build_app(database)
    calls = [Call(app, "POST", "/heroes/", HERO, [KEY_HEADER]) for _ in range(3)]

    with held_commit() as held:
        requests = asyncio.gather(*(call.run() for call in calls))
        await held.reached()
        await anyio.wait_all_tasks_blocked()

        assert [[], [], []] == [call.sent for call in calls]
        assert [] == stored(tmp_path / "heroes.db")

        held.release()
        await requests

    assert 1 == held.commits
    assert [200] * 3 == [call.status for call in calls]
    assert 1 == len({call.sent[1]["body"] for call in calls})
    assert 1 == len(stored(tmp_path / "heroes.db"))


async def test_a_reused_key_from_an_open_commit_group_waits_for_its_commit(
    database: SqliteDatabase,
) -> None:
    app = build_app(database)
    first = Call(app, "POST", "/heroes/", HERO, [KEY_HEADER])
    other = Call(app, "POST", "/heroes/", {**HERO, "age": 29}, [KEY_HEADER])

    with held_commit() as held:
        requests = asyncio.gather(first.run(), other.run())
        await held.reached()
        await anyio.wait_all_tasks_blocked()

        assert [] == other.sent

        held.release()
        await requests

    assert (200, 422) == (first.status, other.status)


@pytest.mark.parametrize(("path", "body"), [("/heroes/", HERO), ("/heroes/batch", BATCH)])
async def test_a_change_and_its_stored_response_share_a_commit(
    database: SqliteDatabase, path: str, body: object
) -> None:
    app = build_app(database)

    with held_commit() as held:
        held.release()
        first = Call(app, "POST", path, body, [KEY_HEADER])
        await first.run()
    again = Call(app, "POST", path, body, [KEY_HEADER])
    await again.run()

    assert 1 == held.commits
    assert first.sent[1] == again.sent[1]
    assert (b"idempotency-replayed", b"true") in again.sent[0]["headers"]


async def test_a_replay_needs_no_commit(database: SqliteDatabase) -> None:
    app = build_app(database)
    await Call(app, "POST", "/heroes/", HERO, [KEY_HEADER]).run()

    with held_commit() as held:
        again = Call(app, "POST", "/heroes/", HERO, [KEY_HEADER])
        await again.run()

    assert 200 == again.status
    assert 0 == held.commits


async def test_a_post_whose_commit_failed_is_executed_on_retry(
    tmp_path: Path,
) -> None:
    with serve(tmp_path / "heroes.db") as served:
        async with httpx2.AsyncClient(base_url=served.url, headers={"Idempotency-Key": KEY}) as c:
            with disk_full(served):
                refused = [await c.post("/heroes/", json=HERO) for _ in range(3)]
            made = await c.post("/heroes/", json=HERO)
            again = await c.post("/heroes/", json=HERO)

    assert [503] * 3 == [response.status_code for response in refused]
    assert (200, False) == (made.status_code, "Idempotency-Replayed" in made.headers)
    assert (made.content, True) == (again.content, "Idempotency-Replayed" in again.headers)
    assert 1 == len(stored(tmp_path / "heroes.db"))
