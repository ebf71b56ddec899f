"""A source of keys that a test fills."""

import asyncio

from adapters.tokens.sources import KeysUnavailable


class FakeKeySource:
    """Returns ``document``, or fails while that is ``None``. Counts how often it was read."""

    name = "https://issuer.example/keys"
    interval = 300.0
    min_interval = 10.0

    def __init__(self, document: bytes | None = None) -> None:
        self.document = document
        self.number = 0
        self._was_read = asyncio.Condition()

    async def read(self) -> bytes:
        async with self._was_read:
            self.number += 1
            self._was_read.notify_all()
        if self.document is None:
            raise KeysUnavailable("connection refused")
        return self.document

    async def wait_until_read(self, number: int) -> None:
        """Wait until it was read this many times in total."""
        async with asyncio.timeout(10), self._was_read:
            await self._was_read.wait_for(lambda: self.number >= number)
