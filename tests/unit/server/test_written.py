"""A write counts whole until its last byte is sent."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvloop

from entrypoints.server.written import WrittenTransport

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
