"""What SQLite's driver raises, in the application's words."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from service_layer.errors import StoreConflict, StoreUnavailable

OPERATIONAL_ERRORS: Mapping[int, str] = {
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
"""Primary result codes that tell of the database's state, not of a bug in the program."""

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_CONSTRAINT = "SQLITE_CONSTRAINT"
"""How the names of broken constraints begin: a value that is there already, or may not be."""


def is_busy(error: BaseException | None) -> bool:
    """Tell whether the driver says that another connection is in the way: waiting may help."""
    return _sqlite_code(error) in _BUSY


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise the application's error for a failure of the database; let every other error pass."""
    try:
        yield
    except DBAPIError as error:
        _raise(getattr(error.orig, "__cause__", None) or error.orig, error)
        raise
    except sqlite3.Error as error:
        _raise(error, error)
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreUnavailable(f"the database can not be reached ({reason})") from error


def _raise(error: BaseException | None, cause: Exception) -> None:
    """Raise what the driver's error means here, if the database has failed."""
    name = str(getattr(error, "sqlite_errorname", None) or "no code")
    if name.startswith(_CONSTRAINT):
        raise StoreConflict(f"a constraint does not allow it ({name})") from cause
    if meaning := _meaning(error):
        raise StoreUnavailable(f"{meaning} ({name})") from cause


def _meaning(error: BaseException | None) -> str | None:
    if meaning := OPERATIONAL_ERRORS.get(_sqlite_code(error)):
        return meaning
    if str(error).startswith(("no such table", "no such column")):
        return "the schema is not up to date"
    return None


def _sqlite_code(error: BaseException | None) -> int:
    """Return the primary result code, the low byte of the extended one; -1 when there is none."""
    code = getattr(error, "sqlite_errorcode", None)
    return -1 if code is None else code & 0xFF
