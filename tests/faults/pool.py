"""Whether every connection that the service may have can still be had."""

import asyncio

import httpx2

from tests.faults.observer import observing
from tests.faults.waiting import seconds_until

HERO = {"name": "One of the pool", "secret_name": "Its last"}


async def assert_pool_is_whole(url: str, client: httpx2.AsyncClient, *, size: int = 10) -> None:
    """Check that nothing is checked out, then that ``size`` requests can use it all at once.

    A connection that was never given back would keep one of them waiting for another than the
    lock that is held here.
    """
    async with observing(url) as observer, asyncio.TaskGroup() as requests:

        async def nothing_is_under_way() -> bool:
            return 0 == await observer.in_transaction()

        async def all_are_in_use() -> bool:
            return size == await observer.waiting_for_locks()

        await seconds_until(nothing_is_under_way)
        async with observer.holding("LOCK TABLE hero IN EXCLUSIVE MODE"):
            responses = [
                requests.create_task(client.post("/heroes/", json=HERO)) for _ in range(size)
            ]
            await seconds_until(all_are_in_use)
        assert [200] * size == [(await response).status_code for response in responses]
