"""Requests as raw bytes over a socket, which no client library normalizes."""

import socket
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from http.client import BadStatusLine, HTTPResponse

TIMEOUT = 2
"""Seconds within which the server must respond."""

JSON = b"Content-Type: application/json"
CHUNKED = b"Transfer-Encoding: chunked"


def request(
    target: bytes = b"/heroes/?limit=1",
    *headers: bytes,
    method: bytes = b"GET",
    host: bytes = b"Host: localhost",
    body: bytes = b"",
) -> bytes:
    """Return a request with exactly these lines, without an implicit Content-Length."""
    lines = [b"%s %s HTTP/1.1" % (method, target), host, *headers, b"", body]
    return b"\r\n".join(lines)


def posted(body: bytes, *headers: bytes, type_: bytes = JSON) -> bytes:
    """Return a POST of the body to ``/heroes/``, with Content-Length."""
    length = b"Content-Length: %d" % len(body)
    return request(b"/heroes/", type_, length, *headers, method=b"POST", body=body)


def chunks(*parts: bytes) -> bytes:
    """Encode the parts in the chunked transfer coding."""
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


def exchange(address: tuple[str, int], sent: bytes, *, ended: bool = False) -> int | None:
    """Return the status of the first response, or ``None`` if the server sends none.

    ``ended`` half-closes the connection after sending. Raises ``TimeoutError`` if the server does
    not respond in time.
    """
    started = time.monotonic()
    with socket.create_connection(address, timeout=TIMEOUT) as connection:
        _send(connection, sent, ended=ended)
        with closing(HTTPResponse(connection, method=sent.split(b" ")[0].decode("latin-1"))) as it:
            try:
                it.begin()
                it.read()
            except (BadStatusLine, ConnectionError):
                return None
            if time.monotonic() - started > TIMEOUT:
                raise TimeoutError
            return it.status


def conversation(address: tuple[str, int], sent: bytes) -> Sequence[int]:
    """Return the status of each response until the server closes the connection."""
    received = b""
    with socket.create_connection(address, timeout=TIMEOUT) as connection:
        _send(connection, sent, ended=False)
        while some := connection.recv(65536):
            received += some
    return [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]


def _send(connection: socket.socket, sent: bytes, *, ended: bool) -> None:
    """Send the bytes; the server may close the connection before the end."""
    with suppress(ConnectionError):
        connection.sendall(sent)
    if ended:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
