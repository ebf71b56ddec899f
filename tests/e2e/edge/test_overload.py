"""Requests beyond those that may wait get 503 at once; those that wait are served in the end."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from adapters.sqlite.database import CONCURRENCY
from tests.e2e.edge.responses import Response, read_all, read_one
from tests.e2e.raw_http import JSON, request
from tests.integration.tutorial_database import locked
from tests.support.served import LIMIT, Served, fresh_postgres, serve

pytestmark = pytest.mark.canary

HERO = b'{"name":"Deadpond","secret_name":"Dive Wilson"}'
OPTIONS = request(b"/heroes/?limit=1", method=b"OPTIONS")
OVERLOADED = "The server is overloaded. Try again later."
MAX_PENDING = 3


class Lockable(NamedTuple):
    """A server with one hero, the number of requests that it starts, and a lock on the hero."""

    served: Served
    concurrency: int
    lock: AbstractContextManager[None]


@pytest.fixture(params=["sqlite", "postgres"])
def lockable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lockable]:
    path = tmp_path / "heroes.db"
    settings = {"max_pending": str(MAX_PENDING), "lock_timeout": "30", "pool_timeout": "30"}
    with ExitStack() as stack:
        if request.param == "sqlite":
            served = stack.enter_context(serve(path, **settings))
            yield Lockable(served, CONCURRENCY, locked(path))
        else:
            url = stack.enter_context(fresh_postgres(request.getfixturevalue("postgres_url")))
            settings |= {"database_url": url, "pool_size": "2", "statement_timeout": "30"}
            served = stack.enter_context(serve(path, **settings))
            yield Lockable(served, 4, locked_row(url))


@contextmanager
def locked_row(url: str) -> Iterator[None]:
    """Hold the lock of the hero's row, on another connection."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(url))
        runner.run(connection.execute("BEGIN; SELECT id FROM hero FOR UPDATE"))
        yield
        runner.run(connection.close())


def ask(connection: socket.socket, sent: bytes) -> Response:
    connection.sendall(sent)
    return read_one(connection)


def json_request(method: bytes, target: bytes, body: bytes) -> bytes:
    return request(target, JSON, b"Content-Length: %d" % len(body), method=method, body=body)


class Waiting:
    """Requests that wait for the lock of the hero, as many as the server accepts."""

    def __init__(self, lockable: Lockable, stack: ExitStack) -> None:
        self._address = lockable.served.address
        self._stack = stack
        self._number = lockable.concurrency + MAX_PENDING

    def connect(self) -> socket.socket:
        return self._stack.enter_context(socket.create_connection(self._address, LIMIT))

    def start(self) -> list[socket.socket]:
        """Return their connections when the server has started all of them."""
        return [self._patch(b'{"age":%d}' % age) for age in range(self._number)]

    def _patch(self, body: bytes) -> socket.socket:
        connection = self.connect()
        length = b"Content-Length: %d" % len(body)
        head = request(b"/heroes/1", JSON, length, b"Expect: 100-continue", method=b"PATCH")
        assert 100 == ask(connection, head).status
        connection.sendall(body)
        return connection


def assert_overloaded(response: Response) -> None:
    assert (503, OVERLOADED, "/heroes/") == response.problem
    assert "1" == response.headers["retry-after"]
    assert "connection" not in response.headers


def test_requests_beyond_the_pending_ones_are_refused_until_the_lock_is_released(
    lockable: Lockable,
) -> None:
    served, _, lock = lockable
    with ExitStack() as stack:
        requests = Waiting(lockable, stack)
        other = requests.connect()
        assert 200 == ask(other, json_request(b"POST", b"/heroes/", HERO)).status
        with lock:
            waiting = requests.start()
            for sent in (OPTIONS, request(), json_request(b"POST", b"/heroes/", HERO)) * 5:
                started = time.monotonic()
                assert_overloaded(ask(other, sent))
                assert time.monotonic() - started < 1
        patched = [read_one(connection).status for connection in waiting]

        assert [200] * len(waiting) == patched
        assert 200 == ask(other, request()).status
        assert 200 == ask(waiting[0], json_request(b"POST", b"/heroes/", HERO)).status

    assert f"requests that wait: {MAX_PENDING}, the maximum of this process" in served.output()
    assert "Traceback" not in served.output()


def test_pipelined_requests_are_refused_one_by_one(lockable: Lockable) -> None:
    with ExitStack() as stack:
        requests = Waiting(lockable, stack)
        other = requests.connect()
        ask(other, json_request(b"POST", b"/heroes/", HERO))
        with lockable.lock:
            requests.start()

            other.sendall((json_request(b"POST", b"/heroes/", HERO) + OPTIONS) * 50)
            other.shutdown(socket.SHUT_WR)

            assert [503] * 100 == [response.status for response in read_all(other)]
