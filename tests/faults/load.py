"""Clients that keep writing during failures, and the responses they get."""

import asyncio
import itertools
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.faults.observer import observing
from tests.faults.polling import seconds_until
from tests.integration.writers import Attempt, Ledger, Row, row

LIMIT = 30
"""Seconds within which there must be a response, or progress."""

REFUSED_PAUSE = 0.05
"""Seconds that a client waits after a 503."""


class RefusedError(Exception):
    """The service returned 503; the ledger resolves later whether the write was executed."""


@dataclass
class Load:
    """The ledger of the clients, and the statuses and latencies of the responses."""

    client: httpx2.AsyncClient
    ledger: Ledger = field(default_factory=Ledger)
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    over: bool = False

    async def until_written(self, more: int, *, within: float = LIMIT) -> float:
        """Wait for this many more acknowledged writes, and return the seconds that it took."""
        clock = asyncio.get_running_loop().time
        start = clock()
        async with asyncio.timeout(within):
            await self.ledger.until(self.ledger.responses + more)
        return clock() - start

    def figures(self) -> str:
        """Return the measurements as text."""
        slowest = {status: round(seconds, 2) for status, seconds in self.slowest.items()}
        return f"responses {dict(self.statuses)}, slowest of each in seconds {slowest}"

    async def until_refused(self, more: int) -> None:
        """Wait for this many more 503 responses."""
        goal = self.statuses[503] + more

        async def reached() -> bool:
            return self.statuses[503] >= goal

        await seconds_until(reached)

    async def write_until_over(self) -> None:
        """Create heroes, update each twice and delete every third, until the load is over.

        A hero whose last write has an unknown outcome is not used any more.
        """
        for made in itertools.count():
            try:
                hero_id = await self._write("POST")
                await self._write("PATCH", hero_id)
                await self._write("PATCH", hero_id)
                if made % 3 == 0:
                    await self._write("DELETE", hero_id)
            except RefusedError:
                await asyncio.sleep(REFUSED_PAUSE)
            if self.over:
                return

    async def _write(self, method: str, hero_id: int | None = None) -> int:
        before = None if hero_id is None else self.ledger.rows[hero_id]
        version = 1 if before is None else before[3] + 1
        mark = f"{method} {next(self.ledger.marks)}"
        after = None if method == "DELETE" else row(mark, version)
        attempt = Attempt(hero_id, before, after)
        self.ledger.unacknowledged.add(attempt)
        path = "/heroes/" if hero_id is None else f"/heroes/{hero_id}"
        response = await self._send(method, path, after)
        written: int = hero_id or response["id"]
        await self.ledger.acknowledged(attempt, written)
        return written

    async def _send(self, method: str, path: str, sent: Row | None) -> Any:
        names = ("name", "secret_name", "age")
        body = {} if sent is None else dict(zip(names, sent, strict=False))
        clock = asyncio.get_running_loop().time
        start = clock()
        response = await self.client.request(method, path, json=body)
        status = response.status_code
        self.statuses[status] += 1
        self.slowest[status] = max(self.slowest[status], clock() - start)
        if status == httpx2.codes.SERVICE_UNAVAILABLE:
            assert "1" == response.headers["Retry-After"]
            raise RefusedError
        assert 200 == status, response.text
        return response.json()


@asynccontextmanager
async def under_load(client: httpx2.AsyncClient, writers: int) -> AsyncIterator[Load]:
    """Let this many clients write until the end of the block, and wait for their last responses."""
    load = Load(client)
    async with asyncio.TaskGroup() as group:
        for _ in range(writers):
            group.create_task(load.write_until_over())
        yield load
        load.over = True


async def assert_nothing_is_lost(url: str, ledger: Ledger) -> None:
    """Check that the database contains every acknowledged write, and nothing that was not sent."""
    async with observing(url) as observer:
        stored = await observer.stored()
    ledger.resolve(stored)
    assert ledger.rows == stored
