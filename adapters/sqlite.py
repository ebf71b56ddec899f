"""The embedded engine's connections: how a SQLite file is opened for each purpose.

The file is in WAL mode, so readers and the writer do not wait for each other, and every commit is
flushed (``synchronous=FULL``). A connection used on the event loop never waits inside SQLite:
its busy timeout is 0, and ``patiently`` does the waiting.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import Engine, NullPool, create_engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from adapters.driver_errors import is_busy
from adapters.sql.statements import compiler

T = TypeVar("T")

FIRST_PAUSE = 0.001
LONGEST_PAUSE = 0.05
"""Seconds between two attempts at a lock that another process holds."""

THREAD_PATIENCE = 1.0
"""Seconds that SQLite itself may wait for a lock where that holds up nothing else."""

READING = {"query_only": "ON"}
WRITING = {"synchronous": "FULL", "foreign_keys": "ON"}
MIGRATING = {"synchronous": "FULL", "foreign_keys": "OFF", "legacy_alter_table": "ON"}
"""Pragmas of each kind of connection."""

compiled = compiler(SQLiteDialect(paramstyle="qmark"))


def connect(
    path: Path, pragmas: Mapping[str, str], *, mode: str = "rw", timeout: float = 0
) -> sqlite3.Connection:
    """Return a connection without implicit transactions, which any thread may use in its turn.

    ``timeout`` is in seconds. In the mode ``rw`` a missing file is an error; ``rwc`` makes it.
    """
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode={mode}",
        uri=True,
        timeout=timeout,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA {name}={value}")
    except BaseException:
        connection.close()
        raise
    return connection


class LastingConnection:
    """A connection that is kept from one use to the next, until its file is another one.

    A file that was removed or replaced is noticed before the next use: what is written to a file
    that has no name is lost.
    """

    def __init__(self, path: Path, pragmas: Mapping[str, str]) -> None:
        self._path = path
        self._name = str(path)
        self._pragmas = pragmas
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def ready(self) -> sqlite3.Connection:
        """Return the connection, opened anew if need be."""
        file = _identity(self._name)
        if self._connection is None or file != self._file:
            self.close()
            self._connection = connect(self._path, self._pragmas)
            self._file = file
        return self._connection

    def close(self) -> None:
        """Close it for now, which rolls back what it has not committed."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()


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


async def patiently(operation: Callable[[], T], deadline: float) -> T:
    """Return what ``operation`` returns, tried again while the database is locked.

    ``deadline`` is in the event loop's time; past it the driver's error passes through.
    """
    clock = asyncio.get_running_loop().time
    pause = FIRST_PAUSE
    while True:
        try:
            return operation()
        except sqlite3.Error as error:
            if not is_busy(error) or clock() + pause > deadline:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def rows(connection: sqlite3.Connection, text: str, arguments: Sequence[Any]) -> list[Any]:
    """Return all rows, so that the statement is over and holds no lock."""
    return connection.execute(text, arguments).fetchall()


def _engine(path: Path, pragmas: Mapping[str, str], mode: str = "rw", **options: Any) -> Engine:
    def creator() -> sqlite3.Connection:
        return connect(path, pragmas, mode=mode, timeout=THREAD_PATIENCE)

    return create_engine(
        "sqlite://", creator=creator, poolclass=NullPool, hide_parameters=True, **options
    )


def _identity(name: str) -> tuple[int, int] | None:
    """Return what tells the file from any other, or ``None`` where there is none."""
    try:
        found = os.stat(name)  # noqa: PTH116 - before every read: a Path would cost as much again
    except OSError:
        return None
    return found.st_dev, found.st_ino
