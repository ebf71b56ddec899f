"""Attacks on the edge of the server, each repeated with a pause until it is cancelled.

They run in a process of their own, so that they do not slow down the ordinary clients.
"""

import asyncio
import itertools
import re
import socket
import struct
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from tests.e2e.hostile.bodies import BODIES
from tests.e2e.hostile.raw_bytes import MALFORMED, TRUNCATED
from tests.e2e.hostile.requests import HEADERS, METHODS, TARGETS
from tests.e2e.raw_http import JSON, posted, request

Address = tuple[str, int]
Attack = Callable[[Address, Counter[int]], Awaitable[None]]

TIMEOUT = 5.0
"""Seconds that an attacker waits for a response."""

SMALLEST_BUFFER = 1
"""Size in bytes of a receive buffer. The kernel raises it to its minimum."""

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")

SLOW_REQUESTS = [
    request(b"/heroes/", b"Prefer: a=" + b" " * 60_000 + b"@"),
    request(b"/heroes/", b"Accept: " + b"a/b;" * 15_000),
    request(b"/heroes/1", b"If-None-Match: " + b'"' * 60_000),
    request(b"/heroes/?" + b"__=&" * 4_000),
    request(b"/heroes/?cursor=" + b"A" * 16_000),
    posted(b'{"name":"' + b" " * 60_000 + b'","secret_name":"x"}'),
    posted(b"[" * 60_000),
    posted(b'{"name":"x"}', b"Idempotency-Key: " + b'"\\' * 10_000),
    request(b"/heroes/", JSON, b"Content-Length: " + b"0" * 4_301, method=b"POST"),
]
LARGE_HEADS = [
    request(b"/" + b"x" * 1_000_000),
    request(b"/heroes/", b"X: " + b"x" * 1_000_000),
    request(b"/heroes/", *[b"X: y"] * 32_000),
]
CATALOGUE = [*BODIES.values(), *MALFORMED.values(), *TARGETS.values(), *HEADERS.values()]
CATALOGUE += [*METHODS.values(), *TRUNCATED.values()]


async def exchange(address: Address, sent: bytes, statuses: Counter[int]) -> None:
    """Send the bytes, half-close, and count the statuses that come back.

    Raises ``OSError`` and ``TimeoutError``.
    """
    async with asyncio.timeout(TIMEOUT):
        reader, writer = await asyncio.open_connection(*address)
        try:
            writer.write(sent)
            writer.write_eof()
            received = await reader.read()
        finally:
            writer.close()
    statuses.update(int(status) for status in STATUS.findall(received))


def repeat(requests: Sequence[bytes], pause: float) -> Attack:
    """Return an attack that sends the requests in turn, on new connections."""

    async def attack(address: Address, statuses: Counter[int]) -> None:
        for sent in itertools.cycle(requests):
            with suppress(OSError, TimeoutError):
                await exchange(address, sent, statuses)
            await asyncio.sleep(pause)

    return attack


def read_nothing(connections: int) -> Attack:
    """Return an attack of connections that send requests for pages and never read."""

    async def one(address: Address) -> None:
        while True:
            with suppress(OSError):
                connection = socket.socket()
                connection.setblocking(False)  # noqa: FBT003 - positional only
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST_BUFFER)
                await asyncio.get_running_loop().sock_connect(connection, address)
                connection.send(request(b"/heroes/") * 100)
                await asyncio.sleep(20)
                connection.close()

    async def attack(address: Address, _: Counter[int]) -> None:
        await asyncio.gather(*(one(address) for _each in range(connections)))

    return attack


def send_slowly(connections: int) -> Attack:
    """Return an attack of connections that send heads of many fields, a field at a time."""

    async def one(address: Address) -> None:
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection(*address)
                writer.write(b"GET /heroes/ HTTP/1.1\r\n")
                while not writer.transport.is_closing():
                    writer.write(b"X: y\r\n")
                    await writer.drain()
                    await asyncio.sleep(0.5)
            await asyncio.sleep(0.5)

    async def attack(address: Address, _: Counter[int]) -> None:
        await asyncio.gather(*(one(address) for _each in range(connections)))

    return attack


async def hang_up(address: Address, _statuses: Counter[int]) -> None:
    """Send pipelined requests, and reset the connection."""
    sent = (posted(b'{"name":"hung up","secret_name":"x"}') + request()) * 10
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(*address)
            writer.write(sent)
            await asyncio.sleep(0.005)
            reset = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            writer.transport.abort()
        await asyncio.sleep(0.05)


async def open_connections(address: Address, _statuses: Counter[int]) -> None:
    """Open a few hundred connections and leave them idle."""
    while True:
        writers = []
        for _ in range(300):
            with suppress(OSError):
                writers.append((await asyncio.open_connection(*address))[1])
            await asyncio.sleep(0.005)
        await asyncio.sleep(5)
        for writer in writers:
            writer.close()


ATTACKS: tuple[Attack, ...] = (
    repeat(SLOW_REQUESTS, 0.05),
    repeat(LARGE_HEADS, 0.5),
    repeat(CATALOGUE, 0.02),
    read_nothing(50),
    send_slowly(100),
    hang_up,
    open_connections,
)


async def attack_until_cancelled(address: Address, statuses: Counter[int]) -> None:
    """Run all attacks at once."""
    await asyncio.gather(*(attack(address, statuses) for attack in ATTACKS))


async def main(host: str, port: str, seconds: str) -> None:
    """Attack for this time, and print each status with its number."""
    statuses: Counter[int] = Counter()
    with suppress(TimeoutError):
        async with asyncio.timeout(float(seconds)):
            await attack_until_cancelled((host, int(port)), statuses)
    for status, number in sorted(statuses.items()):
        sys.stdout.write(f"{status} {number}\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
