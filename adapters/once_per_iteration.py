"""A look at the outside world that one iteration of the event loop takes once."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Generic, TypeVar

T = TypeVar("T")


class OncePerIteration(Generic[T]):
    """Calls a function once in an iteration of the event loop, and returns its result again.

    The requests that an iteration handles arrived before it began. So none of them can have been
    sent after a change of the outside world that this look misses::

        iteration   requests arrive   look   request   request   the result is forgotten
        next one    requests arrive   look   ...
    """

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._results: list[T] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        """The event loop of the result. It may have been closed before it forgot the result."""

    def __call__(self) -> T:
        """Return the result. An error is raised, and not remembered."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._results = [self._function()]
            self._loop = loop
            loop.call_soon(self._forget, context=Context())
        return self._results[0]

    def _forget(self) -> None:
        self._loop = None
