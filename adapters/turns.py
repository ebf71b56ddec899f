"""Taking turns: one at a time, first come, first served."""

import asyncio
from collections import deque
from itertools import islice

AWAKE = 16
"""How many of those who wait are woken at a time: enough for a round, and no crowd for nothing."""


class Waiting:
    """One who waits until the loop's ``deadline``."""

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
    is enough for all; a timer for each would take longer than many a turn.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._taken = False
        self._waiting: deque[Waiting] = deque()
        self._alarm_is_set = False

    def take_if_free(self) -> bool:
        """Take the turn if nobody has it or waits for it; tell whether that was so."""
        if self._taken or self._waiting:
            return False
        self._taken = True
        return True

    async def take(self) -> bool:
        """Return when the turn has come, and whether it was awaited.

        Raises ``TimeoutError`` when it did not come in time.
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
        me = Waiting(asyncio.get_running_loop().time() + self._patience)
        self._waiting.append(me)
        if not self._alarm_is_set:
            self._set_alarm(me.deadline)
        return me

    def _set_alarm(self, when: float) -> None:
        self._alarm_is_set = True
        asyncio.get_running_loop().call_at(when, self._ring)

    def _ring(self) -> None:
        """Wake those who have waited too long, and set the alarm for the first who has not."""
        self._alarm_is_set = False
        now = asyncio.get_running_loop().time()
        for waiting in self._waiting:
            if waiting.deadline > now:
                self._set_alarm(waiting.deadline)
                return
            waiting.is_late = True
            waiting.woken.set()
