"""Taking turns: one at a time, first come, first served."""

import asyncio
from collections import deque
from itertools import islice

AWAKE = 16
"""How many of those who wait are woken at a time: enough for a round, and no crowd for nothing."""

TICK = 0.001
"""Seconds in which uvloop's clock counts, so that a timer may be as much too early."""


class Waiting:
    """One in the line: until when by the loop's clock, whether that has passed, what wakes it."""

    __slots__ = ("deadline", "is_late", "woken")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.is_late = False
        self.woken = asyncio.Event()


class Turns:
    """A turn that nobody gets before those who have waited longer.

    When it is free the first who wait are woken, in their order. Most turns end before the event
    loop goes round again, so all of these may have theirs in one round; handing the turn from one
    to the next would take a round for each.

    ``patience`` is the most seconds that anybody waits. Who came first gives up first, so one alarm
    is enough for all, moved on when it rings; setting a timer for each would cost more than many a
    turn does.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._taken = False
        self._waiting: deque[Waiting] = deque()
        self._alarm_in: asyncio.AbstractEventLoop | None = None

    def take_if_free(self) -> bool:
        """Take the turn if nobody has it or waits for it; tell whether that was so."""
        if self._taken or self._waiting:
            return False
        self._taken = True
        return True

    async def take(self) -> bool:
        """Return when the turn has come, and whether it was awaited.

        Raises ``TimeoutError`` when it did not come within ``patience`` seconds.
        """
        if self.take_if_free():
            return False
        me = self._line_up()
        try:
            if not self._taken:
                await asyncio.sleep(0)  # those before it are awake, and take theirs in this round
            while self._taken or self._waiting[0] is not me:
                if me.is_late:
                    raise TimeoutError
                me.woken.clear()
                await me.woken.wait()
            self._taken = True
        finally:
            self._waiting.remove(me)
            self._wake()
        return True

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for the turn."""
        return bool(self._waiting)

    def hand_on(self) -> None:
        """Let the next one have the turn."""
        self._taken = False
        self._wake()

    def _wake(self) -> None:
        if not self._taken:
            for waiting in islice(self._waiting, AWAKE):
                waiting.woken.set()

    def _line_up(self) -> Waiting:
        loop = asyncio.get_running_loop()
        me = Waiting(loop.time() + self._patience)
        self._waiting.append(me)
        if self._alarm_in is not loop:  # one that was set in a loop that has ended never rings
            self._set_alarm(loop, me.deadline)
        return me

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
