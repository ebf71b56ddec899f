"""One application in several event loops: each has its own timer."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from starlette.types import ASGIApp

from entrypoints.http.middleware.request_timeout import RequestTimeout
from tests.support.served import LIMIT
from tests.unit.http.middleware.request_timeout.requests import request

SHORT = 0.02
"""Seconds of a timeout that expires."""


async def wait_for_ever(*_: object) -> None:
    await asyncio.Event().wait()


async def status(app: ASGIApp) -> int:
    async with asyncio.timeout(LIMIT):
        return (await request(app)).status_code


async def leave_a_request(app: ASGIApp) -> asyncio.Task[int]:
    """Start a request that the end of the event loop cancels."""
    task = asyncio.create_task(status(app))
    await asyncio.sleep(0)
    return task


def test_one_after_the_other() -> None:
    app = RequestTimeout(wait_for_ever, SHORT)

    assert [503, 503] == [asyncio.run(status(app)) for _ in range(2)]


def test_after_one_that_ended_with_a_request_in_progress() -> None:
    app = RequestTimeout(wait_for_ever, SHORT)
    left = asyncio.run(leave_a_request(app))

    assert left.cancelled()
    assert 503 == asyncio.run(status(app))


def test_at_the_same_time() -> None:
    async def wait_for_the_other(*_: object) -> None:
        await asyncio.to_thread(both_have_started.wait, LIMIT)
        await wait_for_ever()

    both_have_started = threading.Barrier(2)
    app = RequestTimeout(wait_for_the_other, SHORT)
    with ThreadPoolExecutor(2) as threads:
        statuses = threads.map(lambda _: asyncio.run(status(app)), range(2))

        assert [503, 503] == list(statuses)
