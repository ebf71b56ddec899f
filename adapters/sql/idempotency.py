"""The idempotency store in SQL.

A unit of work claims a key by inserting a row without a response. Until it ends, other transactions
do not see the row. Another INSERT of the same key waits for the lock of the unique index::

    A: INSERT key ... UPDATE response ... COMMIT
    B:    INSERT key (waits) .................. conflict: SELECT response
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert  # SQLite has the same ON CONFLICT syntax

from adapters.sql.session import SqlSession
from adapters.sql.tables import idempotency_table
from service_layer.errors import StoreBusy
from service_layer.idempotency import IdempotencyKey, KeyInProgress, KeyReused, StoredResponse

PRUNE_LIMIT = 64
"""Maximum number of expired responses that ``prune`` deletes."""

CLAIM_EXPIRES_AT = 0
"""Expiry of a claim without a response. If it is committed, it is already expired."""

_RESPONSE_COLUMNS = ("status", "headers", "body")
_BY_KEY = idempotency_table.c.key == bindparam("idempotency_key")
_IS_EXPIRED = idempotency_table.c.expires <= bindparam("now")
_CLAIM_VALUES: Mapping[str, Any] = {
    "fingerprint": bindparam("fingerprint"),
    "expires": literal_column(str(CLAIM_EXPIRES_AT)),
}

_CLAIM = (
    insert(idempotency_table)
    .values(key=bindparam("idempotency_key"), **_CLAIM_VALUES)
    .on_conflict_do_update(index_elements=["key"], set_=_CLAIM_VALUES, where=_IS_EXPIRED)
    .returning(idempotency_table.c.key)
)
_GET = select(*idempotency_table.c["fingerprint", *_RESPONSE_COLUMNS]).where(_BY_KEY)
_SAVE = (
    update(idempotency_table)
    .values({name: bindparam(f"new_{name}") for name in (*_RESPONSE_COLUMNS, "expires")})
    .where(_BY_KEY)
)
_EXPIRED = (
    select(idempotency_table.c.key)
    .where(_IS_EXPIRED)
    .order_by(idempotency_table.c.expires)
    .limit(literal_column(str(PRUNE_LIMIT)))
    .offset(literal_column("0"))  # SQLite's dialect would add an unnamed parameter
    .with_for_update(skip_locked=True)  # concurrent prunings do not block each other
    .cte("expired")
)
_PRUNE = delete(idempotency_table).where(idempotency_table.c.key.in_(select(_EXPIRED.c.key)))


class SqlIdempotencyStore:
    """``IdempotencyStore`` in the transaction of a session."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def claim(self, key: IdempotencyKey) -> StoredResponse | None:
        claim = {
            "idempotency_key": key.value,
            "fingerprint": key.fingerprint,
            "now": key.received_at,
        }
        try:
            if await self._session.exec(_CLAIM, claim):
                return None
        except StoreBusy as busy:
            raise KeyInProgress(str(busy)) from busy
        ((fingerprint, status, headers, body),) = await self._session.exec(
            _GET, {"idempotency_key": key.value}
        )
        if fingerprint != key.fingerprint:
            raise KeyReused
        return StoredResponse(status, tuple(map(tuple, json.loads(headers))), body)

    async def save(self, key: IdempotencyKey, response: StoredResponse) -> None:
        values = {
            "new_status": response.status,
            "new_headers": json.dumps(response.headers),
            "new_body": response.body,
            "new_expires": key.expires_at,
        }
        await self._session.exec(_SAVE, {"idempotency_key": key.value, **values})

    async def prune(self, *, now: int) -> None:
        await self._session.exec(_PRUNE, {"now": now})
