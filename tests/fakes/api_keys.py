"""The store of API keys in memory."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from domain.api_key import ApiKey, ApiKeyDraft, ApiKeyNotFound
from service_layer.errors import StoreConflict


@dataclass
class StoredKeys:
    """All keys by id, the id of each digest, and the mark of the last change."""

    by_id: dict[int, ApiKey] = field(default_factory=dict)
    ids: dict[bytes, int] = field(default_factory=dict)
    mark: object = None

    def copy(self) -> "StoredKeys":
        return StoredKeys(dict(self.by_id), dict(self.ids), self.mark)


class State(Protocol):
    """What a unit of work lets the store see."""

    api_keys: StoredKeys


class FakeApiKeyStore:
    """``ApiKeyStore`` over the state that its unit of work lets it see."""

    def __init__(self, state: Callable[[], Awaitable[State]], clock: Callable[[], float]) -> None:
        self._state = state
        self._clock = clock

    async def find(self, digest: bytes, now: int) -> ApiKey | None:
        keys = await self._keys()
        key = keys.by_id.get(keys.ids.get(digest, 0))
        if key is None or key.revoked_at is not None or key.damaged:
            return None
        return key if key.expires_at is None or now < key.expires_at else None

    async def all(self) -> Sequence[ApiKey]:
        return list((await self._keys()).by_id.values())

    async def read_change_mark(self) -> object:
        return (await self._keys()).mark

    async def add(self, draft: ApiKeyDraft, digest: bytes) -> ApiKey:
        keys, now = await self._keys(), int(self._clock())
        if digest in keys.ids:
            raise StoreConflict
        expires_at = None if draft.lifetime is None else now + draft.lifetime
        key_id = len(keys.by_id) + 1
        key = ApiKey(key_id, draft.name, tuple(sorted(draft.scopes)), now, expires_at, None)
        keys.by_id[key_id], keys.ids[digest] = key, key_id
        keys.mark = secrets.randbits(63)
        return key

    async def revoke(self, key_id: int) -> ApiKey:
        keys = await self._keys()
        if key_id not in keys.by_id:
            raise ApiKeyNotFound(key_id)
        key = keys.by_id[key_id]
        keys.by_id[key_id] = replace(key, revoked_at=key.revoked_at or int(self._clock()))
        keys.mark = secrets.randbits(63)
        return keys.by_id[key_id]

    async def _keys(self) -> StoredKeys:
        return (await self._state()).api_keys
