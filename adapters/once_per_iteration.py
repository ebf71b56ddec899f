"""Functions that are called at most once in an iteration of the event loop."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Generic, TypeVar

T = TypeVar("T")


class OncePerIteration(Generic[T]):
    """Calls a function at most once in an iteration of the event loop, and returns its result.

    For a function that reads a state outside the process, such as that of a file. Each request that
    uses the result arrived before the call, so none was sent after a change that the call missed::

        iteration 1   receive requests   call the function   request A   request B
        iteration 2   receive requests   forget the result   call the function   request C
    """

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._results: list[T] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        """The event loop of the result. If it was closed meanwhile, the result is still here."""

    def __call__(self) -> T:
        """Return the result. An error of the function is raised; the next call tries again."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._results = [self._function()]
            self._loop = loop
            loop.call_soon(self._forget, context=Context())
        return self._results[0]

    def _forget(self) -> None:
        self._loop = None
