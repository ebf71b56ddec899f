"""The requests and connections of clients during a stop."""

import asyncio
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from entrypoints.server.sending import DRAIN_TIMEOUT
from tests.integration.server.connecting import Connected, connect
from tests.support.loops import SLOWER, SlowLoop, the_loop
from tests.support.served import LIMIT

pytestmark = pytest.mark.canary

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n"
CLOSE = b"connection: close"

TICKS = 10
"""Ticks of the event loop after which nothing happens any more."""


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": SlowLoop}


async def respond(_: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


def announce_stop(connected: Connected) -> None:
    """Do what the server does at a stop signal."""
    connected.protocol.config.stop.set()  # type: ignore[attr-defined]
    connected.protocol.announce_close()


async def read_to_end(connected: Connected) -> bytes:
    """Read until the server closes the connection."""
    async with asyncio.timeout(LIMIT / SLOWER):
        return await connected.reader.read()


async def advance(seconds: float) -> None:
    the_loop().advance_clock(seconds)
    for _ in range(TICKS):
        await asyncio.sleep(0)


@pytest.mark.parametrize("sent", [GET, POST + b"{}"])
async def test_after_the_signal_a_response_closes_its_connection(sent: bytes) -> None:
    async with connect(respond) as connected:
        announce_stop(connected)

        connected.protocol.data_received(sent)

        assert 1 == (await read_to_end(connected)).count(CLOSE)


async def test_a_connection_that_is_idle_at_the_signal_serves_one_more_request() -> None:
    async with connect(respond) as connected:
        connected.protocol.data_received(GET)
        assert CLOSE not in await connected.reader.readuntil(b"\r\n\r\n")
        announce_stop(connected)
        assert not connected.protocol.transport.is_closing()

        connected.protocol.data_received(GET)

        assert CLOSE in await read_to_end(connected)


async def test_a_request_in_progress_at_the_signal_closes_its_connection() -> None:
    async with connect(respond) as connected:
        connected.protocol.data_received(POST + b"{")
        await advance(0)
        announce_stop(connected)

        connected.protocol.data_received(b"}")

        assert CLOSE in await read_to_end(connected)


@pytest.mark.parametrize("requests", [2, 3, 5])
async def test_pipelined_requests_are_all_served_and_the_last_one_closes(requests: int) -> None:
    async with connect(respond) as connected:
        announce_stop(connected)

        connected.protocol.data_received((POST + b"{}") * requests)
        received = await read_to_end(connected)

    heads = received.split(b"\r\n\r\n")[:-1]
    assert [False] * (requests - 1) + [True] == [CLOSE in head for head in heads]


async def test_a_request_on_a_new_connection_is_served_after_the_shutdown() -> None:
    async with connect(respond) as connected:
        announce_stop(connected)
        connected.protocol.shutdown()
        await advance(DRAIN_TIMEOUT / 2)

        connected.protocol.data_received(GET)

        assert (await read_to_end(connected)).startswith(b"HTTP/1.1 204 ")


async def test_a_request_that_is_arriving_is_served_after_the_shutdown() -> None:
    async with connect(respond) as connected:
        connected.protocol.data_received(GET)
        await connected.reader.readuntil(b"\r\n\r\n")
        announce_stop(connected)
        connected.protocol.data_received(GET[:10])
        connected.protocol.shutdown()

        connected.protocol.data_received(GET[10:])

        assert CLOSE in await read_to_end(connected)


async def test_a_new_connection_without_a_request_is_closed_without_a_response() -> None:
    async with connect(respond) as connected:
        connected.protocol.shutdown()
        await advance(DRAIN_TIMEOUT - 0.1)
        assert not connected.protocol.transport.is_closing()

        await advance(0.2)

        assert b"" == await read_to_end(connected)


@pytest.mark.parametrize("sent", [GET[:10], POST, POST + b"{"])
async def test_an_unfinished_request_does_not_delay_the_stop(sent: bytes) -> None:
    async with connect(respond) as connected:
        connected.protocol.data_received(sent)
        await advance(0)
        announce_stop(connected)
        connected.protocol.shutdown()

        await advance(DRAIN_TIMEOUT + 0.1)

        assert (await read_to_end(connected)).startswith(b"HTTP/1.1 400 ")


async def test_an_idle_connection_is_closed_by_the_shutdown() -> None:
    async with connect(respond) as connected:
        connected.protocol.data_received(GET)
        await connected.reader.readuntil(b"\r\n\r\n")

        connected.protocol.shutdown()

        assert b"" == await read_to_end(connected)
