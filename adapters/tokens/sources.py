"""The sources of an issuer's keys: a URL or a file."""

import asyncio
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from adapters.tokens.http_get import FetchFailed, HttpGet
from adapters.tokens.key_set import MAX_KEY_SET

FETCH_TIMEOUT = 10.0
"""Maximum time of a request for keys, in seconds."""


class KeysUnavailable(Exception):
    """The keys cannot be read at the moment. The message is the reason, for the operator."""


class KeySource(Protocol):
    """A source of a JWK set."""

    name: str
    """The name of the source in the log."""

    interval: float
    """Seconds from a successful read to the next one."""

    min_interval: float
    """Seconds from a failed read to the next one. No read follows another one sooner."""

    async def read(self) -> bytes:
        """Return the JWK set. Raises ``KeysUnavailable``."""


class UrlSource:
    """The JWK set at a URL. The name omits the query, which may contain a secret."""

    interval = 300.0
    min_interval = 5.0

    def __init__(self, url: str) -> None:
        self.name = urlsplit(url)._replace(query="").geturl()
        self._request = HttpGet(url, timeout=FETCH_TIMEOUT, max_size=MAX_KEY_SET)

    async def read(self) -> bytes:
        try:
            return await self._request.fetch()
        except FetchFailed as error:
            raise KeysUnavailable(str(error)) from None


class FileSource:
    """A JWK set in a file, such as a mounted secret. The file may be replaced at any time."""

    interval = 10.0
    min_interval = 1.0

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path

    async def read(self) -> bytes:
        return await asyncio.to_thread(self.read_now)

    def read_now(self) -> bytes:
        """Return the JWK set. Blocks. Raises ``KeysUnavailable``."""
        if not self._path.is_file():  # to open a named pipe may block for ever
            raise KeysUnavailable("it is not a file")
        try:
            with self._path.open("rb") as opened:
                return opened.read(MAX_KEY_SET + 1)
        except OSError as error:
            raise KeysUnavailable(error.strerror or type(error).__name__) from None
