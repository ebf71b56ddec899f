"""A connection: its timers, what is refused on it, and what happens when either side closes it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.server import ServerState

from entrypoints.server.config import ServerConfig
from entrypoints.server.protocol import BoundedProtocol
from entrypoints.server.sending import DRAIN_TIMEOUT
from tests.integration.server.connecting import MAX_LINE, Connected, configure, connect
from tests.integration.server.test_pipelining import KEEP_ALIVE, Application, get, read_paths
from tests.support.loops import SLOWER, SlowLoop, the_loop
from tests.support.served import LIMIT

pytestmark = pytest.mark.canary

RECEIVE_TIMEOUT = 30.0
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
MALFORMED = b"x\r\n"


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": SlowLoop}


class Reading:
    """An application that receives messages for ever, and may respond before."""

    def __init__(self, *sent: Message) -> None:
        self.received: list[str] = []
        self._sent = sent

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        for message in self._sent:
            await send(message)
        while "http.disconnect" not in self.received:
            self.received.append((await receive())["type"])


START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-length", b"2")],
}
PART: Message = {"type": "http.response.body", "body": b"a", "more_body": True}
REST: Message = {"type": "http.response.body", "body": b"b"}


def is_closed(connected: Connected) -> bool:
    """Return whether the server has closed the connection, or is closing it."""
    return connected.protocol.transport.is_closing()


async def receive(connected: Connected, data: bytes) -> None:
    """Let the server receive bytes, and react."""
    connected.protocol.data_received(data)
    await settle()


async def advance(seconds: float) -> None:
    """Advance the clock, and let the timers expire."""
    the_loop().advance_clock(seconds)
    await settle()


async def settle() -> None:
    """Run the event loop until nothing is left to do: no task takes this many ticks."""
    for _ in range(50):
        await asyncio.sleep(0)


async def read_to_end(connected: Connected) -> bytes:
    """Read what the server has sent on a connection that it closes for sending."""
    async with asyncio.timeout(LIMIT / SLOWER):
        return await connected.reader.read()


def statuses(sent: bytes) -> list[int]:
    return [int(part[:3]) for part in sent.split(b"HTTP/1.1 ")[1:]]


# The time for a request.


async def test_the_time_for_each_request_of_a_connection_is_limited() -> None:
    app = Application()
    app.release()
    async with connect(app, receive_timeout=RECEIVE_TIMEOUT) as connected:
        await receive(connected, get(0))
        await receive(connected, get(1)[:5])
        await advance(RECEIVE_TIMEOUT + 1)

        assert [200, 400] == statuses(await read_to_end(connected))


async def test_the_time_for_a_request_does_not_begin_again_with_each_byte() -> None:
    async with connect(Application(), receive_timeout=RECEIVE_TIMEOUT) as connected:
        for position in range(3):
            await receive(connected, get(0)[position : position + 1])
            await advance(RECEIVE_TIMEOUT / 2)

        assert [400] == statuses(await read_to_end(connected))


async def test_the_time_for_a_request_ends_with_its_last_byte() -> None:
    app = Application()
    async with connect(app, receive_timeout=RECEIVE_TIMEOUT) as connected:
        for part in (get(0)[:5], get(0)[5:]):
            await receive(connected, part)
        await advance(RECEIVE_TIMEOUT + 1)
        app.release()

        assert ["/0"] == await read_paths(connected, 1)
        assert not is_closed(connected)


async def test_the_time_for_the_rest_of_a_body_after_its_response_is_short() -> None:
    async with connect(Reading(START, PART, REST)) as connected:
        await receive(connected, POST)
        assert not is_closed(connected)

        await advance(DRAIN_TIMEOUT + 0.1)

        assert is_closed(connected)
        assert [200] == statuses(await read_to_end(connected))


async def test_a_body_that_arrives_after_its_response_is_followed_by_the_keep_alive_time() -> None:
    async with connect(Reading(START, PART, REST)) as connected:
        await receive(connected, POST)
        await receive(connected, b"0123456789")
        await advance(KEEP_ALIVE - 1)
        assert not is_closed(connected)

        await advance(1.1)

        assert is_closed(connected)


async def test_a_stop_shortens_the_time_for_a_request() -> None:
    async with connect(Application(), receive_timeout=RECEIVE_TIMEOUT) as connected:
        await receive(connected, POST)
        connected.protocol.shutdown()

        await advance(DRAIN_TIMEOUT + 0.1)

        assert [400] == statuses(await read_to_end(connected))


# Refusals.


async def test_nothing_is_parsed_after_a_refusal() -> None:
    app = Application()
    async with connect(app) as connected:
        await receive(connected, MALFORMED + get(0))
        await receive(connected, get(1))

        assert [400] == statuses(await read_to_end(connected))
        assert [] == app.started


@pytest.mark.parametrize(
    ("requests", "responses"), [(1, [200]), (2, [200, 200, 400])], ids=["in progress", "before it"]
)
async def test_the_requests_before_a_refused_one_get_their_responses(
    requests: int, responses: list[int]
) -> None:
    """The refusal itself needs no response if the client sent it before it got another one."""
    app = Application()
    async with connect(app) as connected:
        await receive(connected, b"".join(map(get, range(requests))) + MALFORMED)
        assert ["/0"] == app.started
        app.release()

        assert responses == statuses(await read_to_end(connected))


async def test_a_refusal_does_not_follow_the_beginning_of_a_response() -> None:
    async with connect(Reading(START, PART)) as connected:
        await receive(connected, CHUNKED)
        await receive(connected, MALFORMED)

        assert is_closed(connected)
        assert [200] == statuses(await read_to_end(connected))


async def test_the_application_of_a_refused_request_receives_a_disconnect() -> None:
    app = Reading()
    async with connect(app) as connected:
        await receive(connected, CHUNKED)
        await receive(connected, MALFORMED)

        assert "http.disconnect" == app.received[-1]
        assert [400] == statuses(await read_to_end(connected))


async def test_a_client_that_sends_on_after_a_refusal_is_disconnected() -> None:
    async with connect(Application()) as connected:
        await receive(connected, MALFORMED)
        await advance(DRAIN_TIMEOUT - 0.1)
        connected.writer.write(get(0))
        await settle()
        assert not is_closed(connected), "closing would reset the connection"

        await advance(0.2)

        assert is_closed(connected)


# A client that closes the connection.


async def test_a_half_closed_connection_gets_all_responses_and_is_closed() -> None:
    app = Application()
    async with connect(app) as connected:
        await receive(connected, get(0) + get(1) + get(2))
        connected.writer.write_eof()
        await settle()
        app.release()

        assert [200, 200, 200] == statuses(await read_to_end(connected))
        assert is_closed(connected)


async def test_a_half_closed_connection_with_part_of_a_request_is_closed_after_the_others() -> None:
    app = Application()
    async with connect(app) as connected:
        await receive(connected, get(0) + get(1) + get(2)[:5])
        connected.writer.write_eof()
        await settle()
        app.release()

        assert [200, 200] == statuses(await read_to_end(connected))
        assert is_closed(connected)


async def test_a_queued_request_is_not_started_if_its_client_is_disconnected() -> None:
    app = Application()
    limits = {"concurrency": 1, "max_pending": 2}
    async with connected_several(app, 4, **limits) as (first, second, third, fourth):
        for number, each in enumerate((first, second, third, fourth)):
            each.protocol.data_received(get(number))  # the fourth is one too many: an overload
        await settle()
        assert ["/0", "/1"] == app.started, "at most twice the limit during an overload"

        third.protocol.transport.abort()
        await settle()
        app.release()
        await read_paths(first, 1)
        await read_paths(second, 1)
        await settle()

        assert ["/0", "/1"] == app.started


# The limit on connections.


async def test_a_connection_beyond_the_limit_is_refused_until_another_one_ends() -> None:
    app = Application()
    app.release()
    async with connected_several(app, 3, max_connections=1) as (first, second, third):
        for each in (second, third):
            await receive(each, get(0))
            assert [503] == statuses(await read_to_end(each))
        assert [] == app.started

        await receive(first, get(1))
        assert ["/1"] == await read_paths(first, 1)


async def test_a_connection_that_has_ended_makes_room_for_another_one() -> None:
    app = Application()
    app.release()
    config, state = configure(app, max_connections=1), ServerState()
    for number in range(3):
        async with opened(config, state) as connected:
            await receive(connected, get(number))
            assert [f"/{number}"] == await read_paths(connected, 1)


@asynccontextmanager
async def connected_several(
    app: ASGIApp, number: int, **changes: Any
) -> AsyncIterator[list[Connected]]:
    """Open several connections of one process, one after the other."""
    config, state = configure(app, **changes), ServerState()
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(opened(config, state)) for _ in range(number)]


@asynccontextmanager
async def opened(config: ServerConfig, state: ServerState) -> AsyncIterator[Connected]:
    """Open a connection of a process."""
    ours, theirs = socket.socketpair()
    loop = asyncio.get_running_loop()
    _, protocol = await loop.create_connection(
        lambda: BoundedProtocol(config, state, {}), sock=ours
    )
    reader, writer = await asyncio.open_connection(sock=theirs, limit=MAX_LINE)
    try:
        yield Connected(protocol, reader, writer)
    finally:
        protocol.transport.abort()
        writer.close()
        await settle()
