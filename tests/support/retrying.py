"""Clients that repeat each POST with its idempotency key until it is answered."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

import httpx2

CLIENTS = 16
AGAIN = {httpx2.codes.CONFLICT, httpx2.codes.SERVICE_UNAVAILABLE}
"""What is no answer yet."""

REPLAYED = "Idempotency-Replayed"


@dataclass
class Posts:
    """So many posts of different heroes, and the answer that each got in the end."""

    client: httpx2.AsyncClient
    total: int
    answers: dict[int, httpx2.Response] = field(default_factory=dict)
    repeated: int = 0
    progress: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def send(self) -> None:
        """Send all of them, several at once."""
        numbers = iter(range(self.total))
        async with asyncio.TaskGroup() as clients:
            for _ in range(CLIENTS):
                clients.create_task(self._send_each(numbers))

    async def until_answered(self, number: int) -> None:
        """Wait for this many answers."""
        async with self.progress:
            await self.progress.wait_for(lambda: len(self.answers) >= number)

    async def assert_each_was_carried_out_once(self) -> None:
        """Check that there is a hero for each, and that each answer is the stored one."""
        made = [answer.json() for _, answer in sorted(self.answers.items())]
        assert [self._hero(number) for number in range(self.total)] == [
            {name: hero[name] for name in ("name", "secret_name", "age")} for hero in made
        ]
        assert sorted(made, key=lambda hero: int(hero["id"])) == await self._stored()
        for number, answer in self.answers.items():
            again = await self._post(number)
            assert (answer.status_code, answer.content) == (again.status_code, again.content)
            assert "true" == again.headers[REPLAYED]

    async def _send_each(self, numbers: Iterator[int]) -> None:
        for number in numbers:
            self.answers[number] = await self._until_answered(number)
            async with self.progress:
                self.progress.notify_all()

    async def _until_answered(self, number: int) -> httpx2.Response:
        while True:
            with suppress(httpx2.TransportError):
                answer = await self._post(number)
                if answer.status_code not in AGAIN:
                    assert 200 == answer.status_code, answer.text
                    return answer
            self.repeated += 1

    async def _post(self, number: int) -> httpx2.Response:
        headers = {"Idempotency-Key": f"post-{number}"}
        return await self.client.post("/heroes/", json=self._hero(number), headers=headers)

    def _hero(self, number: int) -> dict[str, object]:
        return {"name": f"Hero {number}", "secret_name": f"Secret {number}", "age": number}

    async def _stored(self) -> list[dict[str, object]]:
        """Return all heroes there are, by id."""
        heroes: list[dict[str, object]] = []
        for offset in count(0, 100):
            page = (await self.client.get(f"/heroes/?offset={offset}")).json()
            heroes += page
            if not page:
                break
        return heroes

    @property
    def replayed(self) -> int:
        """How many were answered with what an earlier attempt had done unheard."""
        return sum(REPLAYED in answer.headers for answer in self.answers.values())
