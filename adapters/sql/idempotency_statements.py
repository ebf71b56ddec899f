"""The statements of the idempotency store.

A response is expired if the database's clock, or ``latest`` if that is earlier, has reached its
``expires``.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert  # SQLite has the same ON CONFLICT syntax

from adapters.sql.clock import database_time
from adapters.sql.statements import MAY_SCAN
from adapters.sql.tables import Int64, idempotency_table

CLAIM_EXPIRES_AT = 0
"""Expiry of a claim without a response. If it is committed, it is already expired."""

_ZERO: ColumnElement[int] = literal_column("0")
"""Not a parameter, as of ``offset``: SQLAlchemy would add one without a name."""

_columns = idempotency_table.c
_latest = bindparam("latest", type_=Int64)
_at_most = bindparam("at_most", type_=Int64)
_limit = bindparam("limit", type_=Int64)
_by_key = _columns.key == bindparam("idempotency_key")
_by_owner = _columns.owner == bindparam("owner")
_is_expired = _columns.expires <= database_time(_latest)
_size = func.coalesce(func.length(_columns.body), _ZERO).label("size")

_CLAIM_VALUES: Mapping[str, ColumnElement[Any]] = {
    "fingerprint": bindparam("fingerprint", type_=_columns.fingerprint.type),
    "expires": literal_column(str(CLAIM_EXPIRES_AT)),
    "owner": bindparam("owner", type_=_columns.owner.type),
}
_KEY: ColumnElement[Any] = bindparam("idempotency_key", type_=_columns.key.type)


def _claim(insertion: Insert) -> Any:
    """Return the insertion of a key, which replaces an expired one, and returns it if claimed."""
    return insertion.on_conflict_do_update(
        index_elements=["key"], set_=_CLAIM_VALUES, where=_is_expired
    ).returning(_columns.key)


CLAIM = _claim(insert(idempotency_table).values(key=_KEY, **_CLAIM_VALUES))

_of_owner = select(_columns.expires).where(_by_owner, ~_is_expired).limit(_limit)
_number_of_owner = select(func.count()).select_from(_of_owner.offset(_ZERO).subquery())

CLAIM_BELOW_LIMIT = _claim(
    insert(idempotency_table).from_select(
        ["key", *_CLAIM_VALUES],
        select(_KEY, *_CLAIM_VALUES.values()).where(_number_of_owner.scalar_subquery() < _limit),
    )
)
"""Claims a key while the owner has fewer than ``limit`` responses that are not expired."""

_RESPONSE = ("status", "headers", "body", "body_size")

GET = select(_is_expired.label("is_expired"), *_columns["fingerprint", *_RESPONSE]).where(_by_key)

SAVE = (
    update(idempotency_table)
    .values(
        {name: bindparam(f"new_{name}") for name in _RESPONSE}
        | {"expires": database_time() + bindparam("lifetime", type_=Int64)}
    )
    .where(_by_key)
)

TIME = select(database_time())

NEXT_EXPIRY = (
    select(_columns.expires - database_time())
    .where(_columns.expires > database_time())
    .order_by(_columns.expires)
    .limit(literal_column("1"))
    .offset(_ZERO)
)
NEXT_EXPIRY_OF_OWNER = NEXT_EXPIRY.where(_by_owner)

COUNT = (
    select(func.count())
    .select_from(select(_columns.expires).limit(_at_most).offset(_ZERO).subquery())
    .execution_options(**{MAY_SCAN: True})
)

_oldest = (
    select(_columns.key, _columns.expires, _size)
    .where(_is_expired)
    .order_by(_columns.expires)
    .limit(_at_most)
    .offset(_ZERO)
    .with_for_update(skip_locked=True)  # processes that prune at the same time do not wait
    .cte("oldest")
)
_size_before = (
    func.sum(_oldest.c.size).over(order_by=(_oldest.c.expires, _oldest.c.key), rows=(None, 0))
    - _oldest.c.size
)
_summed = select(_oldest.c.key, _size_before.label("size_before")).cte("summed")

PRUNE = (
    delete(idempotency_table)
    .where(
        _columns.key.in_(
            select(_summed.c.key).where(_summed.c.size_before < bindparam("max_size", type_=Int64))
        )
    )
    .returning(_size)
)
"""Deletes the oldest expired responses: at most ``at_most``, until ``max_size`` is reached.

To free a large body, SQLite reads each of its pages, and blocks the event loop.
"""
