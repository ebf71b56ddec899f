"""A TCP proxy in front of the service that cuts connections at random moments."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from random import Random

from tests.faults.proxy import listening

LONGEST = 0.02
"""Maximum seconds until a connection is cut during a request."""


class Moment(Enum):
    """When a connection is cut."""

    NEVER = auto()
    BEFORE = auto()
    """The service receives a part of the request."""

    DURING = auto()
    """The service receives the whole request; the client disconnects before the response."""

    AFTER = auto()
    """The service has responded; the client receives a part of the response."""


class Cutter:
    """Forwards one request per connection, and cuts the connection at random."""

    def __init__(self, seed: int) -> None:
        self.cuts: Counter[Moment] = Counter()
        self._random = Random(seed)  # noqa: S311 - not secret
        self._address: tuple[str, int] | None = None
        self._up = asyncio.Event()

    def forward_to(self, address: tuple[str, int]) -> None:
        """Forward requests to this host and port from now on."""
        self._address = address
        self._up.set()

    def hold(self) -> None:
        """Let new requests wait until ``forward_to`` is called."""
        self._up.clear()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward a request and its response, or cut the connection."""
        with suppress(OSError, asyncio.IncompleteReadError):
            request = await _read_message(reader)
            await self._up.wait()
            assert self._address is not None
            service, to_service = await asyncio.open_connection(*self._address)
            try:
                writer.write(await self._forward(request, service, to_service))
                await writer.drain()
            finally:
                to_service.close()

    async def _forward(
        self, request: bytes, service: asyncio.StreamReader, to_service: asyncio.StreamWriter
    ) -> bytes:
        """Return what the client receives."""
        moment = self._random.choice(list(Moment))
        self.cuts[moment] += 1
        received = self._part(request) if moment is Moment.BEFORE else request
        to_service.write(received)
        await to_service.drain()
        if moment is Moment.BEFORE:
            return b""
        if moment is Moment.DURING:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._random.uniform(0, LONGEST)):
                    await _read_message(service)
            return b""
        response = await _read_message(service)
        return self._part(response) if moment is Moment.AFTER else response

    def _part(self, message: bytes) -> bytes:
        return message[: self._random.randrange(len(message))]


@asynccontextmanager
async def cutting(seed: int) -> AsyncIterator[tuple[Cutter, str]]:
    """Run a proxy whose target is set later, and yield its URL."""
    cutter = Cutter(seed)
    async with listening(cutter.connected) as port:
        yield cutter, f"http://127.0.0.1:{port}"


async def _read_message(reader: asyncio.StreamReader) -> bytes:
    """Read a whole request or response with Content-Length."""
    head = await reader.readuntil(b"\r\n\r\n")
    _, _, length = head.lower().partition(b"content-length: ")
    return head + await reader.readexactly(int(length.partition(b"\r\n")[0] or 0))
