"""Graceful shutdown: requests in progress are completed, and unfinished clients do not delay it."""

import json
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.integration.tutorial_database import locked, stored
from tests.support.served import LIMIT, Served, serve

pytestmark = pytest.mark.canary

SHUTDOWN_LIMIT = 10
"""Maximum seconds of a shutdown."""

NAMES = ["Ada", "Bea", "Cleo", "Dora"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_requests_in_progress_are_completed_before_the_server_stops(
    tmp_path: Path, number: signal.Signals
) -> None:
    database = tmp_path / "heroes.db"
    with serve(database) as served, ExitStack() as stack:
        connect = stack.enter_context
        idle = connect(idle_connection(served))
        with locked(database):
            writers = [connect(write_in_progress(served, name)) for name in NAMES]
            served.process.send_signal(number)
            assert b"" == read_all(idle)
            wait_until_printed(served, "Waiting for ")
        responses = [read_all(writer) for writer in writers]
        code = served.process.wait(SHUTDOWN_LIMIT)

    assert 0 == code
    assert [b"HTTP/1.1 200 OK"] * len(NAMES) == [response.splitlines()[0] for response in responses]
    assert sorted(NAMES) == sorted(name for _, name, *_ in stored(database))
    assert_clean_exit(served)
    with serve(database) as again:
        listed = httpx2.get(f"{again.url}/heroes/").json()
    assert [json.loads(body_of(response)) for response in by_id(responses)] == listed


def test_a_write_that_does_not_end_in_time_is_cancelled_and_gets_503(tmp_path: Path) -> None:
    database = tmp_path / "heroes.db"
    with serve(database, lock_timeout=str(LIMIT), grace="1") as served, locked(database):
        with write_in_progress(served, "Never") as writer:
            served.process.send_signal(signal.SIGTERM)
            response = read_all(writer)
        code = served.process.wait(SHUTDOWN_LIMIT)

    assert 0 == code
    assert response.startswith(b"HTTP/1.1 503 ")
    expected = "The server is stopping. Nothing was changed. Try again later."
    assert expected == json.loads(body_of(response))["detail"]
    assert_clean_exit(served)


@dataclass(frozen=True)
class Stop:
    """A shutdown during unfinished requests, and the response to one of them."""

    code: int
    seconds: float
    response: bytes
    served: Served


@pytest.fixture(scope="module")
def stop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stop]:
    folder = tmp_path_factory.mktemp("served")
    with serve(folder / "heroes.db") as served, ExitStack() as stack:
        connect = stack.enter_context
        connect(idle_connection(served))
        connect(connection_to(served, b"POST /heroes/ HT"))
        connect(connection_to(served, b"POST /heroes/ HTTP/1.1\r\nHost: localhost\r\nContent-"))
        unfinished = connect(write_in_progress(served, "Never", withheld=1))
        started = time.monotonic()
        code = served.terminate()
        yield Stop(code, time.monotonic() - started, read_all(unfinished), served)


def test_unfinished_requests_do_not_delay_the_shutdown(stop: Stop) -> None:
    assert 0 == stop.code
    assert stop.seconds < SHUTDOWN_LIMIT
    assert [] == stored(stop.served.database)


def test_an_unfinished_request_is_not_a_server_error(stop: Stop) -> None:
    assert b"HTTP/1.1 500" not in stop.response
    assert_clean_exit(stop.served)


@contextmanager
def connection_to(served: Served, sent: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(served.address, timeout=LIMIT) as connection:
        connection.sendall(sent)
        yield connection


@contextmanager
def idle_connection(served: Served) -> Iterator[socket.socket]:
    """Open a keep-alive connection that has completed one request."""
    request = b"GET /heroes/999 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connection_to(served, request) as connection:
        assert read_until(connection, b'"}').startswith(b"HTTP/1.1 404")
        yield connection


@contextmanager
def write_in_progress(served: Served, name: str, withheld: int = 0) -> Iterator[socket.socket]:
    """Send a write without its last ``withheld`` bytes, once the app has started to read it."""
    body = json.dumps({"name": name, "secret_name": "Unknown"}).encode()
    head = (
        "POST /heroes/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with connection_to(served, head.encode()) as connection:
        assert read_until(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 100")
        connection.sendall(body[: len(body) - withheld])
        yield connection


def read_until(connection: socket.socket, mark: bytes) -> bytes:
    content = b""
    while mark not in content:
        some = connection.recv(4096)
        assert some, "the server closed the connection"
        content += some
    return content


def read_all(connection: socket.socket) -> bytes:
    """Return everything that the server sends until it closes the connection."""
    return b"".join(iter(lambda: connection.recv(4096), b""))


def wait_until_printed(served: Served, text: str) -> None:
    deadline = time.monotonic() + LIMIT
    while text not in served.output().partition("Shutting down")[2]:
        assert time.monotonic() < deadline, served.output()


def body_of(response: bytes) -> bytes:
    return response.partition(b"\r\n\r\n")[2]


def by_id(responses: Sequence[bytes]) -> list[bytes]:
    return sorted(responses, key=lambda response: int(json.loads(body_of(response))["id"]))


def assert_clean_exit(served: Served) -> None:
    assert 0 == served.terminate()
    assert "Traceback" not in served.output()
