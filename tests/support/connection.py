"""A cheap keep-alive HTTP/1.1 connection, for tests with many connections."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, NamedTuple, Self


class Response(NamedTuple):
    """A response; the header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: Any


class Connection:
    """Sends one request at a time, with JSON both ways. Parses only what the service sends."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, address: tuple[str, int]) -> Self:
        """Connect to a host and port."""
        return cls(*await asyncio.open_connection(*address))

    async def request(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Any]:
        """Send a request, and return the status and the JSON of the response."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        response = await self.exchange(method, path, body, named)
        return response.status, response.content

    async def exchange(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Send a request with these headers, and return the whole response."""
        content = b"" if body is None else json.dumps(body).encode()
        more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        self._writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"{more}Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status_line, *lines = head.rstrip().split("\r\n")
        received = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
        }
        body_read = await self._reader.readexactly(int(received["content-length"]))
        return Response(int(status_line.split(" ", 2)[1]), received, json.loads(body_read))

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        await self._writer.wait_closed()
