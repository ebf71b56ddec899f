"""What SQLAlchemy raises, as the application's errors.

SQLAlchemy wraps the errors of a driver. The table of that driver's errors unwraps and translates
them. SQLAlchemy's own errors are about its pool of connections.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import exc

from service_layer.errors import StoreUnavailable

ErrorTable = Callable[[], AbstractContextManager[None]]
"""A context in which a driver's errors are translated, those that SQLAlchemy has wrapped too."""


@contextmanager
def translate_errors(table: ErrorTable) -> Iterator[None]:
    """Raise the application's error for a failure of the database; let every other error pass."""
    try:
        with table():
            yield
    except exc.TimeoutError as error:
        raise StoreUnavailable("all connections to the database are in use") from error
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUnavailable("the connection to the database is lost") from error
        raise
