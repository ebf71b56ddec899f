"""The statements of the store of API keys."""

from sqlalchemy import bindparam, func, insert, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # SQLite has the same ON CONFLICT

from adapters.sql.clock import database_time
from adapters.sql.tables import Int64, api_key_changes_table, api_key_table

_columns = api_key_table.c
_changes = api_key_changes_table.c
_stored = [_columns[name] for name in ("id", "name", "scopes", "created", "expires", "revoked")]
"""The columns that are read: all but the digest."""

FIND = select(*_stored).where(
    _columns.digest == bindparam("digest"),
    _columns.revoked.is_(None),
    or_(_columns.expires.is_(None), _columns.expires > bindparam("now", type_=Int64)),
)

ALL = select(*_stored).order_by(_columns.id)
"""Not marked as a scan, which could run on a replica. Only a command reads all keys."""

ADD = (
    insert(api_key_table)
    .values(
        name=bindparam("new_name", type_=_columns.name.type),
        digest=bindparam("new_digest", type_=_columns.digest.type),
        scopes=bindparam("new_scopes", type_=_columns.scopes.type),
        created=database_time(),
        expires=database_time() + bindparam("lifetime", type_=Int64),
    )
    .returning(*_stored)
)
"""Inserts a key. It does not expire if ``lifetime`` is null."""

REVOKE = (
    update(api_key_table)
    .values(revoked=func.coalesce(_columns.revoked, database_time()))
    .where(_columns.id == bindparam("key_id", type_=Int64))
    .returning(*_stored)
)

READ_CHANGE_MARK = select(_changes.number)

_mark = bindparam("mark", type_=Int64)

SET_CHANGE_MARK = (
    upsert(api_key_changes_table)
    .values(id=literal_column("1"), number=_mark)
    .on_conflict_do_update(index_elements=["id"], set_={"number": _mark})
)
"""Replaces the mark, or inserts its only row."""
