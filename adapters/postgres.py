"""The server engine: how PostgreSQL is connected to.

Everything that could wait for ever has a bound: connecting, getting a connection from the pool, a
statement, a lock, and a transaction that its client forgot.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from sqlalchemy import NullPool
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from adapters.sql.statements import compiler

ASYNCPG = "postgresql+asyncpg://"
"""SQLAlchemy's name for the driver. The address goes to the driver as it is, so that it may name
several hosts, which SQLAlchemy's own URLs can't."""

NOT_THIS_HOST = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.TargetServerAttributeNotMatched,
)
"""What says that a host is away, or is not what the address asks for."""

UNPREPARED = {"statement_cache_size": 0}
"""What keeps prepared statements from outliving the transaction they are used in."""

SCANS = 2
"""Connections of a process that are kept for scans, so that these leave the others to the rest."""

NETWORK_ALLOWANCE = 1.0
"""Seconds beyond the server's own limit after which a server that says nothing counts as lost."""

compiled = compiler(PGDialect_asyncpg())  # type: ignore[no-untyped-call]


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
    return await _connect_to_the_first_that_answers(**_connect_args(dsn, options, settings))


def migrating_engine(dsn: str, options: ServerOptions) -> AsyncEngine:
    """Return an engine for one connection that may work, and wait for a lock, for long."""
    connect_args = _address(dsn, options)
    connect_args["async_creator_fn"] = _connect_to_the_first_that_answers
    if options.pgbouncer:
        sqlalchemys = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": str}
        connect_args |= UNPREPARED | sqlalchemys
    return create_async_engine(
        ASYNCPG, hide_parameters=True, connect_args=connect_args, poolclass=NullPool
    )


def _connect_args(dsn: str, options: ServerOptions, further: Mapping[str, str]) -> dict[str, Any]:
    command_timeout = options.statement_timeout + NETWORK_ALLOWANCE
    arguments = _address(dsn, options) | {"command_timeout": command_timeout}
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


def _address(dsn: str, options: ServerOptions) -> dict[str, Any]:
    return {"dsn": dsn, "timeout": options.connect_timeout}


async def _connect_to_the_first_that_answers(*, dsn: str, **arguments: Any) -> Any:
    """Give each host the whole time to connect.

    The driver's own time is for all hosts together. One whose machine is gone would use it up, and
    the next, which may be the new primary, would never be tried.
    """
    *others, last = _each_host(dsn)
    for address in others:
        with suppress(*NOT_THIS_HOST):
            return await asyncpg.connect(address, **arguments)
    return await asyncpg.connect(last, **arguments)


def _each_host(dsn: str) -> list[str]:
    """Return an address for each host; ``prefer-standby`` has to see all of them at once."""
    parts = urlsplit(dsn)
    if "prefer-standby" in parts.query:
        return [dsn]
    user, at, hosts = parts.netloc.rpartition("@")
    return [parts._replace(netloc=f"{user}{at}{host}").geturl() for host in hosts.split(",")]


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))
