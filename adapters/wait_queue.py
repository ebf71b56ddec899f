"""A FIFO wait queue with a timeout."""

import asyncio
from collections import deque
from collections.abc import Iterator

CLOCK_RESOLUTION = 0.001
"""Resolution of uvloop's clock in seconds. A timer may fire this much too early."""


class Waiter:
    """A task in the queue.

    ``deadline`` is a time of the event loop's clock. ``is_late`` is set once it has passed.
    """

    __slots__ = ("_woken", "deadline", "is_late")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.is_late = False
        self._woken: asyncio.Future[None] | None = None

    def sleep(self) -> asyncio.Future[None]:
        """Return a future that ``wake`` completes. It costs less than an ``asyncio.Event``."""
        self._woken = asyncio.get_running_loop().create_future()
        return self._woken

    def wake(self) -> None:
        """Wake the task, if it awaits the future of ``sleep``."""
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)


class WaitQueue:
    """The waiters in FIFO order. A waiter is woken as late after ``timeout`` seconds.

    All waiters have the same timeout, so deadlines are in queue order too. One timer is enough: it
    is set for the first deadline, and set again when it fires. A timer for each waiter would cost
    more than many of the operations that they wait for.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._waiters: deque[Waiter] = deque()
        self._timer_loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        return len(self._waiters)

    def __iter__(self) -> Iterator[Waiter]:
        return iter(self._waiters)

    def first(self) -> Waiter:
        """Return the first waiter."""
        return self._waiters[0]

    def join(self) -> Waiter:
        """Append a new waiter and return it."""
        loop = asyncio.get_running_loop()
        waiter = Waiter(loop.time() + self._timeout)
        self._waiters.append(waiter)
        if self._timer_loop is not loop:  # a timer of a loop that has ended never fires
            self._set_timer(loop, waiter.deadline)
        return waiter

    def leave(self, waiter: Waiter) -> None:
        """Remove the waiter from any position of the queue."""
        self._waiters.remove(waiter)

    def _set_timer(self, loop: asyncio.AbstractEventLoop, when: float) -> None:
        self._timer_loop = loop
        loop.call_at(when, self._wake_late, loop)

    def _wake_late(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake the late waiters, and set the timer for the first waiter that is not late."""
        self._timer_loop = None
        now = loop.time() + CLOCK_RESOLUTION
        for waiter in self._waiters:
            if waiter.deadline > now:
                self._set_timer(loop, waiter.deadline)
                return
            waiter.is_late = True
            waiter.wake()
