"""Whether anything was committed to a SQLite file since the last look, by any process."""

import sqlite3
from collections.abc import Callable

from adapters.sqlite.errors import is_busy, translate_errors
from adapters.sqlite.served.served_file import FileConnection, ServedFile
from adapters.sqlite.served.wal_index import Header, find_wal_index

READ = "PRAGMA data_version"
"""Returns 32 bits that differ after a commit of another connection. Locks the file briefly."""

VersionReader = Callable[[], int]


class DataVersion:
    """The version of a file, as a connection sees it that does not write.

    The headers of the WAL index are counted. Where there is none, SQLite is asked, which takes
    longer (record 43).
    """

    def __init__(self, file: ServedFile, connection: FileConnection) -> None:
        self._file = file
        self._connection = connection
        self._reader: VersionReader | None = None
        self._opened = 0

    def read(self) -> int | None:
        """Return the version, or ``None`` if the file is locked.

        The versions of two connections cannot be compared, so the number of the connection is added
        above 32 bits. Raises ``StoreUnavailable``. Does not notice that the file was replaced: that
        takes longer, and the next statement does.
        """
        try:
            reader = self._reader or self._open()
            return self._opened + reader()
        except sqlite3.Error as error:
            if is_busy(error):
                return None
            with translate_errors:
                raise

    def close(self) -> None:
        """Forget the connection, which is being closed."""
        self._reader = None

    def _open(self) -> VersionReader:
        cursor = self._connection.get().cursor()
        cursor.execute(READ).fetchall()  # SQLite maps the index with the first statement
        header = find_wal_index(self._file.path)
        self._connection.get()  # raises if the path has another file by now, and another index
        self._opened += 1 << 32
        self._reader = _ask_sqlite(cursor) if header is None else _count_headers(header)
        return self._reader


def _ask_sqlite(cursor: sqlite3.Cursor) -> VersionReader:
    """Return a function that executes the pragma. Another cursor for each call would cost more."""

    def read() -> int:
        version: int = cursor.execute(READ).fetchone()[0]
        return version

    return read


def _count_headers(header: Header) -> VersionReader:
    """Return a function that counts how often the header has changed between its calls."""
    last, version = header.raw, 0

    def read() -> int:
        nonlocal last, version
        now = header.raw
        if now != last:
            last, version = now, version + 1
        return version

    return read
