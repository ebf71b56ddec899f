"""Migrations of a PostgreSQL database, under a lock and on a new connection."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from adapters.migrations import runner
from adapters.postgres.connections import (
    NO_STATEMENT_CACHE,
    ServerOptions,
    connect_arguments,
    connect_to_first_available,
)
from adapters.postgres.sequences import advance_sequences
from adapters.postgres.start_errors import translate_start_errors
from service_layer.errors import UnusableDatabase

ASYNCPG = "postgresql+asyncpg://"
"""SQLAlchemy's URL of the driver. The driver receives the real URL unchanged.

That URL may have several hosts in a form that SQLAlchemy does not accept.
"""

MIGRATION_LOCK = text("SELECT pg_advisory_xact_lock(6072426)")
"""Acquires the lock of schema changes. The number is arbitrary, but fixed: processes share it."""

ENCODING = text("SHOW server_encoding")

SCHEMA_ERRORS = ("0A", "42")
"""Classes of the SQLSTATEs of a revision that the existing schema does not allow."""

MAX_CONNECTIONS = text(
    "SELECT current_setting('max_connections')::int"
    " - current_setting('superuser_reserved_connections')::int"
    " - coalesce(current_setting('reserved_connections', true), '0')::int"
)

T = TypeVar("T")


def migrate(dsn: str, options: ServerOptions) -> Sequence[str]:
    """Apply all pending revisions under a lock and return them. Advance the sequences of ids.

    Blocks: do not call it in the thread of a running event loop. Raises ``UnusableDatabase`` and
    ``StoreUnavailable``.
    """
    return asyncio.run(run_on_new_connection(dsn, options, _apply_under_lock))


def pending(dsn: str, options: ServerOptions) -> Sequence[str]:
    """Return the revisions that are not applied yet. Blocks and raises like ``migrate``."""
    return asyncio.run(run_on_new_connection(dsn, options, runner.pending))


def max_connections(dsn: str, options: ServerOptions) -> int:
    """Return the server's connection limit for ordinary users. Blocks."""
    return asyncio.run(run_on_new_connection(dsn, options, _max_connections))


def migrating_engine(dsn: str, options: ServerOptions) -> AsyncEngine:
    """Return an engine for one connection, without timeouts for statements and locks."""
    connect_args = connect_arguments(dsn, options)
    connect_args["async_creator_fn"] = connect_to_first_available
    if options.pgbouncer:
        no_named_statements = {
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": str,
        }
        connect_args |= NO_STATEMENT_CACHE | no_named_statements
    return create_async_engine(
        ASYNCPG, hide_parameters=True, connect_args=connect_args, poolclass=NullPool
    )


async def run_on_new_connection(
    dsn: str, options: ServerOptions, work: Callable[[Connection], T]
) -> T:
    """Do the work in a transaction of a new connection. Raises like ``migrate``."""
    with translate_start_errors():
        async with migrating_engine(dsn, options).begin() as connection:
            await connection.run_sync(_check_encoding)
            return await connection.run_sync(work)


def _apply_under_lock(connection: Connection) -> Sequence[str]:
    connection.execute(MIGRATION_LOCK)
    try:
        applied = runner.apply(connection)
        advance_sequences(connection)
    except DBAPIError as error:
        if str(getattr(error.orig, "sqlstate", "")).startswith(SCHEMA_ERRORS):
            reason = str(error.orig).partition("\n")[0]
            raise UnusableDatabase(f"its schema cannot be migrated: {reason}") from error
        raise
    return applied


def _check_encoding(connection: Connection) -> None:
    """Raise ``UnusableDatabase`` if the encoding cannot store every text."""
    encoding = connection.execute(ENCODING).scalar_one()
    if encoding != "UTF8":
        raise UnusableDatabase(f"its encoding is {encoding}; UTF8 is required")


def _max_connections(connection: Connection) -> int:
    return int(connection.execute(MAX_CONNECTIONS).scalar_one())
