"""Ordinary clients: each creates, reads, updates and lists heroes, one request after the other."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.support.connection import Connection

CLIENTS = 16


@dataclass
class Record:
    """What ordinary clients have seen."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    acknowledged: dict[int, dict[str, Any]] = field(default_factory=dict)
    """The last acknowledged state of each hero, by id."""

    lost: int = 0
    """The number of connections that the server closed."""

    def p99(self) -> float:
        """Return the p99 latency in seconds."""
        return sorted(self.latencies)[len(self.latencies) * 99 // 100]


async def run_clients(address: tuple[str, int], record: Record, seconds: float) -> None:
    """Run all clients for this time."""
    end = time.monotonic() + seconds
    async with asyncio.TaskGroup() as clients:
        for number in range(CLIENTS):
            clients.create_task(_Client(address, record, f"client {number}").run(end))


class _Client:
    def __init__(self, address: tuple[str, int], record: Record, name: str) -> None:
        self._address = address
        self._record = record
        self._name = name

    async def run(self, end: float) -> None:
        connection = await Connection.open(self._address)
        while time.monotonic() < end:
            try:
                await self._use(connection)
            except (ConnectionError, asyncio.IncompleteReadError):
                self._record.lost += 1
                connection = await Connection.open(self._address)
        await connection.close()

    async def _use(self, connection: Connection) -> None:
        body = {"name": self._name, "secret_name": "x", "age": 1}
        status, hero = await self._request(connection, "POST", "/heroes/", body)
        if status != 200:
            return
        self._record.acknowledged[hero["id"]] = hero
        path = f"/heroes/{hero['id']}"
        for age in (2, 3):
            await self._request(connection, "GET", path)
            await self._request(connection, "GET", path)
            # until the change is acknowledged, either state may be stored
            self._record.acknowledged.pop(hero["id"], None)
            status, changed = await self._request(connection, "PATCH", path, {"age": age})
            if status == 200:
                self._record.acknowledged[hero["id"]] = changed
            await self._request(connection, "GET", "/heroes/?limit=10")

    async def _request(
        self, connection: Connection, method: str, path: str, body: object = None
    ) -> tuple[int, Any]:
        started = time.perf_counter()
        status, content = await connection.request(method, path, body)
        self._record.latencies.append(time.perf_counter() - started)
        self._record.statuses[status] += 1
        return status, content
