"""Translation of PostgreSQL and asyncpg errors into the application's errors."""

import logging
import re
import ssl
from collections.abc import Mapping

import asyncpg

from adapters.sql.driver_errors import ErrorTranslator
from adapters.sql.session import UnstorableText
from service_layer.errors import (
    OutdatedSchema,
    StoreBusy,
    StoreConflict,
    StoreMisconfigured,
    StoreRefused,
    StoreUnavailable,
)

OPERATIONAL_ERRORS: Mapping[str, str] = {
    "08": "the connection to the database is lost",
    "25006": "the database is read-only",
    "25P03": "the transaction was idle for too long",
    "28": "the database rejects the user or password",
    "3D": "the database does not exist",
    "40": "the transaction conflicts with another one",
    "42704": "the URL has a setting that the database does not support",
    "42501": "access to the database is denied",
    "42703": "the schema is not up to date; run the migrations",
    "42P01": "the schema is not up to date; run the migrations",
    "53": "the database is out of memory, disk or connections",
    "55": "the database is locked",
    "57": "the database cancelled the statement or closed the connection",
    "58": "disk I/O error",
    "XX": "the database is corrupt",
}
"""SQLSTATEs, or classes of them, that report a failure of the server (PostgreSQL, appendix A)."""

DRIVER_ERRORS: Mapping[type[Exception], str] = {
    asyncpg.TargetServerAttributeNotMatched: "no server matches target_session_attrs",
    asyncpg.ClientConfigurationError: "the URL has invalid options",
    asyncpg.InvalidCachedStatementError: "the schema has just changed",
    ssl.SSLCertVerificationError: "the certificate of the database cannot be verified",
    asyncpg.InternalClientError: "the connection to the database is lost",
}
"""Errors of the driver, and of the certificates that it verifies. The first match applies.

``InternalClientError`` is raised when the server has announced the end of a connection and the
driver has not closed it yet.
"""

OUTDATED = ("42703", "42P01")
"""SQLSTATEs of columns and tables that do not exist."""

MISCONFIGURED = ("28", "3D", "42501", "42704")
"""SQLSTATEs, or classes of them, of a server that answers and refuses the URL."""

CHARACTER_NOT_IN_REPERTOIRE = "22021"
"""SQLSTATE of a text with a NUL character."""

LOCK_NOT_AVAILABLE = "55P03"
"""SQLSTATE of a lock timeout."""

_CONSTRAINTS = "23"
"""The class of the SQLSTATEs of constraint violations."""

SERVER_STATES = ("08", "25P03", "40", "53", LOCK_NOT_AVAILABLE, "57", "58", "XX")
"""SQLSTATEs, or classes, that report the state of the server, even if a trigger raises them."""

_NEVER_OF_RULES = (_CONSTRAINTS, *SERVER_STATES)

_NOT_IN_PREREQUISITE_STATE = "55"
"""The class of the SQLSTATEs of objects that are not in the required state."""

_IN_FUNCTION = re.compile(r"^(?:PL/pgSQL|SQL|PL/\w+) function .+$", re.MULTILINE)
"""Lines of an error's context that name a function. They contain no values.

::

    PL/pgSQL function no_robots() line 3 at RAISE
"""

_OF_SERVER = (asyncpg.PostgresError, asyncpg.PostgresWarning)
"""Errors that the server reports. A trigger may raise the SQLSTATE of a warning as an error."""

_OF_NAMES = ("42703", "42704", "42P01")
"""SQLSTATEs of names that do not exist."""

_INVALID_TEXT = "22P02"
"""SQLSTATE of a text that a policy cannot convert, such as a setting of the session."""

_ROW_SECURITY = "ExecWithCheckOptions"
"""The server's function that reports a row that a policy does not allow, as 42501."""

log = logging.getLogger(__name__)


def _raise_translated(error: BaseException | None, cause: BaseException) -> None:
    """Raise the application's error, if there is one for the driver's error."""
    sqlstate = str(getattr(error, "sqlstate", None) or "no code")
    if sqlstate == CHARACTER_NOT_IN_REPERTOIRE:
        raise UnstorableText("the database does not store NUL characters") from cause
    if sqlstate.startswith(_CONSTRAINTS):
        raise StoreConflict(f"a constraint is violated ({_constraint(error, sqlstate)})") from cause
    if message := _message(error, sqlstate):
        raise _kind(error, sqlstate)(f"{message} ({sqlstate})") from cause
    if isinstance(error, asyncpg.DataError) and error.severity is None:  # raised by the driver
        raise UnstorableText("a value does not have the type of its column") from cause
    if isinstance(error, _OF_SERVER) and (_function_line(error) or sqlstate == _INVALID_TEXT):
        raise StoreUnavailable(
            f"a policy or function of the database failed ({sqlstate})"
        ) from cause


def _raise_translated_write(error: BaseException | None, cause: BaseException) -> None:
    """Like ``_raise_translated``. Further errors come from triggers and other rules of users.

    A trigger may raise any SQLSTATE, also those that report the state of the database.
    """
    if isinstance(error, _OF_SERVER) and _is_raised_by_rule(error):
        log.debug("the change was refused in: %s", _function_line(error))
        raise StoreRefused(f"a rule refused the change ({error.sqlstate})") from cause
    _raise_translated(error, cause)


def _is_raised_by_rule(error: asyncpg.PostgresError | asyncpg.PostgresWarning) -> bool:
    """Return whether a function, a policy or another object of users raised the error."""
    sqlstate = str(error.sqlstate)
    if error.severity is None or sqlstate.startswith(_NEVER_OF_RULES):
        return False
    if _function_line(error) or error.server_source_function == _ROW_SECURITY:
        return True
    if sqlstate in _OF_NAMES and error.position is None:  # that of our statement has a position
        return True
    is_unstorable_text = sqlstate == CHARACTER_NOT_IN_REPERTOIRE
    return sqlstate.startswith(_NOT_IN_PREREQUISITE_STATE) or not (
        is_unstorable_text or _message(error, sqlstate)
    )


def _function_line(error: asyncpg.PostgresError | asyncpg.PostgresWarning) -> str | None:
    """Return the line of the context that names the function that raised the error, if one did."""
    found = _IN_FUNCTION.search(str(error.context or ""))
    return found and found[0]


def _constraint(error: BaseException | None, sqlstate: str) -> str:
    """Return the SQLSTATE, and the name of the constraint or column if there is one.

    A function may give any text as a name.
    """
    name = getattr(error, "constraint_name", None) or getattr(error, "column_name", None)
    if name is None or (isinstance(error, _OF_SERVER) and _function_line(error)):
        return sqlstate
    return f"{name}; {sqlstate}"


translate_errors = ErrorTranslator((*_OF_SERVER, *DRIVER_ERRORS), _raise_translated)
"""A context manager that raises the application's error for a failure of the database."""

translate_write_errors = ErrorTranslator((*_OF_SERVER, *DRIVER_ERRORS), _raise_translated_write)
"""The same for COMMIT and a valid INSERT, UPDATE or DELETE: other errors are ``StoreRefused``."""


def _message(error: BaseException | None, sqlstate: str) -> str | None:
    for driver_error, message in DRIVER_ERRORS.items():
        if isinstance(error, driver_error):
            return message
    return OPERATIONAL_ERRORS.get(sqlstate, OPERATIONAL_ERRORS.get(sqlstate[:2]))


def _kind(error: BaseException | None, sqlstate: str) -> type[StoreUnavailable]:
    is_refused = sqlstate.startswith(MISCONFIGURED)
    refusals = asyncpg.ClientConfigurationError, ssl.SSLCertVerificationError
    if is_refused or isinstance(error, refusals):
        return StoreMisconfigured
    if sqlstate in OUTDATED:
        return OutdatedSchema
    return StoreBusy if _is_row_lock_timeout(error, sqlstate) else StoreUnavailable


def _is_row_lock_timeout(error: BaseException | None, sqlstate: str) -> bool:
    """Return whether the error is a lock timeout of a row.

    For a row PostgreSQL reports the context of the wait. For a table there is none.
    """
    return sqlstate == LOCK_NOT_AVAILABLE and bool(getattr(error, "context", None))
