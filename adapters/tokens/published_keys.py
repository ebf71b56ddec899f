"""The keys of an issuer, read in the background, never by a request.

They are read again after an interval, and for a token that names an unknown key. However many such
tokens arrive, a minimum interval passes between two attempts::

    read   | min_interval |   read               | min_interval |  ...  read
               ^ unknown key  as soon as allowed                        after the interval

While the issuer is away, or publishes no usable key, the keys that were read last stay valid.
"""

import asyncio
import logging
from contextlib import suppress

from adapters.tokens.key_set import InvalidKeySet, KeySet, parse_key_set
from adapters.tokens.sources import KeySource, KeysUnavailable

START_TIMEOUT = 3.0
"""Maximum number of seconds that a start waits for the first keys."""

log = logging.getLogger(__name__)


class PublishedKeys:
    """The keys that were read last from a source. ``current`` is ``None`` until some were."""

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
        """Have the keys read again as soon as that is allowed."""
        self._wanted.set()

    async def run(self) -> None:
        """Read the keys until the task is cancelled. An application may start and stop often."""
        try:
            while True:
                self._wanted.clear()  # before it reads: a later request may know of a newer key
                has_succeeded = await self._refresh()
                self._attempted.set()
                await self._pause(has_succeeded=has_succeeded)
        finally:  # an event belongs to the event loop in which somebody has waited for it
            self._wanted, self._attempted = asyncio.Event(), asyncio.Event()

    async def wait_until_attempted(self) -> None:
        """Wait until ``run`` has read the keys or failed to, but not longer than a start may take.

        With the keys, the first requests need not be refused.
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
        """Read the keys. Return whether that has succeeded.

        The first of several failures in a row is logged. An unexpected error is logged each time.
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
