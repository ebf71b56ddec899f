"""What drivers raise, in the application's words: one table for all databases."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from service_layer.errors import StoreUnavailable

SQLITE_TROUBLES = {
    sqlite3.SQLITE_PERM: "the database may not be accessed",
    sqlite3.SQLITE_BUSY: "the database is locked",
    sqlite3.SQLITE_LOCKED: "the database is locked",
    sqlite3.SQLITE_NOMEM: "the database is out of memory",
    sqlite3.SQLITE_READONLY: "the database is read-only",
    sqlite3.SQLITE_INTERRUPT: "the statement was interrupted",
    sqlite3.SQLITE_IOERR: "the disk failed",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
    sqlite3.SQLITE_FULL: "the database is full",
    sqlite3.SQLITE_CANTOPEN: "the database file can not be opened",
    sqlite3.SQLITE_PROTOCOL: "the database is locked",
    sqlite3.SQLITE_AUTH: "the database may not be accessed",
    sqlite3.SQLITE_NOTADB: "the file is not a database",
}
"""Primary result codes that tell of the database's state, not of a mistake in the program."""

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}


def is_busy(error: DBAPIError) -> bool:
    """Tell whether another connection is in the way, so that waiting may help."""
    return _sqlite_code(error) in _BUSY


@contextmanager
def translated() -> Iterator[None]:
    """Raise ``StoreUnavailable`` for a trouble of the database; let every other error pass."""
    try:
        yield
    except DBAPIError as error:
        trouble = SQLITE_TROUBLES.get(_sqlite_code(error))
        if trouble is None:
            raise
        name = getattr(error.orig, "sqlite_errorname", "")
        raise StoreUnavailable(f"{trouble} ({name})") from error


def _sqlite_code(error: DBAPIError) -> int:
    """Return the primary result code, the low byte of the extended one; -1 when there is none."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return -1 if code is None else code & 0xFF
