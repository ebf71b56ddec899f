"""Authentication by API key, with a cache of valid keys.

The store has a random mark, which each change to the keys replaces. When the mark differs from the
one that was read before, the cache is emptied. How often the mark is read depends on the database:

- A SQLite file has a data version, which changes with each commit of any process. The mark is read
  only if the data version differs, or cannot be read because the file is locked. So a revoked key
  is refused from the next request on.
- A database server has no data version without a round trip. The mark is read every
  ``check_interval`` seconds, so a revoked key may be accepted for that long.

::

    digest ── must the mark be read? ── no ────────────── in the cache? ── yes: its principal
                       │ yes                      │            │ no
                  does it differ? ── no ──────────┤       look up the digest ── principal or None
                       │ yes                      │
                  empty the cache ────────────────┘

All cached keys were valid in a state of the database that had the mark. So the mark is read after
each lookup of a valid key, too: otherwise a key could be cached with the mark of an earlier state,
and stay valid if the database goes back to that state.
"""

import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from domain.api_key_format import digest_key
from domain.principal import Principal
from service_layer.authorization import ScopeNames
from service_layer.unit_of_work import ReadOnlyUnitOfWork

CHECK_INTERVAL = 10.0
"""Seconds between two reads of the mark of changes if the database is a server."""

MAX_CACHED_KEYS = 4096
"""Maximum number of cached keys, about 500 bytes each. Only valid keys are cached."""

Clock = Callable[[], float]


class KeyDatabase(Protocol):
    """The part of the port ``Database`` that the authenticator uses."""

    is_embedded: bool

    def data_version(self) -> int | None: ...

    def reading_primary(self) -> ReadOnlyUnitOfWork: ...


class CachedKey(NamedTuple):
    """A valid key. ``expires_at`` is a Unix time, or ``None``."""

    principal: Principal
    expires_at: int | None


class ApiKeyAuthenticator:
    """``Authenticator`` for API keys.

    Unknown, malformed, revoked and expired keys take the same path: one digest and one lookup in
    the database. They are not cached, so they do not displace valid keys.

    On a database server a revoked key may be accepted for ``check_interval`` seconds more. On a
    file the parameter has no effect. ``clock`` returns Unix time, which decides whether a key has
    expired. Other scopes of a key than ``scopes`` are ignored.
    """

    def __init__(
        self,
        database: KeyDatabase,
        scopes: ScopeNames,
        *,
        check_interval: float = CHECK_INTERVAL,
        clock: Clock = time.time,
        monotonic: Clock = time.monotonic,
    ) -> None:
        self._database = database
        self._scopes = scopes
        self._check_interval = 0.0 if database.is_embedded else check_interval
        self._clock = clock
        self._monotonic = monotonic
        self._valid: dict[bytes, CachedKey] = {}
        self._mark: object = None
        self._version: int | None = None
        self._checked_at = float("-inf")

    async def authenticate(self, credential: str) -> Principal | None:
        """Return the principal of a valid key, with the id ``key:<id of the key>``, or ``None``.

        Raises ``StoreUnavailable`` if the database cannot be read.
        """
        digest = digest_key(credential)
        version = self._database.data_version()
        if version is None or version != self._version:
            await self._forget_changed_keys(version)
        known = self._valid.get(digest)
        if known is not None and (known.expires_at is None or self._clock() < known.expires_at):
            return known.principal
        return await self._find(digest)

    async def _forget_changed_keys(self, version: int | None) -> None:
        """Empty the cache if a key was created or revoked since the mark was read last.

        ``version`` was read before the mark. A commit between the two is noticed by the next
        request, because the version differs then.
        """
        now = self._monotonic()
        if version is None and now - self._checked_at < self._check_interval:
            return
        async with self._database.reading_primary() as uow:
            mark = await uow.api_keys.read_change_mark()
        self._compare_mark(mark)
        self._version, self._checked_at = version, now

    def _compare_mark(self, mark: object) -> None:
        """Empty the cache if the mark differs from the one that was read last."""
        if mark != self._mark:
            self._valid = {}
        self._mark = mark

    async def _find(self, digest: bytes) -> Principal | None:
        """Look up the digest, and cache the key if it is valid.

        The key is added to the dictionary that was the cache before the lookup. If the cache has
        been emptied during the lookup, that dictionary is no longer used: the result may be older
        than the change.
        """
        valid = self._valid
        async with self._database.reading_primary() as uow:
            key = await uow.api_keys.find(digest, int(self._clock()))
            if key is not None:
                self._compare_mark(await uow.api_keys.read_change_mark())
        if key is None:
            valid.pop(digest, None)
            return None
        if len(valid) >= MAX_CACHED_KEYS:
            del valid[next(iter(valid))]
        principal = Principal(f"key:{key.id}", self._scopes.select_known(key.scopes))
        valid[digest] = CachedKey(principal, key.expires_at)
        return principal
