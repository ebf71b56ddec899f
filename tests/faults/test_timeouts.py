"""Every wait of a request ends at its configured timeout."""

import asyncio

import httpx2
import pytest

from adapters.postgres.connections import ServerOptions
from domain.hero import HeroDraft, HeroQuery
from service_layer.errors import StoreUnavailable
from tests.faults.conftest import Serving
from tests.faults.observer import Observer, observing
from tests.faults.polling import seconds_until
from tests.faults.pool import assert_pool_is_complete
from tests.support.databases import empty_postgres

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
AGE = {"age": 48}
HOLD_ROW = "SELECT 1 FROM hero FOR UPDATE"
HOLD_TABLE = "LOCK TABLE hero IN ACCESS EXCLUSIVE MODE"

TOLERANCE = 1.0
"""Tolerance in seconds beyond a timeout."""


def assert_refused(response: httpx2.Response, *, after: float) -> None:
    """Check that the response is a 503 after about this many seconds."""
    assert 503 == response.status_code
    assert "1" == response.headers["Retry-After"]
    assert after <= response.elapsed.total_seconds() + 0.05
    assert response.elapsed.total_seconds() < after + TOLERANCE


async def wait_for_a_lock_waiter(observer: Observer) -> None:
    """Wait until a request waits for a lock."""

    async def there_is_a_waiter() -> bool:
        return await observer.waiting_for_locks() > 0

    await seconds_until(there_is_a_waiter)


async def test_a_locked_row_refuses_the_write_in_time_and_allows_reads(
    url: str, serving: Serving
) -> None:
    async with serving(url, lock_timeout="0.5") as (_, client), observing(url) as observer:
        await client.post("/heroes/", json=HERO)

        async with observer.holding(HOLD_ROW):
            refused, read = await asyncio.gather(
                client.patch("/heroes/1", json=AGE), client.get("/heroes/1")
            )
        updated = await client.patch("/heroes/1", json=AGE)

        assert_refused(refused, after=0.5)
        assert (200, None) == (read.status_code, read.json()["age"])
        assert (200, 48) == (updated.status_code, updated.json()["age"])
        await assert_pool_is_complete(url, client)


async def test_a_waiting_write_succeeds_if_the_row_is_unlocked_in_time(
    url: str, serving: Serving
) -> None:
    async with serving(url) as (_, client), observing(url) as observer:
        await client.post("/heroes/", json=HERO)

        async with observer.holding(HOLD_ROW):
            waiting = asyncio.create_task(client.patch("/heroes/1", json=AGE))
            await wait_for_a_lock_waiter(observer)
        response = await waiting

        assert (200, 48) == (response.status_code, response.json()["age"])


async def test_an_exhausted_pool_refuses_in_time_and_recovers(url: str, serving: Serving) -> None:
    small = {"pool_size": "1", "pool_timeout": "0.5"}
    async with serving(url, **small) as (_, client), observing(url) as observer:
        await client.post("/heroes/", json=HERO)

        async with observer.holding(HOLD_ROW):
            waiting = asyncio.create_task(client.patch("/heroes/1", json=AGE))
            await wait_for_a_lock_waiter(observer)
            refused = await asyncio.gather(
                client.get("/heroes/1"), client.post("/heroes/", json=HERO)
            )
        assert 200 == (await waiting).status_code

        for response in refused:
            assert_refused(response, after=0.5)
        assert 200 == (await client.get("/heroes/1")).status_code
        await assert_pool_is_complete(url, client, size=1)


async def test_invalid_requests_get_422_though_twenty_wait_for_a_connection(
    url: str, serving: Serving
) -> None:
    small = {"pool_size": "1", "pool_timeout": "30", "lock_timeout": "30"}
    async with serving(url, **small) as (_, client), observing(url) as observer:
        await client.post("/heroes/", json=HERO)

        async with observer.holding(HOLD_ROW):
            waiting = [asyncio.create_task(client.patch("/heroes/1", json=AGE)) for _ in range(20)]
            await wait_for_a_lock_waiter(observer)
            invalid = await client.post("/heroes/", json={})
            assert not any(task.done() for task in waiting)
        responses = await asyncio.gather(*waiting)

        assert 422 == invalid.status_code
        assert [200] * 20 == [response.status_code for response in responses]


async def test_a_statement_that_times_out_returns_503_in_time(url: str, serving: Serving) -> None:
    settings = {"statement_timeout": "0.5", "lock_timeout": "30"}
    async with serving(url, **settings) as (_, client), observing(url) as observer:
        await client.post("/heroes/", json=HERO)

        async with observer.holding(HOLD_TABLE):
            refused = await asyncio.gather(
                client.get("/heroes/1"), client.patch("/heroes/1", json=AGE)
            )

        for response in refused:
            assert_refused(response, after=0.5)
        assert 200 == (await client.get("/heroes/1")).status_code
        await assert_pool_is_complete(url, client)


async def test_an_idle_transaction_is_terminated_and_rolled_back(
    url: str,
) -> None:
    options = ServerOptions(pool_size=1, idle_timeout=0.2)
    async with empty_postgres(url, options) as database, observing(url) as observer:

        async def connection_is_terminated() -> bool:
            return 0 == await observer.connections()

        async with database.writing() as uow:
            await uow.heroes.add(HeroDraft(HERO["name"], HERO["secret_name"]))
            await seconds_until(connection_is_terminated)
            with pytest.raises(StoreUnavailable):
                await uow.commit()

        async with database.reading() as look:
            assert [] == await look.heroes.page(HeroQuery(limit=10))
