"""Whole responses to raw bytes, and the problems in them."""

import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

TIMEOUT = 5
"""Seconds within which the server must send something, or close the connection."""

PROBLEM = "application/problem+json"


class Response(NamedTuple):
    """A response; the header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def problem(self) -> tuple[int, str, str]:
        """The status, the detail and the instance of the problem in the body."""
        assert PROBLEM == self.headers["content-type"]
        content = json.loads(self.body)
        assert ("about:blank", self.status) == (content["type"], content["status"])
        return self.status, content["detail"], content["instance"]


def talk(address: tuple[str, int], sent: bytes, *, ended: bool = False) -> Sequence[Response]:
    """Send the bytes, and return the responses until the server closes the connection.

    ``ended`` half-closes the connection after sending. The server may close it before.
    """
    with socket.create_connection(address, timeout=TIMEOUT) as connection:
        with suppress(ConnectionError):
            connection.sendall(sent)
            if ended:
                connection.shutdown(socket.SHUT_WR)
        return read_all(connection)


def read_all(connection: socket.socket) -> Sequence[Response]:
    """Return the responses until the server closes the connection."""
    received = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    return list(parse(received))


def read_one(connection: socket.socket) -> Response:
    """Return the next response. The client must not have sent further requests."""
    received = b""
    while not (found := next(parse(received), None)):
        some = connection.recv(1 << 16)
        assert some, "the server closed the connection"
        received += some
    return found


def refusal(address: tuple[str, int], sent: bytes) -> Response:
    """Return the only response, after which the server closes the connection."""
    (response,) = talk(address, sent)
    assert "close" == response.headers["connection"]
    return response


def parse(received: bytes) -> Iterator[Response]:
    """Parse complete responses that have no body or a Content-Length."""
    while b"\r\n\r\n" in received:
        head, _, received = received.partition(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        version, status, _ = status_line.split(" ", 2)
        assert "HTTP/1.1" == version
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        size = int(headers.get("content-length", 0))
        if len(received) < size:
            return
        yield Response(int(status), headers, received[:size])
        received = received[size:]
