"""The pool: as many connections as it may have, first come, first served, none of them lost."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import asyncpg
import pytest
from anyio import wait_all_tasks_blocked

from adapters.postgres.pool import Pool
from service_layer.errors import StoreUnavailable
from tests.faults.observer import Observer, observing
from tests.faults.proxy import proxied
from tests.faults.waiting import seconds_until
from tests.support.postgres import PostgresServer

SIZE = 2
NEVER = 60.0
AT_ONCE = 0.0

CONNECT = {"server_settings": {"application_name": "heroes"}}
END_ALL = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE application_name = 'heroes' AND datname = current_database()
"""


@pytest.fixture
async def pool(url: str) -> AsyncIterator[Pool]:
    pool = Pool(partial(asyncpg.connect, url, **CONNECT), SIZE, NEVER)
    yield pool
    await pool.aclose()


@pytest.fixture
async def observer(url: str) -> AsyncIterator[Observer]:
    async with observing(url) as observer:
        yield observer


async def acquired(pool: Pool, number: int = SIZE) -> list[asyncpg.Connection]:
    return [await pool.acquire() for _ in range(number)]


def release(pool: Pool, *connections: asyncpg.Connection) -> None:
    for connection in connections:
        pool.release(connection)


async def test_there_are_never_more_connections_than_it_may_have(
    pool: Pool, observer: Observer
) -> None:
    await asyncio.gather(*(use(pool) for _ in range(20)))

    assert SIZE == await observer.connections()  # it closes none that it could keep


async def use(pool: Pool) -> None:
    connection = await pool.acquire()
    await connection.fetchval("SELECT 1")
    pool.release(connection)


async def test_who_has_waited_longest_is_next_and_no_newcomer_overtakes(pool: Pool) -> None:
    first = await acquired(pool)
    order: list[int] = []

    async def use(number: int) -> None:
        connection = await pool.acquire()
        order.append(number)
        await connection.fetchval("SELECT 1")
        pool.release(connection)

    waiting = [asyncio.create_task(use(number)) for number in range(10)]
    await wait_all_tasks_blocked()
    release(pool, *first)
    newcomer = asyncio.create_task(use(10))
    await asyncio.gather(*waiting, newcomer)

    assert list(range(11)) == order


async def test_the_connection_given_back_last_is_the_next_to_be_used(pool: Pool) -> None:
    one, other = await acquired(pool)

    release(pool, one, other)

    assert other is await pool.acquire()
    assert one is await pool.acquire()
    release(pool, one, other)


async def test_who_waits_too_long_is_refused_and_takes_no_turn_away(url: str) -> None:
    pool = Pool(partial(asyncpg.connect, url), SIZE, AT_ONCE)
    first = await acquired(pool)

    with pytest.raises(StoreUnavailable, match="in use"):
        await pool.acquire()

    release(pool, *first)
    release(pool, *await acquired(pool))
    await pool.aclose()


async def test_who_is_cancelled_while_waiting_or_as_the_turn_comes_takes_none_away(
    pool: Pool,
) -> None:
    first = await acquired(pool)
    cancelled = [asyncio.create_task(pool.acquire()) for _ in range(2)]
    await wait_all_tasks_blocked()

    cancelled[1].cancel()
    pool.release(first[0])
    cancelled[0].cancel()
    pool.release(first[1])
    await asyncio.wait(cancelled)

    assert all(task.cancelled() for task in cancelled)
    release(pool, *await acquired(pool))


async def test_connections_that_the_server_closed_are_replaced(
    pool: Pool, observer: Observer
) -> None:
    first = await acquired(pool)
    release(pool, *first)

    await observer.run(END_ALL)
    await wait_until_closed(*first)

    second = await acquired(pool)
    assert [1, 1] == [await connection.fetchval("SELECT 1") for connection in second]
    release(pool, *second)


async def test_one_that_was_closed_is_passed_over_while_there_is_another(url: str) -> None:
    addresses = [url] * SIZE + ["postgresql://heroes@127.0.0.1:1/heroes"]
    pool = Pool(lambda: asyncpg.connect(addresses.pop(0)), SIZE, AT_ONCE)
    one, other = await acquired(pool)
    release(pool, one, other)
    other.terminate()

    assert one is await pool.acquire()

    with pytest.raises(StoreUnavailable, match="reached"):
        await pool.acquire()
    pool.release(one)
    await pool.aclose()


async def test_one_that_is_closed_on_its_way_to_who_waits_is_replaced(pool: Pool) -> None:
    one, other = await acquired(pool)
    waiting = asyncio.create_task(pool.acquire())
    await wait_all_tasks_blocked()

    pool.release(one)
    one.terminate()

    another = await waiting
    assert 1 == await another.fetchval("SELECT 1")
    release(pool, another, other)


async def test_who_is_cancelled_with_a_connection_in_hand_passes_it_on(pool: Pool) -> None:
    one, other = await acquired(pool)
    cancelled, waiting = (asyncio.create_task(pool.acquire()) for _ in range(2))
    await wait_all_tasks_blocked()

    pool.release(one)
    cancelled.cancel()

    assert one is await waiting
    assert cancelled.cancelled()
    release(pool, one, other)


async def test_a_connection_given_back_closed_makes_room_for_another(pool: Pool) -> None:
    first = await acquired(pool)
    for connection in first:
        connection.terminate()

    release(pool, *first)

    release(pool, *await acquired(pool))


async def test_a_server_that_is_away_takes_no_turn_away(url: str) -> None:
    addresses = ["postgresql://heroes@127.0.0.1:1/heroes"] * (SIZE + 1) + [url] * SIZE
    pool = Pool(lambda: asyncpg.connect(addresses.pop(0)), SIZE, AT_ONCE)

    for _ in range(SIZE + 1):
        with pytest.raises(StoreUnavailable, match="reached"):
            await pool.acquire()

    release(pool, *await acquired(pool))
    await pool.aclose()


async def test_one_that_is_cancelled_while_it_connects_takes_no_turn_away(
    url: str, server: PostgresServer
) -> None:
    async with proxied(url, server.port) as (proxy, address):
        pool = Pool(partial(asyncpg.connect, address), SIZE, NEVER)
        proxy.stall()
        connecting = [asyncio.create_task(pool.acquire()) for _ in range(SIZE)]
        await wait_all_tasks_blocked()
        for task in connecting:
            task.cancel()
        await asyncio.wait(connecting)
        proxy.flow()

        release(pool, *await acquired(pool))
        await pool.aclose()


async def wait_until_closed(*connections: asyncpg.Connection) -> None:
    async def all_are_closed() -> bool:
        return all(connection.is_closed() for connection in connections)

    await seconds_until(all_are_closed)
