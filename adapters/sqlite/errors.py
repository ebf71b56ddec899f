"""Translation of SQLite errors into the application's errors."""

import re
import sqlite3
from collections.abc import Mapping

from adapters.sql.driver_errors import ErrorTranslator
from service_layer.errors import OutdatedSchema, StoreConflict, StoreRefused, StoreUnavailable

OPERATIONAL_ERRORS: Mapping[int, str] = {
    sqlite3.SQLITE_PERM: "access to the database is denied",
    sqlite3.SQLITE_BUSY: "the database is locked",
    sqlite3.SQLITE_LOCKED: "the database is locked",
    sqlite3.SQLITE_NOMEM: "the database is out of memory",
    sqlite3.SQLITE_READONLY: "the database is read-only",
    sqlite3.SQLITE_INTERRUPT: "the statement was interrupted",
    sqlite3.SQLITE_IOERR: "disk I/O error",
    sqlite3.SQLITE_CORRUPT: "the database file is corrupt",
    sqlite3.SQLITE_FULL: "the database is full",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened",
    sqlite3.SQLITE_PROTOCOL: "the database is locked",
    sqlite3.SQLITE_AUTH: "access to the database is denied",
    sqlite3.SQLITE_NOTADB: "the file is not a database",
}
"""Primary result codes of failures of the database, with messages.

Other codes are bugs in a SELECT. In a write they come from a trigger or an index.
"""

OUTDATED = "the schema is not up to date; run the migrations"

_FAILED_FLUSHES = {sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_CONSTRAINT = "SQLITE_CONSTRAINT"
"""Prefix of the names of constraint violations."""

_TRIGGER = "SQLITE_CONSTRAINT_TRIGGER"
"""Name of the error of ``RAISE``. Its message is the text given to RAISE."""

_NAMED = re.compile(r"(UNIQUE|CHECK|NOT NULL|FOREIGN KEY) constraint failed(: .+)?")
"""Messages that consist of names in the schema, and of expressions of unnamed constraints."""

_OUTDATED_SCHEMA = re.compile(
    r"no such table: (?!main\.)|no such column: (?!(?:new|old)\.)|table .+ has no column named",
    re.IGNORECASE,
)
"""Messages about tables and columns of our statements.

SQLite qualifies those of triggers: ``main.t`` and ``new.c``.
"""


def is_busy(error: BaseException | None) -> bool:
    """Return whether another connection holds a lock, so that a retry may succeed."""
    return _primary_code(error) in _BUSY


def error_message(error: sqlite3.Error) -> str:
    """Return a description of an error, for the operator."""
    name = getattr(error, "sqlite_errorname", None)
    return f"{_message(error) or error} ({name})" if name else str(error)


def is_failed_flush(error: BaseException | None) -> bool:
    """Return whether an fsync failed: what was written may be lost, although it can be read."""
    return getattr(error, "sqlite_errorcode", None) in _FAILED_FLUSHES


def _raise_translated(error: BaseException | None, cause: BaseException) -> None:
    """Raise the application's error, if there is one for the driver's error."""
    name = str(getattr(error, "sqlite_errorname", None) or "no code")
    if name == _TRIGGER:
        raise StoreRefused(f"a trigger refused the change ({name})") from cause
    if name.startswith(_CONSTRAINT):
        raise StoreConflict(f"a constraint is violated ({_constraint(error, name)})") from cause
    if message := _message(error):
        kind = OutdatedSchema if message == OUTDATED else StoreUnavailable
        raise kind(f"{message} ({name})") from cause


def _raise_translated_write(error: BaseException | None, cause: BaseException) -> None:
    """Like ``_raise_translated``. Further error codes come from triggers and indexes of users."""
    _raise_translated(error, cause)
    if name := getattr(error, "sqlite_errorname", None):
        raise StoreRefused(f"a trigger or an index failed ({name})") from cause


translate_errors = ErrorTranslator((sqlite3.Error,), _raise_translated)
"""A context manager that raises the application's error for a failure of the database."""

translate_write_errors = ErrorTranslator((sqlite3.Error,), _raise_translated_write)
"""The same for a valid INSERT, UPDATE or DELETE: any other error is a ``StoreRefused``."""


def _constraint(error: BaseException | None, name: str) -> str:
    """Return the code, and the name of the constraint if SQLite reports it."""
    message = str(error)
    return f"{message}; {name}" if _NAMED.fullmatch(message) else name


def _message(error: BaseException | None) -> str | None:
    if message := OPERATIONAL_ERRORS.get(_primary_code(error)):
        return message
    if _OUTDATED_SCHEMA.match(str(error)):
        return OUTDATED
    return None


def _primary_code(error: BaseException | None) -> int:
    """Return the primary result code, the low byte of the extended code, or -1 without a code."""
    code = getattr(error, "sqlite_errorcode", None)
    return -1 if code is None else code & 0xFF
