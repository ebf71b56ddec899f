"""Create the SQLAlchemy engine for a URL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, PoolResetState, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from adapters.plain.measured_pool import MeasuredPool
from domain.damaged_text import decode_text

AUTOCOMMIT = "AUTOCOMMIT"
"""SQLAlchemy's isolation level in which each statement is its own transaction."""

IN_MEMORY = ("sqlite://", "sqlite:///:memory:")
"""The URLs of an in-memory database."""

DRIVER = "sqlite+aiosqlite"
PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA journal_size_limit=16777216",
)

CheckFile = Callable[[], None]
"""Raises ``StoreUnavailable`` if the database file is another one than before."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Options of an engine. Times are in seconds. The last four apply to PostgreSQL."""

    pool_size: int = 10
    pool_timeout: float = 2.0
    lock_timeout: float = 5.0
    connect_timeout: float = 3.0
    statement_timeout: float = 10.0
    idle_timeout: float = 10.0
    password_file: Path | None = None


def server_settings(options: EngineOptions) -> Mapping[str, str]:
    """Return the settings of a PostgreSQL session."""
    timeouts = {
        "statement_timeout": options.statement_timeout,
        "lock_timeout": options.lock_timeout,
        "idle_in_transaction_session_timeout": options.idle_timeout,
    }
    return {name: str(round(seconds * 1000)) for name, seconds in timeouts.items()}


def postgres_engine(arguments: Mapping[str, Any], options: EngineOptions) -> AsyncEngine:
    """Return an engine on asyncpg, which gets the arguments. Its URL may name several hosts."""
    return _engine(
        "postgresql+asyncpg://",
        options,
        command_timeout=options.statement_timeout + options.connect_timeout,
        **arguments,
    )


def sqlite_engine(
    url: URL, options: EngineOptions, check_file: CheckFile = lambda: None
) -> AsyncEngine:
    """Return an engine on aiosqlite. A missing file is an error.

    ``check_file`` is called before the first statement of a connection, with which SQLite opens the
    log, and at the begin and before the COMMIT of each transaction.

    Each transaction begins with BEGIN IMMEDIATE: upgrading a read lock to a write lock would fail
    without waiting if another transaction had written in the meantime.
    """
    engine = _engine(_aiosqlite_url(url), options, timeout=options.lock_timeout)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _: object) -> None:
        check_file()
        connection.driver_connection.text_factory = decode_text
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        check_file()
        if connection.get_execution_options().get("isolation_level") != AUTOCOMMIT:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine.sync_engine, "commit")
    def commit(_: Connection) -> None:
        check_file()

    @event.listens_for(engine.sync_engine.pool, "reset")
    def roll_back(connection: Any, _: object, state: PoolResetState) -> None:
        """Roll back a transaction that a failed COMMIT left open. SQLAlchemy considers it ended."""
        if not state.terminate_only:
            connection.rollback()

    return engine


def _aiosqlite_url(url: URL) -> URL:
    """Return the URL for aiosqlite, with the file in SQLite's mode ``rw``."""
    if url.database in {None, ":memory:"}:
        return URL.create(DRIVER)
    file = f"file:{quote(str(Path(url.database or '').absolute()))}"
    return URL.create(DRIVER, database=file, query={"mode": "rw", "uri": "true"})


def _engine(url: str | URL, options: EngineOptions, **connect_args: Any) -> AsyncEngine:
    return create_async_engine(
        url,
        poolclass=MeasuredPool,
        pool_size=options.pool_size,
        max_overflow=0,
        pool_timeout=options.pool_timeout,
        hide_parameters=True,
        skip_autocommit_rollback=True,
        connect_args=connect_args,
    )
