"""Clients that retry each POST with its idempotency key until it succeeds."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

import httpx2

CLIENTS = 16
RETRIED = {httpx2.codes.CONFLICT, httpx2.codes.SERVICE_UNAVAILABLE}
"""Statuses after which a client retries."""

REPLAYED = "Idempotency-Replayed"


@dataclass
class Posts:
    """POSTs of different heroes, and the final response to each."""

    client: httpx2.AsyncClient
    total: int
    responses: dict[int, httpx2.Response] = field(default_factory=dict)
    retries: int = 0
    progress: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def send(self) -> None:
        """Send all of them, ``CLIENTS`` at a time."""
        numbers = iter(range(self.total))
        async with asyncio.TaskGroup() as clients:
            for _ in range(CLIENTS):
                clients.create_task(self._send_each(numbers))

    async def wait_for_responses(self, number: int) -> None:
        """Wait for this many responses."""
        async with self.progress:
            await self.progress.wait_for(lambda: len(self.responses) >= number)

    async def assert_each_was_executed_once(self) -> None:
        """Check that each POST created one hero, and that a retry returns the stored response."""
        made = [response.json() for _, response in sorted(self.responses.items())]
        assert [self._hero(number) for number in range(self.total)] == [
            {name: hero[name] for name in ("name", "secret_name", "age")} for hero in made
        ]
        assert sorted(made, key=lambda hero: int(hero["id"])) == await self._stored()
        for number, response in self.responses.items():
            replayed_response = await self._post(number)
            assert (response.status_code, response.content) == (
                replayed_response.status_code,
                replayed_response.content,
            )
            assert "true" == replayed_response.headers[REPLAYED]

    async def _send_each(self, numbers: Iterator[int]) -> None:
        for number in numbers:
            self.responses[number] = await self._retry_until_response(number)
            async with self.progress:
                self.progress.notify_all()

    async def _retry_until_response(self, number: int) -> httpx2.Response:
        while True:
            with suppress(httpx2.TransportError):
                response = await self._post(number)
                if response.status_code not in RETRIED:
                    assert 200 == response.status_code, response.text
                    return response
            self.retries += 1

    async def _post(self, number: int) -> httpx2.Response:
        headers = {"Idempotency-Key": f"post-{number}"}
        return await self.client.post("/heroes/", json=self._hero(number), headers=headers)

    def _hero(self, number: int) -> dict[str, object]:
        return {"name": f"Hero {number}", "secret_name": f"Secret {number}", "age": number}

    async def _stored(self) -> list[dict[str, object]]:
        """Return all heroes, ordered by id."""
        heroes: list[dict[str, object]] = []
        for offset in count(0, 100):
            page = (await self.client.get(f"/heroes/?offset={offset}")).json()
            heroes += page
            if not page:
                break
        return heroes

    @property
    def replayed(self) -> int:
        """How many got the stored response of an earlier attempt whose response was lost."""
        return sum(REPLAYED in response.headers for response in self.responses.values())
