"""SQLite's ``data_version``: whether anything was committed since it was last read."""

import sqlite3

from adapters.sqlite.errors import is_busy, translate_errors
from adapters.sqlite.served.served_file import FileConnection

READ = "PRAGMA data_version"


class DataVersion:
    """The version of a connection that does not write, so that each commit changes it.

    A cursor for each call would make it take a third longer.
    """

    def __init__(self, connection: FileConnection) -> None:
        self._connection = connection
        self._cursor: sqlite3.Cursor | None = None
        self._opened = 0

    def read(self) -> int | None:
        """Return the version, or ``None`` if the file is locked.

        The versions of two connections cannot be compared, so the number of the connection is added
        above the 32 bits of SQLite. Raises ``StoreUnavailable``. Does not notice that the file was
        replaced: that takes as long again, and the next statement does.
        """
        try:
            cursor = self._cursor or self._open()
            version: int = cursor.execute(READ).fetchone()[0]
        except sqlite3.Error as error:
            if is_busy(error):
                return None
            with translate_errors():
                raise
        return self._opened + version

    def close(self) -> None:
        """Forget the connection, which is being closed."""
        self._cursor = None

    def _open(self) -> sqlite3.Cursor:
        self._cursor = self._connection.get().cursor()
        self._opened += 1 << 32
        return self._cursor
