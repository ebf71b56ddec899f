"""Limits on the head of a request, on the framing of its body and on the time to receive it."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx2
import pytest

from tests.support.served import Served, serve

pytestmark = pytest.mark.canary

TIMEOUT = 0.5
"""The receive timeout of ``short_timeout_server`` in seconds."""

LIMIT = 10
"""Seconds within which the server must respond."""


@pytest.fixture(scope="module")
def short_timeout_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(
        tmp_path_factory.mktemp("served") / "heroes.db", receive_timeout=str(TIMEOUT)
    ) as served:
        yield served


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /heroes/ HT",
        b"GET /heroes/ HTTP/1.1\r\nHost: localhost\r\n",
        b"POST /heroes/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{",
        b"POST /heroes/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"GET /heroes/ HTTP/1.1\r\nHost: localhost\r\n\r\nGET /heroes/",
    ],
)
def test_an_unfinished_request_times_out_with_400(
    short_timeout_server: Served, sent: bytes
) -> None:
    with socket.create_connection(short_timeout_server.address, LIMIT) as connection:
        connection.sendall(sent)
        responses = _read_to_end(connection)

    assert b"HTTP/1.1 400 " in responses
    assert b"The request was not received in time." in responses


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 600_000,
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: x\r\n" * 100_000,
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"1\r\nx\r\n" * 100_000,
        b"POST /heroes/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        + b"X: x\r\n" * 100_000,
    ],
    ids=["request line", "one header", "many headers", "chunk sizes", "trailers"],
)
def test_oversized_heads_chunk_sizes_and_trailers_are_refused(server: Served, head: bytes) -> None:
    with socket.create_connection(server.address, LIMIT) as connection:
        responses = _send_and_read(connection, head)

    assert responses.startswith(tuple(b"HTTP/1.1 %d " % status for status in (404, 413, 414, 431)))


def test_the_receive_timeout_restarts_with_each_request(short_timeout_server: Served) -> None:
    with httpx2.Client(base_url=short_timeout_server.url) as client:
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
def test_the_body_limit_applies_to_methods_without_a_body(server: Served, method: str) -> None:
    hero = {"name": "Deadpond", "secret_name": "Dive Wilson"}
    with httpx2.Client(base_url=server.url, verify=False) as client:
        path = f"/heroes/{client.post('/heroes/', json=hero).json()['id']}"

        response = client.request(method, path, content=iter([b"x" * 40_000] * 2))

        assert 413 == response.status_code
        assert 200 == client.get(path).status_code
