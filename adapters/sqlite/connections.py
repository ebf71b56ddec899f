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
from domain.damaged_text import decode_text

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

_WRITES = ("INSERT", "UPDATE", "DELETE")
"""Statements that must not be executed twice. They return only what the service has written."""

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
    """Execute the statement and return all rows, so that it holds no lock afterwards.

    A text that is not valid UTF-8 becomes a ``DamagedText``. The statement is then executed again:
    a function that decodes every text would take 10 µs for a page of 100 rows.
    """
    try:
        return connection.execute(text, arguments).fetchall()
    except sqlite3.OperationalError as error:
        if not _is_undecodable(error) or text.startswith(_WRITES):
            raise
    # Not in the handler: the message of the error has the text, and would become the context of
    # another error.
    connection.text_factory = decode_text
    try:
        return connection.execute(text, arguments).fetchall()
    finally:
        connection.text_factory = str


def _is_undecodable(error: sqlite3.OperationalError) -> bool:
    """Return whether the module ``sqlite3`` could not decode a text. Its error has no code."""
    return str(error).startswith("Could not decode to UTF-8")
