"""Translate SQLAlchemy's errors into the application's errors.

SQLAlchemy wraps the errors of a driver; ``translate_errors`` of that driver's module unwraps them.
This module adds the errors of SQLAlchemy's connection pool.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import exc

from adapters.sql.driver_errors import ErrorTranslator
from service_layer.errors import StoreUnavailable


class ErrorTranslators(NamedTuple):
    """The translators of a driver's errors: of any statement, and of one that changes rows."""

    any: ErrorTranslator
    write: ErrorTranslator


@contextmanager
def translate_errors(translate_driver_errors: ErrorTranslator) -> Iterator[None]:
    """Raise the application's error for an error of the database. Other errors pass unchanged."""
    try:
        with translate_driver_errors:
            yield
    except exc.TimeoutError as error:
        raise StoreUnavailable("all connections to the database are in use") from error
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUnavailable("the connection to the database is lost") from error
        raise
