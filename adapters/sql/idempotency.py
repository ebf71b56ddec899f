"""The idempotency store in SQL.

A unit of work claims a key by inserting a row without a response. Until it ends, other transactions
do not see the row. Another INSERT of the same key waits for the lock of the unique index::

    A: INSERT key ... UPDATE response ... COMMIT
    B:    INSERT key (waits) .................. conflict: SELECT response
"""

import json
from collections.abc import Sequence
from typing import Any

from adapters.sql import idempotency_statements as statements
from adapters.sql.session import SqlExecutor, SqlSession
from service_layer.errors import StoreBusy, StoreUnavailable
from service_layer.idempotency import (
    PRUNE_SIZE,
    ClientKeyLimitReached,
    IdempotencyKey,
    KeyInProgress,
    KeyReused,
    Pruned,
    StoredResponse,
)
from service_layer.stored_body import MAX_STORED_SIZE, StoredBody, pack_body, unpack_body


class SqlIdempotencyReader:
    """``IdempotencyReader`` in SQL."""

    def __init__(self, executor: SqlExecutor) -> None:
        self._executor = executor

    async def count(self, at_most: int) -> int:
        ((number,),) = await self._executor.exec(statements.COUNT, {"at_most": at_most})
        return int(number)


class SqlIdempotencyStore:
    """``IdempotencyStore`` in the transaction of a session."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def claim(self, key: IdempotencyKey) -> StoredResponse | None:
        try:
            if await self._insert(key):
                return None
        except StoreBusy as busy:
            raise KeyInProgress(str(busy)) from busy
        values = {"idempotency_key": key.value, "latest": key.retention.clock.latest}
        rows = await self._session.exec(statements.GET, values)
        for is_expired, fingerprint, status, headers, body, size in rows:
            if is_expired and key.owner is not None:
                break
            if fingerprint != key.fingerprint:
                raise KeyReused
            return _read_response(status, headers, StoredBody(body, size))
        raise ClientKeyLimitReached(await self.seconds_to_expiry(key.owner))

    async def save(self, key: IdempotencyKey, response: StoredResponse) -> None:
        headers = json.dumps(response.headers)
        body, size = await pack_body(response.body, MAX_STORED_SIZE - len(headers))
        values = {
            "new_status": response.status,
            "new_headers": headers,
            "new_body": body,
            "new_body_size": size,
            "lifetime": key.retention.lifetime,
        }
        await self._session.exec(statements.SAVE, {"idempotency_key": key.value, **values})

    async def time(self) -> int:
        ((time,),) = await self._session.exec(statements.TIME, {})
        return int(time)

    async def seconds_to_expiry(self, owner: str | None = None) -> int:
        query = statements.NEXT_EXPIRY if owner is None else statements.NEXT_EXPIRY_OF_OWNER
        rows = await self._session.exec(query, {} if owner is None else {"owner": owner})
        return int(rows[0][0]) if rows else 1

    async def prune(self, latest: int, at_most: int) -> Pruned:
        values = {"latest": latest, "at_most": at_most, "max_size": PRUNE_SIZE}
        rows = await self._session.exec(statements.PRUNE, values)
        return Pruned(len(rows), sum(size for (size,) in rows))

    async def _insert(self, key: IdempotencyKey) -> Sequence[Any]:
        """Insert the key, or replace it if it is expired. Return whether the key is claimed."""
        values = {
            "idempotency_key": key.value,
            "fingerprint": key.fingerprint,
            "owner": key.owner,
            "latest": key.retention.clock.latest,
        }
        if key.owner is None:
            return await self._session.exec(statements.CLAIM, values)
        limit = {"limit": key.retention.limit_per_client}
        return await self._session.exec(statements.CLAIM_BELOW_LIMIT, values | limit)


def _read_response(status: int, headers: str, body: StoredBody) -> StoredResponse:
    """Return the stored response. Raises ``StoreUnavailable`` if it is damaged."""
    try:
        response = StoredResponse(status, tuple(map(tuple, json.loads(headers))), unpack_body(body))
    except (TypeError, ValueError) as error:
        raise StoreUnavailable("a stored response is damaged") from error
    if not response.is_valid():
        raise StoreUnavailable("a stored response is damaged")
    return response
