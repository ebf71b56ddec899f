"""Connections to a SQLite file.

The file is in WAL mode: readers do not block the writer, and the writer does not block readers.
With ``synchronous=FULL``, every COMMIT is flushed to disk. Connections on the event loop have a
busy timeout of 0, because a wait in SQLite would block the loop. ``locks`` retries instead.
"""

import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from adapters.sql.statements import make_compiler

THREAD_TIMEOUT = 1.0
"""Busy timeout in seconds of connections that are used outside the event loop."""

READING = {"query_only": "ON"}
WRITING = {"synchronous": "FULL", "foreign_keys": "ON"}
"""Pragmas of connections that read, and of the connection that writes."""

IMMUTABLE = "ro&immutable=1"
"""Mode of a file that nothing changes. No log is created beside it, so its folder may be read-only.
"""

compile_statement = make_compiler(SQLiteDialect(paramstyle="qmark"))


def connect(
    path: Path, pragmas: Mapping[str, str], *, mode: str = "rw", timeout: float = 0
) -> sqlite3.Connection:
    """Open a connection in autocommit mode. Threads may share it, but not use it concurrently.

    ``timeout`` is the busy timeout in seconds. ``mode`` is that of SQLite's URIs: with ``rw`` a
    missing file is an error, with ``rwc`` it is created, and with ``IMMUTABLE`` it has no log.
    """
    connection = sqlite3.connect(
        f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}",
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
    """A connection that is reopened when its file was removed or replaced.

    Without this, it would write to a deleted file, and those changes would be lost.
    """

    def __init__(self, path: Path, pragmas: Mapping[str, str]) -> None:
        self._path = path
        self._name = str(path)
        self._pragmas = pragmas
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None

    def get(self) -> sqlite3.Connection:
        """Return the connection. Open it if it is closed, or if the file is another one."""
        file = _file_identity(self._name)
        if self._connection is None or file != self._opened:
            self.close()
            self._connection = connect(self._path, self._pragmas)
            self._opened = file
        return self._connection

    def close(self) -> None:
        """Close the connection, which rolls back its transaction. ``get`` opens it again."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()


def fetch_all(connection: sqlite3.Connection, text: str, arguments: Sequence[Any]) -> list[Any]:
    """Execute the statement and return all rows, so that it holds no lock afterwards."""
    return connection.execute(text, arguments).fetchall()


def _file_identity(name: str) -> tuple[int, int] | None:
    """Return the device and inode of the file, or ``None`` if there is no file."""
    try:
        status = os.stat(name)  # noqa: PTH116 - runs before every read; a Path doubles the cost
    except OSError:
        return None
    return status.st_dev, status.st_ino
