"""A client that is still sending gets the response to what the server refuses."""

import select
import socket
import time

import pytest

from tests.e2e.edge.responses import TIMEOUT, Response, read_all
from tests.e2e.raw_http import CHUNKED, request
from tests.support.served import Served

pytestmark = pytest.mark.canary

MEBIBYTE = 1 << 20
DRAIN_LIMIT = 4
"""Seconds within which the server closes the connection of a client that never closes it."""


def send_all_then_read(server: Served, sent: bytes) -> Response:
    """Send everything, whatever the server does meanwhile, and return the only response."""
    with socket.create_connection(server.address, timeout=TIMEOUT) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        (response,) = read_all(connection)
    return response


@pytest.mark.parametrize(
    ("sent", "status", "detail"),
    [
        (
            b"GET /" + b"x" * MEBIBYTE + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
            414,
            "A request target may have at most 16384 bytes.",
        ),
        (
            request(b"/", b"X: " + b"x" * MEBIBYTE),
            431,
            "A request head may have at most 65536 bytes.",
        ),
        (
            request(b"/", *[b"X: y"] * 101, body=b"x" * MEBIBYTE),
            431,
            "A request may have at most 100 header fields.",
        ),
        (
            request(b"/", b"Transfer-Encoding: gzip", method=b"POST", body=b"x" * MEBIBYTE),
            501,
            "The only transfer coding supported is chunked.",
        ),
        (
            request(b"/", CHUNKED, method=b"POST", body=b"g\r\n" + b"x" * MEBIBYTE),
            400,
            "The request is not valid HTTP/1.1.",
        ),
        (
            b"GET / HTTP/2.0\r\n" + b"x" * MEBIBYTE,
            505,
            "This server supports HTTP/1.0 and HTTP/1.1.",
        ),
    ],
    ids=["target", "head", "fields", "coding", "chunk", "version"],
)
def test_the_response_arrives_while_a_mebibyte_is_being_sent(
    server: Served, sent: bytes, status: int, detail: str
) -> None:
    response = send_all_then_read(server, sent)

    assert (status, detail) == response.problem[:2]
    assert "close" == response.headers["connection"]


def test_the_response_arrives_before_the_client_has_sent_everything(server: Served) -> None:
    with socket.create_connection(server.address, timeout=TIMEOUT) as connection:
        connection.sendall(b"GET /" + b"x" * (1 << 15))

        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 414 ")


def test_a_client_that_sends_on_for_ever_is_disconnected(server: Served) -> None:
    started = time.monotonic()
    with socket.create_connection(server.address, timeout=TIMEOUT) as connection:
        connection.sendall(b"GET / HTTP/2.0\r\n")
        with pytest.raises(ConnectionError):
            send_for(2 * DRAIN_LIMIT, connection)

    assert time.monotonic() - started < DRAIN_LIMIT


def send_for(seconds: float, connection: socket.socket) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        select.select([], [connection], [], TIMEOUT)
        connection.send(b"x" * 1_000)
