"""A refused connection is closed in time, and its response is what the request allows."""

import asyncio
from typing import Any, cast

import pytest
from anyio import wait_all_tasks_blocked
from starlette.types import Receive, Scope, Send

from entrypoints.server.sending import DRAIN_TIMEOUT
from tests.integration.server.connecting import connect
from tests.support.loops import SlowLoop, the_loop

pytestmark = pytest.mark.canary

NO_HOST = b"GET /%b HTTP/1.1\r\nHost: a b\r\n\r\n"
LARGE_REFUSAL = NO_HOST % (b'"' * 16_000)
"""Its response is three times as large, because it contains the encoded path."""

EXPECTING = (
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": SlowLoop}


async def respond(_: Scope, _receive: Receive, send: Send) -> None:
    """Respond without asking for the body."""
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body"})


async def receive_and_respond(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await respond(scope, receive, send)


async def advance(seconds: float) -> None:
    the_loop().advance_clock(seconds)
    await asyncio.sleep(0)
    await wait_all_tasks_blocked()


@pytest.mark.parametrize("sent", [NO_HOST % b"", LARGE_REFUSAL], ids=["small", "large"])
async def test_a_client_that_reads_a_refusal_and_stays_is_disconnected(sent: bytes) -> None:
    async with connect(respond) as connected:
        transport = cast("asyncio.Transport", connected.writer.transport)
        transport.pause_reading()
        connected.protocol.data_received(sent)
        await wait_all_tasks_blocked()

        transport.resume_reading()
        assert (await connected.reader.read()).startswith(b"HTTP/1.1 400 ")
        assert not connected.protocol.transport.is_closing()
        await advance(DRAIN_TIMEOUT)

        assert connected.protocol.transport.is_closing()


async def test_a_refusal_of_head_has_no_body() -> None:
    async with connect(respond) as connected:
        connected.protocol.data_received(b"HEAD / HTTP/1.1\r\nHost: a b\r\n\r\n")

        received = await connected.reader.read()

    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.endswith(b"\r\n\r\n")


async def test_a_response_instead_of_100_closes_the_connection() -> None:
    async with connect(respond) as connected:
        connected.protocol.data_received(EXPECTING)

        received = await connected.reader.read()

    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close\r\n" in received


async def test_a_response_after_100_does_not_close_the_connection() -> None:
    async with connect(receive_and_respond) as connected:
        connected.protocol.data_received(EXPECTING)
        continued = await connected.reader.readuntil(b"\r\n\r\n")
        connected.protocol.data_received(b"{}")
        received = await connected.reader.readuntil(b"\r\n\r\n")

    assert continued.startswith(b"HTTP/1.1 100 ")
    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" not in received
