"""What the engines share in the translation of driver errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from service_layer.errors import StoreUnavailable

RaiseTranslated = Callable[[BaseException | None, Exception], None]
"""Raises the application's error for a driver's error, from a cause, or returns."""


@contextmanager
def translate(
    driver_errors: tuple[type[Exception], ...], raise_translated: RaiseTranslated
) -> Iterator[None]:
    """Raise the application's error for a failure of the database. Other errors pass unchanged.

    ``driver_errors`` are those of one driver. They are also translated if SQLAlchemy wraps them.
    """
    try:
        yield
    except DBAPIError as error:
        raise_translated(getattr(error.orig, "__cause__", None) or error.orig, error)
        raise
    except driver_errors as error:
        raise_translated(error, error)
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreUnavailable(f"the database is not reachable ({reason})") from error
