"""Where the keys of an issuer come from: a URL, or a file."""

import asyncio
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from adapters.tokens.http_get import FetchFailed, HttpGet
from adapters.tokens.key_set import MAX_KEY_SET

FETCH_TIMEOUT = 10.0
"""Maximum time of a request for keys, in seconds."""


class KeysUnavailable(Exception):
    """The keys cannot be read at the moment. The message is a reason for the operator."""


class KeySource(Protocol):
    """The place of a JWK set."""

    name: str
    """How logs call it."""

    interval: float
    """Seconds after which the keys are read again."""

    min_interval: float
    """Seconds that pass at least before they are, also for a token with an unknown key."""

    async def read(self) -> bytes:
        """Return the JWK set. Raises ``KeysUnavailable``."""


class UrlSource:
    """The JWK set that an issuer publishes. A URL without a query is part of its name."""

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
    """A JWK set in a file, such as a mounted secret. It may be replaced while the service runs."""

    interval = 10.0
    min_interval = 1.0

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path

    async def read(self) -> bytes:
        return await asyncio.to_thread(self.read_now)

    def read_now(self) -> bytes:
        """Do the same as ``read``, but block."""
        if not self._path.is_file():  # to open a named pipe may block for ever
            raise KeysUnavailable("it is not a file")
        try:
            with self._path.open("rb") as opened:
                return opened.read(MAX_KEY_SET + 1)
        except OSError as error:
            raise KeysUnavailable(error.strerror or type(error).__name__) from None
