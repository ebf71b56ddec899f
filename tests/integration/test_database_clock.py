"""Responses expire on the clock of the database, which may jump."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from adapters.database import open_database, open_plain_database
from service_layer.database import Database
from service_layer.idempotency import IdempotencyKey, StoredResponse, claim_key, store_response
from service_layer.pruning import Pruner
from service_layer.retention import END_OF_TIME, Retention
from tests.fakes.clock import Clock
from tests.integration.database_clocks import Shift, postgres_clock, sqlite_clock
from tests.support.served import fresh_postgres

DAY = 24 * 60 * 60
RESPONSE = StoredResponse(200, (), b"Deadpond")

Clocked = tuple[Database, Shift]


class Process:
    """A process of the service: its monotonic clock, its retention and its pruner."""

    def __init__(self, database: Database) -> None:
        self.monotonic = Clock()
        self.retention = Retention(DAY, monotonic=self.monotonic)
        self.key = IdempotencyKey("8e03978e", b"\0" * 32, self.retention)
        self.pruner = Pruner(database, self.retention)


@pytest.fixture(params=["sqlite-fast", "sqlite-plain", "postgres-fast", "postgres-plain"])
async def clocked(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Clocked]:
    """An empty database, and the function that shifts its clock."""
    engine, session = request.param.split("-")
    async with AsyncExitStack() as stack:
        if engine == "sqlite":
            url = f"sqlite:///{tmp_path / 'heroes.db'}"
            shift = stack.enter_context(sqlite_clock())
        else:
            server = request.getfixturevalue("postgres_url")
            url = stack.enter_context(fresh_postgres(server))
            shift = postgres_clock(url)
        database = open_database(url) if session == "fast" else open_plain_database(url)
        stack.push_async_callback(database.aclose)
        await asyncio.to_thread(database.migrate)
        yield database, shift


async def save(database: Database, key: IdempotencyKey) -> None:
    async with database.writing() as uow:
        assert await claim_key(uow.idempotency, key) is None
        await store_response(uow.idempotency, key, RESPONSE)
        await uow.commit()


async def is_stored(database: Database) -> bool:
    async with database.reading() as uow:
        return await uow.idempotency.count(1) == 1


async def retry(database: Database, key: IdempotencyKey) -> StoredResponse | None:
    async with database.writing() as uow:
        return await claim_key(uow.idempotency, key)


async def test_a_response_is_stored_for_its_lifetime_on_the_database_s_clock(
    clocked: Clocked,
) -> None:
    database, shift = clocked
    process = Process(database)
    await process.pruner.prune()
    await save(database, process.key)

    process.monotonic.now = DAY - 5
    shift(DAY - 5)
    await process.pruner.prune()
    assert RESPONSE == await retry(database, process.key)

    process.monotonic.now = DAY + 5
    shift(DAY + 5)
    assert await retry(database, process.key) is None
    await process.pruner.prune()
    assert not await is_stored(database)


async def test_a_process_that_starts_prunes_what_has_expired_meanwhile(clocked: Clocked) -> None:
    database, shift = clocked
    await save(database, Process(database).key)
    shift(DAY + 5)

    await Process(database).pruner.prune()

    assert not await is_stored(database)


async def test_processes_agree_on_what_is_expired(clocked: Clocked) -> None:
    database, shift = clocked
    first, second = Process(database), Process(database)
    second.monotonic.now = 1_000 * DAY
    for process in (first, second):
        await process.pruner.prune()
    await save(database, first.key)

    for process in (first, second):
        process.monotonic.now += DAY + 5
        assert RESPONSE == await retry(database, process.key)
    shift(DAY + 5)
    assert [None, None] == [await retry(database, each.key) for each in (first, second)]


@pytest.mark.parametrize("jump", [10 * 365 * DAY, DAY + 61])
async def test_after_a_jump_a_retry_is_not_executed_again(clocked: Clocked, jump: int) -> None:
    database, shift = clocked
    process = Process(database)
    await process.pruner.prune()
    await save(database, process.key)

    shift(jump)
    assert RESPONSE == await retry(database, process.key), "before the clocks are compared"
    await process.pruner.prune()
    assert RESPONSE == await retry(database, process.key), "afterwards"
    process.monotonic.now = DAY - 1
    shift(jump + DAY - 1)
    await process.pruner.prune()
    assert RESPONSE == await retry(database, process.key), "until a lifetime has passed"

    process.monotonic.now = DAY
    shift(jump + DAY)
    await process.pruner.prune()
    assert not await is_stored(database)


async def test_after_a_wrong_clock_is_corrected_a_retry_is_not_executed_again(
    clocked: Clocked,
) -> None:
    database, shift = clocked
    shift(-3 * DAY)
    process = Process(database)
    await process.pruner.prune()
    await save(database, process.key)

    shift(0)
    await process.pruner.prune()

    assert RESPONSE == await retry(database, process.key)


async def test_a_response_that_expires_while_it_is_replayed_is_not_pruned(
    clocked: Clocked, request: pytest.FixtureRequest
) -> None:
    if "postgres" not in request.node.callspec.id:
        pytest.skip("on SQLite, one unit of work writes at a time")
    database, shift = clocked
    key = Process(database).key
    await save(database, key)

    async with database.writing() as replaying:
        assert RESPONSE == await replaying.idempotency.claim(key)
        shift(DAY + 5)
        async with database.writing() as pruning:
            assert (0, 0) == await pruning.idempotency.prune(END_OF_TIME, 10)

    async with database.writing() as pruning:
        assert 1 == (await pruning.idempotency.prune(END_OF_TIME, 10)).number
