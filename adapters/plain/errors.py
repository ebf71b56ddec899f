"""What SQLAlchemy raises, as the application's errors.

SQLAlchemy wraps what a driver raises; the engines' tables of driver errors take it out again. What
it raises of its own accord is about its pool of connections.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from adapters.postgres import errors as postgres_errors
from adapters.sqlite import errors as sqlite_errors
from service_layer.errors import StoreUnavailable


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise the application's error for a failure of the database; let every other error pass."""
    try:
        with sqlite_errors.translate_errors(), postgres_errors.translate_errors():
            yield
    except exc.TimeoutError as error:
        raise StoreUnavailable("all connections to the database are in use") from error
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUnavailable("the connection to the database is lost") from error
        raise
