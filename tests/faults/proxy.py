"""A TCP proxy that stalls, cuts connections at COMMIT, counts round trips, and calls a watcher."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Watcher = Callable[[bytes, int], Awaitable[None]]
"""Called with the bytes a client sends, and the client's port as the server sees it."""

CHUNK = 65_536
COMMIT = b"COMMIT"
"""Sent by the driver to commit, and by the server after the commit."""


class Cut(Enum):
    """When the proxy cuts a connection."""

    NEVER = auto()
    BEFORE_COMMIT = auto()
    """The server never receives the COMMIT."""

    AFTER_COMMIT = auto()
    """The server has executed the COMMIT; the client never receives the response."""


class Proxy:
    """Forwards bytes in both directions, unless it is stalled or set to cut."""

    def __init__(self, port: int) -> None:
        self.cut = Cut.NEVER
        self.cuts = 0
        self.round_trips = 0
        """How often a client sent data after a response; correct for one connection at a time."""

        self.watcher: Watcher | None = None
        self._port = port
        self._got_response = True
        self._flowing = asyncio.Event()
        self._flowing.set()

    def stall(self) -> None:
        """Keep connections open, but forward nothing."""
        self._flowing.clear()

    def resume(self) -> None:
        """Forward buffered and new bytes."""
        self._flowing.set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward the bytes of one connection, until one side closes it or it is cut."""
        await self._flowing.wait()
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._port)
        directions = (
            asyncio.create_task(self._forward(reader, server_writer, Cut.BEFORE_COMMIT)),
            asyncio.create_task(self._forward(server_reader, writer, Cut.AFTER_COMMIT)),
        )
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in directions:
                direction.cancel()
            await asyncio.gather(*directions, return_exceptions=True)
            await _close(server_writer)

    async def _forward(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, cut: Cut
    ) -> None:
        while data := await source.read(CHUNK):
            await self._flowing.wait()
            self._count(is_response=cut is Cut.AFTER_COMMIT)
            if self.watcher is not None and cut is Cut.BEFORE_COMMIT:
                await self.watcher(data, target.get_extra_info("sockname")[1])
            if self.cut is cut and COMMIT in data:
                self.cuts += 1
                return
            target.write(data)
            await target.drain()

    def _count(self, *, is_response: bool) -> None:
        self.round_trips += self._got_response and not is_response
        self._got_response = is_response


@asynccontextmanager
async def proxied(url: str, port: int) -> AsyncIterator[tuple[Proxy, str]]:
    """Run a proxy in front of the server on the port, and yield the URL through it."""
    proxy = Proxy(port)
    async with listening(proxy.connected) as proxy_port:
        yield proxy, url.replace(f":{port}/", f":{proxy_port}/")


@asynccontextmanager
async def listening(connected: Handler) -> AsyncIterator[int]:
    """Accept connections on a free port until the end of the block, and yield the port."""
    tasks = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await connected(reader, writer)
        finally:
            await _close(writer)

    def start(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(handle(reader, writer)))

    listener = await asyncio.start_server(start, "127.0.0.1")
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
