"""The server engine: how PostgreSQL is connected to.

Everything that could wait for ever has a bound: connecting, getting a connection from the pool, a
statement, a lock, and a transaction that its client forgot.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import NullPool, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

ASYNCPG = "postgresql+asyncpg://"
"""SQLAlchemy's name for the driver. The address goes to the driver as it is, so that it may name
several hosts, which SQLAlchemy's own URLs can't."""

NETWORK_ALLOWANCE = 1.0
"""Seconds beyond the server's own limit after which a server that says nothing counts as lost."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How a process uses its database server. Times are in seconds."""

    pool_size: int = 10
    """Connections of this process at most."""

    pool_timeout: float = 2.0
    """Time to wait for a connection when all are in use."""

    connect_timeout: float = 3.0
    statement_timeout: float = 10.0
    lock_timeout: float = 5.0
    idle_timeout: float = 10.0
    """Time after which the server ends a transaction in which nothing happens."""

    pgbouncer: bool = False
    """Whether a pgbouncer in transaction mode stands in between, where sessions keep nothing."""


def pooled_engine(dsn: str, options: ServerOptions) -> AsyncEngine:
    """Return the engine that serves requests."""
    engine = create_async_engine(
        ASYNCPG,
        hide_parameters=True,
        connect_args=_connect_args(dsn, options),
        pool_size=options.pool_size,
        max_overflow=0,
        pool_timeout=options.pool_timeout,
        pool_use_lifo=True,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_if_closed)
    return engine


def migrating_engine(dsn: str, options: ServerOptions) -> AsyncEngine:
    """Return an engine for one connection that may work, and wait for a lock, for long."""
    connect_args = {"dsn": dsn, "timeout": options.connect_timeout, **_unprepared(options)}
    return create_async_engine(
        ASYNCPG, hide_parameters=True, connect_args=connect_args, poolclass=NullPool
    )


def _connect_args(dsn: str, options: ServerOptions) -> dict[str, Any]:
    arguments = {
        "dsn": dsn,
        "timeout": options.connect_timeout,
        "command_timeout": options.statement_timeout + NETWORK_ALLOWANCE,
    }
    if options.pgbouncer:
        return arguments | _unprepared(options)
    settings = {
        "application_name": "heroes",
        "statement_timeout": _milliseconds(options.statement_timeout),
        "lock_timeout": _milliseconds(options.lock_timeout),
        "idle_in_transaction_session_timeout": _milliseconds(options.idle_timeout),
    }
    return arguments | {"server_settings": settings}


def _unprepared(options: ServerOptions) -> dict[str, Any]:
    """Return what keeps prepared statements from outliving the transaction they are used in."""
    if not options.pgbouncer:
        return {}
    return {
        "statement_cache_size": 0,
        "prepared_statement_cache_size": 0,
        "prepared_statement_name_func": str,
    }


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))


def _refuse_if_closed(connection: Any, *_: object) -> None:
    """Make the pool open another connection in place of one that the server has closed.

    The driver is told of that by the socket, so this costs no round trip, as a ping would.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError
