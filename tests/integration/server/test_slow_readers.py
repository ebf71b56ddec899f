"""Clients that do not read their responses: what waits for them, and for how long."""

import asyncio
from typing import Any, cast

import pytest
from starlette.types import ASGIApp, Message
from uvicorn.server import ServerState

from entrypoints.server.limits.unsent import UnsentResponses
from entrypoints.server.sending import DRAIN_TIMEOUT
from tests.integration.server.connecting import Connected, configure, connect
from tests.integration.server.test_connection import (
    START,
    Reading,
    advance,
    is_closed,
    opened,
    receive,
    settle,
)
from tests.integration.server.test_pipelining import Application, get
from tests.support.loops import SlowLoop

pytestmark = pytest.mark.canary

SIZE = 1 << 20
"""The size of a response, more than the buffers of a connection hold."""

SEND_TIMEOUT = 10.0
LONG = 1_000.0


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": SlowLoop}


def large_responses() -> Application:
    app = Application(SIZE)
    app.release()
    return app


def client_transport(connected: Connected) -> asyncio.Transport:
    return cast("asyncio.Transport", connected.writer.transport)


async def request_without_reading(connected: Connected) -> None:
    client_transport(connected).pause_reading()
    await receive(connected, get(0))


async def read_response(connected: Connected) -> None:
    client_transport(connected).resume_reading()
    await connected.reader.readuntil(b"\r\n\r\n")
    await connected.reader.readline()
    await settle()


async def test_a_client_that_does_not_read_is_disconnected_after_the_timeout() -> None:
    async with connect(large_responses(), send_timeout=SEND_TIMEOUT) as connected:
        await request_without_reading(connected)
        await advance(SEND_TIMEOUT - 1)
        assert not is_closed(connected)

        await advance(1.1)

        assert is_closed(connected)


async def test_the_timeout_ends_when_the_client_has_read_the_response() -> None:
    async with connect(large_responses(), send_timeout=SEND_TIMEOUT) as connected:
        await request_without_reading(connected)
        await advance(SEND_TIMEOUT - 1)
        await read_response(connected)

        await advance(2)

        assert not is_closed(connected)


async def test_a_stop_shortens_the_timeout() -> None:
    async with connect(large_responses(), send_timeout=LONG) as connected:
        await request_without_reading(connected)
        connected.protocol.shutdown()
        await advance(DRAIN_TIMEOUT - 0.1)
        assert not is_closed(connected) or connected.protocol.transport.get_write_buffer_size()

        await advance(0.2)

        assert is_closed(connected)
        assert 0 == connected.protocol.transport.get_write_buffer_size()


async def test_a_stop_shortens_the_timeout_though_another_request_is_arriving() -> None:
    app = Application(SIZE)
    async with connect(app, send_timeout=LONG, receive_timeout=LONG) as connected:
        client_transport(connected).pause_reading()
        await receive(connected, get(0) + b"GET /1 HT")
        app.release()
        await settle()
        connected.protocol.shutdown()

        await advance(DRAIN_TIMEOUT + 0.1)

        assert is_closed(connected)
        assert 0 == connected.protocol.transport.get_write_buffer_size()


async def test_the_application_receives_a_disconnect_though_requests_follow() -> None:
    part: Message = {"type": "http.response.body", "body": b"a" * SIZE, "more_body": True}
    start = {**START, "headers": [(b"content-length", b"%d" % (SIZE + 1))]}
    app = Reading(start, part)
    async with connect(app, send_timeout=SEND_TIMEOUT) as connected:
        client_transport(connected).pause_reading()
        await receive(connected, get(0) + get(1))

        await advance(SEND_TIMEOUT + 1)

        assert "http.disconnect" == app.received[-1]


async def test_a_request_waits_as_bytes_until_the_response_before_it_is_read() -> None:
    app = large_responses()
    async with connect(app) as connected:
        await request_without_reading(connected)
        await receive(connected, get(1))
        assert ["/0"] == app.started
        assert not connected.protocol.transport.is_reading()

        await read_response(connected)

        assert ["/0", "/1"] == app.started


async def test_responses_that_are_not_read_are_limited_in_all() -> None:
    async with opened_with_limit(large_responses(), SIZE // 2) as connected:
        await request_without_reading(connected)

        assert is_closed(connected)


@pytest.mark.parametrize("is_read", [True, False], ids=["read", "closed"])
async def test_a_response_that_is_no_longer_buffered_does_not_count(
    caplog: pytest.LogCaptureFixture, *, is_read: bool
) -> None:
    config, state = configure(large_responses()), ServerState()
    config.unsent = UnsentResponses(SIZE + SIZE // 2)
    async with opened(config, state) as first, opened(config, state) as second:
        await request_without_reading(first)
        if is_read:
            await read_response(first)
        else:
            first.protocol.transport.abort()
            await settle()

        await request_without_reading(second)

        assert not is_closed(second)
        assert is_read is not is_closed(first)
        assert [] == caplog.messages


def opened_with_limit(app: ASGIApp, max_bytes: int) -> Any:
    """Open a connection of a process that buffers at most this many bytes."""
    config = configure(app)
    config.unsent = UnsentResponses(max_bytes)
    return opened(config, ServerState())
