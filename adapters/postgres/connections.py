"""Connections to PostgreSQL.

Every wait has a timeout: for a connection to a host, for a connection from the pool, for a
statement, for a lock, and for the next statement of an idle transaction.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from adapters.postgres.driver_arguments import driver_arguments
from adapters.postgres.dsn import split_hosts
from adapters.sql.statements import make_compiler

HOST_ERRORS = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.TargetServerAttributeNotMatched,
)
"""Errors after which the next host is tried: the host is not reachable, or has the wrong role."""

NO_STATEMENT_CACHE = {"statement_cache_size": 0}
"""Disables asyncpg's statement cache, as pgbouncer's transaction mode requires."""

NETWORK_MARGIN = 1.0
"""Seconds after the server's statement timeout until the client closes a silent connection."""

compile_statement = make_compiler(PGDialect_asyncpg())  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Options of a PostgreSQL database. Times are in seconds."""

    pool_size: int = 10
    """Maximum number of connections of a process, without those for scans."""

    pool_timeout: float = 2.0
    """Timeout of the wait for a connection when all are in use."""

    connect_timeout: float = 3.0
    """Timeout of a connection attempt, for each host of the URL."""

    statement_timeout: float = 10.0
    scan_timeout: float = 5.0
    """Timeout of a statement that may scan, if it is less than ``statement_timeout``."""

    lock_timeout: float = 5.0
    idle_timeout: float = 10.0
    """Timeout of an idle transaction (``idle_in_transaction_session_timeout``)."""

    pgbouncer: bool = False
    """Whether connections go through pgbouncer in transaction mode: there is no session state."""

    password_file: Path | None = None
    """File with the password, for URLs without one. It is read for each connection."""


async def connect(dsn: str, options: ServerOptions, **settings: str) -> asyncpg.Connection:
    """Open a connection for requests, with additional server ``settings``.

    The driver's errors are not translated.
    """
    return await connect_to_first_available(**_serving_arguments(dsn, options, settings))


def _serving_arguments(
    dsn: str, options: ServerOptions, settings: Mapping[str, str]
) -> dict[str, Any]:
    command_timeout = options.statement_timeout + NETWORK_MARGIN
    server_settings = {
        "statement_timeout": _milliseconds(options.statement_timeout),
        "lock_timeout": _milliseconds(options.lock_timeout),
        "idle_in_transaction_session_timeout": _milliseconds(options.idle_timeout),
        **settings,
    }
    arguments = connect_arguments(dsn, options, None if options.pgbouncer else server_settings)
    arguments = arguments | {"command_timeout": command_timeout}
    return arguments | NO_STATEMENT_CACHE if options.pgbouncer else arguments


def connect_arguments(
    dsn: str, options: ServerOptions, server_settings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the arguments of the driver that every connection has."""
    return driver_arguments(dsn, options.connect_timeout, options.password_file, server_settings)


async def connect_to_first_available(*, dsn: str, **arguments: Any) -> Any:
    """Connect to the first host that is available. The timeout applies to each host.

    The driver's timeout applies to all hosts together: a host that does not respond would use it
    up, and the next one, which may be the new primary, would not be tried.
    """
    *others, last = split_hosts(dsn)
    for host_dsn in others:
        with suppress(*HOST_ERRORS):
            return await asyncpg.connect(host_dsn, **arguments)
    return await asyncpg.connect(last, **arguments)


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))
