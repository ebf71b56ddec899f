"""A lock that is acquired in the order in which it was asked for."""

import asyncio
from itertools import islice

from adapters.wait_queue import WaitQueue

AWAKE = 16
"""How many waiters are woken at a time: enough for a tick of the event loop, and few in vain."""


class FairLock:
    """A lock that no task acquires before those that have waited longer.

    When it is released, the first waiters are woken, in their order. Most tasks release it within
    the tick of the event loop in which they acquire it, so that all of these may have it in one
    tick. To hand it from one task to the next would take a tick for each.

    ``timeout`` is the most seconds that a task waits.
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
        """Acquire the lock. Return whether that took waiting.

        Raises ``TimeoutError`` after ``timeout`` seconds.
        """
        if self.try_acquire():
            return False
        me = self._queue.join()
        try:
            if not self._is_locked:
                await asyncio.sleep(0)  # those before it are awake, and acquire it in this tick
            while self._is_locked or self._queue.first() is not me:
                if me.is_late:
                    raise TimeoutError
                me.woken.clear()
                await me.woken.wait()
            self._is_locked = True
        finally:
            self._queue.leave(me)
            self._wake()
        return True

    @property
    def has_waiters(self) -> bool:
        """Whether a task waits for the lock."""
        return bool(self._queue)

    def release(self) -> None:
        """Release the lock, and wake the next waiters."""
        self._is_locked = False
        self._wake()

    def _wake(self) -> None:
        if not self._is_locked:
            for waiter in islice(self._queue, AWAKE):
                waiter.woken.set()
