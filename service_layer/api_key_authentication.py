"""Authentication by API key, with a cache of valid keys.

A request with a known key reads no table. It finds out whether a key may have been revoked since:

- A SQLite file has a version that changes with each commit of any process. While it is the same,
  so are the keys. When it differs, the number of changes to the keys shows whether they differ, or
  only other rows. So a revoked key is refused from the next request on.
- A database server has no such version without a round trip. There the number of changes is read
  every few seconds, and a revoked key is refused from then on.

::

    digest ── same version? ──────────────────────── in the cache? ── principal
                  │ no                                    │ no
                  count changes ── same? ──┐              look up the digest ── principal or None
                                    │ no   │
                                    empty the cache
"""

import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from domain.api_key_format import digest_key
from domain.principal import Principal
from service_layer.unit_of_work import ReadOnlyUnitOfWork

MAX_AGE = 10.0
"""Seconds for which valid keys are cached if the database is a server."""

MAX_CACHED_KEYS = 4096
"""Maximum number of cached keys, about 600 bytes each. Only valid keys are cached."""

Clock = Callable[[], float]


class KeyDatabase(Protocol):
    """The part of the port ``Database`` that the authenticator uses."""

    is_embedded: bool

    def data_version(self) -> int | None: ...

    def reading_primary(self) -> ReadOnlyUnitOfWork: ...


class CachedKey(NamedTuple):
    """A valid key. ``expires`` is a Unix time, or ``None``."""

    principal: Principal
    expires: int | None


class ApiKeyAuthenticator:
    """``Authenticator`` for API keys.

    Unknown, malformed, revoked and expired keys take one path: one digest, one lookup in the
    database. They are not cached, so a flood of them does not displace valid keys.

    ``max_age`` is how many seconds a revoked key may remain valid if the database is a server; with
    a file, none. ``clock`` shows Unix time, which decides whether a key is expired.
    """

    def __init__(
        self,
        database: KeyDatabase,
        *,
        max_age: float = MAX_AGE,
        clock: Clock = time.time,
        monotonic: Clock = time.monotonic,
    ) -> None:
        self._database = database
        self._max_age = 0.0 if database.is_embedded else max_age
        self._clock = clock
        self._monotonic = monotonic
        self._valid: dict[bytes, CachedKey] = {}
        self._changes: int | None = None
        self._version: int | None = None
        self._checked_at = float("-inf")

    async def authenticate(self, credential: str) -> Principal | None:
        """Return the principal of the key, ``key:`` and its id. See ``Authenticator``."""
        digest = digest_key(credential)
        version = self._database.data_version()
        if version is None or version != self._version:
            await self._forget_changed_keys(version)
        known = self._valid.get(digest)
        if known is not None and (known.expires is None or self._clock() < known.expires):
            return known.principal
        return await self._find(digest)

    async def _forget_changed_keys(self, version: int | None) -> None:
        """Empty the cache if a key was created or revoked since the last call.

        What is remembered was read before the number of changes: a commit in between is noticed
        the next time.
        """
        now = self._monotonic()
        if version is None and now - self._checked_at < self._max_age:
            return
        async with self._database.reading_primary() as uow:
            changes = await uow.api_keys.count_changes()
        if changes != self._changes:
            self._valid = {}
        self._changes, self._version, self._checked_at = changes, version, now

    async def _find(self, digest: bytes) -> Principal | None:
        """Look the digest up, and cache the key if it is valid.

        It is cached with the keys that were valid before the lookup: if a change has replaced them
        meanwhile, the result of the lookup may be older than the change.
        """
        valid = self._valid
        async with self._database.reading_primary() as uow:
            key = await uow.api_keys.find(digest, int(self._clock()))
        if key is None:
            valid.pop(digest, None)
            return None
        if len(valid) >= MAX_CACHED_KEYS:
            del valid[next(iter(valid))]
        principal = Principal(f"key:{key.id}", frozenset(key.scopes))
        valid[digest] = CachedKey(principal, key.expires)
        return principal
