"""A forced shutdown cancels the statement of a request that waits for a lock."""

import asyncio
import signal

from tests.faults.conftest import Serving
from tests.faults.observer import observing
from tests.faults.polling import seconds_until

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
LONG = {"lock_timeout": "60", "statement_timeout": "60"}
DELETES = {"delete": [{"id": 1}, {"id": 2}]}


async def test_its_locks_are_released_and_it_gets_503(url: str, serving: Serving) -> None:
    async with serving(url, **LONG) as (served, client), observing(url) as observer:
        for _ in range(2):
            await client.post("/heroes/", json=HERO)

        async def waits_for_a_lock() -> bool:
            return 1 == await observer.waiting_for_locks()

        async with observer.holding("SELECT FROM hero WHERE id = 2 FOR UPDATE"):
            waiting = asyncio.create_task(client.post("/heroes/batch", json=DELETES))
            await seconds_until(waits_for_a_lock)
            served.process.send_signal(signal.SIGTERM)
            response = await waiting
            await observer.run("SELECT FROM hero WHERE id = 1 FOR UPDATE NOWAIT")

    assert 503 == response.status_code
    expected = "The server is stopping. Nothing was changed. Try again later."
    assert expected == response.json()["detail"]
