"""A signal stops the server: what is under way is finished, and nobody holds it up."""

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

IN_TIME = 10
"""Seconds that a stop may take."""

NAMES = ["Ada", "Bea", "Cleo", "Dora"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_requests_under_way_are_answered_and_kept(tmp_path: Path, number: signal.Signals) -> None:
    database = tmp_path / "heroes.db"
    with serve(database) as served, ExitStack() as open_until_the_end:
        connect = open_until_the_end.enter_context
        idle = connect(idle_connection(served))
        with locked(database):
            writers = [connect(write_under_way(served, name)) for name in NAMES]
            served.process.send_signal(number)
            assert b"" == received(idle)
            wait_until_printed(served, "Waiting for ")
        answers = [received(writer) for writer in writers]
        code = served.process.wait(IN_TIME)

    assert 0 == code
    assert [b"HTTP/1.1 200 OK"] * len(NAMES) == [answer.splitlines()[0] for answer in answers]
    assert sorted(NAMES) == sorted(name for _, name, *_ in stored(database))
    assert_clean_end(served)
    with serve(database) as again:
        kept = httpx2.get(f"{again.url}/heroes/").json()
    assert [json.loads(body_of(answer)) for answer in by_id(answers)] == kept


@dataclass(frozen=True)
class Stop:
    """A stop while clients were in the middle of their requests, and what one of them got."""

    code: int
    seconds: float
    answer: bytes
    served: Served


@pytest.fixture(scope="module")
def stop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stop]:
    folder = tmp_path_factory.mktemp("served")
    with serve(folder / "heroes.db") as served, ExitStack() as open_until_the_end:
        connect = open_until_the_end.enter_context
        connect(idle_connection(served))
        connect(connection_to(served, b"POST /heroes/ HT"))
        connect(connection_to(served, b"POST /heroes/ HTTP/1.1\r\nHost: heroes\r\nContent-"))
        unfinished = connect(write_under_way(served, "Never", keep_back=1))
        started = time.monotonic()
        code = served.terminate()
        yield Stop(code, time.monotonic() - started, received(unfinished), served)


def test_clients_that_never_finish_do_not_hold_up_the_end(stop: Stop) -> None:
    assert 0 == stop.code
    assert stop.seconds < IN_TIME
    assert [] == stored(stop.served.database)


def test_a_client_that_never_finishes_is_no_mistake_of_the_server(stop: Stop) -> None:
    assert b"HTTP/1.1 500" not in stop.answer
    assert_clean_end(stop.served)


@contextmanager
def connection_to(served: Served, sent: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(served.address, timeout=LIMIT) as connection:
        connection.sendall(sent)
        yield connection


@contextmanager
def idle_connection(served: Served) -> Iterator[socket.socket]:
    """Open a connection that was used once, and stays open for more."""
    request = b"GET /heroes/999 HTTP/1.1\r\nHost: heroes\r\n\r\n"
    with connection_to(served, request) as connection:
        assert received_until(connection, b'"}').startswith(b"HTTP/1.1 404")
        yield connection


@contextmanager
def write_under_way(served: Served, name: str, keep_back: int = 0) -> Iterator[socket.socket]:
    """Send a write, but for its last ``keep_back`` bytes, once the app has begun to read it."""
    body = json.dumps({"name": name, "secret_name": "Unknown"}).encode()
    head = (
        "POST /heroes/ HTTP/1.1\r\nHost: heroes\r\nContent-Type: application/json\r\n"
        f"Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with connection_to(served, head.encode()) as connection:
        assert received_until(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 100")
        connection.sendall(body[: len(body) - keep_back])
        yield connection


def received_until(connection: socket.socket, mark: bytes) -> bytes:
    content = b""
    while mark not in content:
        some = connection.recv(4096)
        assert some, "the server hung up"
        content += some
    return content


def received(connection: socket.socket) -> bytes:
    """Return all that the server sends until it hangs up."""
    return b"".join(iter(lambda: connection.recv(4096), b""))


def wait_until_printed(served: Served, text: str) -> None:
    deadline = time.monotonic() + LIMIT
    while text not in served.output().partition("Shutting down")[2]:
        assert time.monotonic() < deadline, served.output()


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def by_id(answers: Sequence[bytes]) -> list[bytes]:
    return sorted(answers, key=lambda answer: int(json.loads(body_of(answer))["id"]))


def assert_clean_end(served: Served) -> None:
    assert 0 == served.terminate()
    assert "Traceback" not in served.output()
