"""A check that the pool of the service leaks no connection."""

import asyncio

import httpx2

from adapters.postgres.database import reserved_for_reads
from tests.faults.observer import observing
from tests.faults.polling import seconds_until

HERO = {"name": "One of the pool", "secret_name": "Its last"}


async def assert_pool_is_complete(url: str, client: httpx2.AsyncClient, *, size: int = 10) -> None:
    """Check that no connection is in use, and that ``size`` requests can use all at once.

    Some of them read: not all connections may be used to write.

    If a connection had leaked, one request would wait for the pool instead of the lock that is held
    here.
    """
    async with observing(url) as observer, asyncio.TaskGroup() as requests:

        async def no_transaction_is_open() -> bool:
            return 0 == await observer.in_transaction()

        async def all_are_in_use() -> bool:
            return size == await observer.waiting_for_locks()

        await seconds_until(no_transaction_is_open)
        reads = reserved_for_reads(size)
        async with observer.holding("LOCK TABLE hero IN ACCESS EXCLUSIVE MODE"):
            sent = [client.post("/heroes/", json=HERO) for _ in range(size - reads)]
            sent += [client.get("/heroes/") for _ in range(reads)]
            responses = [requests.create_task(each) for each in sent]
            await seconds_until(all_are_in_use)
        assert [200] * size == [(await response).status_code for response in responses]
