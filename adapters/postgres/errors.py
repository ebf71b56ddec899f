"""What PostgreSQL's driver raises, in the application's words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError

from adapters.sql.session import UnstorableText
from service_layer.errors import StoreBusy, StoreConflict, StoreUnavailable

OPERATIONAL_ERRORS: Mapping[str, str] = {
    "08": "the connection to the database is lost",
    "25006": "the database is read-only",
    "25P03": "the transaction was idle for too long",
    "28": "the database does not let this user in",
    "3D": "there is no such database",
    "40": "the transaction got in another's way",
    "42704": "the database does not know a setting in its address",
    "42501": "the database may not be accessed",
    "42703": "the schema is not up to date",
    "42P01": "the schema is not up to date",
    "53": "the database is out of memory, disk or connections",
    "55": "the database is locked",
    "57": "the database stopped the statement or the connection",
    "58": "the database's disk failed",
    "XX": "the database is damaged",
}
"""SQLSTATEs, or their classes, that tell of the server's state (PostgreSQL's appendix A)."""

DRIVER_ERRORS: Mapping[type[Exception], str] = {
    asyncpg.TargetServerAttributeNotMatched: "no database server is what the address asks for",
    asyncpg.ClientConfigurationError: "the address has options that make no sense",
    asyncpg.InvalidCachedStatementError: "the schema has just changed",
    asyncpg.InternalClientError: "the connection to the database is lost",
}
"""What asyncpg finds out by itself, the first that fits.

The last is what it says of a connection to which the server has said goodbye unasked, but that it
has not closed yet.
"""

UNKNOWN_CHARACTER = "22021"
"""SQLSTATE of a text with a NUL."""

LOCK_TIMEOUT = "55P03"
"""SQLSTATE that ends the wait for a lock."""

_CONSTRAINTS = "23"
"""The class of SQLSTATEs of broken constraints: a value that is there already, or may not be."""


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise the application's error for a failure of the database; let every other error pass."""
    try:
        yield
    except DBAPIError as error:
        _raise(getattr(error.orig, "__cause__", None) or error.orig, error)
        raise
    except (asyncpg.PostgresError, *DRIVER_ERRORS) as error:
        _raise(error, error)
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreUnavailable(f"the database can not be reached ({reason})") from error


def _raise(error: BaseException | None, cause: Exception) -> None:
    """Raise what the driver's error means here, if the database has failed."""
    name = str(getattr(error, "sqlstate", None) or "no code")
    if name == UNKNOWN_CHARACTER:
        raise UnstorableText("the database holds no text with a NUL") from cause
    if name.startswith(_CONSTRAINTS):
        raise StoreConflict(f"a constraint does not allow it ({name})") from cause
    if meaning := _meaning(error, name):
        kind = StoreBusy if _waited_for_a_row(error, name) else StoreUnavailable
        raise kind(f"{meaning} ({name})") from cause


def _meaning(error: BaseException | None, name: str) -> str | None:
    for kind, meaning in DRIVER_ERRORS.items():
        if isinstance(error, kind):
            return meaning
    return OPERATIONAL_ERRORS.get(name, OPERATIONAL_ERRORS.get(name[:2]))


def _waited_for_a_row(error: BaseException | None, name: str) -> bool:
    """Tell whether it was a row that was locked for too long.

    PostgreSQL says in what context it waited for a row. There is none when it was a table.
    """
    return name == LOCK_TIMEOUT and bool(getattr(error, "context", None))
