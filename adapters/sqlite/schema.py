"""A SQLite file's schema: how it is brought up to date, and in which mode the file is."""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine, event

from adapters.migrations import runner
from adapters.sqlite.connections import THREAD_TIMEOUT, connect
from adapters.sqlite.errors import translate_errors
from adapters.sqlite.locks import retry_while_locked_at_start
from service_layer.errors import UnusableDatabase

MIGRATING = {"synchronous": "FULL", "foreign_keys": "OFF", "legacy_alter_table": "ON"}
"""Pragmas of a connection that changes the schema."""


def migrate(path: Path) -> Sequence[str]:
    """Bring the file up to date, made if it is missing, and return the revisions applied.

    Blocks; meant for the start. A file that is up to date is only read. Raises
    ``UnusableDatabase`` and ``StoreUnavailable``.
    """
    if sqlite3.sqlite_version_info < (3, 35):
        raise UnusableDatabase(f"SQLite {sqlite3.sqlite_version} is older than 3.35")
    apply, journal_mode = partial(_apply, path), partial(_journal_mode, path)
    with translate_errors():
        if not pending(path) and retry_while_locked_at_start(journal_mode) == "wal":
            return []
        revisions = retry_while_locked_at_start(apply)
        mode = retry_while_locked_at_start(partial(journal_mode, "=WAL"))
    if mode != "wal":
        raise UnusableDatabase(f"its file system allows no write-ahead log, but {mode}")
    return revisions


def pending(path: Path) -> Sequence[str]:
    """Return the revisions not yet applied. Raises like ``migrate``."""
    with translate_errors():
        return retry_while_locked_at_start(partial(_pending, path))


def migrating_engine(path: Path) -> Engine:
    """Return an engine that changes the schema, and makes the file where there is none.

    Foreign keys rest and renaming leaves other objects alone, as SQLite asks for when a table is
    rebuilt.
    """
    engine = _engine(path, MIGRATING, mode="rwc")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        """Take the write lock at once: a lock taken later could not wait for other writers."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def inspecting_engine(path: Path) -> Engine:
    """Return an engine that looks at the schema and at the file's mode."""
    return _engine(path, {}, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True)


def _apply(path: Path) -> Sequence[str]:
    with migrating_engine(path).begin() as connection:
        return runner.apply(connection)


def _pending(path: Path) -> Sequence[str]:
    if not path.exists():
        return runner.history()
    with inspecting_engine(path).connect() as connection:
        return runner.pending(connection)


def _journal_mode(path: Path, change: str = "") -> str:
    with inspecting_engine(path).connect() as connection:
        return str(connection.exec_driver_sql(f"PRAGMA journal_mode{change}").scalar())


def _engine(path: Path, pragmas: Mapping[str, str], mode: str = "rw", **options: Any) -> Engine:
    def creator() -> sqlite3.Connection:
        return connect(path, pragmas, mode=mode, timeout=THREAD_TIMEOUT)

    return create_engine(
        "sqlite://", creator=creator, poolclass=NullPool, hide_parameters=True, **options
    )
