"""The store of API keys in SQL."""

import secrets
from collections.abc import Sequence

from adapters.sql import api_key_statements as statements
from adapters.sql.api_key_rows import to_key
from adapters.sql.session import SqlExecutor, SqlSession
from adapters.sql.tables import IDS
from domain.api_key import ApiKey, ApiKeyDraft, ApiKeyNotFound

MARK_BITS = 63
"""Random bits of a mark of changes: the non-negative half of a 64-bit integer."""


class SqlApiKeyReader:
    """``ApiKeyReader`` in SQL."""

    def __init__(self, executor: SqlExecutor) -> None:
        self._executor = executor

    async def find(self, digest: bytes, now: int) -> ApiKey | None:
        rows = await self._executor.exec(statements.FIND, {"digest": digest, "now": now})
        key = to_key(rows[0]) if rows else None
        return None if key is None or key.damaged else key

    async def all(self) -> Sequence[ApiKey]:
        rows = await self._executor.exec(statements.ALL, {})
        return [to_key(row) for row in rows]

    async def read_change_mark(self) -> object:
        rows = await self._executor.exec(statements.READ_CHANGE_MARK, {})
        return rows[0][0] if rows else None


class SqlApiKeyStore(SqlApiKeyReader):
    """``ApiKeyStore`` in the transaction of a session."""

    def __init__(self, session: SqlSession) -> None:
        super().__init__(session)
        self._session = session

    async def add(self, draft: ApiKeyDraft, digest: bytes) -> ApiKey:
        values = {
            "new_name": draft.name,
            "new_digest": digest,
            "new_scopes": " ".join(sorted(draft.scopes)),
            "lifetime": draft.lifetime,
        }
        (row,) = await self._session.exec(statements.ADD, values)
        await self._set_change_mark()
        return to_key(row)

    async def revoke(self, key_id: int) -> ApiKey:
        if key_id not in IDS:
            raise ApiKeyNotFound(key_id)
        rows = await self._session.exec(statements.REVOKE, {"key_id": key_id})
        if not rows:
            raise ApiKeyNotFound(key_id)
        await self._set_change_mark()
        return to_key(rows[0])

    async def _set_change_mark(self) -> None:
        mark = secrets.randbits(MARK_BITS)
        await self._session.exec(statements.SET_CHANGE_MARK, {"mark": mark})
