"""A head is sent with its body. A write counts whole until its last byte is sent."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvloop

from entrypoints.server.written import MAX_JOINED, WrittenTransport

BODY = 1 << 20
HEAD = 100
STEP = 1024
"""Bytes that the peer reads at a time: less than what is left at the end."""

LEFT = 16 * 1024


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": uvloop.new_event_loop}


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.Transport, socket.socket]]:
    """Yield a transport, and its peer, which reads only what a test reads."""
    ours, peer = socket.socketpair()
    with peer:
        for end in (ours, peer):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            end.settimeout(0)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
        yield transport, peer
        transport.abort()


async def read_until(transport: asyncio.Transport, peer: socket.socket, left: int) -> None:
    """Read until at most this many bytes are in the transport's buffer."""
    while transport.get_write_buffer_size() > left:
        await asyncio.get_running_loop().sock_recv(peer, STEP)


class Response:
    """The state of a response, as uvicorn has it."""

    def __init__(self, *, response_started: bool) -> None:
        self.response_started = response_started


class Recording(asyncio.Transport):
    """A transport that sends everything at once, and remembers its writes."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.is_closed = False

    def write(self, data: Any) -> None:
        assert not self.is_closed
        self.writes.append(data)

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True


def responding() -> tuple[WrittenTransport, Recording]:
    """Return a transport on which a response has started."""
    transport = Recording()
    written = WrittenTransport(transport)
    written.expect_head(Response(response_started=True))
    return written, transport


async def test_a_head_and_its_body_are_one_write() -> None:
    written, transport = responding()

    written.write(b"head ")
    written.write(b"body ")
    written.write(b"rest")

    assert [b"head body ", b"rest"] == transport.writes


async def test_a_large_body_is_not_copied_behind_its_head() -> None:
    written, transport = responding()

    written.write(b"head")
    written.write(body := bytes(MAX_JOINED + 1))

    assert [b"head", body] == transport.writes


async def test_an_interim_response_does_not_wait() -> None:
    transport = Recording()
    written = WrittenTransport(transport)
    written.expect_head(response := Response(response_started=False))

    written.write(b"100 ")
    assert [b"100 "] == transport.writes

    response.response_started = True
    written.write(b"head ")
    written.write(b"body")
    assert [b"100 ", b"head body"] == transport.writes


async def test_a_head_without_a_body_is_written_before_the_connection_is_closed() -> None:
    written, transport = responding()
    written.write(b"head")

    written.close()

    assert [b"head"] == transport.writes
    assert transport.is_closed


async def test_a_buffer_that_is_empty_holds_nothing() -> None:
    async with connected() as (transport, peer):
        written = WrittenTransport(transport)
        written.write(bytes(BODY))

        await read_until(transport, peer, 0)

        assert 0 == written.held_bytes


async def test_a_write_that_is_partly_sent_is_held_whole() -> None:
    async with connected() as (transport, peer):
        written = WrittenTransport(transport)
        written.write(bytes(BODY))

        await read_until(transport, peer, LEFT)

        assert BODY == written.held_bytes


async def test_a_later_write_does_not_hide_an_earlier_one() -> None:
    async with connected() as (transport, peer):
        written = WrittenTransport(transport)
        written.write(bytes(BODY))
        await read_until(transport, peer, LEFT)

        written.write(bytes(HEAD))

        assert 0 < transport.get_write_buffer_size() <= LEFT + HEAD
        assert BODY + HEAD == written.held_bytes


async def test_writes_that_are_sent_whole_do_not_count() -> None:
    async with connected() as (transport, peer):
        written = WrittenTransport(transport)
        written.write(bytes(BODY))
        written.write(bytes(BODY))

        await read_until(transport, peer, BODY // 2)

        assert BODY == written.held_bytes
