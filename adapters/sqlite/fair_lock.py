"""A FIFO lock for asyncio tasks."""

import asyncio
from itertools import islice

from adapters.wait_queue import WaitQueue

WAKEUPS_PER_RELEASE = 16
"""Number of waiters that a release wakes: enough for one event loop tick, few in vain."""


class FairLock:
    """A lock that tasks acquire in FIFO order. ``timeout`` is in seconds.

    A release wakes the first waiters, not only the first one. Most tasks release the lock in the
    event loop tick in which they acquire it. So several tasks can hold it, one after the other, in
    one tick. With one wakeup for each release, each task would take a tick::

        tick 1: A releases, wakes B, C, D
        tick 2: B acquires and releases, C acquires and releases, D acquires and releases
    """

    def __init__(self, timeout: float) -> None:
        self._is_locked = False
        self._queue = WaitQueue(timeout)

    def try_acquire(self) -> bool:
        """Acquire the lock if it is free and has no waiters. Return whether it was acquired."""
        if self._is_locked or self._queue:
            return False
        self._is_locked = True
        return True

    async def acquire(self) -> bool:
        """Acquire the lock. Return whether the task had to wait.

        Raises ``TimeoutError`` after ``timeout`` seconds.
        """
        if self.try_acquire():
            return False
        waiter = self._queue.join()
        try:
            if not self._is_locked:
                await asyncio.sleep(0)  # waiters before this one are awake and acquire in this tick
            while self._is_locked or self._queue.first() is not waiter:
                if waiter.is_late:
                    raise TimeoutError
                await waiter.sleep()
            self._is_locked = True
        finally:
            self._queue.leave(waiter)
            self._wake()
        return True

    @property
    def has_waiters(self) -> bool:
        """Whether a task is waiting for the lock."""
        return bool(self._queue)

    def release(self) -> None:
        """Release the lock and wake the next waiters."""
        self._is_locked = False
        self._wake()

    def _wake(self) -> None:
        if not self._is_locked:
            for waiter in islice(self._queue, WAKEUPS_PER_RELEASE):
                waiter.wake()
