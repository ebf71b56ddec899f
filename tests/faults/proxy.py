"""A TCP proxy before a server: it stalls, cuts a connection at its COMMIT, counts, or tells all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Watcher = Callable[[bytes, int], Awaitable[None]]
"""Takes what a client is about to be heard saying, and the port that the server knows it by."""

CHUNK = 65_536
COMMIT = b"COMMIT"
"""What a driver says to commit, and what the server says when it has committed."""


class Cut(Enum):
    """When the proxy cuts a connection."""

    NEVER = auto()
    BEFORE_COMMIT = auto()
    """The server never reads the COMMIT."""

    AFTER_COMMIT = auto()
    """The server has carried out the COMMIT; its answer is never read."""


class Proxy:
    """Carries bytes both ways, as long as it is not told otherwise."""

    def __init__(self, port: int) -> None:
        self.cut = Cut.NEVER
        self.cuts = 0
        self.round_trips = 0
        """How often a client has said something after it was answered; right for one at a time."""

        self.watcher: Watcher | None = None
        self._port = port
        self._got_response = True
        self._flowing = asyncio.Event()
        self._flowing.set()

    def stall(self) -> None:
        """Let connections be, and carry nothing."""
        self._flowing.clear()

    def flow(self) -> None:
        """Carry what has come since, and what comes."""
        self._flowing.set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry the bytes of one connection, until one side or a cut ends it."""
        await self._flowing.wait()
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._port)
        ways = (
            asyncio.create_task(self._carry(reader, server_writer, Cut.BEFORE_COMMIT)),
            asyncio.create_task(self._carry(server_reader, writer, Cut.AFTER_COMMIT)),
        )
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            await _close(server_writer)

    async def _carry(
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
    """Stand before the server on the port, and give the address that leads through the proxy."""
    proxy = Proxy(port)
    async with listening(proxy.connected) as own:
        yield proxy, url.replace(f":{port}/", f":{own}/")


@asynccontextmanager
async def listening(connected: Handler) -> AsyncIterator[int]:
    """Take connections on a port of its own until the end, and give its number."""
    tasks = set()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await connected(reader, writer)
        finally:
            await _close(writer)

    def start(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(take(reader, writer)))

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
