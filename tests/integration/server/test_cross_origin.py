"""Pages of other origins read what the server itself responds, too."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from entrypoints.api.app import build_app
from entrypoints.exchanges import Exchange, Observer
from entrypoints.server.config import Observation
from tests.e2e.edge import responses
from tests.e2e.edge.responses import parse
from tests.e2e.raw_http import request
from tests.fakes.database import FakeDatabase
from tests.integration.server.connecting import connect

pytestmark = pytest.mark.canary

ORIGIN = b"https://app.example"
FROM_PAGE = b"Origin: " + ORIGIN
FROM_OTHER = b"Origin: https://evil.example"
PREFLIGHT = b"Access-Control-Request-Method: DELETE"

ALLOW_ORIGIN = "access-control-allow-origin"

Send = Callable[[bytes], Awaitable[responses.Response]]

REFUSED = {
    "another host": (421, request(b"/heroes/", FROM_PAGE, host=b"Host: unknown.example")),
    "a path that is too long": (414, request(b"/" + b"x" * 20_000, FROM_PAGE)),
    "a head that is too large": (431, request(b"/heroes/", FROM_PAGE, b"X: " + b"x" * 70_000)),
    "two lengths": (400, request(b"/heroes/", FROM_PAGE, b"Content-Length: 1, 2")),
    "an unknown method": (501, request(b"/heroes/", FROM_PAGE, method=b"BREW")),
}


@pytest.fixture
def app() -> FastAPI:
    return build_app(FakeDatabase())


@asynccontextmanager
async def sending(
    app: FastAPI, observation: Observation | None = None, **changes: object
) -> AsyncIterator[Send]:
    """Yield a function that sends a request to the server, and returns the response."""
    async with connect(app, observation, **changes) as connected:

        async def exchange(sent: bytes) -> responses.Response:
            connected.writer.write(sent)
            received = b""
            while not (found := next(parse(received), None)):
                some = await connected.reader.read(1 << 16)
                assert some, "the server closed the connection"
                received += some
            return found

        yield exchange


@pytest.mark.parametrize("name", REFUSED)
async def test_a_page_reads_why_the_server_refuses_its_request(app: FastAPI, name: str) -> None:
    status, sent = REFUSED[name]
    async with sending(app, origins=[ORIGIN.decode()]) as send:
        response = await send(sent)

    assert status == response.status
    assert ORIGIN.decode() == response.headers[ALLOW_ORIGIN]
    assert "Retry-After" in response.headers["access-control-expose-headers"]


@pytest.mark.parametrize("name", REFUSED)
async def test_a_page_of_another_origin_does_not(app: FastAPI, name: str) -> None:
    _, sent = REFUSED[name]
    async with sending(app, origins=[ORIGIN.decode()]) as send:
        response = await send(sent.replace(FROM_PAGE, FROM_OTHER))

    assert ALLOW_ORIGIN not in response.headers
    assert "Origin" == response.headers["vary"]


@pytest.mark.parametrize("name", REFUSED)
async def test_without_origins_no_page_does(app: FastAPI, name: str) -> None:
    _, sent = REFUSED[name]
    async with sending(app) as send:
        response = await send(sent)

    assert [] == [field for field in response.headers if field.startswith("access-control")]


async def test_a_page_reads_that_the_server_is_overloaded(app: FastAPI) -> None:
    async with sending(app, origins=[ORIGIN.decode()], concurrency=0, max_pending=0) as send:
        response = await send(request(b"/heroes/", FROM_PAGE))

    assert (503, "1") == (response.status, response.headers["retry-after"])
    assert ORIGIN.decode() == response.headers[ALLOW_ORIGIN]


async def test_a_preflight_is_observed(app: FastAPI) -> None:
    seen: list[Exchange] = []

    def open_observers() -> Sequence[Observer]:
        return [seen.append]

    observation = Observation(open_observers)
    async with sending(app, observation, origins=[ORIGIN.decode()]) as send:
        response = await send(request(b"/heroes/1", FROM_PAGE, PREFLIGHT, method=b"OPTIONS"))

    assert (200, ORIGIN.decode()) == (response.status, response.headers[ALLOW_ORIGIN])
    assert "x-request-id" in response.headers
    assert [("OPTIONS", "/heroes/1", 200)] == [(e.method, e.path, e.status) for e in seen]
