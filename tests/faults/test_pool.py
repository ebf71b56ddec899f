"""The connection pool: its size, its FIFO wait queue, and no leaked slots."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import asyncpg
import pytest
from anyio import wait_all_tasks_blocked

from adapters.postgres.pool import CLOSE_TIMEOUT, Pool
from service_layer.errors import StoreUnavailable
from tests.faults.observer import Observer, observing
from tests.faults.polling import seconds_until
from tests.faults.proxy import proxied
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
