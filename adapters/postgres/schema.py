"""A PostgreSQL database's schema: brought up to date under a lock, on a connection of its own."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from adapters.migrations import runner
from adapters.postgres.connections import (
    UNPREPARED,
    ServerOptions,
    connect_arguments,
    connect_to_the_first_that_answers,
)
from adapters.postgres.errors import translate_errors
from service_layer.errors import UnusableDatabase

ASYNCPG = "postgresql+asyncpg://"
"""SQLAlchemy's name for the driver. The address goes to the driver as it is, so that it may name
several hosts, which SQLAlchemy's own URLs can't."""

MIGRATION_LOCK = text("SELECT pg_advisory_xact_lock(6072426)")
"""Held while the schema changes. The number means nothing; all processes have to name the same."""

ENCODING = text("SHOW server_encoding")

REFUSED = ("0A", "42")
"""How the SQLSTATEs begin that say the schema does not allow what a revision does."""

MAX_CONNECTIONS = text(
    "SELECT current_setting('max_connections')::int"
    " - current_setting('superuser_reserved_connections')::int"
    " - coalesce(current_setting('reserved_connections', true), '0')::int"
)

T = TypeVar("T")


def migrate(dsn: str, options: ServerOptions) -> Sequence[str]:
    """Bring the schema up to date, under a lock, and return the revisions applied.

    Blocks, and must not run on an event loop's thread. Raises ``SchemaMismatch`` and
    ``StoreUnavailable``.
    """
    return asyncio.run(_on_a_connection_of_its_own(dsn, options, _apply_under_lock))


def pending(dsn: str, options: ServerOptions) -> Sequence[str]:
    """Return the revisions not yet applied. Blocks, and raises, like ``migrate``."""
    return asyncio.run(_on_a_connection_of_its_own(dsn, options, runner.pending))


def max_connections(dsn: str, options: ServerOptions) -> int:
    """Return how many connections the server lets ordinary users have. Blocks."""
    return asyncio.run(_on_a_connection_of_its_own(dsn, options, _max_connections))


def migrating_engine(dsn: str, options: ServerOptions) -> AsyncEngine:
    """Return an engine for one connection that may work, and wait for a lock, for long."""
    connect_args = connect_arguments(dsn, options)
    connect_args["async_creator_fn"] = connect_to_the_first_that_answers
    if options.pgbouncer:
        sqlalchemys = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": str}
        connect_args |= UNPREPARED | sqlalchemys
    return create_async_engine(
        ASYNCPG, hide_parameters=True, connect_args=connect_args, poolclass=NullPool
    )


async def _on_a_connection_of_its_own(
    dsn: str, options: ServerOptions, work: Callable[[Connection], T]
) -> T:
    with translate_errors():
        async with migrating_engine(dsn, options).begin() as connection:
            await connection.run_sync(_check_encoding)
            return await connection.run_sync(work)


def _apply_under_lock(connection: Connection) -> Sequence[str]:
    connection.execute(MIGRATION_LOCK)
    try:
        return runner.apply(connection)
    except DBAPIError as error:
        if str(getattr(error.orig, "sqlstate", "")).startswith(REFUSED):
            reason = str(error.orig).partition("\n")[0]
            raise UnusableDatabase(f"its schema can't be changed: {reason}") from error
        raise


def _check_encoding(connection: Connection) -> None:
    """Refuse a database that can't keep every text."""
    encoding = connection.execute(ENCODING).scalar_one()
    if encoding != "UTF8":
        raise UnusableDatabase(f"its encoding is {encoding}, and not UTF8")


def _max_connections(connection: Connection) -> int:
    return int(connection.execute(MAX_CONNECTIONS).scalar_one())
