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

CACHE_SIZE = 64 * 2**20
"""Maximum size in bytes of the page cache of the connection on the event loop."""

READING = {"query_only": "ON"}
INLINE = {**READING, "cache_size": str(-CACHE_SIZE // 1024)}
LOG_SIZE = {"journal_size_limit": str(16 * 2**20)}
"""Pragma of every connection that writes: the size in bytes to which the log is truncated.

SQLite truncates it when the log begins anew. By default, the file keeps its largest size.
"""

WRITING = {"synchronous": "FULL", "foreign_keys": "ON", **LOG_SIZE}
"""Pragmas of connections that read in threads or on the event loop, and of the one that writes."""

IMMUTABLE = "ro&immutable=1"
"""Mode of a file that nothing changes. No log is created beside it, so its folder may be read-only.
"""

compile_statement = make_compiler(SQLiteDialect(paramstyle="qmark"))


def connect(
    path: Path, pragmas: Mapping[str, str], *, mode: str = "rw", timeout: float = 0
) -> sqlite3.Connection:
    """Open a connection and set the pragmas. The other arguments are those of ``open_file``."""
    connection = open_file(path, mode=mode, timeout=timeout)
    try:
        configure(connection, pragmas)
    except BaseException:
        connection.close()
        raise
    return connection


def open_file(path: Path, *, mode: str = "rw", timeout: float = 0) -> sqlite3.Connection:
    """Open a connection in autocommit mode. Threads may share it, but not use it concurrently.

    Opens the database only: SQLite opens its log when the first statement is executed. ``timeout``
    is the busy timeout in seconds. ``mode`` is that of SQLite's URIs: with ``rw`` a missing file is
    an error, and with ``IMMUTABLE`` it has no log. ``rwc`` would let others read the new file.
    """
    return sqlite3.connect(
        f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}",
        uri=True,
        timeout=timeout,
        isolation_level=None,
        check_same_thread=False,
    )


def configure(connection: sqlite3.Connection, pragmas: Mapping[str, str]) -> None:
    """Set the pragmas."""
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name}={value}")


def fetch_all(connection: sqlite3.Connection, text: str, arguments: Sequence[Any]) -> list[Any]:
    """Execute the statement and return all rows, so that it holds no lock afterwards."""
    return connection.execute(text, arguments).fetchall()
