"""The responses by idempotency key in SQL.

A key is claimed by its row, which has no response yet. Until the unit of work ends, no other one
sees the row, but one that inserts the same key has to wait for it.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert  # SQLite's ON CONFLICT is written alike

from adapters.sql.session import SqlSession
from adapters.sql.tables import idempotency_table
from service_layer.errors import StoreBusy
from service_layer.idempotency import IdempotencyKey, KeyInProgress, KeyReused, StoredResponse

PRUNED = 64
"""Expired responses that are deleted at once, at most."""

NO_RESPONSE = 0
"""When a claim expires that is committed without a response: it has expired from the start."""

_RESPONSE = ("status", "headers", "body")
_THIS_ONE = idempotency_table.c.key == bindparam("this_key")
_IS_EXPIRED = idempotency_table.c.expires <= bindparam("now")
_CLAIMED: Mapping[str, Any] = {
    "fingerprint": bindparam("fingerprint"),
    "expires": literal_column(str(NO_RESPONSE)),
}

_CLAIM = (
    insert(idempotency_table)
    .values(key=bindparam("this_key"), **_CLAIMED)
    .on_conflict_do_update(index_elements=["key"], set_=_CLAIMED, where=_IS_EXPIRED)
    .returning(idempotency_table.c.key)
)
_GET = select(*idempotency_table.c["fingerprint", *_RESPONSE]).where(_THIS_ONE)
_SAVE = (
    update(idempotency_table)
    .values({name: bindparam(f"new_{name}") for name in (*_RESPONSE, "expires")})
    .where(_THIS_ONE)
)
_EXPIRED = (
    select(idempotency_table.c.key)
    .where(_IS_EXPIRED)
    .order_by(idempotency_table.c.expires)
    .limit(literal_column(str(PRUNED)))
    .offset(literal_column("0"))  # or SQLite's dialect makes a parameter of it
    .with_for_update(skip_locked=True)  # others' prunings wait for nothing, and nor does this one
    .cte("expired")
)
_PRUNE = delete(idempotency_table).where(idempotency_table.c.key.in_(select(_EXPIRED.c.key)))


class SqlIdempotencyStore:
    """``IdempotencyStore`` over a session that writes."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def claim(self, key: IdempotencyKey) -> StoredResponse | None:
        claim = {"this_key": key.value, "fingerprint": key.fingerprint, "now": key.received_at}
        try:
            if await self._session.exec(_CLAIM, claim):
                return None
        except StoreBusy as busy:
            raise KeyInProgress(str(busy)) from busy
        ((fingerprint, status, headers, body),) = await self._session.exec(
            _GET, {"this_key": key.value}
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
        await self._session.exec(_SAVE, {"this_key": key.value, **values})

    async def prune(self, *, now: int) -> None:
        await self._session.exec(_PRUNE, {"now": now})
