"""A client that sends too much around a body, or does not get to its end, is shown the door."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx2
import pytest

from tests.support.served import Served, serve

pytestmark = pytest.mark.canary

TIMEOUT = 0.5
"""Seconds that the impatient server gives a request to come."""

LIMIT = 10
"""Seconds after which a server that has not answered is taken to wait for ever."""


@pytest.fixture(scope="module")
def impatient_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(
        tmp_path_factory.mktemp("served") / "heroes.db", receive_timeout=str(TIMEOUT)
    ) as served:
        yield served


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /heroes/ HT",
        b"GET /heroes/ HTTP/1.1\r\nHost: x\r\n",
        b"POST /heroes/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{",
        b"POST /heroes/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"GET /heroes/ HTTP/1.1\r\nHost: x\r\n\r\nGET /heroes/",
    ],
)
def test_a_request_that_never_comes_to_its_end_is_refused(
    impatient_server: Served, sent: bytes
) -> None:
    with socket.create_connection(impatient_server.address, LIMIT) as connection:
        connection.sendall(sent)
        answers = _read_to_end(connection)

    assert b"HTTP/1.1 400 " in answers
    assert answers.endswith(b"The request did not come in time.")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 600_000,
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: x\r\n" * 100_000,
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"1\r\nx\r\n" * 100_000,
        b"POST /heroes/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        + b"X: x\r\n" * 100_000,
    ],
    ids=["request line", "one header", "many headers", "chunk sizes", "trailers"],
)
def test_too_many_bytes_around_a_body_are_refused(server: Served, head: bytes) -> None:
    with socket.create_connection(server.address, LIMIT) as connection:
        answers = _send_and_read(connection, head)

    assert answers.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 404 ", b"HTTP/1.1 413 "))


def test_the_time_starts_anew_with_each_request(impatient_server: Served) -> None:
    with httpx2.Client(base_url=impatient_server.url) as client:
        streams = set()
        end = time.monotonic() + 3 * TIMEOUT
        while time.monotonic() < end:
            streams.add(client.get("/heroes/").extensions["network_stream"])

    assert 1 == len(streams)


def _send_and_read(connection: socket.socket, data: bytes) -> bytes:
    with suppress(ConnectionError):
        connection.sendall(data)
    return _read_to_end(connection)


def _read_to_end(connection: socket.socket) -> bytes:
    received = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            received += part
    return received


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_body_that_nobody_reads_is_bounded_too(server: Served, method: str) -> None:
    hero = {"name": "Deadpond", "secret_name": "Dive Wilson"}
    with httpx2.Client(base_url=server.url, verify=False) as client:
        path = f"/heroes/{client.post('/heroes/', json=hero).json()['id']}"

        answer = client.request(method, path, content=iter([b"x" * 40_000] * 2))

        assert 413 == answer.status_code
        assert 200 == client.get(path).status_code
