"""What the engines share in the translation of driver errors."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy.exc import DBAPIError

from service_layer.errors import StoreUnavailable

RaiseTranslated = Callable[[BaseException | None, BaseException], None]
"""Raises the application's error for a driver's error, from a cause, or returns."""


class ErrorTranslator(AbstractContextManager[None]):
    """A context manager that raises the application's error for a failure of the database.

    Other errors pass unchanged. ``driver_errors`` are those of one driver. They are also translated
    if SQLAlchemy wraps them. Tasks and threads share one translator, because it has no state. A new
    one for each statement would cost more.
    """

    def __init__(
        self, driver_errors: tuple[type[Exception], ...], raise_translated: RaiseTranslated
    ) -> None:
        self._driver_errors = driver_errors
        self._raise_translated = raise_translated

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is not None:
            self._translate(error)

    def _translate(self, error: BaseException) -> None:
        if isinstance(error, DBAPIError):
            self._raise_translated(getattr(error.orig, "__cause__", None) or error.orig, error)
        elif isinstance(error, self._driver_errors):
            self._raise_translated(error, error)
        elif isinstance(error, OSError):
            reason = error.strerror or type(error).__name__
            raise StoreUnavailable(f"the database is not reachable ({reason})") from error
