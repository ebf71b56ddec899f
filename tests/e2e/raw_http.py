"""Requests as bytes over a plain socket: no client library stands by to tidy them up."""

import socket
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from http.client import BadStatusLine, HTTPResponse

TIMEOUT = 2
"""Seconds after which a server that has not answered keeps its client waiting."""

JSON = b"Content-Type: application/json"
CHUNKED = b"Transfer-Encoding: chunked"


def request(
    target: bytes = b"/heroes/?limit=1",
    *headers: bytes,
    method: bytes = b"GET",
    host: bytes = b"Host: heroes",
    body: bytes = b"",
) -> bytes:
    """Return a request with just these lines: a body's length or coding is not added."""
    lines = [b"%s %s HTTP/1.1" % (method, target), host, *headers, b"", body]
    return b"\r\n".join(lines)


def posted(body: bytes, *headers: bytes, type_: bytes = JSON) -> bytes:
    """Return a request to make a hero of the body, with the body's length."""
    length = b"Content-Length: %d" % len(body)
    return request(b"/heroes/", type_, length, *headers, method=b"POST", body=body)


def chunks(*parts: bytes) -> bytes:
    """Return the parts in the chunked transfer coding."""
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


def exchange(address: tuple[str, int], sent: bytes, *, ended: bool = False) -> int | None:
    """Return the status of the whole first answer, or ``None`` when there is none.

    ``ended`` tells the server that nothing more will come. Raises ``TimeoutError`` when it keeps
    its client waiting.
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
    """Return the status of each answer until the server closes the connection."""
    received = b""
    with socket.create_connection(address, timeout=TIMEOUT) as connection:
        _send(connection, sent, ended=False)
        while some := connection.recv(65536):
            received += some
    return [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]


def _send(connection: socket.socket, sent: bytes, *, ended: bool) -> None:
    """Send what the server takes; it may refuse and close before the end."""
    with suppress(ConnectionError):
        connection.sendall(sent)
    if ended:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
