"""Pipelined requests: one is executed, one is parsed ahead, the others remain bytes."""

import asyncio
from typing import Any, cast

import pytest
from anyio import wait_all_tasks_blocked
from starlette.types import Receive, Scope, Send

from entrypoints.server.sending import DRAIN_TIMEOUT
from tests.integration.server.connecting import Connected, connect
from tests.support.loops import SLOWER, SlowLoop, the_loop
from tests.support.served import LIMIT

pytestmark = pytest.mark.canary

REQUESTS = 200
KEEP_ALIVE = 5
"""uvicorn's keep-alive timeout in seconds."""


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": SlowLoop}


class Application:
    """Responds with a line, the path of a request, when ``release`` has been called.

    ``size`` is the minimum size of the line in bytes.
    """

    def __init__(self, size: int = 0) -> None:
        self._size = size
        self.started: list[str] = []
        self._released = asyncio.Event()

    def release(self) -> None:
        self._released.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.started.append(scope["path"])
        await self._released.wait()
        while (await receive())["more_body"]:
            pass
        body = scope["path"].encode().ljust(self._size) + b"\n"
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def get(number: int) -> bytes:
    return b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % number


async def receive(connected: Connected, data: bytes) -> None:
    """Let the server receive bytes, and run until it has nothing left to do."""
    connected.protocol.data_received(data)
    await wait_all_tasks_blocked()


async def advance(seconds: float) -> None:
    """Advance the clock, and let the timers expire."""
    the_loop().advance_clock(seconds)
    await asyncio.sleep(0)
    await wait_all_tasks_blocked()


async def read_paths(connected: Connected, number: int) -> list[str]:
    """Read this many responses, and return their paths."""
    paths = []
    async with asyncio.timeout(LIMIT / SLOWER):
        for _ in range(number):
            assert (await connected.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
            paths.append((await connected.reader.readline()).decode().strip())
    return paths


async def test_at_most_one_request_is_parsed_ahead() -> None:
    app = Application()
    async with connect(app) as connected:
        await receive(connected, b"".join(map(get, range(REQUESTS))))

        assert ["/0"] == app.started
        assert 1 == len(connected.protocol.pipeline)
        assert not connected.protocol.transport.is_reading()

        app.release()
        expected = [f"/{number}" for number in range(REQUESTS)]
        assert expected == await read_paths(connected, REQUESTS)


async def test_reading_continues_when_no_request_waits() -> None:
    app = Application()
    async with connect(app) as connected:
        await receive(connected, get(0) + get(1) + get(2))
        assert not connected.protocol.transport.is_reading()

        app.release()

        assert ["/0", "/1", "/2"] == await read_paths(connected, 3)
        assert connected.protocol.transport.is_reading()


@pytest.mark.parametrize("number", range(1, 6))
async def test_the_rest_of_a_request_is_read_after_the_responses_before_it(number: int) -> None:
    app = Application()
    app.release()
    async with connect(app) as connected:
        connected.writer.write(b"".join(map(get, range(number))) + get(number)[:5])
        before = await read_paths(connected, number)
        connected.writer.write(get(number)[5:])

        assert [f"/{each}" for each in range(number)] == before
        assert [f"/{number}"] == await read_paths(connected, 1)


async def test_the_body_of_a_pipelined_request_has_the_whole_time_to_arrive() -> None:
    post = b"POST /1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n"
    app = Application()
    async with connect(app, receive_timeout=30) as connected:
        await receive(connected, get(0) + post)
        app.release()
        assert ["/0"] == await read_paths(connected, 1)

        await advance(2 * DRAIN_TIMEOUT)
        connected.writer.write(b"{}")

        assert ["/1"] == await read_paths(connected, 1)


async def test_a_request_starts_when_the_client_has_read_the_response_before() -> None:
    app = Application(size=1 << 20)
    app.release()
    async with connect(app) as connected:
        client = cast("asyncio.Transport", connected.writer.transport)
        client.pause_reading()
        await receive(connected, get(0) + get(1))
        assert ["/0"] == app.started

        client.resume_reading()

        assert ["/0", "/1"] == await read_paths(connected, 2)


@pytest.mark.parametrize("together", [True, False], ids=["with the first", "after the first"])
async def test_a_request_line_may_arrive_after_the_keep_alive_timeout(
    together: bool,  # noqa: FBT001 - parametrized
) -> None:
    app = Application()
    app.release()
    async with connect(app) as connected:
        for data in [get(0) + get(1)[:3]] if together else [get(0), get(1)[:3]]:
            await receive(connected, data)

        await advance(2 * KEEP_ALIVE)
        await receive(connected, get(1)[3:])

        assert ["/0", "/1"] == await read_paths(connected, 2)


async def test_the_time_for_a_request_counts_from_its_first_byte() -> None:
    app = Application()
    app.release()
    async with connect(app, receive_timeout=30.0) as connected:
        await advance(20)
        await receive(connected, get(0)[:1])
        await advance(20)
        await receive(connected, get(0)[1:])

        assert ["/0"] == await read_paths(connected, 1)


@pytest.mark.parametrize("size", [0, 1, 10, 30])
async def test_a_request_that_does_not_arrive_in_time_is_refused(size: int) -> None:
    app = Application()
    async with connect(app, receive_timeout=30.0) as connected:
        await receive(connected, get(0)[:size])
        await advance(31)

        assert (await connected.reader.readline()).startswith(b"HTTP/1.1 400 ")
        assert [] == app.started
