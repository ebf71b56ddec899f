"""The embedded engine's connections: how a SQLite file is opened for each purpose.

The file is in WAL mode, so readers and the writer do not wait for each other, and every commit is
flushed (``synchronous=FULL``). A connection used on the event loop never waits inside SQLite:
its busy timeout is 0, and ``locks`` does the waiting.
"""

import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from adapters.sql.statements import compiler

THREAD_TIMEOUT = 1.0
"""Seconds that SQLite itself may wait for a lock where that holds up nothing else."""

READING = {"query_only": "ON"}
WRITING = {"synchronous": "FULL", "foreign_keys": "ON"}
"""Pragmas of each kind of connection."""

compile_statement = compiler(SQLiteDialect(paramstyle="qmark"))


def connect(
    path: Path, pragmas: Mapping[str, str], *, mode: str = "rw", timeout: float = 0
) -> sqlite3.Connection:
    """Return a connection without implicit transactions, which threads may use one at a time.

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


class ReopeningConnection:
    """A connection that stays open between uses, and is reopened when its file is another one.

    A file that was removed or replaced is noticed before the next use: what is written to a file
    that has no name is lost.
    """

    def __init__(self, path: Path, pragmas: Mapping[str, str]) -> None:
        self._path = path
        self._name = str(path)
        self._pragmas = pragmas
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def get(self) -> sqlite3.Connection:
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


def rows(connection: sqlite3.Connection, text: str, arguments: Sequence[Any]) -> list[Any]:
    """Return all rows, so that the statement is over and holds no lock."""
    return connection.execute(text, arguments).fetchall()


def _identity(name: str) -> tuple[int, int] | None:
    """Return what tells the file from any other, or ``None`` where there is none."""
    try:
        found = os.stat(name)  # noqa: PTH116 - before every read: a Path would cost as much again
    except OSError:
        return None
    return found.st_dev, found.st_ino
