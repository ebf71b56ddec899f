"""The keys of an issuer. They are read by a background task, never by a request.

The time of the next read depends on the last one, and on tokens that name an unknown key::

    success | min_interval |                         | read, after interval
    success | min_interval |     unknown key | read at once
    success |  unknown key | read, after min_interval
    failure | min_interval | read

So at most one read starts in ``min_interval`` seconds, however many tokens name unknown keys. While
the issuer is unreachable, or publishes no usable key, the keys that were read last are used.
"""

import asyncio
import logging
from contextlib import suppress

from adapters.tokens.key_set import InvalidKeySet, KeySet, parse_key_set
from adapters.tokens.sources import KeySource, KeysUnavailable

START_TIMEOUT = 3.0
"""Maximum number of seconds for which the startup waits for the first keys."""

log = logging.getLogger(__name__)


class PublishedKeys:
    """The keys that were read last from a source.

    ``current`` is ``None`` until a read has succeeded.
    """

    def __init__(self, source: KeySource) -> None:
        self.current: KeySet | None = None
        self._source = source
        self._wanted = asyncio.Event()
        self._attempted = asyncio.Event()
        self._has_failed = False

    def replace(self, document: bytes) -> None:
        """Use the keys of this JWK set from now on. Raises ``InvalidKeySet``."""
        keys = parse_key_set(document)
        if self.current is not None and keys.public_keys == self.current.public_keys:
            return
        self.current = keys
        log.info(
            "%s: signing keys in use: %d, ignored: %d", self._source.name, keys.usable, keys.ignored
        )

    def request_refresh(self) -> None:
        """Let the background task read the keys as soon as ``min_interval`` allows it."""
        self._wanted.set()

    async def run(self) -> None:
        """Read the keys again and again until the task is cancelled. It may be run again then."""
        try:
            while True:
                self._wanted.clear()  # before the read: a request during it may be for a newer key
                has_succeeded = await self._refresh()
                self._attempted.set()
                await self._pause(has_succeeded=has_succeeded)
        finally:  # an event belongs to the event loop that has waited for it
            self._wanted, self._attempted = asyncio.Event(), asyncio.Event()

    async def wait_until_attempted(self) -> None:
        """Wait until the first read has succeeded or failed, for ``START_TIMEOUT`` at most.

        So the first requests get no 503 if the issuer responds in time.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(START_TIMEOUT):
                await self._attempted.wait()

    async def _pause(self, *, has_succeeded: bool) -> None:
        await asyncio.sleep(self._source.min_interval)
        if has_succeeded:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._source.interval - self._source.min_interval):
                    await self._wanted.wait()

    async def _refresh(self) -> bool:
        """Read the keys, and return whether that has succeeded.

        Of several failures in a row only the first is logged. Unexpected errors are logged always.
        """
        try:
            self.replace(await self._source.read())
        except (KeysUnavailable, InvalidKeySet) as error:
            self._report(error)
            return False
        except Exception:
            log.exception("%s: the signing keys cannot be read", self._source.name)
            return False
        if self._has_failed:
            log.info("%s: the signing keys can be read again", self._source.name)
        self._has_failed = False
        return True

    def _report(self, error: Exception) -> None:
        if self._has_failed:
            return
        self._has_failed = True
        effect = "tokens get 503" if self.current is None else "the previous ones stay in use"
        log.warning("%s: the signing keys cannot be read; %s: %s", self._source.name, effect, error)
