"""Find out whether each replica answers, has the schema, and how far it is behind its primary."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from asyncpg import TargetServerAttributeNotMatched
from sqlalchemy import Connection, text

from adapters.migrations import runner
from adapters.postgres.connections import ServerOptions
from adapters.postgres.dsn import hide_password, split_hosts
from adapters.postgres.schema import run_on_new_connection
from service_layer.database import Replica
from service_layer.errors import (
    NewerSchema,
    StoreUnavailable,
    UnsupportedSchema,
    UnusableDatabase,
)

LAG = text("""
    SELECT CASE
        WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
        ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp())
    END::float
    WHERE pg_is_in_recovery()
""")
"""Returns the age of the last transaction, unless all that was received is replayed.

Returns no row on a server that is no standby.
"""

OTHER_ROLE = "its role is not the one of target_session_attrs"


def inspect_replicas(dsn: str, options: ServerOptions) -> Sequence[Replica]:
    """Return what is known of each host of the URL. Blocks."""
    replicas = [_inspect_host(each, options) for each in split_hosts(dsn)]
    if any(replica.note != OTHER_ROLE for replica in replicas):
        return replicas
    return [replace(replica, note="", failure=OTHER_ROLE) for replica in replicas]


def _inspect_host(dsn: str, options: ServerOptions) -> Replica:
    name = hide_password(dsn)
    try:
        return asyncio.run(run_on_new_connection(dsn, options, partial(_inspect, name)))
    except (StoreUnavailable, UnusableDatabase) as error:
        if _has_other_role(error):
            return Replica(name, note=OTHER_ROLE)
        return Replica(name, failure=str(error))


def _has_other_role(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, TargetServerAttributeNotMatched):
        error = error.__cause__
    return error is not None


def _inspect(name: str, connection: Connection) -> Replica:
    lag = connection.execute(LAG).scalar()
    try:
        return Replica(name, pending=tuple(runner.pending(connection)), lag=lag)
    except UnsupportedSchema:
        raise
    except NewerSchema as error:
        return Replica(name, lag=lag, note=str(error))
