"""The server engine: how PostgreSQL is connected to.

Everything that could wait for ever has a bound: connecting, getting a connection from the pool, a
statement, a lock, and a transaction that its client forgot.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from adapters.postgres.dsn import each_host
from adapters.sql.statements import make_compiler

NOT_THIS_HOST = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.TargetServerAttributeNotMatched,
)
"""What says that a host is away, or is not what the address asks for."""

UNPREPARED = {"statement_cache_size": 0}
"""What keeps prepared statements from outliving the transaction they are used in."""

NETWORK_ALLOWANCE = 1.0
"""Seconds beyond the server's own limit after which a server that says nothing counts as lost."""

compile_statement = make_compiler(PGDialect_asyncpg())  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How a process uses its database server. Times are in seconds."""

    pool_size: int = 10
    """Connections of this process at most, those for scans not counted."""

    pool_timeout: float = 2.0
    """Time to wait for a connection when all are in use."""

    connect_timeout: float = 3.0
    """Time for each host of the address."""

    statement_timeout: float = 10.0
    scan_timeout: float = 5.0
    """Time for a statement that may scan, where it is less than that for any statement."""

    lock_timeout: float = 5.0
    idle_timeout: float = 10.0
    """Time after which the server ends a transaction in which nothing happens."""

    pgbouncer: bool = False
    """Whether a pgbouncer in transaction mode stands in between, where sessions keep nothing."""


async def connect(dsn: str, options: ServerOptions, **settings: str) -> asyncpg.Connection:
    """Return a connection that serves requests, with further ``settings`` of the server's.

    What the driver raises passes through.
    """
    return await connect_to_the_first_that_answers(**_serving_arguments(dsn, options, settings))


def _serving_arguments(
    dsn: str, options: ServerOptions, further: Mapping[str, str]
) -> dict[str, Any]:
    command_timeout = options.statement_timeout + NETWORK_ALLOWANCE
    arguments = connect_arguments(dsn, options) | {"command_timeout": command_timeout}
    if options.pgbouncer:
        return arguments | UNPREPARED
    settings = {
        "application_name": "heroes",
        "statement_timeout": _milliseconds(options.statement_timeout),
        "lock_timeout": _milliseconds(options.lock_timeout),
        "idle_in_transaction_session_timeout": _milliseconds(options.idle_timeout),
        **further,
    }
    return arguments | {"server_settings": settings}


def connect_arguments(dsn: str, options: ServerOptions) -> dict[str, Any]:
    """Return what the driver needs for any connection."""
    return {"dsn": dsn, "timeout": options.connect_timeout}


async def connect_to_the_first_that_answers(*, dsn: str, **arguments: Any) -> Any:
    """Give each host the whole time to connect.

    The driver's own time is for all hosts together. One whose machine is gone would use it up, and
    the next, which may be the new primary, would never be tried.
    """
    *others, last = each_host(dsn)
    for address in others:
        with suppress(*NOT_THIS_HOST):
            return await asyncpg.connect(address, **arguments)
    return await asyncpg.connect(last, **arguments)


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))
