"""Late requests on a SQLite file: what they have changed and locked, and what they leave."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from anyio import wait_all_tasks_blocked

from adapters.sqlite.scans.pool import THREADS
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.integration.held_commit import held_commit
from tests.integration.request_timeout.limited import (
    HERO,
    OUTCOME_UNKNOWN,
    RETRY,
    ROLLED_BACK,
    ages,
    client_of,
    create,
    late,
)
from tests.integration.tutorial_database import connection_to, locked
from tests.integration.without_timeouts import LONG, Opening, fast_sqlite, plain_sqlite

OLDER = {"age": 29}
KEY = {"Idempotency-Key": "a-key"}

ENDLESS = "SELECT count(*) FROM n"
SECONDS_LONG = "SELECT count(*) FROM (SELECT 1 FROM n LIMIT 10000000)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "heroes.db"


@pytest.fixture(params=[fast_sqlite, plain_sqlite])
def opening(request: pytest.FixtureRequest) -> Opening:
    opening: Opening = request.param
    return opening


@pytest.fixture
async def database(opening: Opening, path: Path) -> AsyncIterator[UnitOfWorkFactory]:
    async with opening(f"sqlite:///{path}") as database:
        yield database


@pytest.fixture
async def client(database: UnitOfWorkFactory) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application with one hero."""
    async with client_of(database) as client:
        await create(client)
        yield client


@contextmanager
def slow_reads(path: Path, query: str) -> Iterator[None]:
    """Let each read of a hero execute the query, which selects from all numbers."""
    numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    with connection_to(path) as connection:
        connection.execute("ALTER TABLE hero RENAME TO stored_hero")
        selected = f"SELECT * FROM stored_hero WHERE ({numbers} {query}) > 0"  # noqa: S608 - our own
        connection.execute(f"CREATE VIEW hero AS {selected}")
    try:
        yield
    finally:
        with connection_to(path) as connection:
            connection.execute("DROP VIEW hero")
            connection.execute("ALTER TABLE stored_hero RENAME TO hero")


async def test_a_write_that_waits_for_the_file_changes_nothing(
    client: httpx2.AsyncClient, path: Path
) -> None:
    with locked(path):
        detail = await late(client.patch("/heroes/1", json=OLDER))
    unchanged = await ages(client)
    updated = await client.patch("/heroes/1", json=OLDER)

    assert ROLLED_BACK == detail
    assert [28] == unchanged
    assert (200, 29) == (updated.status_code, updated.json()["age"])


async def test_the_outcome_of_a_write_that_is_late_in_its_commit_is_unknown(
    client: httpx2.AsyncClient,
) -> None:
    with held_commit() as held:
        detail = await late(client.patch("/heroes/1", json=OLDER))
        held.release()
    renamed = await client.patch("/heroes/1", json={"name": "Dead Pond"})

    assert OUTCOME_UNKNOWN == detail
    assert {**HERO, **OLDER, "name": "Dead Pond", "id": 1} == renamed.json()


async def test_the_key_of_a_write_that_was_rolled_back_can_be_used_again(
    client: httpx2.AsyncClient, path: Path
) -> None:
    with locked(path):
        detail = await late(client.post("/heroes/", json=HERO, headers=KEY))
    response = await client.post("/heroes/", json=HERO, headers=KEY)

    assert ROLLED_BACK == detail
    assert 200 == response.status_code
    assert "Idempotency-Replayed" not in response.headers
    assert [28, 28] == await ages(client)


async def test_the_key_of_a_write_with_an_unknown_outcome_finds_it_out(
    client: httpx2.AsyncClient,
) -> None:
    with held_commit() as held:
        detail = await late(client.post("/heroes/", json=HERO, headers=KEY))
        held.release()
    response = await client.post("/heroes/", json=HERO, headers=KEY)

    assert OUTCOME_UNKNOWN == detail
    assert "true" == response.headers["Idempotency-Replayed"]
    assert [28, 28] == await ages(client)


async def test_a_scan_is_late(client: httpx2.AsyncClient, opening: Opening, path: Path) -> None:
    query = ENDLESS if opening is fast_sqlite else SECONDS_LONG
    with slow_reads(path, query):
        detail = await late(client.get("/heroes/?name__contains=pond"))

    assert RETRY == detail
    assert [28] == await ages(client)


@pytest.mark.parametrize("opening", [fast_sqlite])
async def test_a_late_scan_stops_and_frees_its_thread(
    client: httpx2.AsyncClient, path: Path
) -> None:
    with slow_reads(path, ENDLESS):
        for _ in range(THREADS):
            await late(client.get("/heroes/?name__contains=pond"))

    assert 200 == (await client.get("/heroes/?name__contains=pond")).status_code


@pytest.mark.parametrize("opening", [fast_sqlite])
async def test_a_late_member_of_a_commit_group_does_not_affect_the_others(
    client: httpx2.AsyncClient, database: UnitOfWorkFactory
) -> None:
    async with client_of(database, LONG) as patient:
        with held_commit() as held:
            first = asyncio.create_task(create(patient))
            await held.reached()
            leaving = asyncio.create_task(late(client.patch("/heroes/1", json=OLDER)))
            staying = asyncio.create_task(create(patient))
            await wait_all_tasks_blocked()
            held.release_one()
            await held.reached()
            detail = await leaving
            held.release()
            await asyncio.gather(first, staying)

        assert OUTCOME_UNKNOWN == detail
        assert 2 == held.commits
        assert [29, 28, 28] == await ages(patient)


@pytest.mark.parametrize("opening", [fast_sqlite])
async def test_a_request_that_waits_for_a_commit_group_is_late_without_the_others(
    client: httpx2.AsyncClient, database: UnitOfWorkFactory
) -> None:
    async with client_of(database, LONG) as patient:
        with held_commit() as held:
            first = asyncio.create_task(create(patient))
            await held.reached()
            staying = asyncio.create_task(create(patient))
            detail = await late(client.patch("/heroes/1", json=OLDER))
            held.release()
            await asyncio.gather(first, staying)

        assert ROLLED_BACK == detail
        assert [28, 28, 28] == await ages(patient)
