"""A line of those who wait, and one alarm for all whose patience ends."""

import asyncio
from collections import deque
from collections.abc import Iterator

TICK = 0.001
"""Seconds in which uvloop's clock counts, so that a timer may be as much too early."""


class Waiting:
    """One in the line: until when by the loop's clock, whether that has passed, what wakes it."""

    __slots__ = ("deadline", "is_late", "woken")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.is_late = False
        self.woken = asyncio.Event()


class Line:
    """Those who wait, the first to come first.

    ``patience`` is the most seconds that anybody waits: then they are late, and woken. Who came
    first gives up first, so one alarm is enough for all, moved on when it rings; setting a timer
    for each would cost more than what many wait for.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._waiting: deque[Waiting] = deque()
        self._alarm_in: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._waiting)

    def first(self) -> Waiting:
        """Return who has waited longest."""
        return self._waiting[0]

    def join(self) -> Waiting:
        """Stand at the end of the line."""
        loop = asyncio.get_running_loop()
        last = Waiting(loop.time() + self._patience)
        self._waiting.append(last)
        if self._alarm_in is not loop:  # one that was set in a loop that has ended never rings
            self._set_alarm(loop, last.deadline)
        return last

    def leave(self, waiting: Waiting) -> None:
        """Leave the line, from anywhere in it."""
        self._waiting.remove(waiting)

    def _set_alarm(self, loop: asyncio.AbstractEventLoop, when: float) -> None:
        self._alarm_in = loop
        loop.call_at(when, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake those who have waited too long, and set the alarm for the first who has not."""
        self._alarm_in = None
        soon = loop.time() + TICK
        for waiting in self._waiting:
            if waiting.deadline > soon:
                self._set_alarm(loop, waiting.deadline)
                return
            waiting.is_late = True
            waiting.woken.set()
