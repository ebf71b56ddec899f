"""The connection pool: its size, its FIFO wait queue, and no leaked slots."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import asyncpg
import pytest
from anyio import wait_all_tasks_blocked

from adapters.postgres.pool import CLOSE_TIMEOUT, Pool
from domain.hero import HeroDraft
from service_layer.errors import StoreUnavailable
from tests.faults.observer import Observer, observing
from tests.faults.polling import seconds_until
from tests.faults.proxy import proxied
from tests.support.databases import empty_postgres
from tests.support.postgres import PostgresServer
from tests.support.served import LIMIT

SIZE = 2
LONG_TIMEOUT = LIMIT
NO_WAIT = 0.0

CONNECT = {"server_settings": {"application_name": "heroes"}}
TERMINATE_ALL = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE application_name = 'heroes' AND datname = current_database()
"""


@pytest.fixture
async def pool(url: str) -> AsyncIterator[Pool]:
    pool = Pool(partial(asyncpg.connect, url, **CONNECT), SIZE, LONG_TIMEOUT)
    yield pool
    await pool.aclose()


@pytest.fixture
async def observer(url: str) -> AsyncIterator[Observer]:
    async with observing(url) as observer:
        yield observer


async def acquire_all(pool: Pool, number: int = SIZE) -> list[asyncpg.Connection]:
    return [await pool.acquire() for _ in range(number)]


def release(pool: Pool, *connections: asyncpg.Connection) -> None:
    for connection in connections:
        pool.release(connection)


async def test_the_pool_never_exceeds_its_size(pool: Pool, observer: Observer) -> None:
    await asyncio.gather(*(use(pool) for _ in range(20)))

    assert SIZE == await observer.connections()  # idle connections stay open


async def use(pool: Pool) -> None:
    connection = await pool.acquire()
    await connection.fetchval("SELECT 1")
    pool.release(connection)


async def test_waiters_acquire_connections_in_fifo_order(pool: Pool) -> None:
    first = await acquire_all(pool)
    order: list[int] = []

    async def use(number: int) -> None:
        connection = await pool.acquire()
        order.append(number)
        await connection.fetchval("SELECT 1")
        pool.release(connection)

    waiting = [asyncio.create_task(use(number)) for number in range(10)]
    await wait_all_tasks_blocked()
    release(pool, *first)
    new_task = asyncio.create_task(use(10))
    await asyncio.gather(*waiting, new_task)

    assert list(range(11)) == order


async def test_the_connection_released_last_is_acquired_next(pool: Pool) -> None:
    one, other = await acquire_all(pool)

    release(pool, one, other)

    assert other is await pool.acquire()
    assert one is await pool.acquire()
    release(pool, one, other)


async def test_a_waiter_that_times_out_leaks_no_slot(url: str) -> None:
    pool = Pool(partial(asyncpg.connect, url), SIZE, NO_WAIT)
    first = await acquire_all(pool)

    with pytest.raises(StoreUnavailable, match="in use"):
        await pool.acquire()

    release(pool, *first)
    release(pool, *await acquire_all(pool))
    await pool.aclose()


async def test_a_waiter_cancelled_while_it_waits_leaks_no_slot(pool: Pool) -> None:
    first = await acquire_all(pool)
    cancelled = asyncio.create_task(pool.acquire())
    await wait_all_tasks_blocked()

    cancelled.cancel()
    await asyncio.wait([cancelled])

    release(pool, *first)
    release(pool, *await acquire_all(pool))


async def test_waiters_cancelled_with_a_connection_leak_no_slot(pool: Pool) -> None:
    first = await acquire_all(pool)
    cancelled = [asyncio.create_task(pool.acquire()) for _ in range(2)]
    await wait_all_tasks_blocked()

    cancelled[1].cancel()
    pool.release(first[0])
    cancelled[0].cancel()
    pool.release(first[1])
    await asyncio.wait(cancelled)

    assert all(task.cancelled() for task in cancelled)
    release(pool, *await acquire_all(pool))


async def test_connections_that_the_server_closed_are_replaced(
    pool: Pool, observer: Observer
) -> None:
    first = await acquire_all(pool)
    release(pool, *first)

    await observer.run(TERMINATE_ALL)
    await wait_until_closed(*first)

    second = await acquire_all(pool)
    assert [1, 1] == [await connection.fetchval("SELECT 1") for connection in second]
    release(pool, *second)


async def test_a_closed_connection_is_skipped_if_there_is_another(url: str) -> None:
    addresses = [url] * SIZE + ["postgresql://heroes@127.0.0.1:1/heroes"]
    pool = Pool(lambda: asyncpg.connect(addresses.pop(0)), SIZE, NO_WAIT)
    one, other = await acquire_all(pool)
    release(pool, one, other)
    other.terminate()

    assert one is await pool.acquire()

    with pytest.raises(StoreUnavailable, match="reachable"):
        await pool.acquire()
    pool.release(one)
    await pool.aclose()


async def test_a_connection_closed_before_the_waiter_gets_it_is_replaced(pool: Pool) -> None:
    one, other = await acquire_all(pool)
    waiting = asyncio.create_task(pool.acquire())
    await wait_all_tasks_blocked()

    pool.release(one)
    one.terminate()

    another = await waiting
    assert 1 == await another.fetchval("SELECT 1")
    release(pool, another, other)


async def test_a_waiter_cancelled_with_a_connection_passes_it_to_the_next(pool: Pool) -> None:
    one, other = await acquire_all(pool)
    cancelled, waiting = (asyncio.create_task(pool.acquire()) for _ in range(2))
    await wait_all_tasks_blocked()

    pool.release(one)
    cancelled.cancel()

    assert one is await waiting
    assert cancelled.cancelled()
    release(pool, one, other)


async def test_a_connection_released_closed_frees_its_slot(pool: Pool) -> None:
    first = await acquire_all(pool)
    for connection in first:
        connection.terminate()

    release(pool, *first)

    release(pool, *await acquire_all(pool))


async def test_a_failed_connection_attempt_leaks_no_slot(url: str) -> None:
    addresses = ["postgresql://heroes@127.0.0.1:1/heroes"] * (SIZE + 1) + [url] * SIZE
    pool = Pool(lambda: asyncpg.connect(addresses.pop(0)), SIZE, NO_WAIT)

    for _ in range(SIZE + 1):
        with pytest.raises(StoreUnavailable, match="reachable"):
            await pool.acquire()

    release(pool, *await acquire_all(pool))
    await pool.aclose()


async def test_a_cancelled_connection_attempt_leaks_no_slot(
    url: str, server: PostgresServer
) -> None:
    async with proxied(url, server.port) as (proxy, address):
        pool = Pool(partial(asyncpg.connect, address), SIZE, LONG_TIMEOUT)
        proxy.stall()
        connecting = [asyncio.create_task(pool.acquire()) for _ in range(SIZE)]
        await wait_all_tasks_blocked()
        for task in connecting:
            task.cancel()
        await asyncio.wait(connecting)
        proxy.resume()

        release(pool, *await acquire_all(pool))
        await pool.aclose()


async def test_closing_waits_for_the_connections_in_use(pool: Pool) -> None:
    one, other = await acquire_all(pool)
    pool.release(one)
    closing = asyncio.create_task(pool.aclose())
    await wait_all_tasks_blocked()
    assert not closing.done()

    pool.release(other)
    await closing

    assert [True, True] == [connection.is_closed() for connection in (one, other)]


async def test_closing_does_not_wait_for_long(pool: Pool) -> None:
    in_use = await pool.acquire()

    async with asyncio.timeout(2 * CLOSE_TIMEOUT):
        await pool.aclose()

    assert not in_use.is_closed()
    in_use.terminate()


async def wait_until_closed(*connections: asyncpg.Connection) -> None:
    async def all_are_closed() -> bool:
        return all(connection.is_closed() for connection in connections)

    await seconds_until(all_are_closed)


# Connections that are reserved for reads.


@pytest.fixture
async def shared_pool(url: str) -> AsyncIterator[Pool]:
    """A pool of two connections, one of which is reserved for reads."""
    pool = Pool(partial(asyncpg.connect, url, **CONNECT), SIZE, LONG_TIMEOUT, reserved=1)
    yield pool
    await pool.aclose()


async def test_writers_leave_a_connection_for_reads(shared_pool: Pool) -> None:
    writer = await shared_pool.acquire(writing=True)
    waiting = asyncio.create_task(shared_pool.acquire(writing=True))
    await wait_all_tasks_blocked()

    reader = await shared_pool.acquire()
    shared_pool.release(reader)
    await wait_all_tasks_blocked()
    assert not waiting.done()

    shared_pool.release(writer, writing=True)
    shared_pool.release(await waiting, writing=True)


async def test_reads_use_all_connections_while_nothing_is_written(shared_pool: Pool) -> None:
    reads = await acquire_all(shared_pool)

    writer = asyncio.create_task(shared_pool.acquire(writing=True))
    await wait_all_tasks_blocked()
    release(shared_pool, *reads)
    shared_pool.release(await writer, writing=True)


async def test_a_released_connection_goes_to_whoever_has_waited_longest(shared_pool: Pool) -> None:
    order: list[bool] = []

    async def use(*, writing: bool) -> None:
        connection = await shared_pool.acquire(writing=writing)
        order.append(writing)
        shared_pool.release(connection, writing=writing)

    reads = await acquire_all(shared_pool)
    kinds = [False, True, False, True]
    waiting = [asyncio.create_task(use(writing=kind)) for kind in kinds]
    await wait_all_tasks_blocked()
    shared_pool.release(reads[0])
    await asyncio.wait(waiting)

    assert kinds == order
    shared_pool.release(reads[1])


async def test_writers_that_are_cancelled_or_fail_leak_no_slot(url: str) -> None:
    pool = Pool(partial(asyncpg.connect, url), SIZE, LONG_TIMEOUT, reserved=1)
    first = await pool.acquire(writing=True)
    cancelled = [asyncio.create_task(pool.acquire(writing=True)) for _ in range(2)]
    await wait_all_tasks_blocked()
    cancelled[1].cancel()
    pool.release(first, writing=True)
    cancelled[0].cancel()
    await asyncio.wait(cancelled)

    for _ in range(SIZE):
        pool.release(await pool.acquire(writing=True), writing=True)
    await pool.aclose()


async def test_reads_are_served_while_many_writers_wait_for_a_row(url: str) -> None:
    async with empty_postgres(url) as database, observing(url) as observer:
        async with database.writing() as uow:
            hero = await uow.heroes.add(HeroDraft("Deadpond", "Dive Wilson"))
            await uow.commit()

        async def lock_row() -> None:
            async with database.writing() as uow:
                await uow.heroes.get(hero.id)

        async with (
            asyncio.TaskGroup() as writers,
            observer.holding(f"SELECT FROM hero WHERE id = {hero.id} FOR UPDATE"),
        ):
            tasks = [writers.create_task(lock_row()) for _ in range(40)]
            await wait_all_tasks_blocked()

            async with database.reading() as reading:
                assert hero == await reading.heroes.get(hero.id)
            assert not any(task.done() for task in tasks)
