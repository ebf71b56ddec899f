"""Requests at a fixed rate, whether or not the server keeps up (an open loop).

A closed loop, in which each client waits for its response, slows down with the server, and so
cannot overload it. Here each request is due at a fixed time, and its latency counts from then
(Schroeder, Wierman and Harchol-Balter, "Open Versus Closed: A Cautionary Tale", NSDI 2006).
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import Protocol, Self, cast

MAX_CONNECTIONS = 4000
"""Maximum number of connections. If all are busy, a request waits, which its latency includes."""

RESPONSE_TIMEOUT = 60
"""Seconds within which the last responses must arrive."""

TICK = 0.002
"""Seconds between two checks for requests that are due."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The status of a response and its latency in seconds."""

    status: int
    latency: float
    due: float
    """The time at which the request was due, in seconds of ``time.monotonic``."""


class ConnectionObserver(Protocol):
    """What is called about the requests of a connection."""

    def finish(self, connection: "KeepAliveConnection", outcome: Outcome) -> None:
        """Called with each response."""

    def lose(self, connection: "KeepAliveConnection") -> None:
        """Called when the connection is closed."""


class KeepAliveConnection(asyncio.Protocol):
    """A keep-alive connection with one request at a time."""

    def __init__(self, loop: ConnectionObserver) -> None:
        self._loop = loop
        self._received = b""
        self._due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def send(self, request: bytes, due: float) -> None:
        """Send a request that was due at a time of ``time.monotonic``."""
        self._due = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) >= length:
            self._received = b""
            status = int(head[9:12])
            self._loop.finish(self, Outcome(status, time.monotonic() - self._due, self._due))

    def connection_lost(self, _: Exception | None) -> None:
        self._loop.lose(self)

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()


class OpenLoop:
    """Sends ``request`` to ``address`` at ``rate`` requests per second."""

    def __init__(self, address: tuple[str, int], request: bytes, rate: float) -> None:
        self._address = address
        self._request = request
        self._rate = rate
        self._free: deque[KeepAliveConnection] = deque()
        self._connections = 0
        self._waiting: deque[float] = deque()
        self._in_progress = 0
        self._idle = asyncio.Event()
        self._connecting: set[asyncio.Task[None]] = set()
        self.outcomes: list[Outcome] = []
        self.lost = 0
        """The number of requests whose connection was closed without a response."""

    async def run(self, seconds: float) -> Self:
        """Send requests for this time, and wait for the outstanding responses.

        Raises ``TimeoutError`` if they take longer than ``RESPONSE_TIMEOUT``.
        """
        started = time.monotonic()
        sent = 0
        while (now := time.monotonic() - started) < seconds:
            due = int(now * self._rate)
            for number in range(sent, due):
                self._send(started + number / self._rate)
            sent = max(sent, due)
            await asyncio.sleep(TICK)
        async with asyncio.timeout(RESPONSE_TIMEOUT):
            await self._idle.wait()
        for connection in self._free:
            connection.close()
        return self

    def finish(self, connection: KeepAliveConnection, outcome: Outcome) -> None:
        """Count a response."""
        self.outcomes.append(outcome)
        self._end_request()
        if self._waiting:
            self._send_on(connection, self._waiting.popleft())
        else:
            self._free.append(connection)

    def lose(self, connection: KeepAliveConnection) -> None:
        """Count a connection that the server has closed."""
        self._connections -= 1
        if connection in self._free:
            self._free.remove(connection)
        else:
            self._end_request()
            self.lost += 1

    def _end_request(self) -> None:
        self._in_progress -= 1
        if not self._in_progress and not self._waiting:
            self._idle.set()

    def _send(self, due: float) -> None:
        self._idle.clear()
        if self._free:
            self._send_on(self._free.pop(), due)
        elif self._connections < MAX_CONNECTIONS:
            self._connections += 1
            self._in_progress += 1
            task = asyncio.create_task(self._connect(due))
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)
        else:
            self._waiting.append(due)

    async def _connect(self, due: float) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(
                lambda: KeepAliveConnection(self), *self._address
            )
        except OSError:
            self._connections -= 1
            self._end_request()
            self.lost += 1
        else:
            connection.send(self._request, due)

    def _send_on(self, connection: KeepAliveConnection, due: float) -> None:
        self._in_progress += 1
        connection.send(self._request, due)
