"""A TCP proxy before the service, which cuts connections at random moments."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from random import Random

from tests.faults.proxy import listening

LONGEST = 0.02
"""Seconds after which a connection is cut that is to be cut during a request, at the latest."""


class Moment(Enum):
    """When a connection is cut."""

    NEVER = auto()
    BEFORE = auto()
    """The service hears a part of the request."""

    DURING = auto()
    """The service hears all of the request; whatever it has done then, nobody waits for it."""

    AFTER = auto()
    """The service has answered; the client hears a part of that."""


class Cutter:
    """Carries one request of each connection to where the service answers, or does not."""

    def __init__(self, seed: int) -> None:
        self.cuts: Counter[Moment] = Counter()
        self._random = Random(seed)  # noqa: S311 - nothing to be kept secret
        self._address: tuple[str, int] | None = None
        self._up = asyncio.Event()

    def lead_to(self, address: tuple[str, int]) -> None:
        """Carry requests to this host and port from now on."""
        self._address = address
        self._up.set()

    def hold(self) -> None:
        """Let new requests wait until there is a service again."""
        self._up.clear()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry a request and its answer, if the dice have it so."""
        with suppress(OSError, asyncio.IncompleteReadError):
            request = await _message(reader)
            await self._up.wait()
            assert self._address is not None
            service, to_service = await asyncio.open_connection(*self._address)
            try:
                writer.write(await self._carried(request, service, to_service))
                await writer.drain()
            finally:
                to_service.close()

    async def _carried(
        self, request: bytes, service: asyncio.StreamReader, to_service: asyncio.StreamWriter
    ) -> bytes:
        """Return what the client gets to hear."""
        moment = self._random.choice(list(Moment))
        self.cuts[moment] += 1
        heard = self._part(request) if moment is Moment.BEFORE else request
        to_service.write(heard)
        await to_service.drain()
        if moment is Moment.BEFORE:
            return b""
        if moment is Moment.DURING:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._random.uniform(0, LONGEST)):
                    await _message(service)
            return b""
        response = await _message(service)
        return self._part(response) if moment is Moment.AFTER else response

    def _part(self, message: bytes) -> bytes:
        return message[: self._random.randrange(len(message))]


@asynccontextmanager
async def cutting(seed: int) -> AsyncIterator[tuple[Cutter, str]]:
    """Stand before a service still to be named, and give the address that leads through."""
    cutter = Cutter(seed)
    async with listening(cutter.connected) as port:
        yield cutter, f"http://127.0.0.1:{port}"


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Return a whole request or answer, whose length its head tells."""
    head = await reader.readuntil(b"\r\n\r\n")
    _, _, length = head.lower().partition(b"content-length: ")
    return head + await reader.readexactly(int(length.partition(b"\r\n")[0] or 0))
