"""Clients that each wait for a response before the next request (a closed loop)."""

import asyncio
import time

from tests.soak.open_loop import KeepAliveConnection, Outcome


class ClosedLoop:
    """``clients`` connections, each with one request at a time."""

    def __init__(self, address: tuple[str, int], request: bytes, clients: int) -> None:
        self._address = address
        self._request = request
        self._clients = clients
        self._end = 0.0
        self._open = 0
        self._is_over = asyncio.Event()
        self.outcomes: list[Outcome] = []

    async def run(self, seconds: float) -> "list[Outcome]":
        """Send requests for this time, and return what came back."""
        self._end = time.monotonic() + seconds
        self._open = self._clients
        loop = asyncio.get_running_loop()
        for _ in range(self._clients):
            _, connection = await loop.create_connection(
                lambda: KeepAliveConnection(self), *self._address
            )
            connection.send(self._request, time.monotonic())
        await self._is_over.wait()
        return self.outcomes

    def finish(self, connection: KeepAliveConnection, outcome: Outcome) -> None:
        """Count a response, and send the next request."""
        self.outcomes.append(outcome)
        if time.monotonic() < self._end:
            connection.send(self._request, time.monotonic())
        else:
            connection.close()

    def lose(self, _: KeepAliveConnection) -> None:
        """Count a connection that is closed."""
        self._open -= 1
        if not self._open:
            self._is_over.set()
