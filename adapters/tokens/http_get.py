"""Fetch a small document by HTTP, with bounds on the total time and the total size.

The clients of the standard library block, and their timeouts apply to each read: a server that
sends one byte a second occupies a thread for ever. Here one timeout covers the whole exchange, and
a cancellation closes the connection. Redirects are not followed, and no proxy is used.
"""

import asyncio
import io
import ssl
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from socket import socket
from typing import cast
from urllib.parse import SplitResult, urlsplit

MAX_HEAD = 64 * 1024
"""Maximum size of the status line, the header and the overhead of chunks, in bytes."""

CHUNK = 64 * 1024
DEFAULT_PORTS = {"http": 80, "https": 443}

REQUEST = (
    "GET {target} HTTP/1.1\r\n"
    "Host: {host}\r\n"
    "User-Agent: jwks\r\n"
    "Accept: application/jwk-set+json, application/json\r\n"
    "Accept-Encoding: identity\r\n"
    "Connection: close\r\n"
    "\r\n"
)


class FetchFailed(Exception):
    """There was no complete response with status 200. The message contains none of its content."""


class HttpGet:
    """GET requests for one URL. With ``https`` the certificate of the server is verified.

    ``timeout`` is in seconds. A response of ``max_size + MAX_HEAD`` bytes is accepted, so a body of
    ``max_size`` bytes always is.
    """

    def __init__(self, url: str, *, timeout: float, max_size: int) -> None:
        self._url = urlsplit(url)
        self._timeout = timeout
        self._max_size = max_size
        self._tls = ssl.create_default_context() if self._url.scheme == "https" else None

    async def fetch(self) -> bytes:
        """Return the body of the response. Raises ``FetchFailed``."""
        try:
            async with asyncio.timeout(self._timeout):
                received = await self._exchange()
        except TimeoutError:
            raise FetchFailed(f"no complete response within {self._timeout:g} s") from None
        except OSError as error:
            raise FetchFailed(error.strerror or type(error).__name__) from None
        return _parse_response(received)

    async def _exchange(self) -> bytes:
        """Return all that the server sends until it closes the connection."""
        host, port = str(self._url.hostname), self._url.port or DEFAULT_PORTS[self._url.scheme]
        reader, writer = await asyncio.open_connection(host, port, ssl=self._tls)
        try:
            writer.write(_request(self._url).encode())
            received, maximum = bytearray(), self._max_size + MAX_HEAD
            while chunk := await reader.read(CHUNK):
                received += chunk
                if len(received) > maximum:
                    raise FetchFailed(f"the response is larger than {maximum} bytes")
        finally:
            writer.transport.abort()  # closing a TLS connection would wait for the server
        return bytes(received)


def _request(url: SplitResult) -> str:
    target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
    return REQUEST.format(target=target, host=url.netloc)


class _Received:
    """The part of a socket's interface that ``HTTPResponse`` uses."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def _parse_response(received: bytes) -> bytes:
    response = HTTPResponse(cast("socket", _Received(received)), method="GET")
    try:
        response.begin()
        if response.status != HTTPStatus.OK:
            raise FetchFailed(f"the status of the response is {response.status}")
        return response.read()
    except (HTTPException, ValueError, OverflowError):  # OverflowError: an enormous chunk size
        raise FetchFailed("the response is incomplete, or is not HTTP") from None
