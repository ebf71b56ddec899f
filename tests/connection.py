"""A keep-alive HTTP/1.1 connection that costs little, for tests with very many of them."""

import asyncio
import json
from typing import Any, Self


class Connection:
    """Sends one request at a time, with JSON both ways. Knows only what the service sends."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, address: tuple[str, int]) -> Self:
        """Return a connection to a host and port."""
        return cls(*await asyncio.open_connection(*address))

    async def request(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Any]:
        """Return the status and the JSON of the answer."""
        content = b"" if body is None else json.dumps(body).encode()
        more = "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in headers.items())
        self._writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: heroes\r\nContent-Type: application/json\r\n"
            f"{more}Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        return int(head.split(" ", 2)[1]), json.loads(await self._reader.readexactly(length))

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        await self._writer.wait_closed()
