"""A queue of waiters with a timeout, and one timer for all of them."""

import asyncio
from collections import deque
from collections.abc import Iterator

TICK = 0.001
"""Seconds in which uvloop's clock counts, so that a timer may be as much too early."""


class Waiter:
    """A deadline by the loop's clock, whether it has passed, and the event that wakes."""

    __slots__ = ("deadline", "is_late", "woken")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.is_late = False
        self.woken = asyncio.Event()


class WaitQueue:
    """The waiters, first come, first served.

    A waiter that has waited for ``timeout`` seconds is late, and is woken. The first to come is the
    first to be late, so one timer serves all of them, and is set again when it fires. A timer for
    each would cost more than what many of them wait for.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._waiters: deque[Waiter] = deque()
        self._alarm_in: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        return len(self._waiters)

    def __iter__(self) -> Iterator[Waiter]:
        return iter(self._waiters)

    def first(self) -> Waiter:
        """Return the waiter that has waited longest."""
        return self._waiters[0]

    def join(self) -> Waiter:
        """Return a new waiter at the end of the queue."""
        loop = asyncio.get_running_loop()
        last = Waiter(loop.time() + self._timeout)
        self._waiters.append(last)
        if self._alarm_in is not loop:  # one that was set in a loop that has ended never rings
            self._set_alarm(loop, last.deadline)
        return last

    def leave(self, waiter: Waiter) -> None:
        """Remove the waiter, wherever in the queue it is."""
        self._waiters.remove(waiter)

    def _set_alarm(self, loop: asyncio.AbstractEventLoop, when: float) -> None:
        self._alarm_in = loop
        loop.call_at(when, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake the waiters that are late, and set the timer for the first that is not."""
        self._alarm_in = None
        soon = loop.time() + TICK
        for waiter in self._waiters:
            if waiter.deadline > soon:
                self._set_alarm(loop, waiter.deadline)
                return
            waiter.is_late = True
            waiter.woken.set()
